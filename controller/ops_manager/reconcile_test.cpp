#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "controller/kit/kubedb.h"
#include "controller/ops_manager/fake_cluster.h"
#include "controller/ops_manager/messages.h"
#include "controller/ops_manager/planner.h"
#include "model/api/policy.h"

namespace sdbtwin::ops_manager {
namespace {

constexpr auto kUpdate = api::OpsRequestType::kUpdateVersion;
constexpr auto kRestart = api::OpsRequestType::kRestart;

void always(api::SinglestoreOpsRequest& request) {
  request.spec.edit().apply = api::ApplyOption::kAlways;
}

struct Line {
  std::string type;
  std::string reason;
  std::string message;
  std::int64_t seconds;  // since the creation of the request

  bool operator==(const Line&) const = default;
};
void PrintTo(const Line& line, std::ostream* out) {
  *out << line.seconds << "s " << line.type << " (" << line.reason << ") " << line.message;
}

std::vector<Line> lines_of(const api::SinglestoreOpsRequest& request) {
  std::vector<Line> lines;
  for (const auto& condition : request.status->conditions) {
    lines.push_back(
        {condition.type, condition.reason,
         condition.message.substr(0, condition.message.find(kPodUidTag)),
         condition.last_transition_time->seconds - request.metadata.creation_timestamp->seconds});
  }
  return lines;
}

// Goal: a Restart reads, condition by condition and second by second, as KubeDB's recorded run of
// one aggregator and two leaves. Method: pods that take as long as they took there; the expected
// lines are those of the recording (reference/kubedb.md 4.4, 7).
TEST(Restart, ReadsAsTheRecordedRun) {
  FakeCluster cluster;
  // The request is created in the middle of a second, as it happens.
  cluster.run_for(500ms);
  cluster.ask(kRestart, always);
  ASSERT_TRUE(cluster.run_to_end());
  std::vector<Line> expected{
      {"Restart", "Restart", "Singlestore ops-request has started to restart singlestore nodes", 0},
      {"DatabasePauseSucceeded", "DatabasePauseSucceeded", "Successfully paused database", 3},
      {"RestartNodes", "RestartNodes", "Successfully restarted Singlestore nodes", 153}};
  const auto pod = [&](const std::string& name, std::int64_t evicted, std::int64_t ready) {
    const std::string tail = "; ConditionStatus:True; PodName:sdb-sample-" + name;
    expected.push_back({"GetPod--sdb-sample-" + name, "", "get pod" + tail, evicted});
    expected.push_back({"EvictPod--sdb-sample-" + name, "", "evict pod" + tail, evicted});
    expected.push_back({"CheckPodReady--sdb-sample-" + name, "", "check pod ready" + tail, ready});
    // Our own two, in the same poll when the database is back as soon as its pod is.
    expected.push_back({"CheckReplicationSynced--sdb-sample-" + name, "",
                        "check replication synced" + tail, ready});
    expected.push_back(
        {"CheckDatabaseSize--sdb-sample-" + name, "", "check database size" + tail, ready});
  };
  pod("aggregator-0", 8, 48);
  pod("leaf-0", 53, 98);
  pod("leaf-1", 103, 148);
  expected.push_back({"Successful", "Successful",
                      "Controller has successfully restart the Singlestore replicas", 153});
  EXPECT_EQ(lines_of(*cluster.request()), expected);
  EXPECT_EQ(cluster.request()->status->phase, api::OpsRequestPhase::kSuccessful);
  EXPECT_TRUE(cluster.is_resumed());
}

// Goal: the nine steps of an update leave their conditions in the order of design.md section 2, and
// the world as it was asked for. Method: the list of types; images, version, fence at the end.
TEST(UpdateVersion, LeavesItsConditionsInOrderAndEverythingOnTheTarget) {
  FakeCluster cluster;
  cluster.ask(kUpdate);
  ASSERT_TRUE(cluster.run_to_end());
  std::vector<std::string> expected{"UpdateVersion", "DatabasePauseSucceeded", "UpdatePetSets",
                                    "RestartPods"};
  for (const char* pod : {"aggregator-0", "leaf-0", "leaf-1"}) {
    for (const char* verb :
         {"GetPod", "EvictPod", "CheckPodReady", "CheckReplicationSynced", "CheckDatabaseSize"}) {
      expected.push_back(std::string(verb) + "--sdb-sample-" + pod);
    }
  }
  expected.insert(expected.end(), {"UpdateDatabase", "Successful"});
  std::vector<std::string> types;
  for (const auto& condition : cluster.request()->status->conditions) {
    types.push_back(condition.type);
    EXPECT_EQ(condition.status, api::ConditionStatus::kTrue) << condition.type;
  }
  EXPECT_EQ(types, expected);
  EXPECT_EQ(cluster.restarts, std::vector<std::string>(3, "node:8.9.3"));
  EXPECT_EQ(cluster.evictions.size(), 3U);
  EXPECT_EQ(cluster.database()->spec->version, "8.9.3");
  EXPECT_TRUE(cluster.is_resumed());
}

// Goal: the fence is up before any image changes and until the version is written. Method: the
// order of the Ops-manager's writes to the database and its PetSets.
TEST(UpdateVersion, RaisesTheFenceFirstAndLowersItLast) {
  FakeCluster cluster;
  std::vector<std::string> writes;
  cluster.on_write = [&](const cluster::ObjectWritten& write) {
    if (write.kind == api::Kind::kSinglestore) {
      const auto before = api::as<api::Singlestore>(write.before);
      const auto after = api::as<api::Singlestore>(write.after);
      if (kit::is_paused(*before) != kit::is_paused(*after)) {
        writes.emplace_back(kit::is_paused(*after) ? "pause" : "resume");
      }
      if (before->spec->version != after->spec->version) writes.emplace_back("version");
    } else if (write.kind == api::Kind::kPetSet) {
      const bool stamped = !kit::fenced_by(write.after->metadata).empty();
      const bool was_stamped = !kit::fenced_by(write.before->metadata).empty();
      writes.emplace_back(stamped == was_stamped ? "images" : stamped ? "stamp" : "lift");
    }
  };
  cluster.ask(kUpdate);
  ASSERT_TRUE(cluster.run_to_end());
  EXPECT_EQ(writes, (std::vector<std::string>{"pause", "stamp", "stamp", "images", "images",
                                              "version", "lift", "lift", "resume"}));
}

// Goal: a crash after any write is harmless. Method: for each write of an undisturbed run, a run in
// which the operator dies right after it and comes back 3 s later; the end must be the same, with
// each pod evicted exactly once.
TEST(UpdateVersion, SurvivesACrashAfterAnyWrite) {
  int writes = 0;
  {
    FakeCluster cluster;
    cluster.on_write = [&](const cluster::ObjectWritten&) { ++writes; };
    cluster.ask(kUpdate);
    ASSERT_TRUE(cluster.run_to_end());
  }
  ASSERT_GT(writes, 30);
  for (int victim = 1; victim <= writes; ++victim) {
    FakeCluster cluster;
    int count = 0;
    cluster.on_write = [&](const cluster::ObjectWritten&) {
      if (++count != victim) return;
      cluster.ops_manager->kill();
      cluster.ops_manager->restart(3s);
    };
    cluster.ask(kUpdate);
    ASSERT_TRUE(cluster.run_to_end()) << "write " << victim;
    EXPECT_EQ(cluster.request()->status->phase, api::OpsRequestPhase::kSuccessful);
    EXPECT_EQ(cluster.evictions.size(), 3U) << "write " << victim;
    EXPECT_EQ(cluster.database()->spec->version, "8.9.3");
    EXPECT_TRUE(cluster.is_resumed()) << "write " << victim;
  }
}

// Goal: no pod is taken while the last one is not in sync, even after a crash. Method: the first
// leaf comes back but is not synced; the operator dies and returns; nothing more is evicted until
// the leaf is in sync.
TEST(UpdateVersion, WaitsForReplicationBetweenPodsAlsoAfterACrash) {
  FakeCluster cluster;
  cluster.ask(kUpdate);
  ASSERT_TRUE(cluster.run_until([&] { return cluster.evictions.size() == 2; }, 10min));
  cluster.script.synced = false;
  cluster.run_for(2min);
  EXPECT_EQ(cluster.condition("CheckPodReady--sdb-sample-leaf-0"), "True");
  EXPECT_EQ(cluster.condition("CheckReplicationSynced--sdb-sample-leaf-0"), "False");
  cluster.ops_manager->kill();
  cluster.ops_manager->restart(1s);
  cluster.run_for(2min);
  EXPECT_EQ(cluster.evictions.size(), 2U);
  cluster.script.synced = true;
  ASSERT_TRUE(cluster.run_to_end());
  EXPECT_EQ(cluster.evictions.size(), 3U);
}

// Goal: rows that are missing after a restart stop the rollout, and the request says so when its
// time is over. Method: one row less than before, and a timeout of three minutes a step.
TEST(UpdateVersion, FailsWithAReasonAndResumesTheDatabase) {
  FakeCluster cluster;
  cluster.ask(kUpdate,
              [](api::SinglestoreOpsRequest& request) { request.spec.edit().timeout = "3m"; });
  ASSERT_TRUE(cluster.run_until([&] { return cluster.evictions.size() == 2; }, 10min));
  cluster.script.rows = 999;
  ASSERT_TRUE(cluster.run_to_end());
  EXPECT_EQ(cluster.request()->status->phase, api::OpsRequestPhase::kFailed);
  EXPECT_EQ(cluster.message("UpdateVersion"),
            "step RestartPods did not finish within 3m: waiting for pod sdb-sample-leaf-0, "
            "database-size: app_0 has 999 rows, 1000 before; versions: "
            "sdb-sample-aggregator-0=8.9.3, sdb-sample-leaf-0=8.9.3, sdb-sample-leaf-1=8.7.21");
  EXPECT_EQ(cluster.condition("RestartPods"), "False");
  EXPECT_TRUE(cluster.is_resumed());
  EXPECT_EQ(cluster.database()->spec->version, "8.7.21");
}

// Goal: a request that is deleted half way leaves the database free, whether the operator sees it
// or not. Method: deleted while it runs, and while the operator is dead.
TEST(UpdateVersion, SetsTheDatabaseFreeWhenTheRequestIsDeleted) {
  for (bool dead : {false, true}) {
    FakeCluster cluster;
    cluster.ask(kUpdate);
    ASSERT_TRUE(cluster.run_until([&] { return cluster.evictions.size() == 1; }, 10min));
    if (dead) cluster.ops_manager->kill();
    cluster.act(api::Request::remove(
        api::ObjectRef(api::Kind::kSinglestoreOpsRequest, kNamespace, kRequest)));
    cluster.run_for(30s);
    if (dead) cluster.ops_manager->restart(0s);
    cluster.run_for(5min);
    EXPECT_TRUE(cluster.is_resumed()) << (dead ? "dead" : "alive");
    EXPECT_EQ(cluster.evictions.size(), 1U);
  }
}

// Goal: an operator that starts on an old cache does not work on a request that is finished.
// Method: the server's cache is frozen in the middle of the rollout; the operator finishes it by
// its own reads and writes, dies, and its successor sees the middle again.
TEST(UpdateVersion, IsNotTakenUpAgainByAnOperatorThatSeesThePast) {
  FakeCluster cluster;
  cluster.ask(kUpdate);
  ASSERT_TRUE(cluster.run_until([&] { return cluster.evictions.size() == 2; }, 10min));
  cluster.endpoint.server()->freeze_cache();
  ASSERT_TRUE(cluster.run_to_end());
  cluster.ops_manager->kill();
  cluster.ops_manager->restart(1s);
  cluster.run_for(5min);
  EXPECT_TRUE(cluster.is_resumed());
  EXPECT_EQ(cluster.evictions.size(), 3U);
  cluster.endpoint.server()->thaw_cache();
  cluster.run_for(1min);
  EXPECT_TRUE(cluster.is_resumed());
}

// Goal: a user who lifts the fence half way does not get a Provisioner into the rollout for longer
// than one poll. Method: the pause and a stamp are removed while a pod restarts.
TEST(UpdateVersion, PutsTheFenceBackWithinAPoll) {
  FakeCluster cluster;
  cluster.ask(kUpdate);
  ASSERT_TRUE(cluster.run_until([&] { return cluster.evictions.size() == 2; }, 10min));
  auto resumed = api::copy(*cluster.database());
  api::remove_condition(resumed->status.edit().conditions, kit::kPaused);
  cluster.act(api::Request::update_status(resumed));
  auto unstamped = api::copy(*cluster.petset("leaf"));
  unstamped->metadata.annotations.edit().clear();
  cluster.act(api::Request::update(unstamped));
  cluster.run_for(6s);
  EXPECT_TRUE(kit::is_paused(*cluster.database()));
  EXPECT_EQ(kit::fenced_by(cluster.petset("leaf")->metadata), cluster.request()->metadata.uid);
  ASSERT_TRUE(cluster.run_to_end());
  EXPECT_TRUE(cluster.is_resumed());
}

// Goal: Events read as KubeDB's (reference/kubedb.md 4.6): steps are Normal, sub-steps Warning.
// Method: those of an undisturbed update, in order of their creation.
TEST(UpdateVersion, TellsItsStoryInEvents) {
  FakeCluster cluster;
  cluster.ask(kUpdate);
  ASSERT_TRUE(cluster.run_to_end());
  cluster.run_for(1s);
  std::map<std::uint64_t, std::string> story;
  for (const auto& object : cluster.store.list(api::Kind::kEvent, kNamespace)) {
    const auto event = api::as<api::Event>(object);
    EXPECT_EQ(event->source.component, "KubeDB Ops-manager Operator");
    story[event->metadata.resource_version] = event->type + " " + event->reason;
  }
  std::vector<std::string> lines;
  for (const auto& [version, line] : story) lines.push_back(line);
  ASSERT_GT(lines.size(), 8U);
  const std::string pod = "; PodName:sdb-sample-aggregator-0";
  EXPECT_EQ((std::vector<std::string>(lines.begin(), lines.begin() + 7)),
            (std::vector<std::string>{"Normal Starting", "Normal Starting", "Normal Successful",
                                      "Normal UpdatePetSets",
                                      "Warning get pod; ConditionStatus:True" + pod,
                                      "Warning evict pod; ConditionStatus:True" + pod,
                                      "Warning check pod ready; ConditionStatus:False" + pod}));
  EXPECT_EQ(
      (std::vector<std::string>(lines.end() - 3, lines.end())),
      (std::vector<std::string>{"Normal RestartPods", "Normal Starting", "Normal Successful"}));
}

// Goal: a budget is respected, what holds the rollout is visible, and it goes on by itself. Method:
// a budget that allows nothing for two minutes.
TEST(UpdateVersion, WaitsForTheDisruptionBudget) {
  FakeCluster cluster;
  auto budget = std::make_shared<api::PodDisruptionBudget>();
  budget->metadata.namespace_ = kNamespace;
  budget->metadata.name = "all";
  budget->spec.edit().selector = api::LabelSelector(kit::selector_labels(kDatabase));
  budget->spec.edit().max_unavailable = 0;
  cluster.act(api::Request::create(budget));
  cluster.ask(kUpdate);
  cluster.run_for(2min);
  EXPECT_EQ(cluster.condition("EvictPod--sdb-sample-aggregator-0"), "False");
  EXPECT_TRUE(cluster.evictions.empty());
  cluster.act(
      api::Request::remove(api::ObjectRef(api::Kind::kPodDisruptionBudget, kNamespace, "all")));
  ASSERT_TRUE(cluster.run_to_end());
  EXPECT_EQ(cluster.request()->status->phase, api::OpsRequestPhase::kSuccessful);
}

// Goal: a pod that was made from the old template after the images changed is replaced once more,
// not taken for updated. Method: nobody has observed the PetSets when the eviction is due.
TEST(UpdateVersion, EvictsNothingBeforeThePetSetControllerHasSeenTheImages) {
  FakeCluster cluster;
  cluster.petsets_observed = false;
  cluster.ask(kUpdate);
  cluster.run_for(2min);
  EXPECT_EQ(cluster.condition("UpdatePetSets"), "True");
  EXPECT_TRUE(cluster.evictions.empty());
}

// Goal: IfReady, the default, waits for a database that is not Ready, without a limit; Always does
// not. Method: a Critical database for an hour, with a timeout of five minutes.
TEST(Apply, IfReadyWaitsAndAlwaysDoesNot) {
  for (bool ask_always : {false, true}) {
    FakeCluster cluster;
    auto critical = api::copy(*cluster.database());
    critical->status.edit().phase = api::DatabasePhase::kCritical;
    cluster.act(api::Request::update_status(critical));
    cluster.run_for(1s);
    cluster.ask(kRestart, [&](api::SinglestoreOpsRequest& request) {
      if (ask_always) always(request);
      request.spec.edit().timeout = "5m";
    });
    if (ask_always) {
      ASSERT_TRUE(cluster.run_to_end());
    } else {
      cluster.run_for(1h);
      EXPECT_EQ(cluster.request()->status->phase, api::OpsRequestPhase::kUnset);
      auto ready = api::copy(*cluster.database());
      ready->status.edit().phase = api::DatabasePhase::kReady;
      cluster.act(api::Request::update_status(ready));
      ASSERT_TRUE(cluster.run_to_end());
    }
    EXPECT_EQ(cluster.request()->status->phase, api::OpsRequestPhase::kSuccessful);
  }
}

// Goal: the rules of admission hold also when the webhook was down. Method: a downgrade.
TEST(Start, RefusesWhatTheWebhookShouldHaveRefused) {
  FakeCluster cluster;
  cluster.ask(kUpdate, [](api::SinglestoreOpsRequest& request) {
    request.spec.edit().update_version->target_version = "7.0.0";
  });
  ASSERT_TRUE(cluster.run_to_end());
  EXPECT_EQ(cluster.request()->status->phase, api::OpsRequestPhase::kFailed);
  EXPECT_NE(cluster.message("UpdateVersion").find("SinglestoreVersion 7.0.0 does not exist"),
            std::string::npos);
  EXPECT_TRUE(cluster.evictions.empty());
}

// Goal: two requests for one database never work at once. Method: a Restart asked for while an
// update runs; its evictions come after the update's end.
TEST(Start, WaitsForTheRequestThatRuns) {
  FakeCluster cluster;
  cluster.ask(kUpdate);
  cluster.run_for(30s);
  cluster.ask(kRestart,
              [](api::SinglestoreOpsRequest& request) { request.metadata.name = "second"; });
  ASSERT_TRUE(cluster.run_to_end());
  EXPECT_EQ(cluster.evictions.size(), 3U);
  ASSERT_TRUE(cluster.run_until(
      [&] { return cluster.request("second")->status->phase == api::OpsRequestPhase::kSuccessful; },
      1h));
  EXPECT_EQ(cluster.evictions.size(), 6U);
}

// Goal: no hot loop: an hour of waiting costs no writes. Method: count the Ops-manager's writes
// while a pod does not come back.
TEST(Waiting, WritesNothing) {
  FakeCluster cluster;
  cluster.ready_after_aggregator = 1h + 5min;
  cluster.ask(kUpdate,
              [](api::SinglestoreOpsRequest& request) { request.spec.edit().timeout = "3h"; });
  ASSERT_TRUE(cluster.run_until([&] { return cluster.evictions.size() == 1; }, 10min));
  cluster.run_for(1min);
  int writes = 0;
  cluster.on_write = [&](const cluster::ObjectWritten&) { ++writes; };
  cluster.run_for(1h);
  EXPECT_EQ(writes, 0);
}

// Goal: an operator that is wrong can be built from the right one, to test the judges. Method: the
// real plan without its last two acts; the database stays paused although the request succeeds.
TEST(Planner, CanBeWrappedIntoAWrongOne) {
  OpsManagerOptions options;
  options.planner = [](const Snapshot& snapshot) {
    Plan plan = make_plan(snapshot);
    std::erase_if(plan.actions, [](const Action& action) {
      return std::holds_alternative<ResumeDatabase>(action) ||
             std::holds_alternative<LiftStamp>(action);
    });
    return plan;
  };
  FakeCluster cluster(std::move(options));
  cluster.ask(kRestart, always);
  ASSERT_TRUE(cluster.run_to_end());
  EXPECT_EQ(cluster.request()->status->phase, api::OpsRequestPhase::kSuccessful);
  EXPECT_FALSE(cluster.is_resumed());
}

}  // namespace
}  // namespace sdbtwin::ops_manager
