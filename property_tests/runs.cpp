#include "property_tests/runs.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <optional>

#include "scenarios/reading/load.h"

namespace sdbtwin::property_tests {

scenarios::Scenario scenario(const std::string& name) {
  const std::string file = name.ends_with(".yaml") ? name : "scenarios/" + name + ".yaml";
  scenarios::Problems problems;
  auto loaded = scenarios::load_scenario(file, problems);
  if (!loaded) {
    for (const auto& problem : problems.all()) {
      std::fprintf(stderr, "%s", scenarios::to_text(problem).c_str());
    }
    std::abort();
  }
  return *loaded;
}

std::string describe(const scenarios::RunResult& result) {
  std::string text = fmt::format("{}: {}\n", scenarios::to_string(result.verdict), result.reason);
  for (const invariants::Violation& violation : result.violations) {
    text += fmt::format("  {} at {}: {}\n", violation.invariant,
                        sim::format_duration(violation.time.time_since_epoch()), violation.message);
  }
  for (const std::string& line : result.last_events) text += "  " + line + "\n";
  return text + fmt::format("  sdbtwin run {} --seed {}\n", result.file, result.seed);
}

std::vector<std::string> violated(const scenarios::RunResult& result) {
  std::vector<std::string> names;
  for (const invariants::Violation& violation : result.violations) {
    names.push_back(violation.invariant);
  }
  return names;
}

}  // namespace sdbtwin::property_tests
