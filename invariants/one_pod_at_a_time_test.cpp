// Goal: an eviction is judged by what the operator did itself and by what it could have seen.
// Method: evictions with another pod gone, unready for long, or unready just now.
#include "invariants/checker_fixture.h"

namespace sdbtwin::invariants {
namespace {

using OnePodAtATimeTest = CheckerTest;

TEST_F(OnePodAtATimeTest, OneAfterTheOtherIsFine) {
  make_database("8.7.21");
  evict("sdb-leaf-0");
  replace("sdb-leaf-0", image_for("8.7.21"));
  evict("sdb-leaf-1");
  expect_holds();
}

TEST_F(OnePodAtATimeTest, ASecondPodBeforeTheFirstIsBackViolates) {
  make_database("8.7.21");
  evict("sdb-leaf-0");
  pass(100ms);
  evict("sdb-leaf-1");
  expect_violates("one-pod-at-a-time");
}

TEST_F(OnePodAtATimeTest, APodThatIsGoneAndNotYetRecreatedCounts) {
  make_database("8.7.21");
  evict("sdb-leaf-0");
  pass(30s);
  remove("kubelet/node-0", {api::Kind::kPod, "demo", "sdb-leaf-0"});
  evict("sdb-leaf-1");
  expect_violates("one-pod-at-a-time");
}

TEST_F(OnePodAtATimeTest, APodThatIsBackButNotReadyCounts) {
  make_database("8.7.21");
  evict("sdb-leaf-0");
  pass(30s);
  remove("kubelet/node-0", {api::Kind::kPod, "demo", "sdb-leaf-0"});
  put("petset-controller", pod("sdb-leaf-0", image_for("8.7.21"), false));
  evict("sdb-leaf-1");
  expect_violates("one-pod-at-a-time");
}

TEST_F(OnePodAtATimeTest, AFailureThatNobodyCouldHaveSeenIsFair) {
  make_database("8.7.21");
  put("kubelet/node-1", pod("sdb-leaf-1", image_for("8.7.21"), false), api::Subresource::kStatus);
  pass(1s);
  evict("sdb-leaf-0");
  expect_holds();
}

TEST_F(OnePodAtATimeTest, AFailureOlderThanAPollViolates) {
  make_database("8.7.21");
  put("kubelet/node-1", pod("sdb-leaf-1", image_for("8.7.21"), false), api::Subresource::kStatus);
  pass(6s);
  evict("sdb-leaf-0");
  expect_violates("one-pod-at-a-time");
}

TEST_F(OnePodAtATimeTest, TheConditionThatAnnouncesAnEvictionIsNoDisruption) {
  make_database("8.7.21");
  evict("sdb-leaf-0");
  // The first of the two writes of an eviction: the pod stays.
  const api::ObjectPtr other = objects_.at({api::Kind::kPod, "demo", "sdb-leaf-1"});
  write("ops-manager", api::Verb::kCreate, api::Subresource::kEviction, other, other);
  expect_holds();
}

}  // namespace
}  // namespace sdbtwin::invariants
