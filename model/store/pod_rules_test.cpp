// Pods: birth, binding, status, what may change, eviction against budgets (kubernetes.md 3.1, 4.2,
// 4.10).
#include "model/store/store_fixture.h"

namespace sdbtwin::store {
namespace {

using api::Request;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(StoreTest, APodIsPendingFromBirthWhateverTheClientSent) {
  // Section 7, row 1: the phase is never "".
  const auto pod = api::as<api::Pod>(
      create(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"demo"},
                 "spec":{"containers":[{"name":"c","image":"i"}]},
                 "status":{"phase":"Running","podIP":"10.0.0.1"}})"));
  EXPECT_EQ(pod->status->phase, api::PodPhase::kPending);
  EXPECT_EQ(pod->status->qos_class, api::QosClass::kBestEffort);
  EXPECT_EQ(pod->status->pod_ip, "");
  EXPECT_EQ(pod->metadata.generation, 1);
  EXPECT_EQ(pod->spec->service_account_name, "default");
  EXPECT_EQ(pod->spec->termination_grace_period_seconds, 30);
  ASSERT_EQ(pod->spec->tolerations.size(), 2u);
  EXPECT_EQ(pod->spec->tolerations[1].key, "node.kubernetes.io/unreachable");
  EXPECT_EQ(pod->spec->tolerations[1].toleration_seconds, 300);
}

TEST_F(StoreTest, OlderServersCountNoGenerationsOfPods) {
  StoreOptions options;
  options.pod_generation = false;
  Store older(options);
  const RequestContext context{"tester", now};
  older.apply(Request::create(
                  parse(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"demo"}})")),
              context);
  const ApplyResult made =
      older.apply(Request::create(parse(
                      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"demo"},
              "spec":{"containers":[{"name":"c","image":"i"}]}})")),
                  context);
  EXPECT_EQ(made.result->object->metadata.generation, 0);
}

TEST_F(StoreTest, BindingSetsTheNodeAndTheConditionOnce) {
  create_pod("p", /*bound=*/false);
  EXPECT_EQ(must(Request::bind(pod_ref("p"), "n1")).code, 201);
  EXPECT_EQ(pod("p")->spec->node_name, "n1");
  EXPECT_TRUE(api::is_condition_true(*pod("p")->status->conditions, api::kPodScheduled));
  EXPECT_EQ(pod("p")->metadata.generation, 1);

  const api::ApiError error = refused(Request::bind(pod_ref("p"), "n2"));
  EXPECT_EQ(error.code, 409);
  EXPECT_EQ(error.message,
            "Operation cannot be fulfilled on pods/binding \"p\": pod p is already assigned to "
            "node \"n1\"");
}

TEST_F(StoreTest, APodThatIsBeingDeletedCannotBeBound) {
  create(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"demo",
             "finalizers":["ex.com/x"]},"spec":{"containers":[{"name":"c","image":"i"}]}})");
  must(Request::remove(pod_ref("p")));
  EXPECT_THAT(refused(Request::bind(pod_ref("p"), "n1")).message, HasSubstr("is being deleted"));
}

TEST_F(StoreTest, OnlyImagesTolerationsAndDeadlineOfAPodSpecMayChange) {
  create_pod("p");
  must(Request::update(edited<api::Pod>(
      pod_ref("p"), [](api::Pod& next) { next.spec.edit().containers[0].image = "j"; })));
  EXPECT_EQ(pod("p")->metadata.generation, 2);
  const api::ApiError error = refused(Request::update(
      edited<api::Pod>(pod_ref("p"), [](api::Pod& next) { next.spec.edit().node_name = "n2"; })));
  EXPECT_EQ(error.code, 422);
  EXPECT_THAT(error.message,
              testing::StartsWith("Pod \"p\" is invalid: spec: Forbidden: pod updates may not "
                                  "change fields other than `spec.containers[*].image`"));
}

TEST_F(StoreTest, APodStatusWriteTakesStatusAndLabelsButNoSpecAndNoOwners) {
  create_pod("p");
  must(Request::update_status(edited<api::Pod>(pod_ref("p"), [](api::Pod& next) {
    next.spec.edit().node_name = "n9";
    next.status.edit().phase = api::PodPhase::kRunning;
    next.status.edit().qos_class = api::QosClass::kUnset;
    next.metadata.labels.edit()["x"] = "y";
    next.metadata.owner_references.edit().emplace_back();
  })));
  EXPECT_EQ(pod("p")->spec->node_name, "n1");
  EXPECT_EQ(pod("p")->status->phase, api::PodPhase::kRunning);
  EXPECT_EQ(pod("p")->status->qos_class, api::QosClass::kBestEffort);
  EXPECT_EQ(pod("p")->metadata.labels->at("x"), "y");
  EXPECT_TRUE(pod("p")->metadata.owner_references->empty());
  EXPECT_EQ(pod("p")->metadata.generation, 1);
}

