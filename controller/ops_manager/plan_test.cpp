#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "controller/ops_manager/planner.h"
#include "controller/ops_manager/snapshot.h"
#include "controller/ops_manager/steps/steps.h"

namespace sdbtwin::ops_manager {
namespace {

using namespace std::chrono_literals;

const std::string kUid = "req-1";
const kit::ImageSet kImages{.database = "node:8.9.3", .coordinator = "c:1", .init = "i:1"};

// What a plan is about to do, in one word per action, so that tables stay readable.
std::string words(const Plan& plan) {
  struct Word {
    std::string operator()(const PauseDatabase&) const { return "pause"; }
    std::string operator()(const ResumeDatabase&) const { return "resume"; }
    std::string operator()(const StampPetSet& a) const { return "stamp:" + a.petset; }
    std::string operator()(const SetImages& a) const { return "images:" + a.petset; }
    std::string operator()(const LiftStamp& a) const { return "lift:" + a.petset; }
    std::string operator()(const EvictPod& a) const { return "evict:" + a.pod + ":" + a.uid; }
    std::string operator()(const SetDatabaseVersion& a) const { return "version:" + a.version; }
    std::string operator()(const DeclareFailure&) const { return "fail"; }
    std::string operator()(const Complete& a) const {
      return std::string(api::to_string(a.phase)) + conditions(a.changes);
    }
    std::string operator()(const SetConditions& a) const { return "set" + conditions(a.changes); }
    static std::string conditions(const std::vector<ConditionChange>& changes) {
      std::string text;
      for (const auto& change : changes) {
        text += "[" + change.type + "=" + std::string(api::to_string(change.status)) + "]";
      }
      return text;
    }
  };
  std::string text;
  for (const Action& action : plan.actions) {
    if (!text.empty()) text += " ";
    text += std::visit(Word{}, action);
  }
  return text;
}

// One aggregator and two leaves, a request in the middle of its work; every test says how far.
class PlanTest : public ::testing::Test {
 protected:
  explicit PlanTest(api::OpsRequestType type = api::OpsRequestType::kUpdateVersion) {
    request_.metadata.name = "update";
    request_.metadata.namespace_ = "demo";
    request_.metadata.uid = kUid;
    request_.spec.edit().type = type;
    request_.spec.edit().database_ref.name = "x";
    request_.spec.edit().update_version.emplace().target_version = "8.9.3";
    database_.metadata.name = "x";
    database_.metadata.namespace_ = "demo";
    database_.metadata.uid = "db-1";
    database_.spec.edit().version = "8.7.21";
    set(std::string(api::to_string(type)), true);
    set_paused(kUid);
    for (auto role : {kit::Role::kAggregator, kit::Role::kLeaf}) {
      PetSetView petset;
      petset.name = "x-" + std::string(kit::to_string(role));
      petset.role = role;
      petset.exists = petset.observed = true;
      petset.fenced_by = kUid;
      petsets_.push_back(petset);
    }
    order_ = {{"x-aggregator-0", kit::Role::kAggregator, "x-aggregator"},
              {"x-leaf-0", kit::Role::kLeaf, "x-leaf"},
              {"x-leaf-1", kit::Role::kLeaf, "x-leaf"}};
  }

  void set(std::string type, bool status, std::string message = "m", sim::Time at = {}) {
    api::Condition condition;
    condition.type = std::move(type);
    condition.reason = parse_pod_condition(condition.type) ? "" : condition.type;
    condition.message = std::move(message);
    condition.status = status ? api::ConditionStatus::kTrue : api::ConditionStatus::kFalse;
    api::set_condition(request_.status.edit().conditions, condition, api::ClusterTime::at(at));
  }
  void set_paused(const std::string& uid) {
    auto& conditions = database_.status.edit().conditions;
    api::remove_condition(conditions, kit::kPaused);
    if (uid.empty()) return;
    const std::string text = kit::pause_message("demo", {.request = "update", .uid = uid});
    api::set_condition(conditions, api::new_condition(std::string(kit::kPaused), text, 1), {});
  }
  // Steps that are done, and the one that runs.
  void reach(std::initializer_list<std::string_view> done, std::string_view running) {
    for (std::string_view step : done) set(std::string(step), true, "m", updated_);
    set(std::string(running), false, "m", updated_);
  }
  void reach_restart() { reach({kDatabasePauseSucceeded, kUpdatePetSets}, kRestartPods); }
  void got(const std::string& pod, const std::string& uid) {
    const Baseline baseline{.known = true, .rows = {{"app_0", 5}}};
    set(pod_condition_type(PodStep::kGet, pod), true, get_pod_message(pod, uid, baseline));
  }
  void step(PodStep which, const std::string& pod, bool status = true) {
    set(pod_condition_type(which, pod), status);
  }
  void finish_pod(const std::string& pod) {
    got(pod, "old-" + pod);
    for (auto which : {PodStep::kEvict, PodStep::kReady, PodStep::kSynced, PodStep::kSize}) {
      step(which, pod);
    }
  }

