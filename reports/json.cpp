#include "reports/json.h"

#include <nlohmann/json.hpp>

namespace sdbtwin::reports {
namespace {

using Json = nlohmann::ordered_json;
using scenarios::RunResult;
using scenarios::Verdict;

std::int64_t ns(sim::Time time) { return time.time_since_epoch().count(); }

Json time_or_null(const std::optional<sim::Time>& time) {
  return time ? Json(ns(*time)) : Json(nullptr);
}

Json instant(const std::optional<faults::Instant>& at) {
  if (!at) return nullptr;
  return Json{{"timeNs", ns(at->time)}, {"event", at->event}};
}

Json violations_of(const RunResult& result) {
  Json list = Json::array();
  for (const auto& violation : result.violations) {
    const bool safety = violation.kind == invariants::InvariantKind::kSafety;
    list.push_back({{"invariant", violation.invariant},
                    {"kind", safety ? "safety" : "liveness"},
                    {"message", violation.message},
                    {"timeNs", ns(violation.time)},
                    {"event", violation.event}});
  }
  return list;
}

Json invariants_of(const RunResult& result) {
  Json list = Json::array();
  for (const auto& invariant : result.invariants) {
    Json margins = Json::array();
    for (const auto& margin : invariant.margins) {
      const bool is_time = margin.unit == invariants::Margin::Unit::kNanoseconds;
      margins.push_back({{"what", margin.what},
                         {"value", margin.value},
                         {"limit", margin.limit},
                         {"limitIs", margin.upper ? "maximum" : "minimum"},
                         {"unit", is_time ? "ns" : "count"}});
    }
    list.push_back({{"name", invariant.name},
                    {"applied", invariant.applied},
                    {"reason", invariant.reason},
                    {"checks", invariant.checks},
                    {"margins", std::move(margins)}});
  }
  return list;
}

Json expectations_of(const RunResult& result) {
  Json list = Json::array();
  for (const auto& expectation : result.expectations) {
    list.push_back({{"expected", expectation.expected},
                    {"observed", expectation.observed},
                    {"place", expectation.place},
                    {"met", expectation.met}});
  }
  return list;
}

Json faults_of(const RunResult& result) {
  Json list = Json::array();
  for (const auto& fault : result.faults) {
    list.push_back({{"name", fault.name},
                    {"fault", fault.fault},
                    {"trigger", fault.trigger},
                    {"armed", fault.armed},
                    {"triggered", instant(fault.triggered)},
                    {"fired", instant(fault.fired)},
                    {"healed", instant(fault.healed)},
                    {"expired", instant(fault.expired)},
                    {"kind", fault.kind},
                    {"outcome", to_string(fault.outcome)},
                    {"touched", fault.touched}});
  }
  return list;
}

Json requests_of(const RunResult& result) {
  Json list = Json::array();
  for (const auto& request : result.requests) {
    list.push_back({{"name", request.name},
                    {"type", request.type},
                    {"phase", request.phase},
                    {"reason", request.reason},
                    {"message", request.message},
                    {"createdNs", ns(request.created)},
                    {"finishedNs", time_or_null(request.finished)}});
  }
  return list;
}

Json databases_of(const RunResult& result) {
  Json list = Json::array();
  for (const auto& database : result.databases) {
    list.push_back({{"name", database.name},
                    {"phase", database.phase},
                    {"version", database.version},
                    {"podVersions", database.pod_versions},
                    {"paused", database.paused}});
  }
  return list;
}

Json timeline_of(const RunResult& result) {
  Json list = Json::array();
  for (const auto& entry : result.timeline) {
    list.push_back({{"timeNs", ns(entry.at)},
                    {"category", to_string(entry.category)},
                    {"subject", entry.subject},
                    {"text", entry.text}});
  }
  return list;
}

Json restarts_of(const RunResult& result) {
  Json list = Json::array();
  for (const auto& restart : result.restarts) {
    list.push_back({{"pod", restart.pod},
                    {"evictedNs", ns(restart.evicted)},
                    {"goneNs", time_or_null(restart.gone)},
                    {"createdNs", time_or_null(restart.created)},
                    {"scheduledNs", time_or_null(restart.scheduled)},
                    {"startedNs", time_or_null(restart.started)},
                    {"readyNs", time_or_null(restart.ready)},
                    {"nextNs", time_or_null(restart.next)}});
  }
  return list;
}

Json gates_of(const RunResult& result) {
  Json list = Json::array();
  for (const auto& gate : result.gates) {
    list.push_back({{"gate", gate.gate},
                    {"subject", gate.subject},
                    {"outcome", gate.outcome},
                    {"compared", gate.compared},
                    {"evaluations", gate.evaluations},
                    {"firstNs", ns(gate.first)},
                    {"lastNs", ns(gate.last)}});
  }
  return list;
}

Json waits_of(const RunResult& result) {
  Json list = Json::array();
  for (const auto& wait : result.waits) {
    list.push_back({{"cause", wait.cause}, {"totalNs", wait.total.count()}, {"count", wait.count}});
  }
  return list;
}

Json availability_of(const RunResult& result) {
  Json list = Json::array();
  for (const auto& one : result.availability) {
    Json outages = Json::array();
    for (const auto& outage : one.outages) {
      outages.push_back({{"fromNs", ns(outage.from)},
                         {"toNs", ns(outage.to)},
                         {"lasts", outage.lasts},
                         {"cause", outage.cause}});
    }
    list.push_back({{"database", one.database},
                    {"partition", one.partition ? Json(*one.partition) : Json(nullptr)},
                    {"service", one.service},
                    {"outages", std::move(outages)},
                    {"count", one.count},
                    {"longestNs", one.longest.count()},
                    {"totalNs", one.total.count()}});
  }
  return list;
}

Json clients_of(const RunResult& result) {
  Json list = Json::array();
  for (const auto& client : result.clients) {
    list.push_back({{"database", client.database},
                    {"acknowledgedRows", client.acknowledged},
                    {"refusedRows", client.refused},
                    {"unknownRows", client.unknown},
                    {"servedReads", client.served_reads},
                    {"refusedReads", client.refused_reads}});
  }
  return list;
}

Json run_of(const RunResult& result, bool with_speed) {
  Json run{{"scenario", result.scenario},
           {"file", result.file},
           {"description", result.description},
           {"seed", result.seed},
           {"verdict", to_string(result.verdict)},
           {"reason", result.reason},
           {"digest", scenarios::digest_text(result.digest)},
           {"events", result.events},
           {"traceEvents", result.trace_events},
           {"endNs", ns(result.end)},
           {"notes", result.notes}};
  run["violations"] = violations_of(result);
  run["expectations"] = expectations_of(result);
  run["faults"] = faults_of(result);
  run["invariants"] = invariants_of(result);
  run["requests"] = requests_of(result);
  run["databases"] = databases_of(result);
  run["counters"] = result.counters;
  run["waits"] = waits_of(result);
  run["availability"] = availability_of(result);
  run["clients"] = clients_of(result);
  run["restarts"] = restarts_of(result);
  run["gates"] = gates_of(result);
  run["timeline"] = timeline_of(result);
  run["lastEvents"] = result.last_events;
  if (with_speed) run["cpuTimeNs"] = result.cpu_time.count();
  return run;
}

}  // namespace

std::string render_json(const std::vector<RunResult>& results, bool with_speed) {
  Json counts{{"runs", results.size()}};
  for (const Verdict verdict : {Verdict::kPassed, Verdict::kViolated, Verdict::kStuck,
                                Verdict::kExpectationFailed, Verdict::kVacuous}) {
    std::size_t count = 0;
    for (const RunResult& result : results) count += result.verdict == verdict;
    counts[std::string(to_string(verdict))] = count;
  }
  Json runs = Json::array();
  for (const RunResult& result : results) runs.push_back(run_of(result, with_speed));
  const Json document{{"schemaVersion", kJsonSchemaVersion},
                      {"tool", "sdbtwin"},
                      {"summary", std::move(counts)},
                      {"runs", std::move(runs)}};
  // Names come from files: what is not UTF-8 is replaced, never thrown at the user.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sdbtwin::reports