TEST_F(StoreTest, KubeletsRegisterNodesWithTheirStatus) {
  const auto node =
      api::as<api::Node>(create(R"({"apiVersion":"v1","kind":"Node","metadata":{"name":"n1"},
                 "status":{"conditions":[{"type":"Ready","status":"True"}]}})"));
  EXPECT_TRUE(api::is_condition_true(*node->status->conditions, "Ready"));
}

// --- Eviction -----------------------------------------------------------------------------------

class EvictionTest : public StoreTest {
 protected:
  EvictionTest() {
    create_pod("p");
    make_running("p", true);
  }
  void create_budget(const std::string& name, const std::string& spec_rest = "") {
    create(R"({"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":")" + name +
           R"(","namespace":"demo"},"spec":{"maxUnavailable":1,)" +
           R"("selector":{"matchLabels":{"app":"db"}})" + spec_rest + "}}");
  }
  static api::ObjectRef budget_ref(const std::string& name) {
    return api::ObjectRef(api::Kind::kPodDisruptionBudget, "demo", name);
  }
  api::PodDisruptionBudgetStatus budget_status(const std::string& name) const {
    return *api::as<api::PodDisruptionBudget>(get(budget_ref(name)))->status;
  }
  // What the disruption controller would write.
  template <class Edit>
  void write_budget(const std::string& name, Edit edit) {
    must(Request::update_status(
        edited<api::PodDisruptionBudget>(budget_ref(name), [&](api::PodDisruptionBudget& next) {
          next.status.edit().observed_generation = next.metadata.generation;
          edit(next.status.edit());
        })));
  }
  ApplyResult evict() { return apply(Request::evict(pod_ref("p"))); }
  const Request eviction = Request::evict(pod_ref("p"));
};

TEST_F(EvictionTest, WithoutBudgetThePodIsMarkedAsDisruptedAndDeleted) {
  const ApplyResult evicted = evict();
  ASSERT_TRUE(evicted.result.ok());
  EXPECT_EQ(evicted.result->code, 201);
  EXPECT_EQ(evicted.result->object, nullptr);
  ASSERT_EQ(evicted.deltas.size(), 2u) << "the condition, then the deletion";
  const auto marked = api::as<api::Pod>(evicted.deltas[0].object);
  const api::PodCondition* condition =
      api::find_condition(*marked->status->conditions, api::kDisruptionTarget);
  ASSERT_NE(condition, nullptr);
  EXPECT_EQ(condition->reason, "EvictionByEvictionAPI");
  EXPECT_EQ(condition->message, "Eviction API: evicting");
  EXPECT_FALSE(api::is_deleting(marked->metadata));
  EXPECT_TRUE(api::is_deleting(pod("p")->metadata));
  EXPECT_EQ(pod("p")->metadata.deletion_grace_period_seconds, 30);
}

TEST_F(EvictionTest, ABudgetIsChargedBeforeThePodGoes) {
  create_budget("b");
  write_budget("b", [](api::PodDisruptionBudgetStatus& status) { status.disruptions_allowed = 1; });
  const ApplyResult evicted = evict();
  ASSERT_TRUE(evicted.result.ok());
  ASSERT_EQ(evicted.deltas.size(), 3u);
  EXPECT_EQ(evicted.deltas[0].object->kind(), api::Kind::kPodDisruptionBudget);
  const api::PodDisruptionBudgetStatus status = budget_status("b");
  EXPECT_EQ(status.disruptions_allowed, 0);
  EXPECT_THAT(status.disrupted_pods, ElementsAre(testing::Pair("p", api::ClusterTime::at(now))));
  EXPECT_TRUE(api::is_condition_false(status.conditions, "DisruptionAllowed"));
}

TEST_F(EvictionTest, AnExhaustedBudgetAnswers429WithoutRetryAfter) {
  // Section 7, row 15: with Retry-After client-go would retry by itself.
  create_budget("b");
  write_budget("b", [](api::PodDisruptionBudgetStatus& status) {
    status.desired_healthy = 1;
    status.current_healthy = 1;
  });
  const api::ApiError error = refused(eviction);
  EXPECT_EQ(error.code, 429);
  EXPECT_EQ(error.reason, api::Reason::kTooManyRequests);
  EXPECT_EQ(error.retry_after_seconds, 0);
  EXPECT_EQ(error.message, "Cannot evict pod as it would violate the pod's disruption budget.");
  ASSERT_EQ(error.causes.size(), 1u);
  EXPECT_EQ(error.causes[0].type, "DisruptionBudget");
  EXPECT_EQ(error.causes[0].message,
            "The disruption budget b needs 1 healthy pods and has 1 currently");
}

TEST_F(EvictionTest, ABudgetThatItsControllerHasNotSeenAnswers429After10Seconds) {
  create_budget("b");
  const api::ApiError error = refused(eviction);
  EXPECT_EQ(error.code, 429);
  EXPECT_EQ(error.retry_after_seconds, 10);
  EXPECT_EQ(error.causes[0].message,
            "The disruption budget b is still being processed by the server.");
}

