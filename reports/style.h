// Colour for a terminal, as a value that is passed down: a report never asks the environment.
#pragma once

#include <string>
#include <string_view>

namespace sdbtwin::reports {

struct TextOptions {
  bool color = false;
  bool verbose = false;  // the time line also of passed runs in a suite
};

enum class Ink { kPlain, kBold, kDim, kGood, kBad, kWarning, kAccent };

// The text in that ink, or as it is without colour.
std::string paint(const TextOptions& options, Ink ink, std::string_view text);

// How many columns a terminal needs for this UTF-8 text.
std::size_t columns(std::string_view text);
// Padded on the right with spaces to `width` columns.
std::string pad(std::string_view text, std::size_t width);

}  // namespace sdbtwin::reports
