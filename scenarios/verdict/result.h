// What a run has to say for itself: data only, made by run(), drawn by reports/.
//
// Everything here but `cpu_time` follows from (scenario, seed) and is the same in every run of it,
// on every machine; reports keep the clock apart from the rest for that reason.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "faults/evidence.h"
#include "invariants/verdict.h"
#include "sim/core/time.h"

namespace sdbtwin::scenarios {

// In order of precedence: a run that violates an invariant is "violated", whatever else it is.
enum class Verdict {
  kViolated,           // an invariant was broken
  kStuck,              // something that must end had not ended at the horizon
  kExpectationFailed,  // it ended, but not as the scenario says
  kVacuous,            // nothing was shown: a declared fault never fired, or nothing was compared
  kPassed,
};
std::string_view to_string(Verdict verdict);  // "passed", "violated", "stuck", ...

struct ExpectationResult {
  std::string expected;  // "SinglestoreOpsRequest demo/update ends Successful"
  std::string observed;
  std::string place;  // "file:line:column" of the expectation
  bool met = false;
};

// One line of the story of a run.
struct TimelineEntry {
  enum class Category { kUser, kRequest, kStep, kPod, kGate, kFault, kDatabase, kViolation };
  sim::Time at{};
  Category category = Category::kUser;
  std::string subject;  // an object, a pod, a process
  std::string text;
};
std::string_view to_string(TimelineEntry::Category category);

// A pod's restart by the rollout, for the bars of the report. Absent: it did not come so far.
struct PodRestart {
  std::string pod;  // namespace/name
  sim::Time evicted{};
  std::optional<sim::Time> gone;
  std::optional<sim::Time> created;
  std::optional<sim::Time> scheduled;
  std::optional<sim::Time> started;
  std::optional<sim::Time> ready;
  std::optional<sim::Time> next;  // the next eviction, or the end of the step
};

// One kind of check between pods, as the Ops-manager saw it.
struct GateSummary {
  std::string gate;
  std::string subject;   // pod
  std::string outcome;   // the last one
  std::string compared;  // what was compared with what, last time
  std::int32_t evaluations = 0;
  sim::Time first{};
  sim::Time last{};
};

struct RequestResult {
  std::string name;  // namespace/name
  std::string type;
  std::string phase;
  std::string reason;   // of the condition that says how it ended
  std::string message;  // likewise
  sim::Time created{};
  std::optional<sim::Time> finished;
};

struct DatabaseResult {
  std::string name;
  std::string phase;
  std::string version;       // spec.version
  std::string pod_versions;  // "8.9.3 x3", or a mixture
  bool paused = false;
};

// What the application saw of a database or of one partition of it. Available but in the outages.
struct OutageResult {
  sim::Time from{};
  sim::Time to{};  // the end of the run when it lasts
  bool lasts = false;
  std::string cause;  // "master-down", ...
};
struct AvailabilityResult {
  std::string database;               // "demo/sdb app"
  std::optional<int> partition;       // absent: all partitions together
  std::string service;                // "reads", "writes"
  std::vector<OutageResult> outages;  // one for each cause: they may follow each other
  std::int32_t count = 0;             // of interruptions, whatever their causes
  sim::Duration longest{};            // of them
  sim::Duration total{};
};
// Rows, up to the end of the run.
struct ClientResult {
  std::string database;
  std::int64_t acknowledged = 0;
  std::int64_t refused = 0;
  std::int64_t unknown = 0;  // no answer: done or not
  std::int64_t served_reads = 0;
  std::int64_t refused_reads = 0;
};

// Where virtual time went: a name for the cause, and how long in total.
struct WaitByCause {
  std::string cause;
  sim::Duration total{};
  std::int32_t count = 0;
};

struct RunResult {
  std::string scenario;
  std::string file;
  std::string description;
  std::uint64_t seed = 0;
  std::vector<std::string> notes;  // what the twin supplied by itself

  Verdict verdict = Verdict::kPassed;
  std::string reason;  // one line: why this verdict
  std::vector<invariants::Violation> violations;
  std::vector<invariants::InvariantResult> invariants;
  std::vector<ExpectationResult> expectations;
  faults::Ledger faults;

  std::vector<RequestResult> requests;
  std::vector<DatabaseResult> databases;
  std::vector<TimelineEntry> timeline;
  std::vector<PodRestart> restarts;
  std::vector<GateSummary> gates;
  std::vector<WaitByCause> waits;
  std::vector<AvailabilityResult> availability;
  std::vector<ClientResult> clients;
  std::map<std::string, std::int64_t> counters;  // "evictions", "writes by ops-manager", ...
  std::vector<std::string> last_events;          // before the end or the first violation

  std::uint64_t digest = 0;
  std::uint64_t trace_events = 0;
  std::uint64_t events = 0;  // scheduler events
  sim::Time end{};
  sim::Duration cpu_time{};  // of the run, measured by its caller; not deterministic
};

// The digest as every output writes it: 16 hexadecimal digits.
std::string digest_text(std::uint64_t digest);

}  // namespace sdbtwin::scenarios
