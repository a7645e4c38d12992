// What the API server costs: one status write through the store alone, and the same through the
// server with three informers that watch it (1 write, 3 deliveries). Bounds the speed of the whole
// model, which spends most of its events here.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/api/core.h"
#include "model/api/pod.h"
#include "model/client/informer.h"
#include "model/cluster/server/api_server.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;
using api::Request;

constexpr int kPods = 200;

std::shared_ptr<api::Pod> make_pod(int i) {
  auto pod = std::make_shared<api::Pod>();
  pod->metadata.name = "singlestore-leaf-" + std::to_string(i);
  pod->metadata.namespace_ = "demo";
  pod->metadata.labels.edit()["app.kubernetes.io/instance"] = "singlestore";
  for (const char* name : {"singlestore", "singlestore-coordinator"}) {
    api::Container container;
    container.name = name;
    container.image = "example/singlestore:8.7.10";
    pod->spec.edit().containers.push_back(container);
  }
  return pod;
}

void fill(store::Store& store) {
  const store::RequestContext context{"bootstrap", sim::Time{}};
  auto home = std::make_shared<api::Namespace>();
  home->metadata.name = "demo";
  SIM_ASSERT(store.apply(Request::create(home), context).result.ok());
  for (int i = 0; i < kPods; ++i) {
    SIM_ASSERT(store.apply(Request::create(make_pod(i)), context).result.ok());
  }
}

// The next status of a pod, as a kubelet would write it.
std::shared_ptr<api::Pod> next_status(const store::Store& store, int n) {
  const api::ObjectRef ref(api::Kind::kPod, "demo",
                           "singlestore-leaf-" + std::to_string(n % kPods));
  auto next = api::copy(*api::as<api::Pod>(store.get(ref)));
  next->status.edit().pod_ip = "10.0.0." + std::to_string(n % 250);
  next->status.edit().message = std::to_string(n);
  return next;
}

void status_write_in_store(benchmark::State& state) {
  store::Store store;
  fill(store);
  const store::RequestContext context{"kubelet", sim::Time{}};
  int n = 0;
  for (auto _ : state) {
    const store::ApplyResult applied =
        store.apply(Request::update_status(next_status(store, ++n)), context);
    benchmark::DoNotOptimize(applied.deltas.size());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(status_write_in_store);

class InformerActor final : public sim::Actor {
 public:
  InformerActor(sim::Runtime& runtime, ApiEndpoint& endpoint)
      : client_(endpoint.client_for(runtime, std::string(runtime.name()))),
        informer_(runtime, *client_, api::Kind::kPod) {
    informer_.start();
  }

 private:
  std::unique_ptr<api::Client> client_;
  client::Informer informer_;
};

sim::Task<void> write_forever(api::Client& client, const store::Store& store, int& written) {
  while (true) {
    Request request = Request::update_status(next_status(store, ++written));
    const api::Result<api::Response> response = co_await client.call(std::move(request));
    SIM_ASSERT(response.ok());
  }
}

void status_write_with_three_informers(benchmark::State& state) {
  store::Store store;
  fill(store);
  ApiEndpoint endpoint;
  sim::Simulation simulation(1);
  sim::Process& server = simulation.add_process("kube-apiserver", [&](sim::Runtime& runtime) {
    return std::make_unique<ApiServer>(runtime, store, endpoint);
  });
  server.start();
  for (int i = 0; i < 3; ++i) {
    simulation
        .add_process("informer-" + std::to_string(i),
                     [&](sim::Runtime& runtime) {
                       return std::make_unique<InformerActor>(runtime, endpoint);
                     })
        .start();
  }
  const std::unique_ptr<api::Client> client = endpoint.client_for(simulation.runtime(), "writer");
  int written = 0;
  simulation.runtime().spawn(write_forever(*client, store, written));
  simulation.run_until(sim::Time{1s});
  const std::uint64_t events = simulation.events_processed();
  for (auto _ : state) {
    const int target = written + 1;
    while (written < target) simulation.step();
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["events/s"] = benchmark::Counter(
      static_cast<double>(simulation.events_processed() - events), benchmark::Counter::kIsRate);
}
BENCHMARK(status_write_with_three_informers);

void pod_create_and_force_delete(benchmark::State& state) {
  store::Store store;
  fill(store);
  const store::RequestContext context{"user", sim::Time{}};
  const api::ObjectRef ref(api::Kind::kPod, "demo", "singlestore-leaf-" + std::to_string(kPods));
  for (auto _ : state) {
    SIM_ASSERT(store.apply(Request::create(make_pod(kPods)), context).result.ok());
    SIM_ASSERT(store.apply(Request::remove(ref), context).result.ok());
  }
}
BENCHMARK(pod_create_and_force_delete);

}  // namespace
}  // namespace sdbtwin::cluster
