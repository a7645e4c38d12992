// JSON text to Value, with what a strict reader also wants to know.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/api/result.h"
#include "model/api/value.h"

namespace sdbtwin::api {

struct ParsedJson {
  Value value;
  std::vector<std::string> duplicate_paths;  // "spec.replicas": a key that occurs again
};

Result<ParsedJson> parse_json(std::string_view json);

}  // namespace sdbtwin::api
