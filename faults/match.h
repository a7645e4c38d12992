// Shell-style patterns for names: `*` matches any run of characters, `?` one. Case-sensitive.
#pragma once

#include <string_view>

namespace sdbtwin::faults {

bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace sdbtwin::faults
