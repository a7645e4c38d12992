#include "model/singlestore/version.h"

#include <algorithm>
#include <cstddef>

namespace sdbtwin::singlestore {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Digits and single dots between digits, with at least one dot.
bool is_version(std::string_view part) {
  bool dotted = false;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (is_digit(part[i])) continue;
    const bool between = i > 0 && i + 1 < part.size() && is_digit(part[i - 1]);
    if (part[i] != '.' || !between || !is_digit(part[i + 1])) return false;
    dotted = true;
  }
  return dotted;
}

std::string_view tag_of(std::string_view image) {
  const std::string_view name = image.substr(0, image.find('@'));
  const std::size_t colon = name.rfind(':');
  // A colon before the last slash belongs to a registry's port.
  const std::size_t slash = name.rfind('/');
  if (colon == std::string_view::npos) return {};
  if (slash != std::string_view::npos && colon < slash) return {};
  return name.substr(colon + 1);
}

}  // namespace

std::string engine_version(std::string_view image) {
  const std::string_view tag = tag_of(image);
  std::size_t begin = 0;
  while (begin <= tag.size()) {
    const std::size_t end = std::min(tag.find('-', begin), tag.size());
    std::string_view part = tag.substr(begin, end - begin);
    if (!part.empty() && part.front() == 'v') part.remove_prefix(1);
    if (is_version(part)) return std::string(part);
    begin = end + 1;
  }
  return std::string(tag);
}

}  // namespace sdbtwin::singlestore
