// Goal: scenario files become scenarios, and each kind of broken input becomes a problem that says
// where it is, what is wrong and what would be right.
// Method: small files in a folder of their own; scenarios and problems out.
#include "scenarios/reading/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "scenarios/reading/test_files.h"

namespace sdbtwin::scenarios {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LoadTest : public ::testing::Test {
 protected:
  LoadTest() {
    files_.write("db.yaml", kDatabaseYaml);
    files_.write("update.yaml", kUpdateYaml);
  }
  std::optional<Scenario> load(const std::string& spec) {
    path_ = files_.write("test.yaml", kScenarioHead + spec);
    return load_scenario(path_, problems_);
  }
  // The one problem of this scenario.
  Problem problem_of(const std::string& spec) {
    EXPECT_FALSE(load(spec).has_value());
    EXPECT_THAT(problems_.all(), SizeIs(1));
    for (const Problem& problem : problems_.all()) {
      EXPECT_FALSE(problem.hint.empty()) << to_text(problem);
    }
    return problems_.empty() ? Problem{} : problems_.all().front();
  }

  TestFiles files_;
  Problems problems_;
  std::string path_;
};

TEST_F(LoadTest, AWholeScenarioIsRead) {
  const auto scenario = load(
      "  manifests: [db.yaml]\n"
      "  cluster: {nodes: 5, node: {cpus: 4, memory: 16Gi}, latency: 150%, jitter: false}\n"
      "  database: {redundancy: 2, rows: 5000, recoveryRate: 1Gi}\n"
      "  policy: {order: leaves-first, gates: {maxLag: 5s, sizeTolerance: 20%}}\n"
      "  actions:\n"
      "    - {name: go, when: {phase: {kind: Singlestore, name: sdb, is: Ready}, delay: 1s},\n"
      "       apply: update.yaml}\n"
      "    - {at: 9m, delete: {kind: Pod, namespace: demo, name: sdb-leaf-0}}\n"
      "    - {at: 10m, patch: {kind: Singlestore, namespace: demo, name: sdb, body: {spec: {}}}}\n"
      "  faults:\n"
      "    - {name: f, at: 3s, processKill: {process: provisioner, restartAfter: 5s}}\n"
      "  expect:\n"
      "    requests: [{name: update, phase: Successful, within: 5m}]\n"
      "    counts: [{counter: evictions, equals: 3}]\n"
      "  invariants: {off: [version-last]}\n"
      "  horizon: 2h\n");
  ASSERT_TRUE(scenario.has_value()) << to_text(problems_.all().front());
  EXPECT_EQ(scenario->name, "test");
  EXPECT_EQ(scenario->cluster.nodes, 5);
  EXPECT_EQ(scenario->cluster.node_cpu_milli, 4000);
  EXPECT_EQ(scenario->cluster.latency_per_mille, 1500);
  EXPECT_FALSE(scenario->cluster.jitter);
  EXPECT_EQ(scenario->database.redundancy, 2);
  EXPECT_EQ(scenario->database.recovery_bytes_per_second, 1 << 30);
  EXPECT_EQ(scenario->policy.order, RolloutOrder::kLeavesFirst);
  EXPECT_EQ(scenario->policy.max_lag, 5s);
  EXPECT_EQ(scenario->policy.size_tolerance_percent, 20);
  EXPECT_THAT(scenario->manifests, SizeIs(1));
  ASSERT_THAT(scenario->actions, SizeIs(3));
  EXPECT_EQ(scenario->actions[0].trigger.delay, 1s);
  EXPECT_TRUE(std::holds_alternative<ApplyAction>(scenario->actions[0].what));
  EXPECT_TRUE(std::holds_alternative<DeleteAction>(scenario->actions[1].what));
  EXPECT_TRUE(std::holds_alternative<PatchAction>(scenario->actions[2].what));
  ASSERT_THAT(scenario->faults.faults, SizeIs(1));
  EXPECT_EQ(scenario->faults.faults[0].name, "f");
  EXPECT_THAT(scenario->expectations, SizeIs(2));
  EXPECT_THAT(scenario->disabled_invariants, ElementsAre("version-last"));
  EXPECT_EQ(scenario->horizon, 2h);
  EXPECT_FALSE(scenario->notes.empty());
}

TEST_F(LoadTest, LatenciesAreScaledByGroupAndByNameAndTailsAreAskedFor) {
  const auto scenario = load(
      "  manifests: [db.yaml]\n"
      "  cluster: {latencies: {node: 50%, sandboxStart: 300%}, tails: true}\n");
  ASSERT_TRUE(scenario.has_value()) << to_text(problems_.all().front());
  EXPECT_EQ(scenario->cluster.latencies_per_mille.at("node"), 500);
  EXPECT_EQ(scenario->cluster.latencies_per_mille.at("sandboxStart"), 3000);
  EXPECT_TRUE(scenario->cluster.tails);
}

TEST_F(LoadTest, ALatencyThatThereIsNotIsSaidWithItsLine) {
  EXPECT_FALSE(load("  manifests: [db.yaml]\n  cluster: {latencies: {sandboxStrat: 300%}}\n"));
  const std::string problem = to_text(problems_.all().front());
  EXPECT_NE(problem.find("unknown field \"sandboxStrat\" in spec.cluster.latencies"),
            std::string::npos)
      << problem;
  EXPECT_NE(problem.find("did you mean \"sandboxStart\"?"), std::string::npos) << problem;
}

TEST_F(LoadTest, ABaseIsExtendedAndOverridden) {
  files_.write("base.yaml", kScenarioHead +
                                "  manifests: [db.yaml]\n"
                                "  cluster: {nodes: 7}\n"
                                "  actions: [{name: go, at: 1m, apply: update.yaml}]\n"
                                "  expect: {counts: [{counter: evictions, equals: 3}]}\n"
                                "  horizon: 2h\n");
  const auto scenario = load(
      "  base: base.yaml\n"
      "  database: {redundancy: 2}\n"
      "  actions: [{name: later, at: 2m, delete: {kind: Pod, name: x}}]\n");
  ASSERT_TRUE(scenario.has_value()) << to_text(problems_.all().front());
  EXPECT_EQ(scenario->file, path_);
  EXPECT_EQ(scenario->cluster.nodes, 7);
  EXPECT_EQ(scenario->database.redundancy, 2);
  EXPECT_THAT(scenario->actions, SizeIs(2));
  EXPECT_THAT(scenario->expectations, SizeIs(1));
  EXPECT_EQ(scenario->horizon, 2h);
}

TEST_F(LoadTest, ActionsOnNodes) {
  const auto scenario = load(
      "  manifests: [db.yaml]\n"
      "  cluster: {heartbeats: always}\n"
      "  actions:\n"
      "    - {at: 1m, cordon: {node: leaf/1}}\n"
      "    - {at: 2m, taint: {node: node-2, key: node.kubernetes.io/out-of-service, value: x}}\n"
      "    - {at: 3m, deleteNode: {node: node-2}}\n"
      "    - {at: 4m, delete: {kind: Pod, namespace: demo, name: sdb-leaf-1, force: true}}\n");
  ASSERT_TRUE(scenario.has_value()) << to_text(problems_.all().front());
  EXPECT_EQ(scenario->cluster.heartbeats, Heartbeats::kAlways);
  ASSERT_THAT(scenario->actions, SizeIs(4));
  EXPECT_EQ(std::get<NodeAction>(scenario->actions[0].what).verb, NodeVerb::kCordon);
  const auto& taint = std::get<NodeAction>(scenario->actions[1].what);
  EXPECT_EQ(taint.node, "node-2");
  EXPECT_EQ(taint.taint.key, "node.kubernetes.io/out-of-service");
  EXPECT_EQ(taint.taint.effect, api::TaintEffect::kNoExecute);
  EXPECT_EQ(std::get<NodeAction>(scenario->actions[2].what).verb, NodeVerb::kDelete);
  EXPECT_TRUE(std::get<DeleteAction>(scenario->actions[3].what).force);
}

TEST_F(LoadTest, ATextThatNamesNoNodeIsAProblem) {
  const Problem problem = problem_of(
      "  manifests: [db.yaml]\n"
      "  actions: [{at: 1m, cordon: {node: \"Leaf 1\"}}]\n");
  EXPECT_THAT(problem.message, HasSubstr("names no node"));
}

// ---- the kinds of broken input

TEST_F(LoadTest, UnknownField) {
  const Problem problem = problem_of("  manifests: [db.yaml]\n  atcions: []\n");
  EXPECT_EQ(problem.file, path_);
  EXPECT_EQ(problem.at, (Position{6, 3}));
  EXPECT_EQ(problem.message, "unknown field \"atcions\" in spec");
  EXPECT_THAT(problem.hint, HasSubstr("did you mean \"actions\"?"));
}

TEST_F(LoadTest, WrongType) {
  const Problem problem = problem_of("  manifests: [db.yaml]\n  cluster: {nodes: many}\n");
  EXPECT_EQ(problem.at, (Position{6, 20}));
  EXPECT_EQ(problem.message, "spec.cluster.nodes must be an integer, not text \"many\"");
}

TEST_F(LoadTest, MissingManifest) {
  const Problem problem = problem_of("  manifests: [database.yaml]\n");
  EXPECT_EQ(problem.at, (Position{5, 15}));
  EXPECT_THAT(problem.message, HasSubstr("there is no file"));
  EXPECT_THAT(problem.hint, HasSubstr("relative to the folder of this scenario"));
}

TEST_F(LoadTest, ImpossibleTargetVersion) {
  std::string update = kUpdateYaml;
  update.replace(update.find("8.9.3"), 5, "8.7.10");
  const std::string path = files_.write("down.yaml", update);
  const Problem problem =
      problem_of("  manifests: [db.yaml]\n  actions: [{at: 1m, apply: down.yaml}]\n");
  EXPECT_EQ(problem.file, path);
  EXPECT_EQ(problem.at, (Position{7, 34}));
  EXPECT_EQ(problem.message, "an update from 8.7.21 to 8.7.10 is not allowed");
  EXPECT_THAT(problem.hint, HasSubstr("allow: 8.7.21, 8.9.3"));
}

TEST_F(LoadTest, UnknownTargetVersion) {
  std::string update = kUpdateYaml;
  update.replace(update.find("8.9.3"), 5, "8.9.33");
  files_.write("odd.yaml", update);
  const Problem problem =
      problem_of("  manifests: [db.yaml]\n  actions: [{at: 1m, apply: odd.yaml}]\n");
  EXPECT_THAT(problem.hint, HasSubstr("did you mean \"8.9.3\"?"));
}

TEST_F(LoadTest, ARefusalThatIsWantedIsNoProblem) {
  std::string update = kUpdateYaml;
  update.replace(update.find("8.9.3"), 5, "8.7.10");
  files_.write("down.yaml", update);
  EXPECT_TRUE(load("  manifests: [db.yaml]\n"
                   "  actions: [{at: 1m, mayBeRefused: true, apply: down.yaml}]\n")
                  .has_value());
}

TEST_F(LoadTest, CyclicInclude) {
  files_.write("a.yaml", kScenarioHead + "  base: ./test.yaml\n");
  const Problem problem = problem_of("  base: a.yaml\n  manifests: [db.yaml]\n");
  EXPECT_THAT(problem.file, HasSubstr("a.yaml"));
  EXPECT_EQ(problem.at, (Position{5, 9}));
  EXPECT_EQ(problem.message, "the base includes itself");
  EXPECT_THAT(problem.hint, HasSubstr("a.yaml -> "));
}

TEST_F(LoadTest, EmptyFile) {
  for (const char* text : {"", "\n\n", "# nothing\n", "---\n"}) {
    Problems problems;
    const std::string path = files_.write("empty.yaml", text);
    EXPECT_FALSE(load_scenario(path, problems).has_value());
    ASSERT_THAT(problems.all(), SizeIs(1));
    EXPECT_EQ(problems.all()[0].at, (Position{1, 1}));
    EXPECT_THAT(problems.all()[0].message, HasSubstr("empty"));
    EXPECT_THAT(problems.all()[0].hint, HasSubstr("apiVersion: sdbtwin.dev/v1alpha1"));
  }
}

TEST_F(LoadTest, BinaryFile) {
  const std::string path = files_.write("binary.yaml", std::string("a: 1\n\x7f"
                                                                   "ELF\x00\x01",
                                                                   11));
  EXPECT_FALSE(load_scenario(path, problems_).has_value());
  ASSERT_THAT(problems_.all(), SizeIs(1));
  EXPECT_EQ(problems_.all()[0].at, (Position{2, 1}));
  EXPECT_THAT(problems_.all()[0].message, HasSubstr("not a text file"));
}

TEST_F(LoadTest, DuplicateNames) {
  const Problem fault = problem_of(
      "  manifests: [db.yaml]\n"
      "  faults:\n"
      "    - {name: x, at: 1s, processKill: {process: provisioner}}\n"
      "    - {name: x, at: 2s, processKill: {process: provisioner}}\n");
  EXPECT_EQ(fault.at, (Position{8, 14}));
  EXPECT_EQ(fault.message, "two faults are named \"x\"");
}

TEST_F(LoadTest, DuplicateObjects) {
  const Problem problem = problem_of("  manifests: [db.yaml, db.yaml]\n");
  EXPECT_THAT(problem.message, HasSubstr("Singlestore demo/sdb is here twice"));
  EXPECT_THAT(problem.hint, HasSubstr("db.yaml:1:1"));
}

TEST_F(LoadTest, DuplicateScenarios) {
  files_.write("suite/a.yaml", kScenarioHead + "  manifests: [../db.yaml]\n");
  files_.write("suite/b.yaml", kScenarioHead + "  manifests: [../db.yaml]\n");
  EXPECT_THAT(load_suite({files_.root() + "/suite"}, problems_), SizeIs(1));
  ASSERT_THAT(problems_.all(), SizeIs(1));
  EXPECT_THAT(problems_.all()[0].file, HasSubstr("b.yaml"));
  EXPECT_EQ(problems_.all()[0].at, (Position{3, 18}));
  EXPECT_THAT(problems_.all()[0].message, HasSubstr("two scenarios are named \"test\""));
}

TEST_F(LoadTest, NegativeDuration) {
  const Problem problem = problem_of(
      "  manifests: [db.yaml]\n"
      "  faults: [{name: x, at: -1s, processKill: {process: provisioner}}]\n");
  EXPECT_EQ(problem.at, (Position{6, 26}));
  EXPECT_THAT(problem.message, HasSubstr("is negative: -1s"));
}

TEST_F(LoadTest, ManifestOfAnUnknownKind) {
  std::string database = kDatabaseYaml;
  database.replace(database.find("kind: Singlestore"), 17, "kind: Singelstore");
  const std::string path = files_.write("db.yaml", database);
  const Problem problem = problem_of("  manifests: [db.yaml]\n");
  EXPECT_EQ(problem.file, path);
  EXPECT_EQ(problem.at, (Position{2, 7}));
  EXPECT_THAT(problem.hint, HasSubstr("did you mean \"Singlestore\"?"));
}

// ---- more of them

TEST_F(LoadTest, KindsThatClustersHaveOrThatAFileDeclaresAreTaken) {
  const std::string definition =
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
      "metadata: {name: widgets.example.com}\n"
      "spec: {group: example.com, scope: Cluster, names: {kind: Widget, plural: widgets},\n"
      "  versions: [{name: v1}]}\n---\n";
  files_.write("more.yaml",
               definition +
                   "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n---\n"
                   "apiVersion: apps.k8s.appscode.com/v1\nkind: PlacementPolicy\n"
                   "metadata: {name: spread}\n---\n"
                   "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n");
  const auto scenario = load("  manifests: [db.yaml, more.yaml]\n");
  ASSERT_TRUE(scenario.has_value()) << to_text(problems_.all().front());
  ASSERT_THAT(scenario->manifests, SizeIs(5));
  EXPECT_EQ(scenario->manifests[2].object->metadata.namespace_, "");
  EXPECT_EQ(scenario->manifests[3].object->metadata.namespace_, "");
  EXPECT_EQ(scenario->manifests[4].object->metadata.namespace_, "default");
  EXPECT_THAT(scenario->notes,
              ::testing::Contains("a Deployment is stored, and nothing in the twin acts on it"));
}

TEST_F(LoadTest, AKindThatNobodyHasDeclaredIsAProblem) {
  files_.write("more.yaml", "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n");
  const Problem problem = problem_of("  manifests: [db.yaml, more.yaml]\n");
  EXPECT_THAT(problem.message, HasSubstr("there is no kind \"Widget\""));
}

TEST_F(LoadTest, OperatorsMayHaveReplicasAndThenElectALeader) {
  const auto scenario = load(
      "  manifests: [db.yaml]\n"
      "  operators:\n"
      "    opsManager: {replicas: 2}\n"
      "    provisioner: {replicas: 2, leaderElection: false}\n");
  ASSERT_TRUE(scenario.has_value()) << to_text(problems_.all().front());
  EXPECT_EQ(scenario->operators.ops_manager.replicas, 2);
  EXPECT_TRUE(scenario->operators.ops_manager.leader_election);
  EXPECT_FALSE(scenario->operators.provisioner.leader_election);
}

TEST_F(LoadTest, UnknownFieldOfAManifest) {
  std::string database = kDatabaseYaml;
  database.replace(database.find("replicas: 2"), 11, "replica: 2");
  const std::string path = files_.write("db.yaml", database);
  const Problem problem = problem_of("  manifests: [db.yaml]\n");
  EXPECT_EQ(problem.file, path);
  EXPECT_EQ(problem.at, (Position{9, 12}));
  EXPECT_THAT(problem.message, HasSubstr("unknown field \"spec.topology.leaf.replica\""));
  EXPECT_THAT(problem.hint, HasSubstr("did you mean \"replicas\"?"));
}

TEST_F(LoadTest, WrongTypeInAManifest) {
  std::string database = kDatabaseYaml;
  database.replace(database.find("replicas: 2"), 11, "replicas: two");
  files_.write("db.yaml", database);
  const Problem problem = problem_of("  manifests: [db.yaml]\n");
  EXPECT_EQ(problem.at, (Position{9, 22}));
  EXPECT_THAT(problem.message, HasSubstr("spec.topology.leaf.replicas"));
}

TEST_F(LoadTest, AManifestInPlaceOfAScenario) {
  const std::string path = files_.write("x.yaml", kDatabaseYaml);
  EXPECT_FALSE(load_scenario(path, problems_).has_value());
  EXPECT_THAT(problems_.all()[0].hint, HasSubstr("sdbtwin run -f"));
}

TEST_F(LoadTest, AnExpectationOfAnObjectThatIsNotThere) {
  const Problem problem = problem_of(
      "  manifests: [db.yaml]\n"
      "  expect: {databases: [{name: sbd, phase: Ready}]}\n");
  EXPECT_EQ(problem.at, (Position{6, 31}));
  EXPECT_THAT(problem.hint, HasSubstr("did you mean \"sdb\"?"));
}

TEST_F(LoadTest, AFaultOnAProcessThatDoesNotExist) {
  const Problem problem = problem_of(
      "  manifests: [db.yaml]\n"
      "  faults: [{name: x, at: 1s, processKill: {process: provisoner}}]\n");
  EXPECT_THAT(problem.hint, HasSubstr("did you mean \"provisioner\"?"));
}

TEST_F(LoadTest, AFaultWithoutAMomentOrWithoutAnEffect) {
  EXPECT_FALSE(
      load("  manifests: [db.yaml]\n"
           "  faults: [{name: x, processKill: {process: provisioner}}, {name: other, at: 1s}]\n")
          .has_value());
  ASSERT_THAT(problems_.all(), SizeIs(2));
  EXPECT_THAT(problems_.all()[0].message, HasSubstr("does not say when"));
  EXPECT_THAT(problems_.all()[1].message, HasSubstr("has 0 faults"));
}

TEST_F(LoadTest, AllProblemsOfAFileAreShownAtOnce) {
  EXPECT_FALSE(load("  manifests: [nope.yaml]\n"
                    "  cluster: {nodes: 0, nodez: 1}\n"
                    "  horizon: 0s\n")
                   .has_value());
  EXPECT_THAT(problems_.all(), SizeIs(4));
}

TEST_F(LoadTest, AFolderWithoutScenariosIsAProblem) {
  files_.write("empty/readme.md", "");
  EXPECT_THAT(load_suite({files_.root() + "/empty"}, problems_), IsEmpty());
  ASSERT_THAT(problems_.all(), SizeIs(1));
  EXPECT_THAT(problems_.all()[0].message, HasSubstr("holds no scenario"));
}

TEST_F(LoadTest, APathThatIsNotThereIsAProblem) {
  EXPECT_THAT(load_suite({files_.root() + "/none.yaml"}, problems_), IsEmpty());
  EXPECT_THAT(problems_.all()[0].message, HasSubstr("cannot be opened"));
}

// ---- manifests without a scenario

TEST_F(LoadTest, OfManifestsAloneARequestIsAppliedWhenItsDatabaseIsReady) {
  const std::string path = files_.write("all.yaml", kUpdateYaml + "---\n" + kDatabaseYaml);
  const auto scenario = scenario_of_manifests({path}, problems_);
  ASSERT_TRUE(scenario.has_value());
  ASSERT_THAT(scenario->manifests, SizeIs(1));
  EXPECT_EQ(scenario->manifests[0].object->kind(), api::Kind::kSinglestore);
  ASSERT_THAT(scenario->actions, SizeIs(1));
  const auto& apply = std::get<ApplyAction>(scenario->actions[0].what);
  ASSERT_THAT(apply.objects, SizeIs(1));
  EXPECT_EQ(apply.objects[0].object->kind(), api::Kind::kSinglestoreOpsRequest);
  const auto* ready = std::get_if<faults::PhaseBecomes>(&scenario->actions[0].trigger.moment);
  ASSERT_NE(ready, nullptr);
  EXPECT_EQ(ready->phase, "Ready");
  EXPECT_EQ(ready->object.name, "sdb");
  EXPECT_THAT(scenario->notes,
              ::testing::Contains(HasSubstr("licence secret demo/license-secret")));
  EXPECT_THAT(scenario->notes, ::testing::Contains(HasSubstr("namespace demo")));
}

TEST_F(LoadTest, ARequestWithoutItsDatabaseIsAProblem) {
  const std::string path = files_.write("only.yaml", kUpdateYaml);
  EXPECT_FALSE(scenario_of_manifests({path}, problems_).has_value());
  EXPECT_THAT(problems_.all()[0].message, HasSubstr("there is no Singlestore demo/sdb"));
}

TEST_F(LoadTest, AListOfObjectsIsUnpacked) {
  std::string text = "apiVersion: v1\nkind: List\nitems:\n";
  for (const std::string& object : {kDatabaseYaml, kUpdateYaml}) {
    bool first = true;
    std::size_t at = 0;
    while (at < object.size()) {
      const std::size_t end = object.find('\n', at);
      text += (first ? "- " : "  ") + object.substr(at, end - at) + "\n";
      first = false;
      at = end + 1;
    }
  }
  const auto scenario = scenario_of_manifests({files_.write("list.yaml", text)}, problems_);
  ASSERT_TRUE(scenario.has_value()) << to_text(problems_.all().front());
  EXPECT_THAT(scenario->manifests, SizeIs(1));
  EXPECT_THAT(scenario->actions, SizeIs(1));
}

}  // namespace
}  // namespace sdbtwin::scenarios
