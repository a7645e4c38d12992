#include "model/api/base64.h"

#include <cstddef>
#include <cstdint>

namespace sdbtwin::api {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    uint32_t bits = 0;
    for (size_t index = 0; index < 3; ++index) {
      bits <<= 8;
      if (index < group.size()) bits |= static_cast<unsigned char>(group[index]);
    }
    for (size_t index = 0; index < 4; ++index) {
      const bool padding = index > group.size();
      text += padding ? '=' : kAlphabet[bits >> (18 - 6 * index) & 63];
    }
  }
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  for (size_t at = 0; at < text.size(); at += 4) {
    std::string_view group = text.substr(at, 4);
    if (at + 4 == text.size()) {
      for (int i = 0; i < 2 && group.ends_with('='); ++i) group.remove_suffix(1);
    }
    uint32_t bits = 0;
    for (char c : group) {
      const size_t digit = kAlphabet.find(c);
      if (digit == std::string_view::npos) return std::nullopt;
      bits = bits << 6 | static_cast<uint32_t>(digit);
    }
    bits <<= 6 * (4 - group.size());
    for (size_t index = 0; index + 1 < group.size(); ++index) {
      bytes += static_cast<char>(bits >> (16 - 8 * index) & 255);
    }
  }
  return bytes;
}

}  // namespace sdbtwin::api
