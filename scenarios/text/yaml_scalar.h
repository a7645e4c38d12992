// What a plain (unquoted) YAML scalar means, as kubectl reads it.
#pragma once

#include <string_view>

#include "scenarios/text/yaml_node.h"

namespace sdbtwin::scenarios {

// Sets type, and boolean or integer. `node.text` is the scalar. What is nothing else is a string.
void resolve_plain_scalar(YamlNode& node);

}  // namespace sdbtwin::scenarios