  // The pod whose turn it is, as the observer would see it; the gates are open unless a test says
  // otherwise.
  PodView pod(std::string uid, bool new_images, bool ready = true) {
    PodView view;
    view.exists = true;
    view.uid = std::move(uid);
    view.ready = ready;
    view.has_images = new_images;
    view.created = api::ClusterTime::at(updated_ - 1h);
    return view;
  }
  static GateReport gates(bool synced, bool size) {
    GateReport report;
    report.pod = "x-aggregator-0";
    report.readings.push_back({Gate::kNodeOnline, GateResult::passed("")});
    report.readings.push_back({Gate::kReplicationSynced, synced
                                                             ? GateResult::passed("")
                                                             : GateResult::waiting("app is late")});
    if (synced) {
      report.readings.push_back(
          {Gate::kDatabaseSize, size ? GateResult::passed("") : GateResult::waiting("too small")});
    }
    return report;
  }

  Snapshot snapshot(std::size_t current = 0) {
    Snapshot result;
    result.now = now_;
    result.request = std::make_shared<api::SinglestoreOpsRequest>(request_);
    result.progress = std::make_shared<Progress>(request_);
    result.database = gone_ ? nullptr : std::make_shared<api::Singlestore>(database_);
    result.target = kImages;
    result.petsets = petsets_;
    result.order = std::make_shared<std::vector<PodSlot>>(order_);
    result.current = current;
    result.pod = pod_;
    result.baseline = baseline_;
    result.gates = gates_;
    result.clearance = clearance_;
    result.unready_others = std::vector<std::string>{};
    return result;
  }

