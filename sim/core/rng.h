#pragma once

// Random numbers that belong to a name, not to a moment: Rng(seed).stream("kubelet/node-2") yields
// the same numbers whoever else draws, so that a new consumer shifts nobody.
// A value type; copying it copies the position. The generator is splitmix64.
// Draw once per statement: the order of two draws in one expression differs between compilers.

#include <cstdint>
#include <string_view>

namespace sdbtwin::sim {

class Rng {
 public:
  explicit Rng(std::uint64_t seed) noexcept;

  // The stream of that name, from its start, however much has been drawn here.
  Rng stream(std::string_view name) const noexcept;

  std::uint64_t next() noexcept;

  // Uniform in [0, n), without bias. Precondition: n > 0.
  std::uint64_t below(std::uint64_t n) noexcept;

  // Uniform in [lo, hi], both included. Precondition: lo <= hi.
  std::int64_t between(std::int64_t lo, std::int64_t hi) noexcept;

  // True with probability numerator / denominator. Precondition: denominator > 0.
  bool chance(std::uint32_t numerator, std::uint32_t denominator) noexcept;

 private:
  std::uint64_t seed_;
  std::uint64_t state_;
};

}  // namespace sdbtwin::sim
