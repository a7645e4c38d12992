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

// Two copies, and 100 bytes a second written to each of the four partitions of two leaves.
inline Settings written_pair(bool sync = true) {
  Settings settings = plain_settings();
  settings.redundancy = 2;
  settings.rates.recovery = 1'000'000'000;
  settings.rates.replication = 1000;
  settings.databases.front().write_rows_per_second = 400;
  settings.databases.front().sync_replication = sync;
  settings.timings.async_delay = sim::Duration(0);
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

  void cut(const NodeIdentity& a, const NodeIdentity& b, bool dropped = true) {
    cluster.set_link_cut(a.pod, b.pod, dropped, now);
  }
  // The id of the fault, 0 when it matches nothing.
  std::uint64_t disturb(const StreamPattern& streams, StreamEffect effect,
                        std::int64_t bytes_per_second = 0) {
    StreamDisturbance what;
    what.streams = streams;
    what.effect = effect;
    what.bytes_per_second = bytes_per_second;
    return cluster.disturb(last_fault + 1, what, touched, now) ? ++last_fault : 0;
  }
  bool heal(std::uint64_t fault) { return cluster.heal(fault, now); }

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
  const PartitionClients& clients(std::string_view database, int ordinal) const {
    return cluster.clients().find(database)->partitions[static_cast<std::size_t>(ordinal)];
  }
  std::int64_t end_of(std::string_view database, int ordinal, int copy) const {
    const Partition& held = partition(database, ordinal);
    return cluster.state().position(held, held.copies[static_cast<std::size_t>(copy)], now);
  }
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
  std::uint64_t last_fault = 0;
  std::string touched;  // by the last fault

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
