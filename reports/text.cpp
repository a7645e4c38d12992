#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/availability_text.h"
#include "reports/bars.h"

namespace sdbtwin::reports {
namespace {

using scenarios::RunResult;
using scenarios::TimelineEntry;
using scenarios::Verdict;

constexpr std::size_t kSubjectColumns = 30;

Ink ink_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPassed:
      return Ink::kGood;
    case Verdict::kViolated:
    case Verdict::kStuck:
    case Verdict::kExpectationFailed:
      return Ink::kBad;
    case Verdict::kVacuous:
      return Ink::kWarning;
  }
  return Ink::kPlain;
}

Ink ink_of(TimelineEntry::Category category) {
  switch (category) {
    case TimelineEntry::Category::kUser:
    case TimelineEntry::Category::kStep:
    case TimelineEntry::Category::kRequest:
      return Ink::kBold;
    case TimelineEntry::Category::kPod:
      return Ink::kPlain;
    case TimelineEntry::Category::kGate:
      return Ink::kAccent;
    case TimelineEntry::Category::kDatabase:
      return Ink::kPlain;
    case TimelineEntry::Category::kFault:
      return Ink::kWarning;
    case TimelineEntry::Category::kViolation:
      return Ink::kBad;
  }
  return Ink::kPlain;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

// 118220 -> "118,220"
std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

class TextReport {
 public:
  TextReport(const RunResult& result, const TextOptions& options)
      : result_(result), options_(options) {}

  std::string render() {
    head();
    timeline();
    restarts();
    gates();
    waits();
    clients();
    faults();
    margins();
    problems();
    foot();
    return std::move(out_);
  }

 private:
  void line(std::string_view text) {
    out_ += text;
    out_ += '\n';
  }
  void section(std::string_view title) {
    line("");
    line("  " + paint(options_, Ink::kBold, title));
  }
  std::string ink(Ink color, std::string_view text) const { return paint(options_, color, text); }

  void head() {
    line(fmt::format("{}  {}  seed {}",
                     ink(ink_of(result_.verdict), upper(to_string(result_.verdict))),
                     ink(Ink::kBold, result_.scenario), result_.seed));
    if (!result_.description.empty()) line("  " + result_.description);
    if (!result_.reason.empty()) line("  " + ink(ink_of(result_.verdict), result_.reason));
    for (const std::string& note : result_.notes) line("  " + ink(Ink::kDim, "note: " + note));
  }

  void timeline() {
    if (result_.timeline.empty()) return;
    section("Time line (virtual time since the start)");
    for (const TimelineEntry& entry : result_.timeline) {
      line(fmt::format("  {:>11}  {}  {}", clock_text(entry.at),
                       pad(entry.subject, kSubjectColumns),
                       ink(ink_of(entry.category), entry.text)));
    }
  }

  void restarts() {
    if (result_.restarts.empty()) return;
    section("Pods");
    out_ += render_bars(result_.restarts, options_);
  }

  void gates() {
    if (result_.gates.empty()) return;
    section("Checks between pods");
    for (const scenarios::GateSummary& gate : result_.gates) {
      line(fmt::format("  {}  {}  {}", pad(gate.subject, kSubjectColumns), pad(gate.gate, 18),
                       ink(Ink::kAccent, gate.outcome)));
      const std::string polls = gate.evaluations == 1
                                    ? "1 poll"
                                    : fmt::format("{} polls over {}", gate.evaluations,
                                                  short_text(gate.last - gate.first));
      line(fmt::format("  {}  {}{}", pad("", kSubjectColumns), polls,
                       gate.compared.empty() ? "" : ": " + gate.compared));
    }
  }

  void waits() {
    if (result_.waits.empty()) return;
    section("Where the time went");
    for (const scenarios::WaitByCause& wait : result_.waits) {
      line(fmt::format("  {:>11}  {}{}", clock_text(sim::Time(wait.total)), wait.cause,
                       wait.count > 1 ? fmt::format(" ({} times)", wait.count) : ""));
    }
  }

  void clients() {
    const std::vector<std::string> lines = availability_lines(result_);
    if (lines.empty()) return;
    section("What clients saw (all partitions together, then by partition)");
    for (const std::string& text : lines) line(text);
  }

  void faults() {
    if (result_.faults.empty()) return;
    section("Faults");
    for (const faults::Evidence& fault : result_.faults) {
      line(fmt::format("  {}: {}, {}", fault.name, fault.fault, fault.trigger));
      std::string what = "never fired";
      if (fault.fired) {
        what = fmt::format("fired at {} (event {}): {}", clock_text(fault.fired->time),
                           fault.fired->event, fault.touched);
        if (fault.healed) what += fmt::format("; healed at {}", clock_text(fault.healed->time));
        if (fault.outcome == faults::HealedOutcome::kStays) what += "; its effect stays";
      } else if (fault.triggered) {
        what = fmt::format("came due at {}, and there was nothing for it to strike",
                           clock_text(fault.triggered->time));
      }
      line("    " + ink(fault.fired ? Ink::kPlain : Ink::kWarning, what));
    }
  }

  void margins() {
    if (result_.invariants.empty()) return;
    section("Invariants");
    for (const invariants::InvariantResult& invariant : result_.invariants) {
      const bool broken = std::any_of(
          result_.violations.begin(), result_.violations.end(),
          [&](const invariants::Violation& v) { return v.invariant == invariant.name; });
      std::string text = broken ? ink(Ink::kBad, "VIOLATED") : "holds";
      if (!invariant.applied) text = "does not apply: " + invariant.reason;
      if (invariant.applied) text += fmt::format(", {} checks", grouped(invariant.checks));
      line(fmt::format("  {}  {}", pad(invariant.name, kSubjectColumns), text));
      for (const invariants::Margin& margin : invariant.margins) {
        line(fmt::format("  {}  {}: {} ({} {})", pad("", kSubjectColumns), margin.what,
                         amount(margin.unit, margin.value), margin.upper ? "at most" : "at least",
                         amount(margin.unit, margin.limit)));
      }
    }
  }

  static std::string amount(invariants::Margin::Unit unit, std::int64_t value) {
    switch (unit) {
      case invariants::Margin::Unit::kNanoseconds:
        return short_text(sim::Duration(value));
      case invariants::Margin::Unit::kCount:
        return std::to_string(value);
    }
    return {};
  }

  void problems() {
    if (!result_.violations.empty()) section("Violations");
    for (const invariants::Violation& violation : result_.violations) {
      line(fmt::format("  {:>11}  {} (event {})", clock_text(violation.time),
                       ink(Ink::kBad, violation.invariant), violation.event));
      line("               " + violation.message);
    }
    if (!result_.expectations.empty()) section("Expectations");
    for (const scenarios::ExpectationResult& expectation : result_.expectations) {
      line(fmt::format(
          "  {} {}",
          ink(expectation.met ? Ink::kGood : Ink::kBad, expectation.met ? "met   " : "FAILED"),
          expectation.expected));
      if (!expectation.met) {
        line(fmt::format("         observed: {} ({})", expectation.observed, expectation.place));
      }
    }
    if (result_.verdict != Verdict::kPassed && !result_.last_events.empty()) {
      section("The last events before");
      for (const std::string& event : result_.last_events) line("  " + ink(Ink::kDim, event));
    }
  }

  void foot() {
    section("Summary");
    for (const scenarios::RequestResult& request : result_.requests) {
      std::string took = request.finished ? " in " + short_text(*request.finished - request.created)
                                          : ", not finished";
      line(fmt::format("  {} {}: {}{}", request.type, request.name,
                       request.phase.empty() ? "no phase" : request.phase, took));
      if (request.phase != "Successful" && !request.message.empty()) {
        line(fmt::format("    {}: {}", request.reason, request.message));
      }
    }
    for (const scenarios::DatabaseResult& database : result_.databases) {
      line(fmt::format("  Singlestore {}: {}, version {}, pods on {}{}", database.name,
                       database.phase.empty() ? "no phase" : database.phase, database.version,
                       database.pod_versions.empty() ? "nothing" : database.pod_versions,
                       database.paused ? ", PAUSED" : ""));
    }
    std::string counters;
    for (const auto& [name, count] : result_.counters) {
      counters += fmt::format("{}{} {}", counters.empty() ? "" : ", ", count, name);
    }
    if (!counters.empty()) line("  " + counters);
    line(fmt::format("  virtual time {}, {} events, {} trace events, digest {}",
                     short_text(result_.end.time_since_epoch()), grouped(result_.events),
                     grouped(result_.trace_events), scenarios::digest_text(result_.digest)));
    if (result_.verdict != Verdict::kPassed) {
      line(fmt::format("  replay: sdbtwin run {} --seed {}", result_.file, result_.seed));
    }
  }

  const RunResult& result_;
  const TextOptions& options_;
  std::string out_;
};

}  // namespace

