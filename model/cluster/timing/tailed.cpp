#include "model/cluster/timing/tailed.h"

#include "sim/core/assert.h"
#include "sim/core/hash.h"

namespace sdbtwin::cluster {
namespace {

constexpr std::int64_t kMillion = 1'000'000;
// A draw in the tail has high bits that are all ones; what is below them is as random as before.
constexpr int kTailBits = 16;

}  // namespace

std::int64_t millionths_from_top(std::uint64_t draw) {
  return static_cast<std::int64_t>((sim::detail::Wide64{~draw} * kMillion) >> 64);
}

TailedDistribution::TailedDistribution(const sim::Distribution& body) : body_(body), rare_(body) {}

TailedDistribution::TailedDistribution(const sim::Distribution& body, std::int64_t rare_per_million,
                                       const sim::Distribution& rare)
    : body_(body), rare_(rare), rare_per_million_(rare_per_million) {
  SIM_ASSERT(0 <= rare_per_million);
  SIM_ASSERT(rare_per_million < kMillion / 2);
}

sim::Duration TailedDistribution::quantile(std::uint64_t draw) const {
  if (rare_per_million_ > 0 && millionths_from_top(draw) < rare_per_million_)
    return rare_.quantile(draw << kTailBits);
  return body_.quantile(draw);
}

TailedDistribution TailedDistribution::scaled(std::int64_t per_mille) const {
  return TailedDistribution(body_.scaled(per_mille), rare_per_million_, rare_.scaled(per_mille));
}

TailedDistribution TailedDistribution::without_jitter() const {
  return TailedDistribution(sim::Distribution::constant(median()));
}

}  // namespace sdbtwin::cluster
