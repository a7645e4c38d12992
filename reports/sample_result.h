// A result with something in every place, for the tests of the reports.
#pragma once

#include "scenarios/verdict/result.h"

namespace sdbtwin::reports {

inline scenarios::RunResult sample_result() {
  using namespace std::chrono_literals;
  scenarios::RunResult result;
  result.scenario = "sample";
  result.file = "scenarios/sample.yaml";
  result.description = "a rollout";
  result.seed = 7;
  result.notes = {"the twin supplies 3 nodes"};
  result.requests = {{"demo/update", "UpdateVersion", "Successful", "Successful", "",
                      sim::Time(10s), sim::Time(163s)}};
  result.databases = {{"demo/sdb", "Ready", "8.9.3", "8.9.3 x3", false}};
  result.timeline = {{sim::Time(10s), scenarios::TimelineEntry::Category::kUser, "demo/update",
                      "UpdateVersion to 8.9.3 requested by user"},
                     {sim::Time(3723500ms), scenarios::TimelineEntry::Category::kPod,
                      "demo/sdb-leaf-0", "evicted by ops-manager"}};
  result.restarts = {{"demo/sdb-leaf-0", sim::Time(20s), sim::Time(50s), sim::Time(50s),
                      sim::Time(51s), sim::Time(60s), sim::Time(62s), sim::Time(65s)}};
  result.gates = {{"replication-synced", "sdb-leaf-0", "Passed", "5 partitions, 3 streams", 2,
                   sim::Time(62s), sim::Time(64s)}};
  result.waits = {{"the old pod stops", 30s, 1}};
  const scenarios::OutageResult outage{sim::Time(20s), sim::Time(62s), false, "master-down"};
  result.availability = {{"demo/sdb app", std::nullopt, "writes", {outage}, 1, 42s, 42s},
                         {"demo/sdb app", std::nullopt, "reads", {}, 0, 0s, 0s},
                         {"demo/sdb app", 0, "writes", {outage}, 1, 42s, 42s},
                         {"demo/sdb app", 1, "writes", {}, 0, 0s, 0s},
                         {"demo/sdb app", 2, "writes", {outage}, 1, 42s, 42s}};
  result.clients = {{"demo/sdb app", 1000, 20, 3, 900, 30}};
  result.counters = {{"evictions", 3}};
  result.invariants = {{"one-pod-at-a-time",
                        true,
                        "",
                        3,
                        {{"age of the evidence", 1500000, 5000000000, true,
                          invariants::Margin::Unit::kNanoseconds}}},
                       {"version-last", false, "switched off by the scenario", 0, {}}};
  result.expectations = {{"request demo/update ends Successful", "Successful", "f.yaml:9:7", true}};
  result.faults = {{"the Provisioner dies", "kill provisioner for good", "at 5s", true,
                    faults::Instant{sim::Time(5s), 12}, faults::Instant{sim::Time(5s), 12},
                    std::nullopt, "process provisioner"}};
  result.digest = 0x0123456789abcdef;
  result.trace_events = 766;
  result.events = 1234567;
  result.end = sim::Time(193s);
  result.cpu_time = 4ms;
  return result;
}

inline scenarios::RunResult failed_result() {
  using namespace std::chrono_literals;
  scenarios::RunResult result = sample_result();
  result.verdict = scenarios::Verdict::kViolated;
  result.reason = "one-pod-at-a-time: <two> & \"more\"";
  result.violations = {{"one-pod-at-a-time", "<two> & \"more\"", sim::Time(61s), 99}};
  result.expectations.front().met = false;
  result.expectations.front().observed = "Failed";
  result.last_events = {"{\"event\":\"x\"}"};
  return result;
}

}  // namespace sdbtwin::reports
