#include "cli/other_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "cli/input.h"
#include "cli/outputs.h"
#include "faults/plan.h"
#include "invariants/registry.h"
#include "scenarios/reading/load.h"
#include "scenarios/verdict/counters.h"

namespace sdbtwin::cli {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

std::string table(const Rows& rows) {
  std::size_t width = 0;
  for (const auto& [name, description] : rows) width = std::max(width, name.size());
  std::string out;
  for (const auto& [name, description] : rows) {
    out +=
        description.empty() ? name + "\n" : fmt::format("{:<{}}  {}\n", name, width, description);
  }
  return out;
}

}  // namespace

ExitCode validate_command(const Options& options) {
  scenarios::Problems problems;
  const std::vector<scenarios::Scenario> loaded = load_input(options, problems);
  Outputs outputs(options);
  for (const scenarios::Scenario& scenario : loaded) {
    outputs.print(fmt::format("ok  {}  {}\n", scenario.name, scenario.file));
  }
  if (!outputs.finish({})) return ExitCode::kOutputError;
  if (problems.empty()) return ExitCode::kOk;
  print_problems(problems);
  return ExitCode::kBadInput;
}

ExitCode list_command(const Options& options) {
  Rows rows;
  if (options.list_what == "scenarios") {
    scenarios::Problems problems;
    const std::vector<std::string> paths =
        options.paths.empty() ? std::vector<std::string>{"scenarios"} : options.paths;
    for (const scenarios::Scenario& scenario : scenarios::load_suite(paths, problems)) {
      rows.emplace_back(scenario.name, scenario.description);
    }
    if (!problems.empty()) {
      print_problems(problems);
      return ExitCode::kBadInput;
    }
  } else if (options.list_what == "faults") {
    for (const faults::FaultKind& kind : faults::kFaultKinds) {
      rows.emplace_back(kind.name, kind.description);
    }
  } else if (options.list_what == "invariants") {
    for (const invariants::Registration& entry : invariants::registry()) {
      rows.emplace_back(entry.name, entry.description);
    }
  } else {
    for (const scenarios::Counter& counter : scenarios::kCounters) {
      rows.emplace_back(counter.name, counter.description);
    }
  }
  Outputs outputs(options);
  outputs.print(table(rows));
  return outputs.finish({}) ? ExitCode::kOk : ExitCode::kOutputError;
}

}  // namespace sdbtwin::cli
