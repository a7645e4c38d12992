#include "cli/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <sstream>

#include "cli/exit_code.h"

#ifndef SDBTWIN_VERSION
#define SDBTWIN_VERSION "unknown"
#endif

namespace sdbtwin::cli {
namespace {

// More runs than this in one call are a typing error. [us]
constexpr std::uint64_t kSeedsMax = 10'000'000;

constexpr const char* kExamples = R"(Examples:
  sdbtwin run scenarios/                          run the suite, on all cores
  sdbtwin run scenarios/quickstart.yaml           one rollout, with its time line
  sdbtwin run scenarios/quickstart.yaml --seeds 1..1000 --junit results.xml
  sdbtwin run -f database.yaml -f update.yaml     your manifests in the default cluster
  sdbtwin run scenarios/ --check-determinism      run everything twice and compare
  sdbtwin validate scenarios/                     check files, run nothing
  sdbtwin list invariants                         what is checked after every event

Exit codes: 0 passed, 1 a scenario failed, 2 bad input or usage (nothing was run),
3 not deterministic, 4 results could not be written, 130 interrupted (Ctrl-C, SIGTERM; the runs
that had ended are reported).)";

bool parse_number(std::string_view text, std::uint64_t& out) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), out);
  return !text.empty() && result.ec == std::errc() && result.ptr == text.data() + text.size();
}

struct Raw {
  std::string seed;
  std::string seeds;
  std::string format = "text";
};

void add_inputs(CLI::App& command, Options& options) {
  command.add_option("PATH", options.paths, "Scenario files, or folders of them");
  command
      .add_option("-f,--manifest", options.manifests,
                  "Kubernetes manifests to run in the default cluster (repeat for more)")
      ->type_name("FILE");
}

void add_run(CLI::App& app, Options& options, Raw& raw) {
  CLI::App* run = app.add_subcommand("run", "Run scenarios, or manifests in the default cluster");
  add_inputs(*run, options);
  run->add_option("--seed", raw.seed, "Seed of the run (default 1)")->type_name("N");
  run->add_option("--seeds", raw.seeds, "One run for each seed of a range")->type_name("A..B");
  run->add_option("--jobs", options.jobs, "Runs at a time (default: one per core)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
  run->add_option("--filter", options.filter, "Only scenarios with this in their name, or a glob")
      ->type_name("TEXT");
  run->add_option("--format", raw.format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORMAT");
  run->add_option("--junit", options.junit_file, "Write results as JUnit XML")->type_name("FILE");
  run->add_option("--trace", options.trace_file, "Write the trace of a single run as JSON lines")
      ->type_name("FILE");
  run->add_option("--digests", options.digests_file,
                  "Write one line \"scenario seed digest\" for each run")
      ->type_name("FILE");
  run->add_flag("--check-determinism", options.check_determinism,
                "Run everything twice; print the first event that differs");
  run->add_flag("-q,--quiet", options.quiet, "Only what did not pass");
  run->footer(kExamples);
}

void add_list(CLI::App& app, Options& options) {
  CLI::App* list = app.add_subcommand("list", "List what there is");
  list->add_option("WHAT", options.list_what, "scenarios, faults, invariants or counters")
      ->required()
      ->check(CLI::IsMember({"scenarios", "faults", "invariants", "counters"}));
  list->add_option("PATH", options.paths, "Where scenarios are (default: scenarios)");
}

// The same file by its path. Devices may be named twice.
bool same_file(const std::string& a, const std::string& b) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::path left = fs::weakly_canonical(a, ignored);
  const bool special = fs::exists(left, ignored) && !fs::is_regular_file(left, ignored);
  return !special && left == fs::weakly_canonical(b, ignored);
}

// Output files must be names, and neither each other nor an input. "" when they are.
std::string check_outputs(const Options& options) {
  const std::pair<const char*, const std::string*> outputs[] = {
      {"--junit", &options.junit_file},
      {"--trace", &options.trace_file},
      {"--digests", &options.digests_file}};
  for (const auto& [option, path] : outputs) {
    if (path->empty()) continue;
    if (*path == "-") return fmt::format("{} -: for standard output write /dev/stdout", option);
    for (const auto& [other_option, other] : outputs) {
      if (path == other || other->empty() || !same_file(*path, *other)) continue;
      return fmt::format("{} and {} are both {}: give each its own file", option, other_option,
                         *path);
    }
    for (const auto* inputs : {&options.paths, &options.manifests}) {
      for (const std::string& input : *inputs) {
        if (!same_file(*path, input)) continue;
        return fmt::format("{} would overwrite the input {}: give it another file", option, input);
      }
    }
  }
  return {};
}

// Adds what CLI11 cannot check. "" when all is well.
std::string finish(Options& options, const Raw& raw) {
  if (options.command != Command::kList) {
    if (options.paths.empty() && options.manifests.empty()) {
      return "nothing to do: name a scenario file or folder, or -f a manifest";
    }
    if (!options.paths.empty() && !options.manifests.empty()) {
      return "scenarios and -f manifests do not go together: give one of them";
    }
  }
  if (!raw.seed.empty() && !raw.seeds.empty()) return "--seed and --seeds: give one of them";
  if (!raw.seed.empty()) {
    if (!parse_number(raw.seed, options.seeds.first)) {
      return fmt::format("--seed is \"{}\": give a number from 0 to 18446744073709551615",
                         raw.seed);
    }
    options.seeds.last = options.seeds.first;
  }
  if (!raw.seeds.empty()) {
    const auto range = parse_seeds(raw.seeds);
    if (!range) {
      return fmt::format("--seeds is \"{}\": give a range like 1..100, of at most {} seeds",
                         raw.seeds, kSeedsMax);
    }
    options.seeds = *range;
  }
  options.format = raw.format == "json" ? Format::kJson : Format::kText;
  // As kubectl has it.
  std::replace(options.manifests.begin(), options.manifests.end(), std::string("-"),
               std::string("/dev/stdin"));
  return check_outputs(options);
}

bool is_command(const CLI::App& app, std::string_view name) {
  return !app.get_subcommands([&](const CLI::App* known) { return known->get_name() == name; })
              .empty();
}

}  // namespace

