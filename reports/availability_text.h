// What clients saw, in lines: each database, then its partitions; partitions with the same outages
// share a line, as those of one leaf do.
#pragma once

#include <string>
#include <vector>

#include "scenarios/verdict/result.h"

namespace sdbtwin::reports {

std::vector<std::string> availability_lines(const scenarios::RunResult& result);

}  // namespace sdbtwin::reports
