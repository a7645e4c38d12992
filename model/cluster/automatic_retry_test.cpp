// Goal: all processes of a cluster speak through client-go's REST client, which repeats requests
// for them (kubernetes.md 5.3). Method: the whole machinery in virtual time; the server refuses, or
// loses, what one process asks; when it was sent, and what the process made of it.
#include "model/api/errors.h"
#include "model/cluster/machinery_fixture.h"

namespace sdbtwin::cluster {
namespace {

// Refuses one sort of request by one process, from the first of them on and for some time.
class Outage final : public RequestInterceptor {
 public:
  std::string process;
  api::Verb verb = api::Verb::kCreate;
  api::Kind kind = api::Kind::kPod;
  Verdict answer = Verdict::lost();
  sim::Duration lasts{0};
  std::vector<sim::Time> sent;

  Verdict before_send(const CallInfo& call) override {
    const bool concerned = call.client.process == process && call.request.verb == verb &&
                           call.request.ref.kind == kind;
    if (!concerned) return Verdict::proceed();
    sent.push_back(call.sent);
    return call.sent <= sent.front() + lasts ? answer : Verdict::proceed();
  }
};

class AutomaticRetryTest : public MachineryTest {
 protected:
  AutomaticRetryTest() { cluster.endpoint.add_interceptor(outage); }
  ~AutomaticRetryTest() override { cluster.endpoint.remove_interceptor(outage); }

  // Reasons of all Events of warning, which controllers record when they fail.
  std::vector<std::string> warnings() const {
    std::vector<std::string> reasons;
    for (const api::ObjectPtr& object : cluster.store.list(api::Kind::kEvent, "demo")) {
      const auto& event = api::cast<api::Event>(*object);
      if (event.type == "Warning") reasons.push_back(event.reason);
    }
    return reasons;
  }
  sim::Duration after(std::size_t index) const { return outage.sent.at(index) - outage.sent[0]; }

  static constexpr sim::Duration kWayBack = 4ms;  // of a write's 8 ms

  Outage outage;
};

TEST_F(AutomaticRetryTest, ARequestAnswered429IsRepeatedEachSecondAndTheReconcileDoesNotFail) {
  outage.process = kPetSetControllerName;
  outage.answer = Verdict::failed(api::errors::too_many_requests("slow down", 1));
  outage.lasts = 3s;
  create_set({.replicas = 1});
  run_until_ready("web", 1);
  ASSERT_EQ(outage.sent.size(), 4U);
  for (std::size_t i = 1; i < outage.sent.size(); ++i) {
    EXPECT_GE(outage.sent[i] - outage.sent[i - 1], 1s);
    EXPECT_LE(outage.sent[i] - outage.sent[i - 1], 1s + 2 * kWayBack);
  }
  EXPECT_THAT(warnings(), testing::IsEmpty());
}

TEST_F(AutomaticRetryTest, AKubeletsRequestIsRepeatedToo) {
  outage.process = kubelet_name("node-0");
  outage.verb = api::Verb::kPatch;
  outage.answer = Verdict::failed(api::errors::too_many_requests("slow down", 1));
  outage.lasts = 3s;
  create_set({.replicas = 3});
  run_until_ready("web", 3);
  ASSERT_GE(outage.sent.size(), 5U);
  EXPECT_GE(after(1), 1s);
  EXPECT_LE(after(1), 1s + 2 * kWayBack);
}

TEST_F(AutomaticRetryTest, AWriteWhoseConnectionWasLostIsNotRepeated) {
  outage.process = kPetSetControllerName;
  outage.answer = Verdict::lost();
  create_set({.replicas = 1});
  run_until_ready("web", 1);
  ASSERT_EQ(outage.sent.size(), 2U);
  EXPECT_LT(after(1), 1s) << "the controller's own back-off, not the client's";
  EXPECT_THAT(warnings(), testing::ElementsAre("FailedCreate"));
}

TEST_F(AutomaticRetryTest, AnEvictionIsRepeatedWhileItsBudgetIsStillBeingProcessed) {
  // 4.10, step 4: 429 with Retry-After 10. An exhausted budget's 429 (step 5) has none.
  cluster.apply_json(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"demo",
      "labels":{"app":"x"}},"spec":{"containers":[{"name":"main","image":"example/web:v1"}]}})");
  cluster.run_until([&] { return cluster.ready("p"); });
  sim::Process& disruption = cluster.process(kDisruptionControllerName);
  disruption.pause();
  cluster.apply_json(R"({"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{
      "name":"b","namespace":"demo"},"spec":{"minAvailable":0,
      "selector":{"matchLabels":{"app":"x"}}}})");
  sim::Runtime& runtime = cluster.process("user").runtime();
  const auto client = cluster.endpoint.rest_client_for(runtime, "user");
  outage.process = "user";
  outage.answer = Verdict::proceed();  // it only counts
  std::optional<api::Result<api::Response>> answer;
  const auto evict = [](api::Client& through,
                        std::optional<api::Result<api::Response>>& into) -> sim::Task<void> {
    api::Request request = api::Request::evict(api::ObjectRef(api::Kind::kPod, "demo", "p"));
    into = co_await through.call(std::move(request));
  };
  runtime.spawn(evict(*client, answer));
  cluster.run_for(5s);
  EXPECT_FALSE(answer.has_value()) << answer->error().message;
  disruption.resume();
  cluster.run_for(4s);
  EXPECT_FALSE(answer.has_value());
  cluster.run_for(2s);
  ASSERT_TRUE(answer.has_value());
  EXPECT_TRUE(answer->ok()) << answer->error().message;
  EXPECT_EQ(outage.sent.size(), 2U);
  cluster.process("user").kill();
}

}  // namespace
}  // namespace sdbtwin::cluster
