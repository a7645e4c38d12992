// The command line as data. Nothing here reads files or runs anything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sdbtwin::cli {

enum class Command { kRun, kValidate, kList };
enum class Format { kText, kJson };

struct SeedRange {
  std::uint64_t first = 1;
  std::uint64_t last = 1;  // inclusive
};

struct Options {
  Command command = Command::kRun;
  std::vector<std::string> paths;      // scenarios: files or folders
  std::vector<std::string> manifests;  // -f
  SeedRange seeds;
  std::uint32_t jobs = 0;  // 0: as many as there are cores
  std::string filter;
  Format format = Format::kText;
  std::string junit_file;
  std::string trace_file;
  std::string digests_file;
  bool check_determinism = false;
  bool quiet = false;
  std::string list_what;  // scenarios, faults, invariants, counters
};

// Either options, or what to print and the exit code (help, version, wrong usage).
struct ParseResult {
  std::optional<Options> options;
  std::string output;  // for stdout when the code is 0, else for stderr
  int exit_code = 0;
};
ParseResult parse_arguments(int argc, const char* const* argv);

// "7" or "1..200"; nullopt: neither.
std::optional<SeedRange> parse_seeds(const std::string& text);

}  // namespace sdbtwin::cli