TEST_F(EvictionTest, MoreThanOneBudgetIsNotSupported) {
  create_budget("b");
  create_budget("c");
  const api::ApiError error = refused(eviction);
  EXPECT_EQ(error.code, 500);
  EXPECT_THAT(error.message, HasSubstr("more than one PodDisruptionBudget"));
}

TEST_F(EvictionTest, BudgetsOfOtherPodsAndWithoutSelectorDoNotMatter) {
  create(R"({"apiVersion":"policy/v1","kind":"PodDisruptionBudget",
             "metadata":{"name":"none","namespace":"demo"},"spec":{"maxUnavailable":0}})");
  create(R"({"apiVersion":"policy/v1","kind":"PodDisruptionBudget",
             "metadata":{"name":"other","namespace":"demo"},"spec":{"maxUnavailable":0,
             "selector":{"matchLabels":{"app":"web"}}}})");
  EXPECT_TRUE(evict().result.ok());
}

TEST_F(EvictionTest, AnEmptySelectorMatchesEveryPod) {
  create(R"({"apiVersion":"policy/v1","kind":"PodDisruptionBudget",
             "metadata":{"name":"all","namespace":"demo"},"spec":{"maxUnavailable":0,
             "selector":{}}})");
  EXPECT_EQ(refused(eviction).code, 429);
}

TEST_F(EvictionTest, PendingTerminalAndTerminatingPodsIgnoreBudgets) {
  create_budget("b");  // would answer 429
  for (const api::PodPhase phase :
       {api::PodPhase::kPending, api::PodPhase::kSucceeded, api::PodPhase::kFailed}) {
    write_pod_status("p", [phase](api::PodStatus& status) { status.phase = phase; });
    EXPECT_TRUE(evict().result.ok());
    if (pod("p") != nullptr) must(Request::remove(pod_ref("p"), api::DeleteOptions::with_grace(0)));
    create_pod("p");
  }
  make_running("p", true);
  must(Request::remove(pod_ref("p")));
  EXPECT_TRUE(evict().result.ok());
}

TEST_F(EvictionTest, AnUnreadyPodGoesWhenTheBudgetIsHealthyOrAllowsItAlways) {
  make_running("p", false);
  create_budget("b");
  write_budget("b", [](api::PodDisruptionBudgetStatus& status) {
    status.desired_healthy = 2;
    status.current_healthy = 1;
  });
  EXPECT_EQ(refused(eviction).code, 429);
  write_budget("b", [](api::PodDisruptionBudgetStatus& status) { status.current_healthy = 2; });
  EXPECT_TRUE(evict().result.ok());
  EXPECT_EQ(budget_status("b").disruptions_allowed, 0) << "not charged";
}

TEST_F(EvictionTest, DesiredHealthyZeroGuardsUnreadyPodsUnlessAlwaysAllow) {
  make_running("p", false);
  create_budget("b");
  write_budget("b", [](api::PodDisruptionBudgetStatus&) {});
  EXPECT_EQ(refused(eviction).code, 429);
  must(Request::remove(budget_ref("b")));
  create_budget("a", R"(,"unhealthyPodEvictionPolicy":"AlwaysAllow")");
  EXPECT_TRUE(evict().result.ok());
}

TEST_F(EvictionTest, AnEvictionMeansThePodOfItsUidAndChargesNothingOtherwise) {
  create_budget("b");
  write_budget("b", [](api::PodDisruptionBudgetStatus& status) { status.disruptions_allowed = 1; });
  const Request other = Request::evict(pod_ref("p"), api::DeleteOptions::with_uid("other"));
  EXPECT_EQ(refused(other).code, 409);
  EXPECT_EQ(budget_status("b").disruptions_allowed, 1);
}

TEST_F(EvictionTest, AVersionPreconditionMeansThePodBeforeItWasMarked) {
  // The condition that the eviction itself writes does not break its own precondition.
  api::DeleteOptions options;
  options.resource_version = pod("p")->metadata.resource_version;
  must(Request::evict(pod_ref("p"), options));
  EXPECT_TRUE(api::is_deleting(pod("p")->metadata));
}

TEST_F(EvictionTest, BrokenBudgetsForbid) {
  create_budget("b");
  write_budget("b",
               [](api::PodDisruptionBudgetStatus& status) { status.disruptions_allowed = -1; });
  EXPECT_EQ(refused(eviction).code, 403);
  write_budget("b", [](api::PodDisruptionBudgetStatus& status) {
    status.disruptions_allowed = 1;
    for (int i = 0; i <= 2000; ++i) status.disrupted_pods["p" + std::to_string(i)] = {};
  });
  EXPECT_THAT(refused(eviction).message, HasSubstr("DisruptedPods map too big"));
}

TEST_F(EvictionTest, APlainDeleteBypassesBudgets) {
  create_budget("b");
  must(Request::remove(pod_ref("p")));
  EXPECT_TRUE(api::is_deleting(pod("p")->metadata));
}

}  // namespace
}  // namespace sdbtwin::store
