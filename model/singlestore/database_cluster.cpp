#include "model/singlestore/database_cluster.h"

#include <utility>

#include "sim/core/assert.h"

namespace sdbtwin::singlestore {

DatabaseCluster::DatabaseCluster(std::string namespace_, std::string name, Settings settings,
                                 sim::Rng rng, Journal& journal)
    : settings_(std::move(settings)),
      parts_(settings_, journal, rng),
      replication_(parts_),
      membership_(parts_, replication_) {
  parts_.state.namespace_ = std::move(namespace_);
  parts_.state.name = std::move(name);
  parts_.state.redundancy = settings_.redundancy;
  parts_.state.async_delay = settings_.timings.async_delay;
}

Node& DatabaseCluster::node_of(const NodeIdentity& identity) {
  ClusterState& state = parts_.state;
  const auto found = state.node_by_pod.find(identity.pod);
  if (found != state.node_by_pod.end()) return state.node(found->second);
  const int index = static_cast<int>(state.nodes.size());
  Node& node = state.nodes.emplace_back();
  node.index = index;
  node.kind = identity.kind;
  node.ordinal = identity.ordinal;
  node.pod = identity.pod;
  node.host = identity.host;
  state.node_by_pod.emplace(identity.pod, index);
  state.node_by_host.emplace(identity.host, index);
  if (identity.kind == NodeKind::kLeaf) {
    state.leaves.push_back(index);
    state.leaf_by_ordinal.emplace(identity.ordinal, index);
  } else {
    state.aggregators.push_back(index);
  }
  return node;
}

Node& DatabaseCluster::known_node(std::string_view pod) {
  const auto found = parts_.state.node_by_pod.find(pod);
  SIM_ASSERT(found != parts_.state.node_by_pod.end());
  return parts_.state.node(found->second);
}

void DatabaseCluster::start(const NodeIdentity& identity, const ProcessStart& with, sim::Time now) {
  Node& node = node_of(identity);
  SIM_ASSERT(node.process == ProcessState::kDown);
  node.incarnation += 1;
  node.version = with.version;
  if (node.volume != with.volume) node.plan_cache_versions.clear();
  node.volume = with.volume;
  node.password = with.password;
  node.recovered = false;
  node.process_due = parts_.agenda.add(now + with.until_connectable,
                                       Due{.kind = DueKind::kConnectable, .node = node.index});
  parts_.set_process(node, ProcessState::kStarting);
  parts_.settle(now);
}

void DatabaseCluster::connectable(Node& node, sim::Time now) {
  node.up_since = now;
  node.plan_cache_versions.insert(node.version);
  parts_.set_process(node, ProcessState::kRunning);
  const sim::Time done = replication_.begin_recovery(node, now);
  node.process_due = parts_.agenda.add(done, Due{.kind = DueKind::kRecovered, .node = node.index});
  membership_.node_changed(node, now);
}

void DatabaseCluster::recovered(Node& node, sim::Time now) {
  node.process_due = {};
  node.recovered = true;
  replication_.finish_recovery(node, now);
  membership_.node_changed(node, now);
}

void DatabaseCluster::stop(std::string_view pod, sim::Time now) {
  Node& node = known_node(pod);
  if (node.process == ProcessState::kDown) return;
  const bool was_running = node.running();
  parts_.agenda.cancel(node.process_due);
  node.recovered = false;
  parts_.set_process(node, ProcessState::kDown);
  if (was_running) replication_.contact_lost(node, /*process_gone=*/true, now);
  membership_.node_changed(node, now);
  parts_.settle(now);
}

void DatabaseCluster::set_coordinator(const NodeIdentity& identity, bool runs, sim::Time now) {
  Node& node = node_of(identity);
  if (node.coordinator == runs) return;
  node.coordinator = runs;
  membership_.node_changed(node, now);
  parts_.settle(now);
}

void DatabaseCluster::set_black_holed(std::string_view pod, bool dropped, sim::Time now) {
  Node& node = known_node(pod);
  if (node.black_holed == dropped) return;
  node.black_holed = dropped;
  if (node.running()) {
    if (dropped) {
      replication_.contact_lost(node, /*process_gone=*/false, now);
    } else {
      replication_.contact_back(node, now);
    }
  }
  membership_.node_changed(node, now);
  parts_.settle(now);
}

void DatabaseCluster::run_due(sim::Time now) {
  while (const std::optional<Due> due = parts_.agenda.take(now)) {
    switch (due->kind) {
      case DueKind::kConnectable:
        connectable(parts_.state.node(due->node), now);
        break;
      case DueKind::kRecovered:
        recovered(parts_.state.node(due->node), now);
        break;
      case DueKind::kBootstrapped:
      case DueKind::kJoined:
      case DueKind::kLossNoticed:
      case DueKind::kHeartbeat:
      case DueKind::kAttached:
      case DueKind::kCreateDatabases:
        membership_.run(*due, now);
        break;
      case DueKind::kRebalance:
      case DueKind::kProvisioned:
      case DueKind::kCaughtUp:
      case DueKind::kSynced:
      case DueKind::kPromoted:
      case DueKind::kReplicaSilent:
        replication_.run(*due, now);
        break;
    }
    parts_.settle(now);
  }
}

}  // namespace sdbtwin::singlestore
