#include "cli/input.h"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "faults/match.h"
#include "scenarios/reading/load.h"

namespace sdbtwin::cli {

std::vector<scenarios::Scenario> load_input(const Options& options, scenarios::Problems& problems) {
  std::vector<scenarios::Scenario> out;
  if (options.manifests.empty()) {
    for (scenarios::Scenario& scenario : scenarios::load_suite(options.paths, problems)) {
      if (selected(scenario.name, options.filter)) out.push_back(std::move(scenario));
    }
  } else if (auto scenario = scenarios::scenario_of_manifests(options.manifests, problems)) {
    out.push_back(std::move(*scenario));
  }
  if (out.empty() && problems.empty()) {
    problems.add_file("sdbtwin", fmt::format("no scenario matches --filter {}", options.filter),
                      "`sdbtwin list scenarios` shows their names");
  }
  return out;
}

void print_problems(const scenarios::Problems& problems) {
  for (const scenarios::Problem& problem : problems.all()) {
    fmt::print(stderr, "{}", scenarios::to_text(problem));
  }
  const std::size_t count = problems.all().size();
  fmt::print(stderr, "{} {}; nothing was run\n", count, count == 1 ? "problem" : "problems");
}

bool selected(const std::string& name, const std::string& filter) {
  if (filter.find_first_of("*?") != std::string::npos) return faults::glob_match(filter, name);
  return name.find(filter) != std::string::npos;
}

}  // namespace sdbtwin::cli
