// Goal: faults of the pods, the registry and the network strike whom the plan names, in a whole
// cluster, and what becomes of it is what would become of it in a real one.
// Method: the quickstart scenario with one fault each; ledger, trace counters and verdict.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "model/api/core.h"
#include "model/api/pod.h"
#include "model/cluster/node/node_machine.h"
#include "model/cluster/server/api_server.h"
#include "scenarios/reading/fault_yaml.h"
#include "scenarios/reading/load.h"
#include "scenarios/run.h"

namespace sdbtwin::scenarios {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// What a run shows of a pod.
class Watcher final : public sim::TraceObserver {
 public:
  void on_event(const sim::TraceEvent& event) override {
    if (const auto* stopped = event.get_if<cluster::ContainerStopped>()) {
      if (stopped->pod == pod && stopped->container == "singlestore") {
        exit_codes.push_back(stopped->exit_code);
      }
    } else if (const auto* write = event.get_if<cluster::ObjectWritten>()) {
      if (write->kind != api::Kind::kPod) return;
      if (write->after) waiting(api::cast<api::Pod>(*write->after));
      if (write->name != pod) return;
      if (!write->before) {
        ++created;
        sent = *write->sent;
      }
      if (write->actor == "fault-injector" && !write->deleted) ++deletions;
    }
  }

  std::string pod = "sdb-leaf-1";        // of which all but pull_failed speak
  std::vector<std::int32_t> exit_codes;  // of the database's container
  int created = 0;
  sim::Time sent{};   // the last request that created it
  int deletions = 0;  // by the fault
  bool pull_failed = false;

 private:
  void waiting(const api::Pod& object) {
    for (const api::ContainerStatus& status : *object.status->container_statuses) {
      if (status.state.waiting && status.state.waiting->reason == "ErrImagePull") {
        pull_failed = true;
      }
    }
  }
};

class FaultRun : public ::testing::Test {
 protected:
  // The quickstart with these faults; `faults` is the text of the list.
  RunResult run(const std::string& faults, const std::string& base = "quickstart") {
    Problems problems;
    auto scenario = load_scenario("scenarios/" + base + ".yaml", problems);
    EXPECT_TRUE(scenario.has_value());
    auto source = std::make_shared<SourceFile>();
    source->path = "faults.yaml";
    source->text = "faults:\n" + faults;
    const auto documents = parse_yaml(source, problems);
    EXPECT_TRUE(documents.has_value());
    MapReader reader(documents->front(), documents->front().root, "spec", problems);
    scenario->faults = read_faults(reader);
    reader.finish();
    for (const Problem& problem : problems.all()) ADD_FAILURE() << to_text(problem);
    scenario->expectations.clear();  // those of a run without faults
    RunOptions options;
    options.observer = &watcher_;
    return scenarios::run(*scenario, options);
  }

  static void expect_update(const RunResult& result) {
    EXPECT_EQ(result.verdict, Verdict::kPassed) << result.reason;
    ASSERT_EQ(result.requests.size(), 1U);
    EXPECT_EQ(result.requests.front().phase, "Successful");
  }

  static sim::Duration took(const RunResult& result) {
    return *result.requests.front().finished - result.requests.front().created;
  }

  static void expect_fired(const RunResult& result, const std::string& touched) {
    ASSERT_FALSE(result.faults.empty());
    const faults::Evidence& fault = result.faults.front();
    EXPECT_TRUE(fault.fired.has_value()) << fault.name;
    EXPECT_EQ(fault.touched, touched);
  }

