#include "reports/style.h"

#include <fmt/format.h>

namespace sdbtwin::reports {
namespace {

std::string_view code(Ink ink) {
  switch (ink) {
    case Ink::kPlain:
      return "";
    case Ink::kBold:
      return "1";
    case Ink::kDim:
      return "2";
    case Ink::kGood:
      return "32";
    case Ink::kBad:
      return "1;31";
    case Ink::kWarning:
      return "33";
    case Ink::kAccent:
      return "36";
  }
  return "";
}

}  // namespace

std::string paint(const TextOptions& options, Ink ink, std::string_view text) {
  if (!options.color || ink == Ink::kPlain || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code(ink), text);
}

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) ++count;
  }
  return count;
}

std::string pad(std::string_view text, std::size_t width) {
  std::string out(text);
  const std::size_t used = columns(text);
  if (used < width) out.append(width - used, ' ');
  return out;
}

}  // namespace sdbtwin::reports
