#include "model/api/typed_client.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "model/api/errors.h"
#include "model/api/pod.h"
#include "model/api/unstructured.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::api {
namespace {

// Answers every call with what the test says, and remembers the requests.
class ScriptedClient final : public Client {
 public:
  sim::Task<Result<Response>> call(Request request) override {
    requests.push_back(request);
    if (error) co_return *error;
    co_return answer;
  }
  sim::Task<Result<std::unique_ptr<WatchStream>>> watch(WatchRequest) override {
    co_return errors::gone("no watch here");
  }

  std::vector<Request> requests;
  Response answer;
  std::shared_ptr<const ApiError> error;
};

std::shared_ptr<Pod> new_pod() {
  auto pod = std::make_shared<Pod>();
  pod->metadata.name = "web-0";
  pod->metadata.namespace_ = "demo";
  return pod;
}

// Runs one coroutine to its end.
class Idle final : public sim::Actor {};

template <class Start>
void run(Start start) {
  sim::Simulation simulation(1);
  sim::Process& process = simulation.add_process("client", [&start](sim::Runtime& runtime) {
    runtime.spawn(start());
    return std::make_unique<Idle>();
  });
  process.start();
  simulation.run_until(sim::Time{});
}

// Goal: each shorthand sends the request it names and hands back the typed answer.
TEST(TypedClient, SendsAndTypesRequests) {
  ScriptedClient client;
  client.answer.object = new_pod();
  client.answer.items = {new_pod(), new_pod()};
  client.answer.resource_version = 9;
  bool finished = false;
  auto main = [&client, &finished]() -> sim::Task<void> {
    Result<Ptr<Pod>> got = co_await get<Pod>(client, "demo", "web-0");
    EXPECT_EQ((*got)->metadata.name, "web-0");
    Result<TypedList<Pod>> pods = co_await list<Pod>(client, "demo");
    EXPECT_EQ(pods->items.size(), 2U);
    EXPECT_EQ(pods->resource_version, 9U);
    EXPECT_TRUE((co_await create(client, new_pod())).ok());
    EXPECT_TRUE((co_await update(client, new_pod())).ok());
    EXPECT_TRUE((co_await update_status(client, new_pod())).ok());
    Value body;
    EXPECT_TRUE(
        (co_await patch_status<Pod>(client, "demo", "web-0", PatchType::kMerge, body)).ok());
    DeleteOptions by_uid = DeleteOptions::with_uid("u1");
    EXPECT_TRUE((co_await remove<Pod>(client, "demo", "web-0", by_uid)).ok());
    EXPECT_TRUE((co_await evict(client, "demo", "web-0", by_uid)).ok());
    finished = true;
  };
  run(main);
  ASSERT_TRUE(finished);
  std::vector<std::string> sent;
  for (const Request& request : client.requests) sent.push_back(to_string(request));
  EXPECT_EQ(sent, (std::vector<std::string>{"get Pod demo/web-0", "list Pod demo/",
                                            "create Pod demo/web-0", "update Pod demo/web-0",
                                            "update Pod demo/web-0 /status",
                                            "patch Pod demo/web-0 /status", "delete Pod demo/web-0",
                                            "create Pod demo/web-0 /eviction"}));
  EXPECT_EQ(client.requests.back().delete_options->uid, "u1");
}

TEST(TypedClient, HandsErrorsBack) {
  ScriptedClient client;
  client.error = std::make_shared<const ApiError>(errors::not_found({"", "pods"}, "web-0"));
  bool finished = false;
  auto main = [&client, &finished]() -> sim::Task<void> {
    EXPECT_TRUE(is(co_await get<Pod>(client, "demo", "web-0"), Reason::kNotFound));
    EXPECT_TRUE(is(co_await list<Pod>(client, "demo"), Reason::kNotFound));
    EXPECT_TRUE(is(co_await update(client, new_pod()), Reason::kNotFound));
    EXPECT_TRUE(is(co_await remove<Pod>(client, "demo", "web-0"), Reason::kNotFound));
    finished = true;
  };
  run(main);
  EXPECT_TRUE(finished);
}

TEST(Requests, NameWhatTheyAreAbout) {
  const ObjectRef pod(Kind::kPod, "demo", "web-0");
  EXPECT_TRUE(Request::bind(pod, "n1").is_write());
  EXPECT_EQ(Request::bind(pod, "n1").target_node, "n1");
  EXPECT_FALSE(Request::get(pod).is_write());
  EXPECT_EQ(Request::create(new_pod()).ref, pod);
  EXPECT_EQ(Request::set_scale(ObjectRef(Kind::kPetSet, "demo", "web"), 3).scale_replicas, 3);
  auto policy =
      std::make_shared<Unstructured>(UnstructuredType{"x.io", "v1", "Policy", "policies"});
  EXPECT_EQ(Request::create(policy).ref.untyped, "x.io/v1/Policy");
  EXPECT_EQ(WatchEvent::failed(errors::expired("old")).error->reason, Reason::kExpired);
  EXPECT_EQ(WatchEvent::bookmark(7).resource_version, 7U);
}

}  // namespace
}  // namespace sdbtwin::api
