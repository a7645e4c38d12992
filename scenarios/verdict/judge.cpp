#include "scenarios/verdict/judge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "model/api/singlestore.h"
#include "scenarios/verdict/versions.h"

namespace sdbtwin::scenarios {
namespace {

void set(RunResult& result, Verdict verdict, std::string reason) {
  result.verdict = verdict;
  result.reason = std::move(reason);
}

const invariants::Violation* first_violation(const RunResult& result,
                                             invariants::InvariantKind kind) {
  const auto found =
      std::ranges::find_if(result.violations, [&](const auto& v) { return v.kind == kind; });
  return found == result.violations.end() ? nullptr : &*found;
}

std::string why_vacuous(const RunResult& result) {
  for (const faults::Evidence& fault : result.faults) {
    if (!fault.fired) return fmt::format("the fault \"{}\" never fired", fault.name);
  }
  const bool restarted_pods =
      std::ranges::any_of(result.requests, [](const RequestResult& request) {
        return (request.type == "UpdateVersion" || request.type == "Restart") &&
               request.phase == "Successful";
      });
  const auto compared = result.counters.find("gatesCompared");
  if (restarted_pods && (compared == result.counters.end() || compared->second == 0)) {
    return "no check between pods compared anything";
  }
  return {};
}

}  // namespace

std::vector<DatabaseResult> describe_databases(const api::StoreReader& store) {
  std::vector<DatabaseResult> out;
  for (const api::ObjectPtr& object : store.list(api::Kind::kSinglestore, "")) {
    const auto database = api::as<api::Singlestore>(object);
    out.push_back({to_string(api::key_of(*database)),
                   std::string(to_string(database->status->phase)), database->spec->version,
                   pod_summary(versions_in_use(*database, store)),
                   api::is_condition_true(database->status->conditions, "Paused")});
  }
  return out;
}

namespace {

// What the user could not do may be why nothing came to its end.
std::string with_refusals(std::string reason, const std::vector<std::string>& refused) {
  if (!refused.empty()) reason += fmt::format("; an action failed: {}", fmt::join(refused, "; "));
  return reason;
}

}  // namespace

void judge(RunResult& result, const std::vector<std::string>& open,
           const std::vector<std::string>& refused) {
  if (const auto* broken = first_violation(result, invariants::InvariantKind::kSafety)) {
    return set(result, Verdict::kViolated,
               fmt::format("{}: {}", broken->invariant, broken->message));
  }
  if (!open.empty()) {
    std::string reason =
        fmt::format("at the horizon of {}: {}", sim::format_duration(result.end.time_since_epoch()),
                    fmt::join(open, "; "));
    return set(result, Verdict::kStuck, with_refusals(std::move(reason), refused));
  }
  if (const auto* broken = first_violation(result, invariants::InvariantKind::kLiveness)) {
    std::string reason = fmt::format("{}: {}", broken->invariant, broken->message);
    return set(result, Verdict::kStuck, with_refusals(std::move(reason), refused));
  }
  if (!refused.empty()) {
    return set(result, Verdict::kExpectationFailed,
               fmt::format("an action failed: {}", fmt::join(refused, "; ")));
  }
  for (const ExpectationResult& expectation : result.expectations) {
    if (expectation.met) continue;
    return set(
        result, Verdict::kExpectationFailed,
        fmt::format("expected: {}; observed: {}", expectation.expected, expectation.observed));
  }
  if (std::string why = why_vacuous(result); !why.empty()) {
    return set(result, Verdict::kVacuous, std::move(why));
  }
  set(result, Verdict::kPassed, "");
}

}  // namespace sdbtwin::scenarios
