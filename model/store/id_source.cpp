#include "model/store/id_source.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace sdbtwin::store {

namespace {

// The finaliser of splitmix64: a bijection, so that different counters never collide.
constexpr std::uint64_t mix(std::uint64_t value) noexcept {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

// The lowest digits of `value`.
void append_hex(std::string& text, std::uint64_t value, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    text.push_back("0123456789abcdef"[(value >> shift) & 0xf]);
  }
}

constexpr std::uint64_t kUidStream = 1;
constexpr std::uint64_t kSuffixStream = 2;

}  // namespace

std::uint64_t IdSource::draw(std::uint64_t stream, std::uint64_t index) const noexcept {
  return mix(mix(seed_ ^ mix(stream)) + index * 0x9e3779b97f4a7c15ULL);
}

std::string IdSource::next_uid() {
  const std::uint64_t index = uids_++;
  const std::uint64_t random = draw(kUidStream, index);
  // The low half carries the counter unmixed, which is what makes repetition impossible.
  std::string uid;
  uid.reserve(36);
  append_hex(uid, random >> 32, 8);
  uid.push_back('-');
  append_hex(uid, random >> 16, 4);
  uid.append("-4");
  append_hex(uid, random >> 4, 3);
  uid.append("-a");
  append_hex(uid, mix(random), 3);
  uid.push_back('-');
  append_hex(uid, index, 12);
  return uid;
}

std::string IdSource::next_suffix() {
  static constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  std::uint64_t random = draw(kSuffixStream, suffixes_++);
  std::string suffix;
  for (int i = 0; i < 5; ++i) {
    suffix += kAlphabet[random % kAlphabet.size()];
    random /= kAlphabet.size();
  }
  return suffix;
}

std::string IdSource::next_cluster_ip() {
  // .0 and .255 are left out; the first address belongs to the API server.
  const std::uint64_t host = ++cluster_ips_;
  return fmt::format("10.96.{}.{}", (host / 254) % 256, host % 254 + 1);
}

}  // namespace sdbtwin::store
