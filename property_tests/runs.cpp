#include "property_tests/runs.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <optional>

#include "scenarios/load.h"

namespace sdbtwin::property_tests {

scenarios::Scenario scenario(const std::string& name) {
  scenarios::Problems problems;
  auto loaded = scenarios::load_scenario("scenarios/" + name + ".yaml", problems);
  if (!loaded) {
    std::fprintf(stderr, "scenarios/%s.yaml cannot be read\n", name.c_str());
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

std::string first_violation(const scenarios::RunResult& result) {
  return result.violations.empty() ? std::string() : result.violations.front().invariant;
}

}  // namespace sdbtwin::property_tests
