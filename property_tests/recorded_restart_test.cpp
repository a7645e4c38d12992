// Goal: a Restart looks like the recorded one: the same conditions in the same order with the same
// reasons and messages, and each step as long as the recorded one within one poll of 5 s.
// Method: the scenario without jitter, the request's last version caught from the trace. The
// expected values are typed here from the recorded run (KubeDB 2024-10-28: one aggregator and two
// leaves, 153 s); our own two checks stand beside them and are taken out for the comparison.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "model/api/ops_request.h"
#include "model/cluster/server/api_server.h"
#include "property_tests/runs.h"

namespace sdbtwin::property_tests {
namespace {

constexpr std::int64_t kPoll = 5;  // seconds

// Keeps the last version of the only request.
class RequestKeeper final : public sim::TraceObserver {
 public:
  void on_event(const sim::TraceEvent& event) override {
    const auto* write = event.get_if<cluster::ObjectWritten>();
    if (write == nullptr || write->kind != api::Kind::kSinglestoreOpsRequest || !write->after) {
      return;
    }
    request = api::as<api::SinglestoreOpsRequest>(write->after);
  }
  std::shared_ptr<const api::SinglestoreOpsRequest> request;
};

struct Recorded {
  std::string type;
  std::string reason;
  std::string message;
  std::int64_t at;  // seconds from the creation of the request
};

std::vector<Recorded> recorded_run() {
  const auto pod = [](const std::string& verb, const std::string& words, const std::string& name,
                      std::int64_t at) {
    return Recorded{verb + "--" + name, "", words + "; ConditionStatus:True; PodName:" + name, at};
  };
  return {
      {"Restart", "Restart", "Singlestore ops-request has started to restart singlestore nodes", 0},
      {"DatabasePauseSucceeded", "DatabasePauseSucceeded", "Successfully paused database", 3},
      {"RestartNodes", "RestartNodes", "Successfully restarted Singlestore nodes", 153},
      pod("GetPod", "get pod", "sdb-aggregator-0", 8),
      pod("EvictPod", "evict pod", "sdb-aggregator-0", 8),
      pod("CheckPodReady", "check pod ready", "sdb-aggregator-0", 48),
      pod("GetPod", "get pod", "sdb-leaf-0", 53),
      pod("EvictPod", "evict pod", "sdb-leaf-0", 53),
      pod("CheckPodReady", "check pod ready", "sdb-leaf-0", 98),
      pod("GetPod", "get pod", "sdb-leaf-1", 103),
      pod("EvictPod", "evict pod", "sdb-leaf-1", 103),
      pod("CheckPodReady", "check pod ready", "sdb-leaf-1", 148),
      {"Successful", "Successful", "Controller has successfully restart the Singlestore replicas",
       153},
  };
}

bool is_our_own(std::string_view type) {
  return type.starts_with("CheckReplicationSynced--") || type.starts_with("CheckDatabaseSize--");
}

// Without what we append to it, which is named in controller/ops_manager/messages.h.
std::string recorded_part(const std::string& message) {
  return message.substr(0, std::min(message.find("; PodUID:"), message.find("; Baseline:")));
}

class RecordedRestart : public ::testing::Test {
 protected:
  void SetUp() override {
    scenarios::Scenario restart = scenario("restart");
    restart.cluster.jitter = false;
    scenarios::RunOptions options;
    options.observer = &keeper_;
    const scenarios::RunResult result = scenarios::run(restart, options);
    ASSERT_EQ(result.verdict, scenarios::Verdict::kPassed) << describe(result);
    ASSERT_NE(keeper_.request, nullptr);
    for (const api::Condition& condition : keeper_.request->status->conditions) {
      if (!is_our_own(condition.type)) conditions_.push_back(condition);
    }
  }
  std::int64_t seconds_at(const api::Condition& condition) const {
    return condition.last_transition_time->seconds -
           keeper_.request->metadata.creation_timestamp->seconds;
  }

  // From CheckPodReady of a pod to the last of our own checks of it; 0 for other conditions.
  std::int64_t own_wait_after(const api::Condition& condition) const {
    constexpr std::string_view kReady = "CheckPodReady--";
    if (!condition.type.starts_with(kReady)) return 0;
    const std::string last = "CheckDatabaseSize--" + condition.type.substr(kReady.size());
    const api::Condition* own = api::find_condition(keeper_.request->status->conditions, last);
    return own == nullptr ? 0 : seconds_at(*own) - seconds_at(condition);
  }

  RequestKeeper keeper_;
  std::vector<api::Condition> conditions_;
};

TEST_F(RecordedRestart, HasTheSameConditionsInTheSameOrder) {
  const std::vector<Recorded> expected = recorded_run();
  ASSERT_EQ(conditions_.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(conditions_[i].type, expected[i].type);
    EXPECT_EQ(conditions_[i].status, api::ConditionStatus::kTrue) << expected[i].type;
    EXPECT_EQ(conditions_[i].reason, expected[i].reason) << expected[i].type;
    EXPECT_EQ(recorded_part(conditions_[i].message), expected[i].message) << expected[i].type;
    EXPECT_EQ(conditions_[i].observed_generation, 1) << expected[i].type;
  }
}

// KubeDB takes the next pod one poll after CheckPodReady. What passes from there until our own two
// checks hold is time spent in our own gates: reported apart, and taken off here.
TEST_F(RecordedRestart, TakesAsLongInEveryStepWithinOnePoll) {
  const std::vector<Recorded> expected = recorded_run();
  ASSERT_EQ(conditions_.size(), expected.size());
  std::int64_t own_total = 0;
  // In the order of time: a step's condition stands before its sub-steps, but ends after them.
  for (std::size_t i = 3; i + 1 < expected.size(); ++i) {
    const std::int64_t own = own_wait_after(conditions_[i]);
    const std::int64_t step = seconds_at(conditions_[i + 1]) - seconds_at(conditions_[i]) - own;
    const std::int64_t recorded_step = expected[i + 1].at - expected[i].at;
    EXPECT_LE(std::abs(step - recorded_step), kPoll)
        << expected[i + 1].type << " took " << step << " s, recorded " << recorded_step << " s";
    own_total += own;
  }
  EXPECT_LE(std::abs(seconds_at(conditions_[1]) - expected[1].at), kPoll);
  const std::int64_t total = seconds_at(conditions_.back()) - own_total;
  EXPECT_LE(std::abs(total - expected.back().at), kPoll)
      << total << " s and " << own_total << " s in our own gates";
  RecordProperty("total_s", static_cast<int>(total));
  RecordProperty("own_gates_s", static_cast<int>(own_total));
}

TEST_F(RecordedRestart, HasOurOwnTwoChecksForEveryPod) {
  int own = 0;
  for (const api::Condition& condition : keeper_.request->status->conditions) {
    if (!is_our_own(condition.type)) continue;
    ++own;
    EXPECT_EQ(condition.status, api::ConditionStatus::kTrue) << condition.type;
  }
  EXPECT_EQ(own, 2 * 3);
}

}  // namespace
}  // namespace sdbtwin::property_tests
