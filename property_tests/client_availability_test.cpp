// Goal: what a client sees of the restart of one leaf is what the database's own numbers say.
// Method: a Restart at redundancy 1 and 2 without jitter; the outages of the partitions of leaf 0
// that begin with its restart, against bounds. Numbers: a leaf of the recorded run was away for
// 45 s at most (30 s of them the stop, in which it still serves); refused connections fail over
// after 3 s and a promotion takes 1 s; a statement for a partition that fails over waits for it.

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "property_tests/runs.h"

namespace sdbtwin::property_tests {
namespace {

using namespace std::chrono_literals;

class ClientAvailability : public ::testing::Test {
 protected:
  scenarios::RunResult restart(int redundancy) {
    scenarios::Scenario restart = scenario("restart");
    restart.cluster.jitter = false;
    restart.database.redundancy = redundancy;
    restart.policy.order = scenarios::RolloutOrder::kLeavesFirst;
    return scenarios::run(restart, {});
  }

  // Of a partition's service, from the eviction of this pod to that of the next one.
  static std::vector<scenarios::OutageResult> outages(const scenarios::RunResult& result,
                                                      int partition, const std::string& service,
                                                      const std::string& pod) {
    std::vector<scenarios::OutageResult> found;
    for (const auto& restarted : result.restarts) {
      if (restarted.pod != "demo/" + pod) continue;
      for (const auto& one : result.availability) {
        if (one.partition != partition || one.service != service) continue;
        for (const auto& outage : one.outages) {
          if (outage.from >= restarted.evicted && outage.from < *restarted.next) {
            found.push_back(outage);
          }
        }
      }
    }
    return found;
  }

  static sim::Duration total(const std::vector<scenarios::OutageResult>& outages) {
    sim::Duration sum{};
    for (const auto& outage : outages) {
      EXPECT_FALSE(outage.lasts);
      sum += outage.to - outage.from;
    }
    return sum;
  }
};

TEST_F(ClientAvailability, WithOneCopyItsPartitionsAreAwayUntilTheLeafIsBack) {
  const scenarios::RunResult result = restart(1);
  ASSERT_EQ(result.verdict, scenarios::Verdict::kPassed) << describe(result);
  for (const char* service : {"reads", "writes"}) {
    const auto own = outages(result, 0, service, "sdb-leaf-0");
    ASSERT_FALSE(own.empty()) << service;
    EXPECT_GE(total(own), 8s) << service;
    EXPECT_LE(total(own), 15s) << service;
    EXPECT_EQ(own.front().cause, "master-down");
    // The other leaf's partitions do not notice.
    EXPECT_TRUE(outages(result, 1, service, "sdb-leaf-0").empty()) << service;
  }
}

TEST_F(ClientAvailability, WithTwoCopiesItsPartitionsFailOver) {
  const scenarios::RunResult result = restart(2);
  ASSERT_EQ(result.verdict, scenarios::Verdict::kPassed) << describe(result);
  for (const char* service : {"reads", "writes"}) {
    const auto own = outages(result, 0, service, "sdb-leaf-0");
    EXPECT_GE(total(own), 3s) << service;
    EXPECT_LE(total(own), 5s) << service;
  }
  // The other leaf's partitions can be read all the time; a commit waits until the silence of the
  // replica is noticed.
  EXPECT_TRUE(outages(result, 1, "reads", "sdb-leaf-0").empty());
  EXPECT_LE(total(outages(result, 1, "writes", "sdb-leaf-0")), 5s);
}

}  // namespace
}  // namespace sdbtwin::property_tests