std::optional<SeedRange> parse_seeds(const std::string& text) {
  SeedRange range;
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos) {
    if (!parse_number(text, range.first)) return std::nullopt;
    range.last = range.first;
    return range;
  }
  const std::string_view view(text);
  if (!parse_number(view.substr(0, dots), range.first)) return std::nullopt;
  if (!parse_number(view.substr(dots + 2), range.last)) return std::nullopt;
  if (range.last < range.first || range.last - range.first >= kSeedsMax) return std::nullopt;
  return range;
}

ParseResult parse_arguments(int argc, const char* const* argv) {
  Options options;
  Raw raw;
  CLI::App app("A digital twin of a Kubernetes cluster that runs SingleStore under its operators.",
               "sdbtwin");
  app.set_version_flag("--version", "sdbtwin " SDBTWIN_VERSION);
  app.require_subcommand(1);
  app.footer(kExamples);
  add_run(app, options, raw);
  CLI::App* validate = app.add_subcommand("validate", "Check files and run nothing");
  add_inputs(*validate, options);
  add_list(app, options);
  ParseResult result;
  // CLI11 says only that a subcommand is missing.
  if (argc > 1 && argv[1][0] != '-' && !is_command(app, argv[1])) {
    result.output = std::string("sdbtwin: unknown command \"") + argv[1] +
                    "\"; the commands are run, validate and list\n"
                    "Run with --help for more information.\n";
    result.exit_code = static_cast<int>(ExitCode::kBadInput);
    return result;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream problem;
    const int code = app.exit(error, out, problem);
    result.output = code == 0 ? out.str() : "sdbtwin: " + problem.str();
    result.exit_code = code == 0 ? 0 : static_cast<int>(ExitCode::kBadInput);
    return result;
  }
  if (app.got_subcommand("validate")) options.command = Command::kValidate;
  if (app.got_subcommand("list")) options.command = Command::kList;
  if (std::string problem = finish(options, raw); !problem.empty()) {
    result.output = "sdbtwin: " + problem + "\nRun with --help for more information.\n";
    result.exit_code = static_cast<int>(ExitCode::kBadInput);
    return result;
  }
  result.options = std::move(options);
  return result;
}

}  // namespace sdbtwin::cli
