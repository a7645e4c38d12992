// Goal: a process with a Lease leads once it holds it, and is told once when it has lost it.
#include "controller/kit/lease_leadership.h"

#include <gtest/gtest.h>

#include "model/api/core.h"
#include "model/cluster/server/api_server.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::kit {
namespace {

using namespace std::chrono_literals;

TEST(LeaseLeadership, LeadsWhenItHoldsTheLeaseAndSaysWhenItIsLost) {
  store::Store store;
  cluster::ApiEndpoint endpoint(cluster::ApiLatency::standard().without_jitter());
  sim::Simulation simulation{1};
  sim::Process& server = simulation.add_process("kube-apiserver", [&](sim::Runtime& runtime) {
    return std::make_unique<cluster::ApiServer>(runtime, store, endpoint);
  });
  server.start();
  auto home = std::make_shared<api::Namespace>();
  home->metadata.name = "demo";
  const store::RequestContext context{"bootstrap", simulation.now()};
  ASSERT_TRUE(store.apply(api::Request::create(home), context).result.ok());

  sim::Runtime& runtime = simulation.runtime();
  client::LeaderElectionOptions options;
  options.namespace_ = "demo";
  options.name = "operator";
  options.identity = "a";
  int lost = 0;
  LeaseLeadership leadership(runtime, endpoint.client_for(runtime, "a"), options, [&] { ++lost; });
  bool leads = false;
  auto main = [](Leadership& of, bool& done) -> sim::Task<void> {
    co_await of.acquire();
    done = true;
  };
  runtime.spawn(main(leadership, leads));
  simulation.run_until(simulation.now() + 1min);
  EXPECT_TRUE(leads);
  EXPECT_EQ(lost, 0);
  server.kill();
  simulation.run_until(simulation.now() + 1min);
  EXPECT_EQ(lost, 1);
}

}  // namespace
}  // namespace sdbtwin::kit
