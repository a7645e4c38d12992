// The name a user most likely meant: for "unknown field" and its likes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sdbtwin::scenarios {

// The candidate with the smallest edit distance (insert, delete, replace, swap of neighbours;
// letter case counts nothing), when it is near enough to be a slip. Ties: the first candidate.
std::optional<std::string> nearest_name(std::string_view name,
                                        const std::vector<std::string>& candidates);

// "did you mean "x"? " (when one is near) + "`what`: a, b, c".
std::string suggestion(std::string_view name, const std::vector<std::string>& candidates,
                       std::string_view what);

}  // namespace sdbtwin::scenarios
