#include "model/singlestore/membership.h"

#include <algorithm>
#include <string>

#include "sim/core/assert.h"

namespace sdbtwin::singlestore {

using sql::NodeState;

void Membership::node_changed(Node& node, sim::Time now) {
  if (node.kind == NodeKind::kAggregator) {
    if (node.ordinal == 0) watch_master(node, now);
    count_usable_aggregators(now);
  }
  if (state().is_master_aggregator(node)) {
    look_at_all(now);
  } else {
    look_at(node, now);
  }
  parts_.touch(node.index);
}

// ---- the master aggregator ----

void Membership::watch_master(Node& node, sim::Time now) {
  const bool able = node.running() && node.recovered;
  if (state().master_active) {
    if (!able) deactivate(now);
    return;
  }
  const bool knows = state().is_master_aggregator(node) && state().bootstrap_volume == node.volume;
  if (able && knows) {
    activate(now);
  } else if (able && node.coordinator) {
    if (!expects(node, DueKind::kBootstrapped)) {
      expect(node, DueKind::kBootstrapped, now + timings().bootstrap);
    }
  } else {
    parts_.agenda.cancel(node.view_due);
  }
}

// A master aggregator without the `cluster` database begins a new, empty cluster; what the leaves
// hold belongs to the old one and is not taken over.
void Membership::bootstrap(Node& node, sim::Time now) {
  ClusterState& all = state();
  replication_.abandon(now);
  for (Node& other : all.nodes) {
    for (const CopyId& id : other.copies) parts_.agenda.cancel(all.copy(id).due);
    set_stale(other, nullptr);
    parts_.agenda.cancel(other.rebalance_due);
    if (&other != &node) parts_.agenda.cancel(other.view_due);
    other.copies.clear();
    other.member = false;
    other.pair = -1;
    other.node_id = 0;
    other.metadata = MetadataStream{};
    parts_.touch(other.index);
    if (other.recorded != NodeState::kUnknown) parts_.record(other, NodeState::kUnknown, now);
  }
  parts_.agenda.cancel(creation_due_);
  // Databases are made once: after a new bootstrap the user's data are lost, not back.
  all.databases_created = all.cluster_incarnation > 0;
  all.databases.clear();
  all.cluster_incarnation += 1;
  all.next_node_id = 1;
  all.metadata_position = 0;
  all.master_aggregator = node.index;
  all.bootstrap_volume = node.volume;
  all.volume_owner[node.volume] = all.cluster_incarnation;
  node.member = true;
  all.members = 1;
  node.node_id = all.next_node_id++;
  parts_.journal.note(
      ClusterBootstrapped{all.namespace_, all.name, node.pod, all.cluster_incarnation});
  activate(now);
  count_usable_aggregators(now);
  look_at_all(now);
}

void Membership::activate(sim::Time now) {
  Node& master = state().node(state().master_aggregator);
  state().master_active = true;
  master.seen_incarnation = master.incarnation;
  parts_.record(master, NodeState::kOnline, now);
  connect_metadata(master, now);
  master.metadata.synced_at = now;
  parts_.agenda.cancel(master.view_due);
  for (Node& node : state().nodes) {
    const bool known = node.member && node.recorded == NodeState::kOnline &&
                       node.seen_incarnation == node.incarnation;
    if (known && node.index != master.index) connect_metadata(node, now);
  }
  replication_.master_back(now);
}

// Nobody is left who could notice anything: what was under way stops where it is.
void Membership::deactivate(sim::Time now) {
  for (Node& node : state().nodes) disconnect_metadata(node, now);
  state().master_active = false;
  for (Node& node : state().nodes) {
    parts_.agenda.cancel(node.view_due);
    parts_.agenda.cancel(node.rebalance_due);
  }
  parts_.agenda.cancel(creation_due_);
  parts_.record(state().node(state().master_aggregator), NodeState::kOffline, now);
}

void Membership::look_at_all(sim::Time now) {
  for (Node& node : state().nodes) {
    if (!state().is_master_aggregator(node)) look_at(node, now);
  }
  if (state().master_active) consider_creation(now);
}

// ---- nodes as the master aggregator sees them ----

void Membership::expect(Node& node, DueKind kind, sim::Time at) {
  parts_.agenda.cancel(node.view_due);
  node.view_kind = kind;
  node.view_due = parts_.agenda.add(at, Due{.kind = kind, .node = node.index});
}

void Membership::look_at(Node& node, sim::Time now) {
  if (!state().master_active) return;
  if (!node.member) {
    consider_join(node, now);
  } else if (state().answers_master(node)) {
    hear(node, now);
  } else {
    expect_loss(node, now);
  }
}

void Membership::consider_join(Node& node, sim::Time now) {
  const auto owner = state().volume_owner.find(node.volume);
  const bool foreign =
      owner != state().volume_owner.end() && owner->second != state().cluster_incarnation;
  if (!state().answers_master(node) || !node.recovered || !node.coordinator || foreign) {
    parts_.agenda.cancel(node.view_due);
  } else if (!expects(node, DueKind::kJoined)) {
    expect(node, DueKind::kJoined, now + timings().join);
  }
}

void Membership::join(Node& node, sim::Time now) {
  ClusterState& all = state();
  node.member = true;
  all.members += 1;
  node.node_id = all.next_node_id++;
  node.seen_incarnation = node.incarnation;
  node.attached_at = now;
  all.volume_owner[node.volume] = all.cluster_incarnation;
  if (node.kind == NodeKind::kLeaf && all.redundancy == 2) {
    node.availability_group = 1 + node.ordinal % 2;
    const auto pair = all.leaf_by_ordinal.find(node.ordinal ^ 1);
    if (pair != all.leaf_by_ordinal.end() && all.node(pair->second).member) {
      all.node(pair->second).pair = node.index;
      node.pair = pair->second;
    }
  }
  parts_.record(node, NodeState::kOnline, now);
  connect_metadata(node, now);
  if (node.kind == NodeKind::kAggregator) count_usable_aggregators(now);
  consider_creation(now);
}

void Membership::expect_loss(Node& node, sim::Time now) {
  disconnect_metadata(node, now);
  if (node.recorded == NodeState::kOffline || node.recorded == NodeState::kUnknown) {
    parts_.agenda.cancel(node.view_due);
    return;
  }
  const bool silent = !state().reach(node, state().node(state().master_aggregator));
  const sim::Time at = now + (silent ? timings().loss_silent : timings().loss_refused);
  if (expects(node, DueKind::kLossNoticed) && node.view_due.at <= at) return;
  expect(node, DueKind::kLossNoticed, at);
}

void Membership::hear(Node& node, sim::Time now) {
  const bool known =
      node.recorded != NodeState::kOffline && node.seen_incarnation == node.incarnation;
  if (!known) {
    if (!expects(node, DueKind::kHeartbeat)) {
      expect(node, DueKind::kHeartbeat, now + timings().heartbeat);
    }
  } else if (node.recorded == NodeState::kOnline) {
    parts_.agenda.cancel(node.view_due);
    connect_metadata(node, now);
    replication_.heard(node, now);
  } else if (!node.recovered) {
    parts_.agenda.cancel(node.view_due);
  } else if (!expects(node, DueKind::kAttached)) {
    begin_attach(node, now);
  }
}

void Membership::heard(Node& node, sim::Time now) {
  // It was restarted before anybody had given it up.
  if (node.recorded != NodeState::kOffline) give_up(node, now);
  if (node.kind == NodeKind::kLeaf) {
    node.seen_incarnation = node.incarnation;
    replication_.told(node, now);
    if (node.recovered) {
      begin_attach(node, now);
    } else {
      parts_.record(node, NodeState::kRecovering, now);
    }
  } else if (node.recovered) {
    node.seen_incarnation = node.incarnation;
    take_back(node, now);
  }
}

void Membership::give_up(Node& node, sim::Time now) {
  disconnect_metadata(node, now);
  parts_.record(node, NodeState::kOffline, now);
  if (node.kind == NodeKind::kLeaf) replication_.fail_over(node, now);
}

void Membership::begin_attach(Node& node, sim::Time now) {
  parts_.record(node, NodeState::kAttaching, now);
  expect(node, DueKind::kAttached, now + timings().attach);
}

void Membership::take_back(Node& node, sim::Time now) {
  parts_.record(node, NodeState::kOnline, now);
  state().volume_owner[node.volume] = state().cluster_incarnation;
  connect_metadata(node, now);
  if (node.kind == NodeKind::kLeaf) {
    replication_.attach(node, now);
  } else {
    count_usable_aggregators(now);
  }
  consider_creation(now);
}

void Membership::run(const Due& due, sim::Time now) {
  if (due.kind == DueKind::kCreateDatabases) {
    creation_due_ = {};
    return create_databases(now);
  }
  Node& node = state().node(due.node);
  node.view_due = {};
  if (due.kind == DueKind::kBootstrapped) return bootstrap(node, now);
  if (due.kind == DueKind::kJoined) return join(node, now);
  if (due.kind == DueKind::kLossNoticed) return give_up(node, now);
  if (due.kind == DueKind::kHeartbeat) return heard(node, now);
  SIM_ASSERT(due.kind == DueKind::kAttached);
  take_back(node, now);
}

// ---- aggregators that clients can use ----

void Membership::count_usable_aggregators(sim::Time now) {
  int count = 0;
  for (const int index : state().aggregators) {
    count += state().usable_aggregator(state().node(index)) ? 1 : 0;
  }
  const bool before = state().usable_aggregators > 0;
  state().usable_aggregators = count;
  const bool alike = state().cuts.empty() && state().stale_aggregators == 0;
  if (before != (count > 0) || !alike) replication_.routes_changed(now);
}

// ---- the first databases ----

bool Membership::complete() const {
  const ClusterState& all = state();
  return all.online_leaves + all.online_aggregators == all.members &&
         all.online_leaves >= std::max(1, parts_.settings.expected_leaves) &&
         all.online_aggregators >= parts_.settings.expected_aggregators;
}

void Membership::consider_creation(sim::Time now) {
  if (state().databases_created) return;
  parts_.agenda.cancel(creation_due_);
  if (!complete()) return;
  const bool told = parts_.settings.expected_leaves > 0;
  creation_due_ = parts_.agenda.add(now + (told ? timings().create_databases : timings().settle),
                                    Due{.kind = DueKind::kCreateDatabases});
}

void Membership::create_databases(sim::Time now) {
  // Not complete any more: tried again when the missing node is taken back.
  if (!complete()) return;
  state().databases_created = true;
  UserDatabase health;  // what the health checks write to: one small table (1.4)
  health.name = std::string(kHealthDatabase);
  health.partitions_per_leaf = 1;
  health.rows = 0;
  health.write_rows_per_second = 0;
  health.reference_bytes = 0;
  replication_.create_database(health, now);
  for (const UserDatabase& database : parts_.settings.databases) {
    replication_.create_database(database, now);
  }
  parts_.grow_metadata(now);
  ++state().version;
}

}  // namespace sdbtwin::singlestore
