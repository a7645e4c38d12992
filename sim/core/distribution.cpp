#include "sim/core/distribution.h"

#include <array>
#include <cstddef>

#include "sim/core/assert.h"
#include "sim/core/hash.h"
#include "sim/core/lognormal_table.h"

namespace sdbtwin::sim {
namespace {

using detail::Wide64;

std::uint64_t unsigned_count(Duration duration) {
  return static_cast<std::uint64_t>(duration.count());
}

// value * numerator / denominator, rounded to nearest, halves up.
Duration multiply(Duration value, std::uint64_t numerator, std::uint64_t denominator) {
  const Wide64 product = Wide64{unsigned_count(value)} * numerator + denominator / 2;
  const Wide64 quotient = product / denominator;
  SIM_ASSERT(quotient <= unsigned_count(Duration::max()));
  return Duration(static_cast<std::int64_t>(quotient));
}

// The quantile function at draw / 2^64 as a 16.16 multiple of the median, between two table values.
std::uint64_t lognormal_multiplier(SigmaTenths sigma, std::uint64_t draw) {
  const auto& table = kLognormalQuantiles[static_cast<std::size_t>(sigma) - 4];
  const auto cell = static_cast<std::size_t>(draw >> 56);
  const std::uint64_t fraction = (draw >> 32) & 0xffffff;
  const std::uint64_t low = table[cell];
  return low + (((table[cell + 1] - low) * fraction) >> 24);
}

}  // namespace

Distribution Distribution::constant(Duration value) { return uniform(value, value); }

Distribution Distribution::uniform(Duration lo, Duration hi) {
  SIM_ASSERT(Duration::zero() <= lo);
  SIM_ASSERT(lo <= hi);
  return Distribution(Kind::kUniform, SigmaTenths::k4, lo, hi);
}

Distribution Distribution::lognormal(Duration median, SigmaTenths sigma) {
  SIM_ASSERT(median >= Duration::zero());
  SIM_ASSERT(SigmaTenths::k4 <= sigma);
  SIM_ASSERT(sigma <= SigmaTenths::k8);
  return Distribution(Kind::kLognormal, sigma, median, median);
}

Duration Distribution::quantile(std::uint64_t draw) const {
  switch (kind_) {
    case Kind::kUniform: {
      // The bias of the plain multiplication is below range / 2^64; rejection would draw again.
      const Wide64 range = Wide64{unsigned_count(b_ - a_)} + 1;
      return a_ + Duration(static_cast<std::int64_t>((Wide64{draw} * range) >> 64));
    }
    case Kind::kLognormal:
      return multiply(a_, lognormal_multiplier(sigma_, draw), 1 << 16);
  }
  SIM_UNREACHABLE();
}

Distribution Distribution::scaled(std::int64_t per_mille) const {
  SIM_ASSERT(per_mille >= 0);
  const auto factor = static_cast<std::uint64_t>(per_mille);
  return Distribution(kind_, sigma_, multiply(a_, factor, 1000), multiply(b_, factor, 1000));
}

Duration Distribution::median() const {
  switch (kind_) {
    case Kind::kUniform:
      return a_ + (b_ - a_) / 2;
    case Kind::kLognormal:
      return a_;
  }
  SIM_UNREACHABLE();
}

}  // namespace sdbtwin::sim
