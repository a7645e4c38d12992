// TailedDistribution: a distribution whose highest values are replaced by rare ones of another kind
// (a write that takes seconds, a volume that is stuck). One draw per sample like any Distribution:
// the top `rare_per_million` of the draws are the rare ones, so that taking the tail off changes
// no other sample.
#pragma once

#include <cstdint>

#include "sim/core/distribution.h"
#include "sim/core/rng.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

// How far below the highest possible draw this one is, in millionths.
std::int64_t millionths_from_top(std::uint64_t draw);

class TailedDistribution {
 public:
  // No tail.
  TailedDistribution(const sim::Distribution& body);  // NOLINT(google-explicit-constructor)
  // Precondition: 0 <= rare_per_million < 500'000.
  TailedDistribution(const sim::Distribution& body, std::int64_t rare_per_million,
                     const sim::Distribution& rare);

  sim::Duration sample(sim::Rng& rng) const { return quantile(rng.next()); }
  sim::Duration quantile(std::uint64_t draw) const;
  sim::Duration median() const { return body_.median(); }

  TailedDistribution scaled(std::int64_t per_mille) const;
  TailedDistribution without_tail() const { return TailedDistribution(body_); }
  // Its median, always.
  TailedDistribution without_jitter() const;

  const sim::Distribution& body() const { return body_; }
  const sim::Distribution& rare() const { return rare_; }
  std::int64_t rare_per_million() const { return rare_per_million_; }

 private:
  sim::Distribution body_;
  sim::Distribution rare_;
  std::int64_t rare_per_million_ = 0;
};

}  // namespace sdbtwin::cluster