std::string short_text(sim::Duration duration) {
  using std::chrono::duration_cast;
  if (duration >= std::chrono::seconds(1)) {
    return sim::format_duration(duration_cast<std::chrono::milliseconds>(duration));
  }
  if (duration >= std::chrono::milliseconds(1)) {
    return sim::format_duration(duration_cast<std::chrono::microseconds>(duration));
  }
  return sim::format_duration(duration);
}

std::string clock_text(sim::Time time) {
  const std::int64_t millis = time.time_since_epoch().count() / 1'000'000;
  const std::int64_t seconds = millis / 1'000;
  if (seconds >= 3'600) {
    return fmt::format("{}h{:02}m{:02}.{:03}s", seconds / 3'600, seconds / 60 % 60, seconds % 60,
                       millis % 1'000);
  }
  if (seconds >= 60) {
    return fmt::format("{}m{:02}.{:03}s", seconds / 60, seconds % 60, millis % 1'000);
  }
  return fmt::format("{}.{:03}s", seconds, millis % 1'000);
}

std::string render_text(const RunResult& result, const TextOptions& options) {
  return TextReport(result, options).render();
}

std::string render_summary(const std::vector<RunResult>& results, const TextOptions& options,
                           bool without_passed) {
  std::size_t name_width = 8;
  for (const RunResult& result : results) {
    name_width = std::max(name_width, columns(result.scenario));
  }
  std::string out;
  std::size_t passed = 0;
  for (const RunResult& result : results) {
    passed += result.verdict == Verdict::kPassed;
    if (without_passed && result.verdict == Verdict::kPassed) continue;
    out += fmt::format("{}  {}  seed {:<6} {:>12}  {:>10} events  {}\n",
                       paint(options, ink_of(result.verdict), pad(to_string(result.verdict), 18)),
                       pad(result.scenario, name_width), result.seed,
                       short_text(result.end.time_since_epoch()), grouped(result.events),
                       scenarios::digest_text(result.digest));
    if (result.verdict != Verdict::kPassed) {
      out += fmt::format("                    {}\n                    sdbtwin run {} --seed {}\n",
                         result.reason, result.file, result.seed);
    }
  }
  out += fmt::format("{} of {} runs passed\n", passed, results.size());
  return out;
}

std::string speed_line(const std::vector<RunResult>& results) {
  std::uint64_t events = 0;
  std::int64_t wall_ns = 0;
  std::int64_t virtual_ns = 0;
  for (const RunResult& result : results) {
    events += result.events;
    wall_ns += result.cpu_time.count();
    virtual_ns += result.end.time_since_epoch().count();
  }
  if (wall_ns <= 0) return {};
  // In microseconds: nanoseconds times events would not fit.
  const std::uint64_t per_second =
      events * 1'000'000 / std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wall_ns) / 1'000);
  return fmt::format("{} events in {} ms of processor time: {} events/s, {} times real time\n",
                     grouped(events), grouped(static_cast<std::uint64_t>(wall_ns / 1'000'000)),
                     grouped(per_second),
                     grouped(static_cast<std::uint64_t>(virtual_ns / wall_ns)));
}

}  // namespace sdbtwin::reports
