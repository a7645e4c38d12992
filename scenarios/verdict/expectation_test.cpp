// Goal: an expectation is read, judged and explained. Method: expectations from YAML against a
// small final state and a result that are made by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/singlestore.h"
#include "model/api/singlestore_version.h"
#include "scenarios/reading/load.h"
#include "scenarios/reading/test_files.h"
#include "scenarios/verdict/expectation_judge.h"

namespace sdbtwin::scenarios {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// The objects of a list, as a store shows them.
class FinalState final : public api::StoreReader {
 public:
  api::ObjectPtr get(const api::ObjectRef& ref) const override {
    for (const api::ObjectPtr& object : objects) {
      if (api::ref_of(*object) == ref) return object;
    }
    return nullptr;
  }
  std::vector<api::ObjectPtr> list(api::Kind kind, std::string_view namespace_) const override {
    std::vector<api::ObjectPtr> out;
    for (const api::ObjectPtr& object : objects) {
      const bool inside = namespace_.empty() || object->metadata.namespace_ == namespace_;
      if (object->kind() == kind && inside) out.push_back(object);
    }
    return out;
  }
  std::vector<api::ObjectPtr> objects;
};

api::PodSpec spec_of(const std::string& version) {
  api::PodSpec spec;
  spec.containers.emplace_back();
  spec.containers.back().name = "singlestore";
  spec.containers.back().image = "image:" + version;
  return spec;
}

class ExpectationTest : public ::testing::Test {
 protected:
  ExpectationTest() {
    files_.write("db.yaml", kDatabaseYaml);
    files_.write("update.yaml", kUpdateYaml);
    for (const char* name : {"8.7.21", "8.9.3"}) {
      auto version = std::make_shared<api::SinglestoreVersion>();
      version->metadata.name = name;
      version->spec.edit().db.image = std::string("image:") + name;
      state_.objects.push_back(version);
    }
    auto database = std::make_shared<api::Singlestore>();
    database->metadata.namespace_ = "demo";
    database->metadata.name = "sdb";
    database->spec.edit().version = "8.7.21";
    database->spec.edit().topology.emplace();
    state_.objects.push_back(database);
    pod("sdb-leaf-0", "8.9.3");
    pod("sdb-leaf-1", "8.7.21");
    auto petset = std::make_shared<api::PetSet>();
    name(*petset, "sdb-leaf");
    petset->spec.edit().template_.edit().spec = spec_of("8.9.3");
    state_.objects.push_back(petset);
    result_.requests = {{"demo/update", "UpdateVersion", "Failed", "Failed",
                         "step RestartPods took longer than 2m; versions: 8.9.3: sdb-leaf-0",
                         sim::Time(10s), sim::Time(130s)}};
    result_.counters = {{"evictions", 1}};
    result_.invariants = {{"gates-before-next-pod",
                           true,
                           "",
                           1,
                           {{"age of the evidence", 20'000'000, 5'500'000'000, true,
                             invariants::Margin::Unit::kNanoseconds}}}};
  }

  static void name(api::Object& object, const std::string& name) {
    object.metadata.namespace_ = "demo";
    object.metadata.name = name;
    object.metadata.labels.edit() = {{"app.kubernetes.io/instance", "sdb"}};
  }
  void pod(const std::string& pod_name, const std::string& version) {
    auto object = std::make_shared<api::Pod>();
    name(*object, pod_name);
    object->spec.edit() = spec_of(version);
    state_.objects.push_back(object);
  }

  std::vector<ExpectationResult> judge(const std::string& expect) {
    Problems problems;
    const auto scenario =
        load_scenario(files_.write("test.yaml", kScenarioHead +
                                                    "  manifests: [db.yaml]\n"
                                                    "  actions: [{at: 1m, apply: update.yaml}]\n"
                                                    "  expect: {" +
                                                    expect + "}\n"),
                      problems);
    for (const Problem& problem : problems.all()) ADD_FAILURE() << to_text(problem);
    return scenario ? judge_expectations(*scenario, state_, result_)
                    : std::vector<ExpectationResult>();
  }
  // All are met, or none is.
  void expect(const std::string& text, bool met) {
    const auto results = judge(text);
    EXPECT_FALSE(results.empty());
    for (const ExpectationResult& one : results) {
      EXPECT_EQ(one.met, met) << one.expected << "; observed: " << one.observed;
      EXPECT_FALSE(one.expected.empty());
      EXPECT_FALSE(one.observed.empty());
      EXPECT_THAT(one.place, HasSubstr("test.yaml:"));
    }
  }

