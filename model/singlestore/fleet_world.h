// For tests: a Fleet in a simulation, with pods started by hand and a client that asks.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/singlestore/events.h"
#include "model/singlestore/fake_container_host.h"
#include "model/singlestore/fleet.h"
#include "model/sql/client.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::singlestore {

using namespace std::chrono_literals;

// Keeps the QueryAnswered events.
class QueryLog final : public sim::TraceObserver {
 public:
  void on_event(const sim::TraceEvent& event) override {
    if (const auto* query = event.get_if<QueryAnswered>()) queries.push_back({*query, event.time});
  }
  struct Entry {
    QueryAnswered query;
    sim::Time answered;
  };
  std::vector<Entry> queries;
};

class FleetWorld {
 public:
  explicit FleetWorld(FleetSettings settings, std::uint64_t seed = 1) : simulation(seed) {
    simulation.trace().add_observer(log);
    database = &simulation.add_process(
        "singlestore", [settings](sim::Runtime& runtime) -> std::unique_ptr<sim::Actor> {
          return std::make_unique<Fleet>(runtime, settings);
        });
    asker = &simulation.add_process(
        "asker", [](sim::Runtime&) -> std::unique_ptr<sim::Actor> { return nullptr; });
    database->start();
    asker->start();
    client = fleet().client_for(asker->runtime(), "asker");
  }

  Fleet& fleet() { return *static_cast<Fleet*>(database->actor()); }
  void run_for(sim::Duration duration) { simulation.run_until(simulation.now() + duration); }

  // Starts both containers of the pod; the ids are those of the two instances.
  void start_pod(const std::string& pod, const std::string& cluster_name = "demo",
                 const std::string& volume = {}) {
    for (const char* container : {"singlestore", "singlestore-coordinator"}) {
      auto instance = container_of(++last_id, pod, container, cluster_name);
      if (!volume.empty()) instance.volumes.front().volume = volume;
      if (!password.empty()) instance.env["ROOT_PASSWORD"] = password;
      ids[pod].push_back(last_id);
      fleet().started(instance, host);
    }
  }
  void kill_pod(const std::string& pod) {
    for (const std::uint64_t id : ids[pod]) fleet().killed(id);
    ids[pod].clear();
  }
  void bring_up(const std::string& cluster_name, int leaves) {
    start_pod(cluster_name + "-aggregator-0", cluster_name);
    for (int i = 0; i < leaves; ++i)
      start_pod(cluster_name + "-leaf-" + std::to_string(i), cluster_name);
    run_for(60s);
  }

  template <class S>
  sql::Rows<typename S::Row> ask(const std::string& host_name, const S& statement,
                                 sim::Duration timeout = 10s) {
    std::optional<sql::Rows<typename S::Row>> result;
    asker->runtime().spawn(ask_into(*client, host_name, credentials, statement, timeout, result));
    EXPECT_TRUE(simulation.run_until([&result] { return result.has_value(); },
                                     simulation.now() + timeout + 1s));
    return std::move(*result);
  }

  template <class S>
  static sim::Task<void> ask_into(sql::DatabaseClient& client, std::string host_name,
                                  sql::Credentials credentials, S statement, sim::Duration timeout,
                                  std::optional<sql::Rows<typename S::Row>>& result) {
    sql::Endpoint endpoint(host_name);
    auto rows = co_await sql::query_rows(client, endpoint, credentials, statement, timeout);
    result.emplace(std::move(rows));
  }

  QueryLog log;
  FakeContainerHost host;
  std::uint64_t last_id = 0;
  std::map<std::string, std::vector<std::uint64_t>> ids;
  std::string password;
  sql::Credentials credentials{"root", "secret"};
  sim::Simulation simulation;
  sim::Process* database = nullptr;
  sim::Process* asker = nullptr;
  std::unique_ptr<sql::DatabaseClient> client;
};

inline const std::string kMaster = "demo-aggregator-0.demo-pods.ns.svc";

}  // namespace sdbtwin::singlestore
