#pragma once

// Hashing that is part of a run's result: names of random streams and the digest of the trace.
// Guarantees: the same on every machine, compiler and byte order; no allocation; usable at compile
// time. Not for security. std::hash must not be used in its place: its values are unspecified.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sdbtwin::sim {

namespace detail {

__extension__ using Wide64 = unsigned __int128;

// Multipliers: odd, about half of the bits set [us].
inline constexpr std::uint64_t kHashMultiplier = 0x9e6c63d0876a9a47ULL;
inline constexpr std::uint64_t kHashSeed = 0x2545f4914f6cdd1dULL;

constexpr std::uint64_t fold_multiply(std::uint64_t a, std::uint64_t b) noexcept {
  const Wide64 product = Wide64{a} * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// At most eight bytes as one little-endian word.
constexpr std::uint64_t load_word(const char* bytes, std::size_t count) noexcept {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < count; ++i) {
    word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return word;
}

}  // namespace detail

// A bijection that spreads every input bit over the whole word (the finaliser of splitmix64).
constexpr std::uint64_t mix64(std::uint64_t value) noexcept {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

// Order-dependent accumulator over 64-bit words and strings.
class Digest {
 public:
  constexpr void add(std::uint64_t word) noexcept {
    // Adding the word again keeps it when the product is zero.
    state_ = detail::fold_multiply(state_ ^ word, detail::kHashMultiplier) + word;
  }

  constexpr void add(std::string_view text) noexcept {
    add(std::uint64_t{text.size()});
    const char* bytes = text.data();
    std::size_t left = text.size();
    for (; left >= 8; left -= 8, bytes += 8) add(detail::load_word(bytes, 8));
    if (left != 0) add(detail::load_word(bytes, left));
  }

  constexpr std::uint64_t value() const noexcept { return mix64(state_); }

 private:
  std::uint64_t state_ = detail::kHashSeed;
};

constexpr std::uint64_t hash64(std::string_view text) noexcept {
  Digest digest;
  digest.add(text);
  return digest.value();
}

}  // namespace sdbtwin::sim