  Watcher watcher_;
};

TEST_F(FaultRun, AContainerThatCrashesIsStartedAgain) {
  const RunResult result =
      run("  - when: {phase: {kind: Singlestore, is: Ready}, delay: 2s}\n"
          "    containerCrash: {target: leaf/1, exitCode: 134}\n");
  EXPECT_EQ(result.verdict, Verdict::kPassed) << result.reason;
  expect_fired(result, "container singlestore of pod demo/sdb-leaf-1");
  ASSERT_FALSE(watcher_.exit_codes.empty());
  EXPECT_EQ(watcher_.exit_codes.front(), 134);
  EXPECT_EQ(watcher_.created, 2);  // at first, and by the rollout
}

TEST_F(FaultRun, ACrashLoopEndsAfterItsNumberOfTimes) {
  const RunResult result =
      run("  - when: {phase: {kind: Singlestore, is: Ready}, delay: 2s}\n"
          "    containerCrash: {target: leaf/1, times: 3, exitCode: 134}\n");
  expect_fired(result, "container singlestore of pod demo/sdb-leaf-1, 3 times");
  EXPECT_EQ(std::count(watcher_.exit_codes.begin(), watcher_.exit_codes.end(), 134), 3);
  EXPECT_TRUE(result.faults.front().healed.has_value());
}

TEST_F(FaultRun, ADeletedPodIsReplaced) {
  const RunResult result =
      run("  - when: {pod: {target: leaf/1, becomes: ready}, delay: 1s}\n"
          "    podDelete: {target: leaf/1, gracePeriod: 5s}\n");
  expect_fired(result, "pod demo/sdb-leaf-1");
  EXPECT_EQ(watcher_.deletions, 1);
  EXPECT_EQ(watcher_.created, 3);
}

TEST_F(FaultRun, AFaultThatComesBeforeItsPodWaitsForIt) {
  const RunResult result = run("  - at: 0s\n    podDelete: {target: leaf/1, force: true}\n");
  expect_fired(result, "pod demo/sdb-leaf-1");
  EXPECT_EQ(result.faults.front().triggered->time, sim::Time());
  EXPECT_GT(result.faults.front().fired->time, sim::Time());
  EXPECT_EQ(watcher_.deletions, 1);
}

TEST_F(FaultRun, AFaultOfALeafThatIsNotThereMakesTheRunVacuous) {
  const RunResult result = run("  - at: 0s\n    podDelete: {target: leaf/9}\n");
  EXPECT_EQ(result.verdict, Verdict::kVacuous) << result.reason;
}

TEST_F(FaultRun, AnImageThatIsMissingIsPulledWhenItIsThereAgain) {
  const RunResult result =
      run("  - at: 0s\n"
          "    imageMissing: {image: \"*8.9.3*\",\n"
          "      until: {pod: {target: aggregator/0, becomes: gone}, delay: 20s}}\n");
  expect_update(result);
  ASSERT_TRUE(result.faults.front().fired.has_value());
  EXPECT_THAT(result.faults.front().touched, HasSubstr("8.9.3"));
  EXPECT_TRUE(watcher_.pull_failed);
}

TEST_F(FaultRun, AnImageThatNobodyAsksForIsNotMissed) {
  const RunResult result =
      run("  - at: 0s\n"
          "    imageMissing: {image: \"*8.9.3*\", keepCached: true, for: 1m}\n");
  EXPECT_EQ(result.verdict, Verdict::kVacuous) << result.reason;
}

TEST_F(FaultRun, ARolloutWaitsForAPodThatIsNotReady) {
  const RunResult usual =
      run("  - at: 0s\n    processPause: {process: kube-scheduler, for: 1ms}\n");
  const RunResult late =
      run("  - when: {pod: {target: aggregator/0, becomes: gone}}\n"
          "    podNeverReady: {target: aggregator/0, for: 2m}\n");
  expect_update(late);
  expect_fired(late, "readiness of pod demo/sdb-aggregator-0");
  EXPECT_GT(took(late), took(usual) + 80s);
}

TEST_F(FaultRun, ANodeThatIsCutOffIsSeenOfflineAndComesBack) {
  const RunResult result =
      run("  - name: cut off\n"
          "    when: {phase: {kind: Singlestore, is: Ready}, delay: 1s}\n"
          "    blackHole: {target: leaf/1, for: 1m}\n"
          "  - name: seen offline\n"
          "    when: {node: {target: leaf/1, becomes: offline}}\n"
          "    processPause: {process: kube-scheduler, for: 1ms}\n"
          "  - name: seen online\n"
          "    when: {node: {target: leaf/1, becomes: online}, occurrence: 2}\n"
          "    processPause: {process: kube-scheduler, for: 1ms}\n"
          "  - name: not served\n"
          "    when: {service: {partition: app/1, becomes: unserved}}\n"
          "    processPause: {process: kube-scheduler, for: 1ms}\n");
  std::map<std::string, faults::Evidence> by_name;
  for (const faults::Evidence& fault : result.faults) by_name[fault.name] = fault;
  for (const auto& [name, fault] : by_name) ASSERT_TRUE(fault.fired.has_value()) << name;
  const auto fired = [&](const char* name) { return by_name[name].fired->time; };
  EXPECT_GE(fired("seen offline"), fired("cut off") + 30s);  // heartbeats, silence
  EXPECT_GT(fired("seen online"), by_name["cut off"].healed->time);
}

// kubernetes.md 5.3: client-go repeats an answer 429 with Retry-After by itself, here each second.
// A reconcile that failed would be tried again by 5.2: after 5, 15, ... 2555, 5115 ms.
TEST_F(FaultRun, WhatAnOverloadedServerRefusesIsRepeatedByTheClientAndNoReconcileFails) {
  const RunResult result =
      run("  - when: {gone: {kind: Pod, name: sdb-leaf-1}}\n"
          "    apiOutage: {process: petset-controller, answer: too-many-requests, for: 3s}\n");
  expect_update(result);
  expect_fired(result, "list Pod demo/ by petset-controller");
  ASSERT_EQ(watcher_.created, 2);
  const sim::Duration asked_again = watcher_.sent - result.faults.front().fired->time;
  EXPECT_GE(asked_again, 3s);
  EXPECT_LE(asked_again, 3100ms);
}

TEST_F(FaultRun, AGateIsSeenWhenItsAnswerComes) {
  const RunResult result =
      run("  - when: {query: {by: ops-manager, statement: mv-replication-status, outcome: ok}}\n"
          "    processKill: {process: ops-manager, restartAfter: 3s}\n");
  EXPECT_EQ(result.verdict, Verdict::kPassed) << result.reason;
  expect_fired(result, "process ops-manager");
}

TEST_F(FaultRun, AnEventIsSeenBeforeItsDeliveryAndWhenItIsDelivered) {
  const RunResult result =
      run("  - name: before\n"
          "    when: {delivery: {to: petset-controller, kind: Pod, name: sdb-leaf-0,\n"
          "      condition: Ready, status: \"False\", point: before-delivery}}\n"
          "    processPause: {process: kube-scheduler, for: 1ms}\n"
          "  - name: delivered\n"
          "    when: {delivery: {to: petset-controller, kind: Pod, name: sdb-leaf-0,\n"
          "      condition: Ready, status: \"False\", point: delivered}}\n"
          "    processPause: {process: kube-scheduler, for: 1ms}\n");
  ASSERT_EQ(result.faults.size(), 2U);
  std::map<std::string, sim::Time> seen;
  for (const faults::Evidence& fault : result.faults) {
    ASSERT_TRUE(fault.triggered.has_value()) << fault.name;
    seen[fault.name] = fault.triggered->time;
  }
  EXPECT_LT(seen["before"], seen["delivered"]);
}

TEST_F(FaultRun, ACopyIsSeenOutOfSyncAndInSyncAgain) {
  const RunResult result =
      run("  - name: out\n"
          "    when: {copy: {target: leaf/1, becomes: out-of-sync}}\n"
          "    processPause: {process: kube-scheduler, for: 1ms}\n"
          "  - name: in\n"
          "    when: {copy: {target: leaf/1, becomes: in-sync}, occurrence: 5}\n"
          "    processPause: {process: kube-scheduler, for: 1ms}\n",
          "redundancy-2");
  for (const faults::Evidence& fault : result.faults) {
    EXPECT_TRUE(fault.fired.has_value()) << fault.name;
  }
}

// ---- the database ----

constexpr const char* kHarmless =
    "  - at: 0s\n    processPause: {process: kube-scheduler, for: 1ms}\n";

TEST_F(FaultRun, ARolloutWaitsForAReplicaThatCannotFollow) {
  const RunResult usual = run(kHarmless, "redundancy-2");
  for (const char* fault :
       {"replicationStall: {streams: leaf/1, for: 4m}",
        "replicationBreak: {streams: link leaf/0 leaf/1, for: 4m}",
        "replicationStall: {streams: all, until: {condition: {kind: SinglestoreOpsRequest,"
        " type: UpdatePetSets}, delay: 3m}}"}) {
    SCOPED_TRACE(fault);
    const RunResult late =
        run(std::string("  - when: {phase: {kind: Singlestore, is: Ready}, delay: 9s}\n    ") +
                fault + "\n",
            "redundancy-2");
    expect_update(late);
    EXPECT_TRUE(late.faults.front().healed.has_value());
    EXPECT_GT(took(late), took(usual) + 60s);
  }
}

TEST_F(FaultRun, ARolloutWaitsForACopyWhoseSizeIsNotThatOfTheOther) {
  const RunResult usual = run(kHarmless, "redundancy-2");
  const RunResult late =
      run("  - when: {phase: {kind: Singlestore, is: Ready}, delay: 9s}\n"
          "    sizeDrift: {copy: partition app/0 master, rows: -100000, for: 5m}\n",
          "redundancy-2");
  expect_update(late);
  EXPECT_GT(took(late), took(usual) + 60s);
}

TEST_F(FaultRun, ARolloutDoesNotMindBytesThatMeanNothing) {
  const RunResult usual = run(kHarmless, "redundancy-2");
  for (const char* use : {"logs", "snapshots", "planCache", "merges"}) {
    SCOPED_TRACE(use);
    const RunResult grown =
        run(std::string("  - when: {phase: {kind: Singlestore, is: Ready}, delay: 9s}\n"
                        "    diskGrowth: {target: leaf/0, bytes: 4Gi, use: ") +
                use + "}\n",
            "redundancy-2");
    expect_update(grown);
    EXPECT_TRUE(grown.faults.front().fired.has_value());
    EXPECT_LT(took(grown), took(usual) + 10s);
  }
}

// A fault without an end is taken back at the end of the first phase, and what it held up ends.
TEST_F(FaultRun, AFaultWithoutAnEndIsTakenBackInTheSecondPhase) {
  const RunResult result =
      run("  - when: {phase: {kind: Singlestore, is: Ready}, delay: 1s}\n"
          "    linkCut: {from: leaf/0, to: leaf/1}\n",
          "redundancy-2");
  EXPECT_NE(result.verdict, Verdict::kStuck) << result.reason;
  EXPECT_NE(result.verdict, Verdict::kViolated) << result.reason;
  EXPECT_TRUE(result.faults.front().fired.has_value());
  EXPECT_TRUE(result.faults.front().healed.has_value());
}

}  // namespace
}  // namespace sdbtwin::scenarios
