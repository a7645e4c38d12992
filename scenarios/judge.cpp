#include "scenarios/judge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "model/api/ops_request.h"
#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/singlestore.h"
#include "model/api/singlestore_version.h"

namespace sdbtwin::scenarios {
namespace {

std::string place_of(const Location& location) {
  if (location.source == nullptr) return {};
  return fmt::format("{}:{}:{}", location.source->path, location.at.line, location.at.column);
}

// "8.9.3 x3": the versions that the pods' images stand for.
std::string pod_versions(const api::Singlestore& database, const api::StoreReader& store) {
  std::map<std::string, std::string> version_of_image;
  for (const api::ObjectPtr& object : store.list(api::Kind::kSinglestoreVersion, "")) {
    const auto version = api::as<api::SinglestoreVersion>(object);
    const auto& image =
        database.spec->topology ? version->spec->db.image : version->spec->standalone.image;
    // Images of several versions may be one: the oldest name stands for them.
    version_of_image.emplace(image, version->metadata.name);
  }
  std::map<std::string, int> count;
  for (const api::ObjectPtr& object : store.list(api::Kind::kPod, database.metadata.namespace_)) {
    const auto pod = api::as<api::Pod>(object);
    if (api::label_of(pod->metadata, "app.kubernetes.io/instance") != database.metadata.name) {
      continue;
    }
    for (const api::Container& container : pod->spec->containers) {
      if (container.name != "singlestore") continue;
      const auto known = version_of_image.find(container.image);
      ++count[known == version_of_image.end() ? container.image : known->second];
    }
  }
  std::vector<std::string> parts;
  for (const auto& [version, pods] : count) parts.push_back(fmt::format("{} x{}", version, pods));
  return fmt::format("{}", fmt::join(parts, ", "));
}

class ExpectationJudge {
 public:
  ExpectationJudge(const api::StoreReader& store, const RunResult& result)
      : store_(store), result_(result) {}

  void operator()(const ExpectedRequest& expected) {
    const std::string name = to_string(expected.key);
    const auto found = std::find_if(result_.requests.begin(), result_.requests.end(),
                                    [&](const auto& request) { return request.name == name; });
    if (found == result_.requests.end()) {
      return note(fmt::format("request {} exists", name), "it was never made", false);
    }
    if (!expected.phase.empty()) {
      note(fmt::format("request {} ends {}", name, expected.phase),
           found->phase.empty() ? "no phase" : found->phase, found->phase == expected.phase);
    }
    if (!expected.within && !expected.at_least) return;
    const std::string took = found->finished
                                 ? sim::format_duration(*found->finished - found->created)
                                 : "it never ended";
    if (expected.within) {
      note(fmt::format("request {} ends within {}", name, sim::format_duration(*expected.within)),
           took, found->finished && *found->finished - found->created <= *expected.within);
    }
    if (expected.at_least) {
      note(fmt::format("request {} takes {} or more", name,
                       sim::format_duration(*expected.at_least)),
           took, found->finished && *found->finished - found->created >= *expected.at_least);
    }
  }

  void operator()(const ExpectedDatabase& expected) {
    const std::string name = to_string(expected.key);
    const auto database =
        api::as_if<api::Singlestore>(store_.get({api::Kind::kSinglestore, expected.key}));
    if (database == nullptr) return note(fmt::format("database {} exists", name), "gone", false);
    const std::string phase(to_string(database->status->phase));
    if (!expected.phase.empty()) {
      note(fmt::format("database {} is {}", name, expected.phase), phase, phase == expected.phase);
    }
    if (!expected.version.empty()) {
      const std::string pods = pod_versions(*database, store_);
      const bool one_version =
          pods.starts_with(expected.version + " x") && pods.find(',') == std::string::npos;
      note(fmt::format("database {} and its pods are on {}", name, expected.version),
           fmt::format("{}, pods on {}", database->spec->version, pods),
           database->spec->version == expected.version && one_version);
    }
    if (expected.paused) {
      const bool paused = api::is_condition_true(database->status->conditions, "Paused");
      note(fmt::format("database {} is {}", name, *expected.paused ? "paused" : "not paused"),
           paused ? "paused" : "not paused", paused == *expected.paused);
    }
  }

  void operator()(const ExpectedCount& expected) {
    const std::int64_t count = result_.counters.at(expected.counter);
    std::string text = fmt::format("{} is {} or more", expected.counter, expected.at_least);
    if (expected.at_most == expected.at_least) {
      text = fmt::format("{} is {}", expected.counter, expected.at_least);
    } else if (expected.at_most) {
      text = fmt::format("{} is {} to {}", expected.counter, expected.at_least, *expected.at_most);
    }
    const bool met =
        count >= expected.at_least && (!expected.at_most || count <= *expected.at_most);
    note(std::move(text), std::to_string(count), met);
  }

  std::vector<ExpectationResult> results;
  std::string place;

 private:
  void note(std::string expected, std::string observed, bool met) {
    results.push_back({std::move(expected), std::move(observed), place, met});
  }

  const api::StoreReader& store_;
  const RunResult& result_;
};

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
  const bool updated =
      std::any_of(result.requests.begin(), result.requests.end(), [](const RequestResult& request) {
        return request.type == "UpdateVersion" && request.phase == "Successful";
      });
  if (updated && result.counters.at("gatesCompared") == 0) {
    return "no check between pods compared anything";
  }
  return {};
}

}  // namespace

std::vector<ExpectationResult> judge_expectations(const Scenario& scenario,
                                                  const api::StoreReader& store,
                                                  const RunResult& result) {
  ExpectationJudge judge(store, result);
  for (const Expectation& expectation : scenario.expectations) {
    judge.place = place_of(expectation.location);
    std::visit(judge, expectation.what);
  }
  return std::move(judge.results);
}

std::vector<DatabaseResult> describe_databases(const Scenario&, const api::StoreReader& store) {
  std::vector<DatabaseResult> out;
  for (const api::ObjectPtr& object : store.list(api::Kind::kSinglestore, "")) {
    const auto database = api::as<api::Singlestore>(object);
    out.push_back({to_string(api::key_of(*database)),
                   std::string(to_string(database->status->phase)), database->spec->version,
                   pod_versions(*database, store),
                   api::is_condition_true(database->status->conditions, "Paused")});
  }
  return out;
}

void judge(RunResult& result, const std::vector<std::string>& open,
           const std::vector<std::string>& refused) {
  if (const auto* broken = first_violation(result, invariants::InvariantKind::kSafety)) {
    return set(result, Verdict::kViolated,
               fmt::format("{}: {}", broken->invariant, broken->message));
  }
  if (!open.empty()) {
    return set(
        result, Verdict::kStuck,
        fmt::format("at the horizon of {}: {}", sim::format_duration(result.end.time_since_epoch()),
                    fmt::join(open, "; ")));
  }
  if (const auto* broken = first_violation(result, invariants::InvariantKind::kLiveness)) {
    return set(result, Verdict::kStuck, fmt::format("{}: {}", broken->invariant, broken->message));
  }
  if (!refused.empty()) {
    return set(result, Verdict::kExpectationFailed,
               fmt::format("the API server refused {}", fmt::join(refused, "; ")));
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
