// Goal: filters and scores choose as kube-scheduler does. Method: literal nodes and pods; each test
// is named after the rule of upstream's plugin documentation (kubernetes.io/docs/concepts/
// scheduling-eviction, reference/scheduling/config) or source that it states.
#include "model/cluster/scheduler/scheduling_cycle.h"

#include <gtest/gtest.h>

#include "model/cluster/scheduler/scheduler_fixture.h"

namespace sdbtwin::cluster {
namespace {

using api::NodeSelectorOperator;
using api::TaintEffect;
using test::node;
using test::pod;
using test::where;

constexpr const char* kZone = "topology.kubernetes.io/zone";
constexpr const char* kHost = "kubernetes.io/hostname";

class SchedulingCycleTest : public testing::Test {
 protected:
  void add(const test::NodeBuilder& builder) { pool.set_node(builder.make()); }
  void add_zones() {
    add(node("a").zone("1"));
    add(node("b").zone("1"));
    add(node("c").zone("2"));
  }
  void place(const test::PodBuilder& builder, const std::string& on) {
    pool.place(builder.make(), on);
  }
  // The node's name, or the message.
  std::string choose(const test::PodBuilder& builder) {
    Diagnosis diagnosis;
    const auto chosen = choose_node(pool, PodInfo::of(builder.make()), claims, diagnosis);
    return chosen ? *chosen : diagnosis.message();
  }

