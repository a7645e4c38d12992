#include "controller/ops_manager/messages.h"

#include <gtest/gtest.h>

#include "controller/ops_manager/baseline.h"

namespace sdbtwin::ops_manager {
namespace {

// Goal: texts that users know from KubeDB. Method: those of recorded/restart-run.json.
TEST(Messages, AreThoseOfTheRecordedRestart) {
  EXPECT_EQ(step_message(kRestartStep),
            "Singlestore ops-request has started to restart singlestore nodes");
  EXPECT_EQ(step_message(kDatabasePauseSucceeded), "Successfully paused database");
  EXPECT_EQ(step_message(kRestartNodes), "Successfully restarted Singlestore nodes");
  EXPECT_EQ(success_message(api::OpsRequestType::kRestart),
            "Controller has successfully restart the Singlestore replicas");
  EXPECT_EQ(pod_condition_type(PodStep::kReady, "sdb-sample-leaf-0"),
            "CheckPodReady--sdb-sample-leaf-0");
  EXPECT_EQ(pod_message(PodStep::kReady, "sdb-sample-leaf-0", true),
            "check pod ready; ConditionStatus:True; PodName:sdb-sample-leaf-0");
  EXPECT_EQ(pod_message(PodStep::kGet, "x-0", true), "get pod; ConditionStatus:True; PodName:x-0");
  EXPECT_EQ(pod_message(PodStep::kEvict, "x-0", false),
            "evict pod; ConditionStatus:False; PodName:x-0");
}

// Goal: each sub-step's type is read back, and no step's is taken for one. Method: round trips.
TEST(Messages, ReadTheirConditionTypesBack) {
  for (int i = 0; i < kPodSteps; ++i) {
    const auto step = static_cast<PodStep>(i);
    const std::string type = pod_condition_type(step, "a--b-0");
    const auto parsed = parse_pod_condition(type);
    ASSERT_TRUE(parsed) << type;
    EXPECT_EQ(parsed->step, step);
    EXPECT_EQ(parsed->pod, "a--b-0");
  }
  EXPECT_FALSE(parse_pod_condition(kRestartNodes));
  EXPECT_FALSE(parse_pod_condition("Frobnicate--x"));
}

// Goal: what a restarted operator needs survives in GetPod's message. Method: write, compare with
// the documented text, read.
TEST(Messages, CarryUidAndBaselineThroughGetPod) {
  const Baseline baseline{.known = true, .rows = {{"app", 7}, {"app_0", 120}, {"app_1", 0}}};
  const std::string message = get_pod_message("x-0", "u-1", baseline);
  EXPECT_EQ(message,
            "get pod; ConditionStatus:True; PodName:x-0; PodUID:u-1; "
            "Baseline:app=7,app_0=120,app_1=0");
  const auto record = parse_get_pod_message(message);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->uid, "u-1");
  EXPECT_EQ(record->baseline, baseline);
  EXPECT_FALSE(parse_get_pod_message(pod_message(PodStep::kGet, "x-0", true)));
}

// Goal: "nothing there" and "could not be read" stay different. Method: round trips.
TEST(Baseline, KeepsUnknownApartFromEmpty) {
  const Baseline empty{.known = true, .rows = {}};
  EXPECT_EQ(to_text(Baseline{}), "unknown");
  EXPECT_EQ(to_text(empty), "none");
  EXPECT_EQ(parse_baseline("unknown"), Baseline{});
  EXPECT_EQ(parse_baseline("none"), empty);
  for (const char* text : {"", "app", "app=", "=5", "app=5,", "app=x"}) {
    EXPECT_FALSE(parse_baseline(text)) << text;
  }
}

// Goal: rows are counted per database instance over its tables. Method: two tables in one partition
// and a reference table.
TEST(Baseline, SumsTablesPerInstance) {
  std::vector<sql::TableStatisticsRow> rows(3);
  rows[0].database_name = rows[1].database_name = rows[2].database_name = "app";
  rows[0].ordinal = rows[1].ordinal = 4;
  rows[2].ordinal = -1;
  rows[0].rows = 10;
  rows[1].rows = 5;
  rows[2].rows = 3;
  EXPECT_EQ(to_text(baseline_of(rows)), "app=3,app_4=15");
}

}  // namespace
}  // namespace sdbtwin::ops_manager