  TestFiles files_;
  FinalState state_;
  RunResult result_;
};

TEST_F(ExpectationTest, ARequestEndsFailedWithItsReason) {
  expect("requests: [{name: update, phase: Failed, reason: Failed, message: RestartPods}]", true);
  expect("requests: [{name: update, message: \"step RestartPods*sdb-leaf-0\"}]", true);
  expect("requests: [{name: update, phase: Successful, reason: Denied, message: UpdatePetSets}]",
         false);
}

TEST_F(ExpectationTest, ARequestTakesItsTime) {
  expect("requests: [{name: update, within: 2m, atLeast: 2m}]", true);
  expect("requests: [{name: update, within: 119s}]", false);
  expect("requests: [{name: update, atLeast: 121s}]", false);
}

TEST_F(ExpectationTest, ADatabaseIsOnAStatedMixOfVersions) {
  expect(
      "databases: [{name: sdb, version: \"8.7.21\", paused: false, "
      "pods: {sdb-leaf-0: \"8.9.3\", sdb-leaf-1: \"8.7.21\"}, petSets: {sdb-leaf: \"8.9.3\"}}]",
      true);
  expect("databases: [{name: sdb, pods: {\"sdb-leaf-*\": \"8.9.3\"}}]", false);
  expect("databases: [{name: sdb, pods: {nobody: \"8.9.3\"}}]", false);
  expect("databases: [{name: sdb, petSets: {sdb-leaf: \"8.7.21\"}}]", false);
}

TEST_F(ExpectationTest, AVersionAloneMeansEveryPodToo) {
  expect("databases: [{name: sdb, version: \"8.7.21\"}]", false);
  expect("databases: [{name: sdb, version: \"8.9.3\"}]", false);
}

TEST_F(ExpectationTest, AMarginHasALimitOfItsOwn) {
  expect("margins: [{invariant: gates-before-next-pod, what: age, atMost: 20ms, atLeast: 1ms}]",
         true);
  expect("margins: [{invariant: gates-before-next-pod, atMost: 19ms}]", false);
  expect("margins: [{invariant: gates-before-next-pod, what: distance, atMost: 1h}]", false);
}

TEST_F(ExpectationTest, AvailabilityHasLimits) {
  const OutageResult first{sim::Time(20s), sim::Time(50s), false, "master-down"};
  const OutageResult second{sim::Time(60s), sim::Time(70s), true, "recovering"};
  result_.availability = {{"demo/sdb app", std::nullopt, "writes", {first, second}, 2, 30s, 40s},
                          {"demo/sdb app", 1, "reads", {}, 0, 0s, 0s}};
  expect(
      "availability: [{name: sdb, service: writes, outagesAtLeast: 2, outagesAtMost: 2, "
      "longestAtMost: 30s, totalAtLeast: 40s, totalAtMost: 40s}]",
      true);
  expect("availability: [{name: sdb, partition: 1, service: reads, outagesAtMost: 0}]", true);
  expect(
      "availability: [{name: sdb, service: writes, outagesAtMost: 1, longestAtMost: 29s, "
      "totalAtMost: 39s, totalAtLeast: 41s}]",
      false);
  expect("availability: [{name: sdb, database: none, service: writes, outagesAtMost: 9}]", false);
}

TEST_F(ExpectationTest, ARestartedPodTakesItsTime) {
  PodRestart restart;
  restart.pod = "demo/sdb-leaf-0";
  restart.evicted = sim::Time(10s);
  restart.ready = sim::Time(52s);
  result_.restarts = {restart};
  expect("restarts: [{pod: \"sdb-leaf-*\", within: 42s, atLeast: 42s}]", true);
  expect("restarts: [{pod: sdb-leaf-0, within: 41s, atLeast: 43s}]", false);
  expect("restarts: [{pod: sdb-leaf-1, within: 1h}]", false);
  result_.restarts.front().ready.reset();
  expect("restarts: [{pod: sdb-leaf-0, within: 1h, atLeast: 1s}]", false);
}

TEST_F(ExpectationTest, CountsHaveLimits) {
  expect("counts: [{counter: evictions, equals: 1}, {counter: evictions, atMost: 1}]", true);
  expect("counts: [{counter: evictions, atLeast: 2}]", false);
}

TEST_F(ExpectationTest, AMarginWithoutALimitIsAProblem) {
  Problems problems;
  EXPECT_FALSE(
      load_scenario(files_.write("bad.yaml", kScenarioHead + "  manifests: [db.yaml]\n"
                                                             "  expect: {margins: [{invariant: "
                                                             "version-last}]}\n"),
                    problems));
  ASSERT_THAT(problems.all(), SizeIs(1));
  EXPECT_THAT(problems.all().front().message, HasSubstr("has no limit"));
}

}  // namespace
}  // namespace sdbtwin::scenarios
