#include "sim/core/rng.h"

#include "sim/core/assert.h"
#include "sim/core/hash.h"

namespace sdbtwin::sim {

Rng::Rng(std::uint64_t seed) noexcept : seed_(seed), state_(seed) {}

Rng Rng::stream(std::string_view name) const noexcept {
  Digest digest;
  digest.add(seed_);
  digest.add(name);
  return Rng(digest.value());
}

std::uint64_t Rng::next() noexcept {
  state_ += 0x9e3779b97f4a7c15ULL;  // splitmix64: 2^64 divided by the golden ratio.
  return mix64(state_);
}

std::uint64_t Rng::below(std::uint64_t n) noexcept {
  SIM_ASSERT(n > 0);
  // The high word of draw * n is uniform once the low words of the first 2^64 mod n are rejected
  // (Lemire 2019).
  auto product = detail::Wide64{next()} * n;
  if (static_cast<std::uint64_t>(product) < n) {
    const std::uint64_t threshold = (0 - n) % n;
    while (static_cast<std::uint64_t>(product) < threshold) product = detail::Wide64{next()} * n;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

std::int64_t Rng::between(std::int64_t lo, std::int64_t hi) noexcept {
  SIM_ASSERT(lo <= hi);
  const std::uint64_t span = static_cast<std::uint64_t>(hi) - static_cast<std::uint64_t>(lo);
  const std::uint64_t offset = span == ~std::uint64_t{0} ? next() : below(span + 1);
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(lo) + offset);
}

bool Rng::chance(std::uint32_t numerator, std::uint32_t denominator) noexcept {
  return below(denominator) < numerator;
}

}  // namespace sdbtwin::sim
