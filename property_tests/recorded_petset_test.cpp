// Goal: our PetSet controller writes what the real one wrote, in the same order, and leaves the
// same state. Method: 42 runs recorded on the real controller against a real API server; the
// outside's steps are played in the model, and after each step the answers, the controller's
// effective writes and the digest of all objects are compared. Where it is to differ, and why, is
// in kDifferences; a difference that is listed and does not show is a failure too.
// The recordings are not part of the project: without them these tests are skipped. What they show
// is stated, rule by rule, in model/cluster/petset_*_test.cpp.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "property_tests/recorded_cluster.h"
#include "property_tests/recorded_run.h"

namespace sdbtwin::property_tests {
namespace {

constexpr std::string_view kFolder = "../shared/recorded/petset/";

enum class Differs { kState, kWritesToo };
struct Difference {
  std::string_view scenario;
  int step;
  Differs what;
  std::string_view why;
};

constexpr std::string_view kRetryOfScheduler =
    "the scheduler's retry after a claim was unbound falls into another step; varied when recorded";
constexpr std::string_view kStaleCollisionCount =
    "collisionCount of the first pass overwritten from a stale cache; varied when recorded";

constexpr std::array kDifferences{
    Difference{"kubedb_sample_sdb", 2, Differs::kState, kRetryOfScheduler},
    Difference{"kubedb_sample_sdb", 3, Differs::kState, kRetryOfScheduler},
    Difference{"revision_collision", 1, Differs::kState, kStaleCollisionCount},
    Difference{"revision_collision", 2, Differs::kState, kStaleCollisionCount},
    Difference{"crash_ondelete_empty_rollingupdate", 1, Differs::kWritesToo,
               "the real process ends here with a nil dereference; ours reads partition 0"},
    Difference{"crash_affinity_policy", 3, Differs::kWritesToo,
               "the real process ends here with a nil dereference; to ours a pod without affinity "
               "is in no domain"},
    Difference{
        "race_fresh_pod_deleted_bound", 1, Differs::kWritesToo,
        "rebuilt from a log: no objects and no actions to play; the race itself is forced in "
        "model/cluster/petset/rules_test.cpp"},
};

const Difference* expected_difference(const RecordedRun& run, int step) {
  const auto found = std::find_if(
      kDifferences.begin(), kDifferences.end(),
      [&](const Difference& d) { return d.scenario == run.scenario && d.step == step; });
  return found == kDifferences.end() ? nullptr : &*found;
}

// "" when they agree, else one line for each object that differs.
std::string compare_states(const api::Value& recorded, const api::Value& ours) {
  std::string differences;
  const auto note = [&](const std::string& name, const api::Value* want, const api::Value* got) {
    if (want != nullptr && got != nullptr && *want == *got) return;
    differences += "  " + name + "\n    recorded " + (want ? want->dump() : "-") +
                   "\n    ours     " + (got ? got->dump() : "-") + "\n";
  };
  for (const auto& [kind, objects] : recorded.members()) {
    const api::Value* of_kind = ours.find(kind);
    for (const auto& [name, digest] : objects.members())
      note(kind + "/" + name, &digest, of_kind == nullptr ? nullptr : of_kind->find(name));
  }
  for (const auto& [kind, objects] : ours.members()) {
    const api::Value* of_kind = recorded.find(kind);
    for (const auto& [name, digest] : objects.members()) {
      if (of_kind == nullptr || of_kind->find(name) == nullptr)
        note(kind + "/" + name, nullptr, &digest);
    }
  }
  return differences;
}

std::string compare_writes(const RecordedStep& step, const RecordedCluster::Outcome& ours) {
  std::string differences;
  for (size_t index = 0; index < step.actions.size(); ++index) {
    const std::int64_t code = ours.codes.at(index);
    if (step.actions[index].code == code) continue;
    differences +=
        fmt::format("  answer {}: recorded {}, ours {}\n", index, step.actions[index].code, code);
  }
  std::vector<std::string> recorded = step.core;
  std::vector<std::string> core = ours.core;
  if (step.order_varies) {
    std::sort(recorded.begin(), recorded.end());
    std::sort(core.begin(), core.end());
  }
  if (recorded != core) {
    differences += fmt::format("  writes\n    recorded {}\n    ours     {}\n",
                               testing::PrintToString(recorded), testing::PrintToString(core));
  }
  return differences;
}

void expect_agreement(const RecordedRun& run, const RecordedStep& step,
                      const RecordedCluster::Outcome& ours) {
  const std::string where = fmt::format("step {}: {}\n", step.number, step.what);
  const Difference* expected = expected_difference(run, step.number);
  const std::string writes = compare_writes(step, ours);
  const std::string state = compare_states(without_zeros(step.state_after), ours.state);
  if (expected == nullptr || expected->what == Differs::kState) {
    EXPECT_TRUE(writes.empty()) << where << writes;
  }
  if (expected == nullptr) {
    EXPECT_TRUE(state.empty()) << where << state;
  } else {
    EXPECT_NE(writes + state, "") << where << "agrees now: " << expected->why;
  }
}

class RecordedPetSet : public testing::TestWithParam<const char*> {};

TEST_P(RecordedPetSet, WritesAndStateAreThoseOfTheRealController) {
  const std::optional<RecordedRun> run =
      read_recorded_run(std::string(kFolder) + GetParam() + ".json");
  if (!run) GTEST_SKIP() << "no recordings at " << kFolder;
  RecordedCluster cluster(*run);
  EXPECT_THAT(cluster.settle().core, testing::IsEmpty()) << "before the first step";
  for (const RecordedStep& step : run->steps) {
    expect_agreement(*run, step, cluster.play(step));
  }
}

std::string test_name(const testing::TestParamInfo<const char*>& scenario) {
  std::string name = scenario.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(
    PetSet, RecordedPetSet,
    testing::Values("create-ordered", "create-parallel", "never-ready-blocks", "scale-up",
                    "scale-down", "scale-to-zero", "scale-while-rolling", "rolling-partition-0",
                    "rolling-partition-2", "rolling-partition-n", "ondelete-delete",
                    "ondelete-evict-pdb", "kubedb-sample-sdb", "rollback-reuse",
                    "rollback-broken-ordered", "revision-names", "history-limit", "pod-failed",
                    "pod-failed-unbound", "slow-terminal", "user-delete-midroll", "label-release",
                    "orphans-adopted", "pvc-retain", "pvc-scaled-delete", "pvc-both-delete",
                    "pvc-deleted-by-user", "ordinals-start", "min-ready-seconds",
                    "delete-background", "delete-orphan", "foreign-pod", "placement-missing",
                    "ondelete-with-partition", "mutable-fields", "revision-collision",
                    "stray-revision-not-canonical", "current-replicas-negative",
                    "crash-ondelete-empty-rollingupdate", "crash-affinity-policy",
                    "placement-affinity", "race-fresh-pod-deleted-bound"),
    test_name);

}  // namespace
}  // namespace sdbtwin::property_tests
