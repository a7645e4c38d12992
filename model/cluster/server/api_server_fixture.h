#pragma once

// For the tests of the API server: a server process, a client process, and namespace "demo".

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/api/core.h"
#include "model/api/errors.h"
#include "model/api/pod.h"
#include "model/cluster/server/api_server.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::cluster {

using namespace std::chrono_literals;

class ApiServerTest : public testing::Test {
 protected:
  explicit ApiServerTest(const ApiLatency& latency = ApiLatency::standard().without_jitter(),
                         const ApiServerOptions& options = ApiServerOptions{})
      : endpoint(latency) {
    server_process =
        &simulation.add_process("kube-apiserver", [this, options](sim::Runtime& runtime) {
          return std::make_unique<ApiServer>(runtime, store, endpoint, options);
        });
    client_process = &simulation.add_process(
        "user", [](sim::Runtime&) { return std::unique_ptr<sim::Actor>(); });
    server_process->start();
    client_process->start();
    client = endpoint.client_for(client_process->runtime(), "user");
    auto home = std::make_shared<api::Namespace>();
    home->metadata.name = "demo";
    const store::RequestContext context{"bootstrap", simulation.now()};
    EXPECT_TRUE(store.apply(api::Request::create(home), context).result.ok());
  }

  using Answered = std::optional<api::Result<api::Response>>;
  struct Call {
    Answered answer;
    sim::Time at{};  // of the answer
  };

  static sim::Task<void> send(sim::Runtime& runtime, api::Client& through, api::Request request,
                              Call& call) {
    call.answer = co_await through.call(std::move(request));
    call.at = runtime.now();
  }
  // Sends now; the answer comes while the simulation runs.
  void call(api::Request request, Call& into) {
    sim::Runtime& runtime = client_process->runtime();
    runtime.spawn(send(runtime, *client, std::move(request), into));
  }
  api::Result<api::Response> ask(api::Request request) {
    Call answered;
    call(std::move(request), answered);
    EXPECT_TRUE(
        simulation.run_until([&] { return answered.answer.has_value(); }, simulation.now() + 1h));
    return *answered.answer;
  }

  // A watch whose events are collected as they arrive.
  struct Watched {
    std::vector<std::string> seen;  // "ADDED a@5"
    std::vector<sim::Time> times;
    std::vector<std::uint64_t> versions;
    std::optional<api::ApiError> failed;  // the opening, or the connection
    std::uint64_t version = 0;
  };
  static sim::Task<void> watch(sim::Runtime& runtime, api::Client& through,
                               api::WatchRequest request, Watched& into) {
    api::Result<std::unique_ptr<api::WatchStream>> stream =
        co_await through.watch(std::move(request));
    if (!stream) {
      into.failed = stream.error();
      co_return;
    }
    while (true) {
      const api::Result<api::WatchEvent> event = co_await (*stream)->next();
      if (!event) {
        into.failed = event.error();
        co_return;
      }
      std::string text(api::to_string(event->type));
      if (event->object) text += " " + event->object->metadata.name;
      into.seen.push_back(text);
      into.times.push_back(runtime.now());
      into.version = event->resource_version;
      into.versions.push_back(into.version);
      if (event->type == api::WatchEventType::kEnd) co_return;
      if (event->type == api::WatchEventType::kError) co_return;
    }
  }
  void start_watch(api::WatchRequest request, Watched& into) {
    sim::Runtime& runtime = client_process->runtime();
    runtime.spawn(watch(runtime, *client, std::move(request), into));
  }
  static api::WatchRequest watch_maps(std::optional<std::uint64_t> version) {
    api::WatchRequest request(api::Kind::kConfigMap, "demo");
    request.resource_version = version;
    return request;
  }

  void run_for(sim::Duration duration) { simulation.run_until(simulation.now() + duration); }

  // Writes that are applied at once, without latency, as another client's.
  void publish(const api::Request& request) {
    sim::Runtime& runtime = simulation.runtime();
    const std::unique_ptr<api::Client> direct = endpoint.client_for(runtime, "elsewhere");
    const ApiLatency latency = endpoint.latency();
    ApiLatency at_once = latency;
    at_once.write = latency.write.scaled(0);
    endpoint.set_latency(at_once);
    Call answered;
    runtime.spawn(send(runtime, *direct, request, answered));
    run_for(0s);
    endpoint.set_latency(latency);
    ASSERT_TRUE(answered.answer.has_value());
    ASSERT_TRUE(answered.answer->ok()) << answered.answer->error().message;
  }
  static std::shared_ptr<api::ConfigMap> config_map(const std::string& name) {
    auto map = std::make_shared<api::ConfigMap>();
    map->metadata.name = name;
    map->metadata.namespace_ = "demo";
    return map;
  }
  void create_map(const std::string& name) { publish(api::Request::create(config_map(name))); }
  static api::ObjectRef map_ref(const std::string& name) {
    return api::ObjectRef(api::Kind::kConfigMap, "demo", name);
  }
  std::shared_ptr<api::ConfigMap> changed(const std::string& name, const std::string& value) {
    auto map = api::copy(*api::as<api::ConfigMap>(store.get(map_ref(name))));
    map->data.edit()["k"] = value;
    return map;
  }
  bool exists(const std::string& name) const { return store.get(map_ref(name)) != nullptr; }
  ApiServer& server() { return *endpoint.server(); }

  // The medians of kubernetes.md section 6.
  static constexpr sim::Duration kRead = 3ms;
  static constexpr sim::Duration kWrite = 8ms;
  static constexpr sim::Duration kDelivery = 10550us;  // to the client 8 ms, to its worker 2.55 ms

  store::Store store;
  ApiEndpoint endpoint;
  sim::Simulation simulation{1};
  sim::Process* server_process;
  sim::Process* client_process;
  std::unique_ptr<api::Client> client;
};

}  // namespace sdbtwin::cluster
