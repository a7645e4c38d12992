// Results as JUnit XML, for CI systems: one test suite per scenario file, one test case per run.
// Expectation failures and violations are <failure>, a stuck or vacuous run too, with its reason as
// the message. Text that XML cannot hold (control characters, invalid UTF-8) is replaced.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/verdict/result.h"

namespace sdbtwin::reports {

std::string render_junit(const std::vector<scenarios::RunResult>& results);

// For attributes and for text.
std::string escape_xml(std::string_view text);

}  // namespace sdbtwin::reports
