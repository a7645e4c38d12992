// Goal: containers of a pod that ends are stopped as kubernetes.md 3.4 step 4 says; each test
// quotes its rule. Method: the decision alone, second by second.
#include "model/cluster/node/container_stops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/api/codec.h"
#include "model/api/pod.h"

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

api::PodSpec stop_spec(const std::string& json) {
  const auto pod = api::from_json(
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":)" + json + "}");
  return *api::as<api::Pod>(*pod)->spec;
}

constexpr sim::Time kFrom{1h};

// "main" with a preStop hook, "plain" without, sidecars "first" and "second", an init container.
api::PodSpec all_kinds(const std::string& hook_seconds) {
  return stop_spec(R"({"initContainers":[{"name":"init","image":"i"},)"
                   R"({"name":"first","image":"i","restartPolicy":"Always"},)"
                   R"({"name":"second","image":"i","restartPolicy":"Always"}],"containers":[)"
                   R"({"name":"main","image":"i","lifecycle":{"preStop":{"sleep":{"seconds":)" +
                   hook_seconds + R"(}}}},{"name":"plain","image":"i"}]})");
}

TEST(ContainerStops, AllContainersInParallelEachAfterItsOwnPreStop) {
  const api::PodSpec spec = all_kinds("5");
  ContainerStops stops(&spec, kFrom);
  const ContainerStops::Names running{"main", "plain"};
  EXPECT_THAT(stops.due(running, 30s, kFrom).terminate, ElementsAre("plain"));
  EXPECT_EQ(stops.next(running, 30s, kFrom), kFrom + 5s);
  EXPECT_THAT(stops.due(running, 30s, kFrom + 4s).terminate, IsEmpty());
  EXPECT_THAT(stops.due(running, 30s, kFrom + 5s).terminate, ElementsAre("main"));
  EXPECT_THAT(stops.due(running, 30s, kFrom + 6s).terminate, IsEmpty()) << "once";
}

TEST(ContainerStops, TheTimeOfPreStopCountsAgainstThePeriod) {
  const api::PodSpec spec = all_kinds("20");
  ContainerStops stops(&spec, kFrom);
  const ContainerStops::Names running{"main"};
  (void)stops.due(running, 30s, kFrom + 20s);
  EXPECT_EQ(stops.next(running, 30s, kFrom + 20s), kFrom + 30s);
  EXPECT_THAT(stops.due(running, 30s, kFrom + 29s).kill, IsEmpty());
  EXPECT_THAT(stops.due(running, 30s, kFrom + 30s).kill, ElementsAre("main"));
}

TEST(ContainerStops, FloorOfTwoSecondsAfterAPreStopOverrun) {
  const api::PodSpec spec = all_kinds("60");
  ContainerStops stops(&spec, kFrom);
  const ContainerStops::Names running{"main"};
  EXPECT_EQ(stops.next(running, 30s, kFrom), kFrom + 30s);
  EXPECT_THAT(stops.due(running, 30s, kFrom + 30s).terminate, ElementsAre("main"));
  EXPECT_EQ(stops.next(running, 30s, kFrom + 30s), kFrom + 32s);
  EXPECT_THAT(stops.due(running, 30s, kFrom + 31s).kill, IsEmpty());
  EXPECT_THAT(stops.due(running, 30s, kFrom + 32s).kill, ElementsAre("main"));
}

TEST(ContainerStops, SidecarsLastInReverseOrder) {
  const api::PodSpec spec = all_kinds("0");
  ContainerStops stops(&spec, kFrom);
  EXPECT_THAT(stops.due({"first", "second", "main", "plain"}, 30s, kFrom).terminate,
              ElementsAre("main", "plain"));
  EXPECT_THAT(stops.due({"first", "second", "plain"}, 30s, kFrom + 1s).terminate, IsEmpty());
  EXPECT_THAT(stops.due({"first", "second"}, 30s, kFrom + 2s).terminate, ElementsAre("second"));
  EXPECT_THAT(stops.due({"first"}, 30s, kFrom + 3s).terminate, ElementsAre("first"));
  EXPECT_THAT(stops.due({"first"}, 30s, kFrom + 30s).kill, ElementsAre("first"));
}

TEST(ContainerStops, SidecarsWaitForTheirTurnOnlyAsLongAsThePeriodLasts) {
  const api::PodSpec spec = all_kinds("0");
  ContainerStops stops(&spec, kFrom);
  const ContainerStops::Names running{"first", "second", "main"};
  (void)stops.due(running, 30s, kFrom);
  const ContainerStops::Due end = stops.due(running, 30s, kFrom + 30s);
  EXPECT_THAT(end.kill, ElementsAre("main"));
  EXPECT_THAT(end.terminate, ElementsAre("first", "second"));
  EXPECT_EQ(stops.next({"first", "second"}, 30s, kFrom + 30s), kFrom + 32s);
}

TEST(ContainerStops, AShorterPeriodCountsFromTheSameStart) {
  const api::PodSpec spec = all_kinds("0");
  ContainerStops stops(&spec, kFrom);
  (void)stops.due({"main"}, 30s, kFrom);
  EXPECT_EQ(stops.next({"main"}, 8s, kFrom + 5s), kFrom + 8s);
}

TEST(ContainerStops, WithoutASpecEverythingIsStoppedAtOnce) {
  ContainerStops stops(nullptr, kFrom);
  EXPECT_THAT(stops.due({"a", "b"}, 0s, kFrom).terminate, ElementsAre("a", "b"));
  EXPECT_EQ(stops.next({"a", "b"}, 0s, kFrom), kFrom + 2s);
}

}  // namespace
}  // namespace sdbtwin::cluster