  NodePool pool;
  ClaimsOfPod claims;
};

TEST_F(SchedulingCycleTest, AMessageCountsTheReasonsOfAllNodesSortedAsText) {
  add(node("a").cordoned());
  add(node("b").taint("dedicated", "db", TaintEffect::kNoSchedule));
  add(node("c").cpu("1"));
  add(node("d").cpu("1"));
  EXPECT_EQ(choose(pod("p").cpu("2")),
            "0/4 nodes are available: 1 node(s) had untolerated taint {dedicated: db}, "
            "1 node(s) were unschedulable, 2 Insufficient cpu.");
}

TEST_F(SchedulingCycleTest, WithoutNodesThereIsNothingToSayAboutThem) {
  EXPECT_EQ(choose(pod("p")), "no nodes available to schedule pods");
}

TEST_F(SchedulingCycleTest, NodeResourcesFitNamesAllThatIsShort) {
  add(node("a").cpu("1").allocatable("pods", "1").allocatable("ephemeral-storage", "1Gi"));
  place(pod("x").cpu("1"), "a");
  EXPECT_EQ(choose(pod("p").cpu("1").memory("9Gi").request("ephemeral-storage", "2Gi")),
            "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient ephemeral-storage, "
            "1 Insufficient memory, 1 Too many pods.");
}

TEST_F(SchedulingCycleTest, APodThatAsksForNothingFitsOnAFullNode) {
  add(node("a").cpu("1"));
  place(pod("x").cpu("1"), "a");
  EXPECT_EQ(choose(pod("p")), "a");
}

TEST_F(SchedulingCycleTest, TheOperatorsOfNodeAffinityAreInNotInExistsDoesNotExistGtAndLt) {
  add(node("a").label("disk", "ssd").label("gen", "3"));
  const auto fits = [&](const char* key, NodeSelectorOperator op,
                        std::vector<std::string> values = {}) {
    return choose(pod("p").requires_node(where(key, op, std::move(values)))) == "a";
  };
  EXPECT_TRUE(fits("disk", NodeSelectorOperator::kIn, {"hdd", "ssd"}));
  EXPECT_FALSE(fits("disk", NodeSelectorOperator::kIn, {"hdd"}));
  EXPECT_FALSE(fits("tier", NodeSelectorOperator::kIn, {"x"}));
  EXPECT_TRUE(fits("disk", NodeSelectorOperator::kNotIn, {"hdd"}));
  EXPECT_FALSE(fits("disk", NodeSelectorOperator::kNotIn, {"ssd"}));
  EXPECT_TRUE(fits("tier", NodeSelectorOperator::kNotIn, {"x"})) << "an absent label is not in";
  EXPECT_TRUE(fits("disk", NodeSelectorOperator::kExists));
  EXPECT_FALSE(fits("tier", NodeSelectorOperator::kExists));
  EXPECT_TRUE(fits("tier", NodeSelectorOperator::kDoesNotExist));
  EXPECT_FALSE(fits("disk", NodeSelectorOperator::kDoesNotExist));
  EXPECT_TRUE(fits("gen", NodeSelectorOperator::kGt, {"2"}));
  EXPECT_FALSE(fits("gen", NodeSelectorOperator::kGt, {"3"}));
  EXPECT_TRUE(fits("gen", NodeSelectorOperator::kLt, {"4"}));
  EXPECT_FALSE(fits("disk", NodeSelectorOperator::kGt, {"2"})) << "not a number";
}

TEST_F(SchedulingCycleTest, TermsAreAlternativesRequirementsAllHoldAndAnEmptyTermMatchesNothing) {
  add(node("a").label("disk", "ssd"));
  add(node("b").label("disk", "hdd").label("fast", "yes"));
  api::NodeSelectorTerm both = where("disk", NodeSelectorOperator::kIn, {"ssd"});
  both.match_expressions.push_back(
      where("fast", NodeSelectorOperator::kExists).match_expressions.front());
  EXPECT_EQ(choose(pod("p").requires_node(both)),
            "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.");
  EXPECT_EQ(choose(pod("p").requires_node(both).requires_node(
                where("fast", NodeSelectorOperator::kExists))),
            "b");
  EXPECT_EQ(choose(pod("p").requires_node(api::NodeSelectorTerm())),
            "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.");
}

TEST_F(SchedulingCycleTest, MatchFieldsSelectsANodeByItsName) {
  add(node("a"));
  add(node("b"));
  api::NodeSelectorTerm term;
  term.match_fields = where("metadata.name", NodeSelectorOperator::kIn, {"b"}).match_expressions;
  EXPECT_EQ(choose(pod("p").requires_node(term)), "b");
}

TEST_F(SchedulingCycleTest, NodeSelectorAndNodeAffinityMustBothBeSatisfied) {
  add(node("a").label("disk", "ssd"));
  add(node("b").label("disk", "ssd").label("gen", "3"));
  auto wanted = pod("p").requires_node(where("gen", NodeSelectorOperator::kExists));
  wanted.spec().node_selector["disk"] = "ssd";
  EXPECT_EQ(choose(wanted), "b");
  wanted.spec().node_selector["disk"] = "hdd";
  EXPECT_EQ(choose(wanted),
            "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.");
}

TEST_F(SchedulingCycleTest, AmongNodesThePreferredOnesWinByTheSumOfTheirWeights) {
  add(node("a").label("disk", "ssd"));
  add(node("b").label("gen", "3"));
  add(node("c"));
  const auto wanted = pod("p")
                          .prefers_node(10, where("disk", NodeSelectorOperator::kExists))
                          .prefers_node(90, where("gen", NodeSelectorOperator::kExists));
  EXPECT_EQ(choose(wanted), "b");
}

TEST_F(SchedulingCycleTest, ATolerationMatchesByKeyValueAndEffectOrByExistence) {
  add(node("a").taint("dedicated", "db", TaintEffect::kNoExecute));
  const auto fits = [&](const char* key, const char* value, const char* op, TaintEffect effect) {
    return choose(pod("p").toleration(key, value, op, effect)) == "a";
  };
  EXPECT_TRUE(fits("dedicated", "db", "Equal", TaintEffect::kNoExecute));
  EXPECT_TRUE(fits("dedicated", "db", "", TaintEffect::kUnset));
  EXPECT_TRUE(fits("dedicated", "", "Exists", TaintEffect::kNoExecute));
  EXPECT_TRUE(fits("", "", "Exists", TaintEffect::kUnset));
  EXPECT_FALSE(fits("dedicated", "web", "Equal", TaintEffect::kNoExecute));
  EXPECT_FALSE(fits("dedicated", "db", "Equal", TaintEffect::kNoSchedule));
}

TEST_F(SchedulingCycleTest, PreferNoScheduleIsAvoidedButNotForbidden) {
  add(node("a").taint("old", "", TaintEffect::kPreferNoSchedule));
  EXPECT_EQ(choose(pod("p")), "a");
  add(node("b").cpu("1"));
  EXPECT_EQ(choose(pod("p")), "b");
}

TEST_F(SchedulingCycleTest, ACordonedNodeTakesAPodThatToleratesItsTaint) {
  add(node("a").cordoned());
  EXPECT_EQ(choose(pod("p")), "0/1 nodes are available: 1 node(s) were unschedulable.");
  EXPECT_EQ(choose(pod("p").toleration("node.kubernetes.io/unschedulable", "", "Exists",
                                       TaintEffect::kNoSchedule)),
            "a");
}

TEST_F(SchedulingCycleTest, AVolumeIsReachedFromItsZoneOnly) {
  add_zones();
  auto volume = std::make_shared<api::PersistentVolume>();
  volume->spec.edit().node_affinity.emplace().required.emplace().node_selector_terms.push_back(
      where(kZone, NodeSelectorOperator::kIn, {"2"}));
  claims.bound.push_back(volume);
  EXPECT_EQ(choose(pod("p")), "c");
  pool.remove_node("c");
  EXPECT_EQ(choose(pod("p")),
            "0/2 nodes are available: 2 node(s) had volume node affinity conflict.");
}

TEST_F(SchedulingCycleTest, PodAntiAffinityKeepsAPodOutOfTheTopologyOfAMatch) {
  add_zones();
  place(pod("x").label("app", "db"), "a");
  EXPECT_EQ(choose(pod("p").label("app", "db").apart(kZone, "app", "db")), "c");
  place(pod("y").label("app", "db"), "c");
  EXPECT_EQ(choose(pod("p").apart(kHost, "app", "db")), "b");
  EXPECT_EQ(choose(pod("p").apart(kZone, "app", "db")),
            "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules.");
}

TEST_F(SchedulingCycleTest, AntiAffinityIsSymmetric) {
  add_zones();
  place(pod("x").label("app", "db").apart(kZone, "app", "web"), "a");
  EXPECT_EQ(choose(pod("p").label("app", "web")), "c");
  pool.remove_node("c");
  EXPECT_EQ(choose(pod("p").label("app", "web")),
            "0/2 nodes are available: 2 node(s) didn't satisfy existing pods anti-affinity rules.");
}

TEST_F(SchedulingCycleTest, PodAffinityNeedsAMatchInTheSameTopology) {
  add_zones();
  EXPECT_EQ(choose(pod("p").near(kZone, "app", "db")),
            "0/3 nodes are available: 3 node(s) didn't match pod affinity rules.");
  place(pod("x").label("app", "db"), "c");
  EXPECT_EQ(choose(pod("p").near(kZone, "app", "db")), "c");
}

TEST_F(SchedulingCycleTest, TheFirstPodOfAGroupWithAffinityToItselfMayGoAnywhere) {
  add_zones();
  const auto grouped = [](const char* name) {
    return pod(name).label("app", "db").near(kZone, "app", "db");
  };
  EXPECT_EQ(choose(grouped("p")), "a");
  place(grouped("x"), "c");
  EXPECT_EQ(choose(grouped("p")), "c") << "only the first one";
}

TEST_F(SchedulingCycleTest, AnAffinityTermAppliesToThePodsOwnNamespaceUnlessItNamesOthers) {
  add_zones();
  place(pod("f").cpu("2"), "a");
  place(pod("g").cpu("2"), "b");
  place(pod("x").label("app", "db").namespace_("other"), "c");
  auto apart = pod("p").apart(kHost, "app", "db");
  EXPECT_EQ(choose(apart), "c");
  apart.affinity().pod_anti->required.front().namespaces = {"other"};
  EXPECT_EQ(choose(apart), "a");
  apart.affinity().pod_anti->required.front().namespaces.clear();
  apart.affinity().pod_anti->required.front().namespace_selector.emplace();
  EXPECT_EQ(choose(apart), "a") << "an empty namespaceSelector matches all namespaces";
}

TEST_F(SchedulingCycleTest, PreferredAntiAffinityIsWeighedAndNotEnforced) {
  add_zones();
  place(pod("x").label("app", "db"), "a");
  EXPECT_EQ(choose(pod("p").apart(kZone, "app", "db", 100)), "c");
  pool.remove_node("c");
  pool.remove_node("b");
  EXPECT_EQ(choose(pod("p").apart(kZone, "app", "db", 100)), "a");
}

TEST_F(SchedulingCycleTest, ASpreadAllowsMaxSkewMorePodsThanTheEmptiestPlace) {
  add_zones();
  const auto spread = [](int32_t skew) {
    return pod("p").label("app", "db").spread(kZone, skew, "app", "db");
  };
  place(pod("x").label("app", "db"), "a");
  EXPECT_EQ(choose(spread(1)), "c");
  place(pod("y").label("app", "db"), "c");
  place(pod("z").label("app", "db"), "c");
  EXPECT_EQ(choose(spread(1)), "b");
  pool.remove_node("a");
  pool.remove_node("b");
  EXPECT_EQ(choose(spread(1)), "c") << "the only place is the emptiest";
}

TEST_F(SchedulingCycleTest, ANodeWithoutTheTopologyKeyIsRefused) {
  add(node("a"));
  EXPECT_EQ(choose(pod("p").spread(kZone, 1, "app", "db")),
            "0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints "
            "(missing required label).");
}

TEST_F(SchedulingCycleTest, WithFewerPlacesThanMinDomainsTheLeastCountIsZero) {
  add(node("a").zone("1"));
  place(pod("x").label("app", "db"), "a");
  auto wanted = pod("p").label("app", "db").spread(kZone, 1, "app", "db");
  EXPECT_EQ(choose(wanted), "a");
  wanted.spec().topology_spread_constraints.front().min_domains = 2;
  EXPECT_EQ(choose(wanted),
            "0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints.");
}

TEST_F(SchedulingCycleTest, PlacesThatThePodsNodeAffinityExcludesDoNotCount) {
  add_zones();
  place(pod("x").label("app", "db"), "a");
  auto wanted = pod("p")
                    .label("app", "db")
                    .spread(kZone, 1, "app", "db")
                    .requires_node(where(kZone, NodeSelectorOperator::kIn, {"1"}));
  EXPECT_EQ(choose(wanted), "b");
  wanted.spec().topology_spread_constraints.front().node_affinity_policy = "Ignore";
  EXPECT_EQ(choose(wanted),
            "0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, "
            "2 node(s) didn't match pod topology spread constraints.");
}

TEST_F(SchedulingCycleTest, TaintedPlacesCountUnlessTheTaintsPolicyHonorsThem) {
  add(node("a").zone("1"));
  add(node("b").zone("2").taint("t", "", TaintEffect::kNoSchedule));
  place(pod("x").label("app", "db"), "a");
  auto wanted = pod("p").label("app", "db").spread(kZone, 1, "app", "db");
  EXPECT_EQ(choose(wanted),
            "0/2 nodes are available: 1 node(s) didn't match pod topology spread constraints, "
            "1 node(s) had untolerated taint {t: }.");
  wanted.spec().topology_spread_constraints.front().node_taints_policy = "Honor";
  EXPECT_EQ(choose(wanted), "a");
}

TEST_F(SchedulingCycleTest, MatchLabelKeysRestrictTheCountToPodsWithTheSameValue) {
  add_zones();
  place(pod("x").label("app", "db").label("rev", "1"), "a");
  auto wanted = pod("p").label("app", "db").label("rev", "2").spread(kHost, 1, "app", "db");
  place(pod("y").label("app", "db").label("rev", "2"), "b");
  wanted.spec().topology_spread_constraints.front().match_label_keys = {"rev"};
  EXPECT_EQ(choose(wanted), "c");
  place(pod("z").label("app", "db").label("rev", "2"), "c");
  EXPECT_EQ(choose(wanted), "a");
}

TEST_F(SchedulingCycleTest, PodsThatAreBeingDeletedDoNotCountForASpreadButDoForAffinity) {
  add_zones();
  place(pod("x").label("app", "db").deleting(), "c");
  place(pod("y").label("app", "db"), "a");
  EXPECT_EQ(choose(pod("p").label("app", "db").spread(kZone, 1, "app", "db")), "c");
  EXPECT_EQ(choose(pod("p").label("app", "db").apart(kHost, "app", "db")), "b");
}

TEST_F(SchedulingCycleTest, ASoftSpreadPrefersTheEmptierPlaceAndForbidsNone) {
  add_zones();
  place(pod("x").label("app", "db"), "a");
  EXPECT_EQ(choose(pod("p").label("app", "db").spread(kZone, 1, "app", "db", false)), "c");
  pool.remove_node("c");
  pool.remove_node("b");
  EXPECT_EQ(choose(pod("p").label("app", "db").spread(kZone, 1, "app", "db", false)), "a");
}

TEST_F(SchedulingCycleTest, WithoutConstraintsPodsOfOneControllerAreSpreadOverHosts) {
  for (const char* name : {"a", "b", "c"}) add(node(name));
  place(pod("x").cpu("3"), "b");  // b is the fullest
  place(pod("y").cpu("100m").owner("set"), "a");
  place(pod("z").cpu("100m").owner("set"), "c");
  EXPECT_EQ(choose(pod("p").cpu("100m").owner("set")), "b");
}

TEST_F(SchedulingCycleTest, WithoutConstraintsPodsOfOneControllerAreSpreadOverZones) {
  add_zones();
  place(pod("y").owner("set"), "a");
  EXPECT_EQ(choose(pod("p").owner("set")), "c");
}

TEST_F(SchedulingCycleTest, OtherwiseTheLeastAllocatedNodeWinsAndTiesGoByName) {
  add(node("b"));
  add(node("a"));
  EXPECT_EQ(choose(pod("p").cpu("1").memory("2Gi")), "a");
  place(pod("x").cpu("1").memory("2Gi"), "a");
  EXPECT_EQ(choose(pod("p").cpu("1").memory("2Gi")), "b");
}

TEST_F(SchedulingCycleTest, RoomThatIsMeantForAMoreImportantPodIsNotTaken) {
  add(node("a").cpu("2"));
  pool.nominate(PodInfo::of(pod("vip").cpu("2").priority(10).make()), "a");
  EXPECT_EQ(choose(pod("p").cpu("1")), "0/1 nodes are available: 1 Insufficient cpu.");
  EXPECT_EQ(choose(pod("p").cpu("1").priority(11)), "a");
  EXPECT_EQ(choose(pod("vip").cpu("2").priority(10)), "a") << "its own nomination is no obstacle";
  EXPECT_EQ(pool.nominations().size(), 1U);
}

TEST(LnMilli, IsTheNaturalLogarithmInThousandths) {
  EXPECT_EQ(ln_milli(1), 0);
  EXPECT_EQ(ln_milli(2), 693);
  EXPECT_EQ(ln_milli(5), 1609);
  EXPECT_EQ(ln_milli(102), 4625);
  EXPECT_EQ(ln_milli(5002), 8518);
}

}  // namespace
}  // namespace sdbtwin::cluster
