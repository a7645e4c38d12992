#include "reports/junit.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/text.h"

namespace sdbtwin::reports {
namespace {

using scenarios::RunResult;
using scenarios::Verdict;

// Length of the UTF-8 sequence of an XML 1.0 character at `at`; 0: there is none.
std::size_t xml_char_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return first >= 0x20 || first == '\t' || first == '\n' || first == '\r';
  const std::size_t length = first >= 0xf0 && first < 0xf5   ? 4
                             : first >= 0xe0 && first < 0xf0 ? 3
                             : first >= 0xc2 && first < 0xe0 ? 2
                                                             : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
  }
  const bool surrogate_or_overlong =
      (first == 0xe0 && byte(at + 1) < 0xa0) || (first == 0xed && byte(at + 1) >= 0xa0) ||
      (first == 0xf0 && byte(at + 1) < 0x90) || (first == 0xf4 && byte(at + 1) >= 0x90) ||
      (first == 0xef && byte(at + 1) == 0xbf && byte(at + 2) >= 0xbe);
  return surrogate_or_overlong ? 0 : length;
}

// Virtual seconds with three decimals: the time attribute must not differ from run to run.
std::string seconds(sim::Time time) {
  const std::int64_t millis = time.time_since_epoch().count() / 1'000'000;
  return fmt::format("{}.{:03}", millis / 1'000, millis % 1'000);
}

std::string failure_text(const RunResult& result) {
  std::string out;
  for (const auto& violation : result.violations) {
    out += fmt::format("{} at {} (event {}): {}\n", violation.invariant, clock_text(violation.time),
                       violation.event, violation.message);
  }
  for (const auto& expectation : result.expectations) {
    if (expectation.met) continue;
    out += fmt::format("{}: expected {}; observed {}\n", expectation.place, expectation.expected,
                       expectation.observed);
  }
  out += fmt::format("replay: sdbtwin run {} --seed {}\n", result.file, result.seed);
  return out;
}

std::string test_case(const RunResult& result) {
  std::string out =
      fmt::format("    <testcase classname=\"{}\" name=\"{} seed {}\" file=\"{}\" time=\"{}\"",
                  escape_xml(result.scenario), escape_xml(result.scenario), result.seed,
                  escape_xml(result.file), seconds(result.end));
  if (result.verdict == Verdict::kPassed) return out + "/>\n";
  out += fmt::format(">\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>\n",
                     to_string(result.verdict), escape_xml(result.reason),
                     escape_xml(failure_text(result)));
  return out;
}

std::size_t failures(const std::vector<const RunResult*>& runs) {
  return static_cast<std::size_t>(std::count_if(runs.begin(), runs.end(), [](const RunResult* run) {
    return run->verdict != Verdict::kPassed;
  }));
}

std::string suite(const std::vector<const RunResult*>& runs) {
  sim::Time total{};
  for (const RunResult* run : runs) total += run->end.time_since_epoch();
  std::string out = fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" "
      "time=\"{}\">\n",
      escape_xml(runs.front()->scenario), runs.size(), failures(runs), seconds(total));
  for (const RunResult* run : runs) out += test_case(*run);
  return out + "  </testsuite>\n";
}

}  // namespace

std::string escape_xml(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = xml_char_length(text, i);
    if (length == 0) {
      out += "\xef\xbf\xbd";  // U+FFFD
      ++i;
      continue;
    }
    const std::string_view c = text.substr(i, length);
    i += length;
    if (c == "&") {
      out += "&amp;";
    } else if (c == "<") {
      out += "&lt;";
    } else if (c == ">") {
      out += "&gt;";
    } else if (c == "\"") {
      out += "&quot;";
    } else if (c == "'") {
      out += "&apos;";
    } else if (c == "\r" || c == "\t") {
      out += fmt::format("&#{};", static_cast<int>(c.front()));
    } else {
      out += c;
    }
  }
  return out;
}

std::string render_junit(const std::vector<RunResult>& results) {
  std::vector<std::vector<const RunResult*>> suites;
  for (const RunResult& result : results) {
    const bool same = !suites.empty() && suites.back().front()->scenario == result.scenario &&
                      suites.back().front()->file == result.file;
    if (!same) suites.emplace_back();
    suites.back().push_back(&result);
  }
  std::size_t failed = 0;
  for (const auto& runs : suites) failed += failures(runs);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites name=\"sdbtwin\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n",
                     results.size(), failed);
  for (const auto& runs : suites) out += suite(runs);
  return out + "</testsuites>\n";
}

}  // namespace sdbtwin::reports