  const sim::Time updated_ = sim::Time(1h);  // when PetSets were updated and the last step began
  sim::Time now_ = updated_ + 10s;
  api::SinglestoreOpsRequest request_;
  api::Singlestore database_;
  bool gone_ = false;
  std::vector<PetSetView> petsets_;
  std::vector<PodSlot> order_;
  std::optional<PodView> pod_;
  std::optional<Baseline> baseline_ = Baseline{.known = true, .rows = {{"app_0", 5}}};
  std::optional<GateReport> gates_;
  std::optional<GateReport> clearance_ = gates(true, true);
};

// Goal: first the condition, then the stamps, then the record. Method: the three states of a pause.
TEST_F(PlanTest, PausesTheDatabaseBeforeItStampsThePetSets) {
  reach({}, kDatabasePauseSucceeded);
  for (auto& petset : petsets_) petset.fenced_by.clear();
  set_paused("");
  const Plan first = make_plan(snapshot());
  EXPECT_EQ(words(first), "pause");
  EXPECT_EQ(first.wake, Wake::kSoon);
  EXPECT_EQ(first.after, 1s);
  set_paused(kUid);
  EXPECT_EQ(words(make_plan(snapshot())),
            "stamp:x-aggregator stamp:x-leaf "
            "set[DatabasePauseSucceeded=True][UpdatePetSets=False]");
}

// Goal: somebody else's pause is not ours. Method: a marker with another UID.
TEST_F(PlanTest, TakesOverAPauseThatIsNotItsOwn) {
  reach({}, kDatabasePauseSucceeded);
  set_paused("another");
  EXPECT_EQ(words(make_plan(snapshot())), "pause");
}

// Goal: a PetSet that is missing is waited for, not passed over. Method: no leaf PetSet.
TEST_F(PlanTest, WaitsForAPetSetThatIsMissing) {
  reach({}, kDatabasePauseSucceeded);
  petsets_[1].exists = false;
  const Plan plan = make_plan(snapshot());
  EXPECT_EQ(words(plan), "");
  EXPECT_EQ(plan.waiting_for, "PetSet x-leaf, which does not exist");
}

// Goal: all images first, then the record. Method: one PetSet done already by a process that died.
TEST_F(PlanTest, WritesTheImagesThatAreLeft) {
  reach({kDatabasePauseSucceeded}, kUpdatePetSets);
  petsets_[1].has_images = false;
  EXPECT_EQ(words(make_plan(snapshot())),
            "images:x-leaf set[UpdatePetSets=True][RestartPods=False]");
}

// Goal: UID and baseline are on record before the eviction, which carries the UID. Method: the
// first pod.
TEST_F(PlanTest, RecordsThePodBeforeItEvictsIt) {
  reach_restart();
  pod_ = pod("a-1", false);
  const Plan plan = make_plan(snapshot());
  EXPECT_EQ(words(plan),
            "set[GetPod--x-aggregator-0=True] evict:x-aggregator-0:a-1 "
            "set[EvictPod--x-aggregator-0=True]");
  const auto& record = std::get<SetConditions>(plan.actions.front()).changes.front();
  EXPECT_EQ(parse_get_pod_message(record.message)->uid, "a-1");
  EXPECT_EQ(parse_get_pod_message(record.message)->baseline, *baseline_);
}

struct HeldBack {
  const char* why;
  std::function<void(Snapshot&)> change;
};

// Goal: nothing is evicted, or recorded, while anything that it needs is missing. Method: one thing
// missing at a time, before the record and after it.
TEST_F(PlanTest, EvictsNothingWhileAnythingIsMissing) {
  reach_restart();
  pod_ = pod("a-1", false);
  const std::vector<HeldBack> cases{
      {"pod x-aggregator-0, which could not be read", [](Snapshot& s) { s.pod.reset(); }},
      {"the PetSet controller to see PetSet x-aggregator",
       [](Snapshot& s) { s.petsets[0].observed = false; }},
      {"the list of pods", [](Snapshot& s) { s.unready_others.reset(); }},
      {"pod x-leaf-1 to be ready", [](Snapshot& s) { s.unready_others->push_back("x-leaf-1"); }},
      {"the database to answer", [](Snapshot& s) { s.clearance.reset(); }},
      {"pod x-aggregator-0, replication-synced: app is late",
       [](Snapshot& s) { s.clearance = gates(false, false); }},
      {"pod x-aggregator-0, database-size: too small",
       [](Snapshot& s) { s.clearance = gates(true, false); }},
  };
  for (bool recorded : {false, true}) {
    if (recorded) got("x-aggregator-0", "a-1");
    for (const HeldBack& one : cases) {
      Snapshot s = snapshot();
      one.change(s);
      const Plan plan = make_plan(s);
      EXPECT_EQ(words(plan), "") << one.why;
      EXPECT_EQ(plan.waiting_for, one.why);
      EXPECT_EQ(plan.wake, Wake::kPoll);
    }
  }
}

// Goal: "Always" asks for nothing of a database that may be broken, before the first pod. Method:
// all of it missing.
TEST_F(PlanTest, TakesTheFirstPodOfABrokenDatabaseWhenAskedTo) {
  reach_restart();
  pod_ = pod("a-1", false);
  Snapshot s = snapshot();
  s.first_pod_free = true;
  s.clearance.reset();
  s.unready_others.reset();
  EXPECT_NE(words(make_plan(s)).find("evict:x-aggregator-0:a-1"), std::string::npos);
}

struct Restarted {
  const char* what;
  bool evicted_on_record;
  std::function<void(PlanTest&, PodView&)> change;
  const char* plan;
};

// Goal: a restarted operator knows what has happened from the record and the pod. Method: a table
// over what the pod may look like after GetPod was written with UID "old".
TEST_F(PlanTest, ContinuesFromTheRecordAndThePod) {
  reach_restart();
  got("x-aggregator-0", "old");
  const std::vector<Restarted> cases{
      {"not evicted yet", false, [](PlanTest&, PodView&) {},
       "evict:x-aggregator-0:old set[EvictPod--x-aggregator-0=True]"},
      {"evicted, not written down", false, [](PlanTest&, PodView& p) { p.terminating = true; },
       "set[EvictPod--x-aggregator-0=True]"},
      {"gone, not written down", false, [](PlanTest&, PodView& p) { p = PodView{}; },
       "set[EvictPod--x-aggregator-0=True]"},
      {"replaced, not written down", false,
       [](PlanTest&, PodView& p) {
         p.uid = "new";
         p.has_images = true;
       },
       "set[EvictPod--x-aggregator-0=True]"},
      {"replaced from the old template", true, [](PlanTest&, PodView& p) { p.uid = "new"; },
       "set[GetPod--x-aggregator-0=True][EvictPod--x-aggregator-0=False] "
       "evict:x-aggregator-0:new set[EvictPod--x-aggregator-0=True]"},
      {"terminating", true, [](PlanTest&, PodView& p) { p.terminating = true; },
       "set[CheckPodReady--x-aggregator-0=False]"},
      {"not back yet", true, [](PlanTest&, PodView& p) { p = PodView{}; },
       "set[CheckPodReady--x-aggregator-0=False]"},
  };
  for (const Restarted& one : cases) {
    step(PodStep::kEvict, "x-aggregator-0", one.evicted_on_record);
    PodView view = pod("old", false);
    one.change(*this, view);
    pod_ = view;
    EXPECT_EQ(words(make_plan(snapshot())), one.plan) << one.what;
  }
}

// Goal: a pod that was replaced from the new template before its turn is not disrupted again; that
// is on record. Method: target images, created after the PetSets were updated.
TEST_F(PlanTest, DoesNotEvictAPodThatIsOfTheNewRevisionAlready) {
  reach_restart();
  pod_ = pod("a-1", true);
  EXPECT_NE(words(make_plan(snapshot())).find("evict:"), std::string::npos);  // Created before.
  pod_->created = api::ClusterTime::at(updated_ + 2s);
  const Plan plan = make_plan(snapshot());
  EXPECT_EQ(words(plan), "set[GetPod--x-aggregator-0=True][EvictPod--x-aggregator-0=True]");
  const auto& changes = std::get<SetConditions>(plan.actions.front()).changes;
  EXPECT_TRUE(changes.back().message.ends_with(kNotNeededTag));
  got("x-aggregator-0", "a-1");
  step(PodStep::kEvict, "x-aggregator-0");
  gates_ = gates(true, true);
  EXPECT_EQ(words(make_plan(snapshot())).find("evict:"), std::string::npos);
}

// Goal: readiness, replication and sizes are recorded in one poll, and none before its turn.
// Method: the new pod with gates in each state.
TEST_F(PlanTest, RecordsTheChecksOfOnePollTogether) {
  reach_restart();
  got("x-aggregator-0", "old");
  step(PodStep::kEvict, "x-aggregator-0");
  pod_ = pod("new", true, false);
  pod_->trouble = "ImagePullBackOff";
  EXPECT_EQ(words(make_plan(snapshot())), "set[CheckPodReady--x-aggregator-0=False]");
  EXPECT_EQ(make_plan(snapshot()).waiting_for, "pod x-aggregator-0 to be ready (ImagePullBackOff)");
  pod_->ready = true;
  gates_ = gates(false, false);
  EXPECT_EQ(
      words(make_plan(snapshot())),
      "set[CheckPodReady--x-aggregator-0=True][CheckReplicationSynced--x-aggregator-0=False]");
  gates_ = gates(true, false);
  EXPECT_EQ(words(make_plan(snapshot())),
            "set[CheckPodReady--x-aggregator-0=True][CheckReplicationSynced--x-aggregator-0=True]"
            "[CheckDatabaseSize--x-aggregator-0=False]");
  gates_ = gates(true, true);
  const Plan plan = make_plan(snapshot());
  EXPECT_EQ(words(plan),
            "set[CheckPodReady--x-aggregator-0=True][CheckReplicationSynced--x-aggregator-0=True]"
            "[CheckDatabaseSize--x-aggregator-0=True]");
  EXPECT_EQ(plan.wake, Wake::kPoll);
  EXPECT_EQ(plan.waiting_for, "");
}

// Goal: a fence that somebody has lifted is put back before anything else goes on. Method: the
// stamp gone; the images gone back; the pause gone.
TEST_F(PlanTest, RepairsTheFenceBeforeItGoesOn) {
  reach_restart();
  pod_ = pod("a-1", false);
  petsets_[0].fenced_by.clear();
  petsets_[1].has_images = false;
  EXPECT_EQ(words(make_plan(snapshot())), "images:x-aggregator images:x-leaf");
  petsets_[0].fenced_by = kUid;
  petsets_[1].has_images = true;
  set_paused("");
  EXPECT_TRUE(words(make_plan(snapshot())).starts_with("pause set[GetPod--x-aggregator-0=True]"));
}

// Goal: the step ends one poll after the last pod, when it is still well; then the version, then
// the stamps, the pause and the phase, in this order. Method: all pods done, step by step.
TEST_F(PlanTest, EndsInTheOrderThatACrashCannotHurt) {
  reach_restart();
  for (const auto& slot : order_) finish_pod(slot.pod);
  clearance_ = gates(false, false);
  EXPECT_EQ(words(make_plan(snapshot(3))), "");
  clearance_ = gates(true, true);
  const Plan end = make_plan(snapshot(3));
  EXPECT_EQ(words(end), "set[RestartPods=True][UpdateDatabase=False]");
  EXPECT_EQ(end.wake, Wake::kNow);
  reach({kRestartPods}, kUpdateDatabase);
  EXPECT_EQ(words(make_plan(snapshot(3))), "version:8.9.3 set[UpdateDatabase=True]");
  set(std::string(kUpdateDatabase), true);
  const Plan finish = make_plan(snapshot(3));
  EXPECT_EQ(words(finish), "lift:x-aggregator lift:x-leaf resume Successful[Successful=True]");
  EXPECT_EQ(finish.wake, Wake::kNever);
}

// Goal: a step that lasts longer than spec.timeout gives the request up, and says what it waited
// for. Method: the last instant before, and after; times are known to the second.
TEST_F(PlanTest, GivesUpWhenAStepTakesTooLong) {
  reach_restart();
  request_.spec.edit().timeout = "5m";
  pod_ = pod("a-1", false);
  clearance_ = gates(false, false);
  now_ = updated_ + 5min + 999ms;
  EXPECT_EQ(words(make_plan(snapshot())), "");
  now_ = updated_ + 5min + 1s;
  const Plan plan = make_plan(snapshot());
  ASSERT_EQ(words(plan), "fail");
  EXPECT_EQ(std::get<DeclareFailure>(plan.actions.front()).why,
            "step RestartPods did not finish within 5m: waiting for pod x-aggregator-0, "
            "replication-synced: app is late");
}

// Goal: a change that is refused on every poll does not go on for ever, but what is done may be
// said late. Method: the version's step and the end of the restart, both past their time.
TEST_F(PlanTest, GivesUpWhatCannotBeWrittenButNotWhatIsDone) {
  now_ = updated_ + 24h;
  reach({kDatabasePauseSucceeded, kUpdatePetSets}, kRestartPods);
  for (const auto& slot : order_) finish_pod(slot.pod);
  EXPECT_EQ(words(make_plan(snapshot(3))), "set[RestartPods=True][UpdateDatabase=False]");
  reach({kRestartPods}, kUpdateDatabase);
  EXPECT_EQ(words(make_plan(snapshot(3))), "fail");
}

// Goal: without spec.timeout the limit grows with the number of pods. Method: three pods.
TEST_F(PlanTest, HasADefaultTimeoutOfTenMinutesAPod) {
  reach_restart();
  EXPECT_EQ(step_timeout(snapshot(), kRestartPods), 30min);
  EXPECT_EQ(step_timeout(snapshot(), kUpdatePetSets), 10min);
}

// Goal: a failure that is on record is only cleaned up after, whatever the state. Method: the
// record, in the middle of a restart; then the same without a database.
TEST_F(PlanTest, ResumesTheDatabaseOfAFailedRequest) {
  reach_restart();
  api::Condition failed = api::new_condition("UpdateVersion", "because", 1);
  failed.status = api::ConditionStatus::kFalse;
  failed.reason = kFailedReason;
  api::set_condition(request_.status.edit().conditions, failed, {});
  EXPECT_EQ(words(make_plan(snapshot())), "lift:x-aggregator lift:x-leaf resume Failed");
  gone_ = true;
  petsets_.clear();
  EXPECT_EQ(words(make_plan(snapshot())), "Failed");
}

// Goal: a database that goes away ends its request. Method: gone, and on its way.
TEST_F(PlanTest, GivesUpWhenTheDatabaseGoes) {
  reach_restart();
  gone_ = true;
  EXPECT_EQ(words(make_plan(snapshot())), "fail");
  gone_ = false;
  database_.metadata.deletion_timestamp = api::Timestamp{1};
  EXPECT_EQ(words(make_plan(snapshot())), "fail");
}

class RestartPlanTest : public PlanTest {
 protected:
  RestartPlanTest() : PlanTest(api::OpsRequestType::kRestart) {
    reach({kDatabasePauseSucceeded}, kRestartNodes);
  }
};

// Goal: a Restart has our own two checks beside KubeDB's, and no pod is taken before the last one
// is back in the cluster. Method: the check of one pod, the take of the next.
TEST_F(RestartPlanTest, HasOurChecksAndHonoursTheGates) {
  got("x-aggregator-0", "old");
  step(PodStep::kEvict, "x-aggregator-0");
  pod_ = pod("new", true);
  gates_ = gates(false, false);
  EXPECT_EQ(
      words(make_plan(snapshot())),
      "set[CheckPodReady--x-aggregator-0=True][CheckReplicationSynced--x-aggregator-0=False]");
  for (auto which : {PodStep::kReady, PodStep::kSynced, PodStep::kSize}) {
    step(which, "x-aggregator-0");
  }
  pod_ = pod("l-1", true);
  clearance_ = gates(false, false);
  EXPECT_EQ(words(make_plan(snapshot(1))), "");
  clearance_ = gates(true, true);
  EXPECT_EQ(words(make_plan(snapshot(1))),
            "set[GetPod--x-leaf-0=True] evict:x-leaf-0:l-1 set[EvictPod--x-leaf-0=True]");
}

// Goal: a Restart ends without a word about versions. Method: all pods done.
TEST_F(RestartPlanTest, EndsWithoutTouchingTheVersion) {
  EXPECT_EQ(words(make_plan(snapshot(3))), "set[RestartNodes=True]");
  set(std::string(kRestartNodes), true);
  EXPECT_EQ(words(make_plan(snapshot(3))),
            "lift:x-aggregator lift:x-leaf resume Successful[Successful=True]");
}

// ---- Order

// Goal: the two orders that the policy can be set to. Method: two aggregators and four leaves in
// two groups; the master is not the first aggregator.
TEST(RolloutOrderPolicy, TakesAggregatorsFirstOrLast) {
  const std::vector<PetSetSize> sizes{{"x-aggregator", kit::Role::kAggregator, 2},
                                      {"x-leaf", kit::Role::kLeaf, 4}};
  NodePlaces places;
  places.master_pod = "x-aggregator-0";
  places.group_of_pod = {{"x-leaf-0", 2}, {"x-leaf-1", 1}, {"x-leaf-2", 2}, {"x-leaf-3", 1}};
  const auto names = [&](RolloutOrder order) {
    std::vector<std::string> result;
    for (const auto& slot : rollout_order(sizes, order, places)) result.push_back(slot.pod);
    return result;
  };
  EXPECT_EQ(names(RolloutOrder::kAggregatorsFirst),
            (std::vector<std::string>{"x-aggregator-0", "x-aggregator-1", "x-leaf-0", "x-leaf-1",
                                      "x-leaf-2", "x-leaf-3"}));
  EXPECT_EQ(names(RolloutOrder::kLeavesFirst),
            (std::vector<std::string>{"x-leaf-1", "x-leaf-3", "x-leaf-0", "x-leaf-2",
                                      "x-aggregator-1", "x-aggregator-0"}));
}

}  // namespace
}  // namespace sdbtwin::ops_manager
