#pragma once

// Random durations without floating point: exp and log differ between machines, tables do not.
// A value type. sample() takes exactly one draw whatever the kind, so that changing one
// distribution does not shift the draws after it. Samples are never negative.

#include <cstdint>

#include "sim/core/rng.h"
#include "sim/core/time.h"

namespace sdbtwin::sim {

// The spread of a lognormal, in tenths: sigma 0.4 (most within a factor 1.5 of the median) to 0.8
// (within a factor 2.2).
enum class SigmaTenths : std::uint8_t { k4 = 4, k5 = 5, k6 = 6, k7 = 7, k8 = 8 };

class Distribution {
 public:
  static Distribution constant(Duration value);
  // Both ends included. Precondition: 0 <= lo <= hi.
  static Distribution uniform(Duration lo, Duration hi);
  // The tails are bounded at the quantiles 1/1024 and 1023/1024.
  static Distribution lognormal(Duration median, SigmaTenths sigma);

  Duration sample(Rng& rng) const { return quantile(rng.next()); }
  // The sample of that draw: the quantile at draw / 2^64. A lognormal looks at the upper half of
  // the bits only.
  Duration quantile(std::uint64_t draw) const;

  // Every sample multiplied by per_mille / 1000. Precondition: per_mille >= 0.
  Distribution scaled(std::int64_t per_mille) const;

  Duration median() const;

  friend bool operator==(const Distribution&, const Distribution&) = default;

 private:
  enum class Kind : std::uint8_t { kUniform, kLognormal };

  Distribution(Kind kind, SigmaTenths sigma, Duration a, Duration b)
      : kind_(kind), sigma_(sigma), a_(a), b_(b) {}

  Kind kind_;
  SigmaTenths sigma_;
  Duration a_;  // Uniform: the least. Lognormal: the median.
  Duration b_;  // Uniform: the greatest.
};

}  // namespace sdbtwin::sim
