#include "scenarios/verdict/expectation_judge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

#include "faults/match.h"
#include "model/api/ops_request.h"
#include "model/api/singlestore.h"
#include "scenarios/verdict/versions.h"

namespace sdbtwin::scenarios {
namespace {

std::string place_of(const Location& location) {
  if (location.source == nullptr) return {};
  return fmt::format("{}:{}:{}", location.source->path, location.at.line, location.at.column);
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
    judge_end(expected, *found);
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
    const Versions versions = versions_in_use(*database, store_);
    if (!expected.version.empty()) {
      judge_version(expected, *database, versions);
    }
    for (const ExpectedVersion& one : expected.pods) judge_mix("pod", one, versions.pods);
    for (const ExpectedVersion& one : expected.petsets) judge_mix("PetSet", one, versions.petsets);
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

  void operator()(const ExpectedMargin& expected) {
    for (const invariants::InvariantResult& invariant : result_.invariants) {
      if (invariant.name != expected.invariant) continue;
      for (const invariants::Margin& margin : invariant.margins) {
        if (margin.what.find(expected.what) == std::string::npos) continue;
        return judge_margin(expected, margin);
      }
    }
    note(fmt::format("{} has a margin \"{}\"", expected.invariant, expected.what),
         "it has none in this run", false);
  }

  void operator()(const ExpectedRestart& expected) {
    bool any = false;
    for (const PodRestart& restart : result_.restarts) {
      const std::string pod = restart.pod.substr(restart.pod.find('/') + 1);
      if (!faults::glob_match(expected.pod, pod)) continue;
      any = true;
      const std::string took =
          restart.ready ? sim::format_duration(*restart.ready - restart.evicted) : "it never was";
      if (expected.within) {
        note(fmt::format("pod {} is Ready again within {}", pod,
                         sim::format_duration(*expected.within)),
             took, restart.ready && *restart.ready - restart.evicted <= *expected.within);
      }
      if (expected.at_least) {
        note(fmt::format("pod {} is Ready again after {} or more", pod,
                         sim::format_duration(*expected.at_least)),
             took, restart.ready && *restart.ready - restart.evicted >= *expected.at_least);
      }
    }
    if (!any) note(fmt::format("pod {} is restarted", expected.pod), "it was not", false);
  }

  void operator()(const ExpectedAvailability& expected) {
    const std::string database = to_string(expected.key) + " " + expected.database;
    const std::string_view service = expected.writes ? "writes" : "reads";
    const std::string subject =
        expected.partition ? fmt::format("{}:{} {}", database, *expected.partition, service)
                           : fmt::format("{} {}", database, service);
    const auto found = std::ranges::find_if(result_.availability, [&](const auto& one) {
      return one.database == database && one.partition == expected.partition &&
             one.service == service;
    });
    if (found == result_.availability.end()) {
      return note(subject + " are watched", "there is no such database or partition", false);
    }
    const sim::Duration longest = found->longest;
    const std::int64_t outages = found->count;
    const auto judge_one = [&](const auto& limit, std::string_view what, auto text, auto value,
                               bool met) {
      if (limit) note(fmt::format("{}: {} {}", subject, what, text(*limit)), text(value), met);
    };
    const auto number = [](std::int64_t value) { return std::to_string(value); };
    const auto time = [](sim::Duration value) { return sim::format_duration(value); };
    judge_one(expected.outages_at_least, "outages at least", number, outages,
              outages >= expected.outages_at_least.value_or(0));
    judge_one(expected.outages_at_most, "outages at most", number, outages,
              outages <= expected.outages_at_most.value_or(0));
    judge_one(expected.longest_at_most, "the longest outage at most", time, longest,
              longest <= expected.longest_at_most.value_or(longest));
    judge_one(expected.total_at_least, "outages in total at least", time, found->total,
              found->total >= expected.total_at_least.value_or(found->total));
    judge_one(expected.total_at_most, "outages in total at most", time, found->total,
              found->total <= expected.total_at_most.value_or(found->total));
  }

  std::vector<ExpectationResult> results;
  std::string place;

 private:
  void judge_end(const ExpectedRequest& expected, const RequestResult& request) {
    if (!expected.reason.empty()) {
      note(fmt::format("request {} ends with reason {}", request.name, expected.reason),
           request.reason.empty() ? "no reason" : request.reason,
           request.reason == expected.reason);
    }
    if (!expected.message.empty()) {
      note(fmt::format("request {} says \"{}\"", request.name, expected.message),
           request.message.empty() ? "nothing" : request.message,
           says(request.message, expected.message));
    }
  }

  static bool says(const std::string& text, const std::string& wanted) {
    if (wanted.find('*') != std::string::npos) return faults::glob_match(wanted, text);
    return text.find(wanted) != std::string::npos;
  }

  void judge_version(const ExpectedDatabase& expected, const api::Singlestore& database,
                     const Versions& versions) {
    const std::string name = to_string(expected.key);
    if (!expected.pods.empty()) {
      return note(fmt::format("database {} is on {}", name, expected.version),
                  database.spec->version, database.spec->version == expected.version);
    }
    const bool all = std::ranges::all_of(
        versions.pods, [&](const auto& pod) { return pod.second == expected.version; });
    note(fmt::format("database {} and its pods are on {}", name, expected.version),
         fmt::format("{}, pods on {}", database.spec->version, pod_summary(versions)),
         database.spec->version == expected.version && all && !versions.pods.empty());
  }

  void judge_mix(std::string_view kind, const ExpectedVersion& expected,
                 const std::map<std::string, std::string>& versions) {
    std::vector<std::string> observed;
    bool met = true;
    for (const auto& [name, version] : versions) {
      if (!faults::glob_match(expected.name, name)) continue;
      observed.push_back(fmt::format("{} on {}", name, version));
      met = met && version == expected.version;
    }
    note(fmt::format("{} {} is on {}", kind, expected.name, expected.version),
         observed.empty() ? "there is none" : fmt::format("{}", fmt::join(observed, ", ")),
         met && !observed.empty());
  }

  void judge_margin(const ExpectedMargin& expected, const invariants::Margin& margin) {
    const auto text = [&](std::int64_t value) {
      return margin.unit == invariants::Margin::Unit::kNanoseconds
                 ? sim::format_duration(sim::Duration(value))
                 : std::to_string(value);
    };
    const auto limit = [&](std::string_view word, std::int64_t value, bool met) {
      note(fmt::format("{}: {} is {} {}", expected.invariant, margin.what, word, text(value)),
           text(margin.value), met);
    };
    if (expected.at_most) limit("at most", *expected.at_most, margin.value <= *expected.at_most);
    if (expected.at_least) {
      limit("at least", *expected.at_least, margin.value >= *expected.at_least);
    }
  }

  void note(std::string expected, std::string observed, bool met) {
    results.push_back({std::move(expected), std::move(observed), place, met});
  }

  const api::StoreReader& store_;
  const RunResult& result_;
};

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

}  // namespace sdbtwin::scenarios
