// For tests: a DatabaseCluster driven by hand through time, without a simulation.
//
// Starts pods with their coordinators, lets time pass, and keeps every event.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/singlestore/answers.h"
#include "model/singlestore/database_cluster.h"
#include "model/sql/answer.h"

namespace sdbtwin::singlestore {

using namespace std::chrono_literals;

class EventLog final : public Journal {
 public:
  void note(const ClusterEvent& event) override { events.push_back(event); }

  template <class E>
  std::vector<E> all() const {
    std::vector<E> found;
    for (const ClusterEvent& event : events) {
      if (const auto* wanted = std::get_if<E>(&event)) found.push_back(*wanted);
    }
    return found;
  }

  std::vector<ClusterEvent> events;
};

// Times and rates that make arithmetic easy to follow.
inline Settings plain_settings() {
  Settings settings;
  settings.rates.recovery = 100;     // bytes per second
  settings.rates.replication = 100;  // bytes per second
  settings.system_recovery_bytes = 0;
  settings.metadata_bytes_per_change = 0;
  settings.automatic_rebalance = false;
  UserDatabase& app = settings.databases.front();
  app.partitions_per_leaf = 2;
  app.rows = 0;
  app.write_rows_per_second = 0;
  app.row = RowShape{.log_bytes = 1, .memory_bytes = 1, .blob_bytes = 0};
  app.reference_bytes = 0;
  return settings;
}

class ClusterDriver {
 public:
  explicit ClusterDriver(Settings settings)
      : cluster("ns", "demo", std::move(settings), sim::Rng(7), log) {}

  static NodeIdentity aggregator(int ordinal) {
    return identity(NodeKind::kAggregator, ordinal, fmt::format("demo-aggregator-{}", ordinal));
  }
  static NodeIdentity leaf(int ordinal) {
    return identity(NodeKind::kLeaf, ordinal, fmt::format("demo-leaf-{}", ordinal));
  }

  // memsqld accepts connections 1 s later.
  void start(const NodeIdentity& node, const std::string& volume = {},
             const std::string& version = "8.7.21") {
    ProcessStart with;
    with.volume = volume.empty() ? "disk-of-" + node.pod : volume;
    with.version = version;
    with.until_connectable = 1s;
    cluster.set_coordinator(node, true, now);
    cluster.start(node, with, now);
  }
  void stop(const NodeIdentity& node) {
    cluster.stop(node.pod, now);
    cluster.set_coordinator(node, false, now);
  }

  void run_until(sim::Time end) {
    for (auto next = cluster.next_due(); next && *next <= end; next = cluster.next_due()) {
      now = *next;
      cluster.run_due(now);
    }
    now = end;
  }
  void run_for(sim::Duration duration) { run_until(now + duration); }

  // One or more aggregators and leaves, joined, with their databases. Leaves come up one by one, so
  // that node ids follow ordinals.
  void bring_up(int aggregators, int leaves) {
    for (int i = 0; i < aggregators; ++i) start_and_wait(aggregator(i));
    for (int i = 0; i < leaves; ++i) start_and_wait(leaf(i));
    run_for(60s);
  }

  const Node& node(const NodeIdentity& identity_) const {
    return *cluster.state().find_pod(identity_.pod);
  }
  const Partition& partition(std::string_view database, int ordinal) const {
    return cluster.state().find_database(database)->partitions[static_cast<std::size_t>(ordinal)];
  }
  sql::NodeState recorded(const NodeIdentity& identity_) const { return node(identity_).recorded; }
  bool served(std::string_view database) const {
    return cluster.state().find_database(database)->unserved_partitions == 0;
  }

  sql::Answer ask(const NodeIdentity& whom, const sql::Statement& statement) const {
    return answer(cluster.state(), cluster.settings(), node(whom), statement, now);
  }
  template <class S>
  std::vector<typename S::Row> rows(const S& statement) const {
    return ask(aggregator(0), sql::Statement(statement)).value().template rows<typename S::Row>();
  }

  EventLog log;
  DatabaseCluster cluster;
  sim::Time now{};

 private:
  static NodeIdentity identity(NodeKind kind, int ordinal, const std::string& pod) {
    NodeIdentity made;
    made.kind = kind;
    made.ordinal = ordinal;
    made.pod = pod;
    made.host = pod + ".demo-pods.ns.svc";
    return made;
  }
  void start_and_wait(const NodeIdentity& node_) {
    start(node_);
    run_for(5s);
  }
};

}  // namespace sdbtwin::singlestore
