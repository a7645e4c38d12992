#include "model/singlestore/state.h"

#include <algorithm>
#include <cstddef>

#include "model/singlestore/linear.h"
#include "model/singlestore/sizes.h"
#include "sim/core/assert.h"

namespace sdbtwin::singlestore {
namespace {

// A stream that concerns `copy`: its own when it is a slave, its replica's when it is the master.
sim::Time stream_synced_at(const Copy& copy, const Copy* other) {
  if (other == nullptr) return sim::Time{};
  const Copy& slave = copy.role == sql::InstanceRole::kMaster ? *other : copy;
  return slave.streaming ? slave.synced_at : kNever;
}

}  // namespace

std::string_view to_string(NodeKind kind) {
  switch (kind) {
    case NodeKind::kAggregator:
      return "aggregator";
    case NodeKind::kLeaf:
      return "leaf";
  }
  SIM_UNREACHABLE();
}

std::string_view to_string(ProcessState state) {
  switch (state) {
    case ProcessState::kDown:
      return "down";
    case ProcessState::kStarting:
      return "starting";
    case ProcessState::kRunning:
      return "running";
  }
  SIM_UNREACHABLE();
}

void InstanceCounts::add(const CopyStatus& status, int ordinal, int copy, int change) {
  by_state[static_cast<std::size_t>(status.state)] += change;
  if (status.state == sql::InstanceState::kRecovering) {
    if (change > 0) recovering.emplace(ordinal, copy);
    if (change < 0) recovering.erase({ordinal, copy});
  }
  if (status.role != sql::InstanceRole::kSlave) return;
  if (status.sync != sql::PartitionSync::kSync) unsynced_slaves += change;
  if (!status.streaming) disconnected_slaves += change;
}

void LeafSummary::replace(std::optional<NodeTruth>& counted, const std::optional<NodeTruth>& now) {
  if (counted) {
    count_ -= 1;
    offline_ -= counted->online ? 0 : 1;
    synced_at_.erase(synced_at_.find(counted->synced_at));
  }
  counted = now;
  if (now) {
    count_ += 1;
    offline_ += now->online ? 0 : 1;
    synced_at_.insert(now->synced_at);
  }
}

NodeTruth LeafSummary::truth() const {
  if (count_ == 0) return NodeTruth{};
  return NodeTruth{offline_ == 0, *synced_at_.rbegin()};
}

const Node* ClusterState::find_pod(std::string_view pod) const {
  const auto found = node_by_pod.find(pod);
  return found == node_by_pod.end() ? nullptr : &node(found->second);
}

const Node* ClusterState::find_host(std::string_view host) const {
  const auto found = node_by_host.find(host);
  return found == node_by_host.end() ? nullptr : &node(found->second);
}

const Database* ClusterState::find_database(std::string_view database) const {
  const auto found = std::find_if(databases.begin(), databases.end(),
                                  [database](const Database& d) { return d.name == database; });
  return found == databases.end() ? nullptr : &*found;
}

const Partition& ClusterState::partition(const CopyId& id) const {
  return databases[static_cast<std::size_t>(id.database)]
      .partitions[static_cast<std::size_t>(id.ordinal)];
}

Partition& ClusterState::partition(const CopyId& id) {
  return databases[static_cast<std::size_t>(id.database)]
      .partitions[static_cast<std::size_t>(id.ordinal)];
}

const Copy& ClusterState::copy(const CopyId& id) const {
  return partition(id).copies[static_cast<std::size_t>(id.copy)];
}

Copy& ClusterState::copy(const CopyId& id) {
  return partition(id).copies[static_cast<std::size_t>(id.copy)];
}

const Copy* ClusterState::other(const CopyId& id) const {
  const Partition& owner = partition(id);
  return owner.copies.size() < 2 ? nullptr : &owner.copies[static_cast<std::size_t>(1 - id.copy)];
}

Copy* ClusterState::other(const CopyId& id) {
  Partition& owner = partition(id);
  return owner.copies.size() < 2 ? nullptr : &owner.copies[static_cast<std::size_t>(1 - id.copy)];
}

bool ClusterState::answers_master(const Node& node_) const {
  if (!master_active) return false;
  if (is_master_aggregator(node_)) return true;
  return node_.running() && reach(node_, node(master_aggregator));
}

bool ClusterState::usable_aggregator(const Node& node_) const {
  return node_.kind == NodeKind::kAggregator && node_.member && node_.in_contact() &&
         node_.recovered && node_.metadata.volume == node_.volume;
}

bool ClusterState::has_data(const Copy& copy) const {
  return !copy.volume.empty() && copy.volume == node(copy.node).volume;
}

bool ClusterState::attached(const Copy& copy) const {
  const Node& leaf = node(copy.node);
  return leaf.in_contact() && leaf.recorded == sql::NodeState::kOnline &&
         leaf.seen_incarnation == leaf.incarnation;
}

bool ClusterState::serves(const Partition& partition) const {
  const Copy& master = partition.master_copy();
  return master.state == sql::InstanceState::kOnline && attached(master);
}

std::int64_t ClusterState::position(const Partition& partition, const Copy& copy,
                                    sim::Time now) const {
  if (!copy.streaming || !copy.caught_up) return copy.position.at(now);
  const LinearPosition& master = partition.master_copy().position;
  if (copy.sync != sql::PartitionSync::kAsync) return master.at(now);
  // What was acknowledged without it and is still on its way; never more than since the rate last
  // changed, so that the position does not go back.
  const sim::Duration on_way = std::min(async_delay, now - master.since);
  return std::max(copy.position.base, master.at(now) - bytes_in(on_way, master.rate));
}

const Copy* ClusterState::keeper(const Partition& partition) const {
  const Copy& master = partition.master_copy();
  if (has_data(master)) return &master;
  for (const Copy& copy : partition.copies) {
    if (has_data(copy) && copy.state != sql::InstanceState::kProvisioning) return &copy;
  }
  return nullptr;
}

sql::InstanceState ClusterState::instance_state(const Copy& copy, sim::Time now) const {
  if (copy.state == sql::InstanceState::kRecovering && now >= copy.recovered_at) {
    return sql::InstanceState::kPending;
  }
  return copy.state;
}

std::int64_t ClusterState::rows(const Database& database, const Partition& partition,
                                const Copy& copy, sim::Time now) const {
  if (copy.volume.empty()) return 0;
  std::int64_t count = rows_at(database.row, position(partition, copy, now));
  for (const std::uint64_t drift : copy.drifts) {
    const auto found = drifts.find(drift);
    if (found != drifts.end()) count += found->second.rows;
  }
  return std::max<std::int64_t>(0, count);
}

std::int64_t ClusterState::memory(const Database& database, const Partition& partition,
                                  const Copy& copy, sim::Time now) const {
  if (copy.volume.empty()) return 0;
  std::int64_t bytes = rows(database, partition, copy, now) * database.row.memory_bytes;
  for (const std::uint64_t drift : copy.drifts) {
    const auto found = drifts.find(drift);
    if (found != drifts.end()) bytes += found->second.bytes;
  }
  return std::max<std::int64_t>(0, bytes);
}

std::int64_t ClusterState::extra_disk(const Node& node_, DiskUse use) const {
  std::int64_t bytes = 0;
  for (const ExtraDisk& extra : node_.extra_disk) {
    if (extra.use == use && extra.volume == node_.volume) bytes += extra.bytes;
  }
  return bytes;
}

void MetadataStream::time_sync() {
  synced_at = missing == 0 ? since : rate == 0 ? kNever : since + time_for(missing, rate);
}

std::int64_t ClusterState::metadata_missing(const Node& node_, sim::Time now) const {
  const MetadataStream& stream = node_.metadata;
  if (is_master_aggregator(node_)) return 0;
  if (!stream.connected) return metadata_position - stream.position;
  if (now >= stream.synced_at) return 0;
  if (now <= stream.since) return stream.missing;
  return std::max<std::int64_t>(0, stream.missing - bytes_in(now - stream.since, stream.rate));
}

std::int64_t ClusterState::disk_bytes(const Node& node_, const Settings& settings,
                                      sim::Time now) const {
  std::int64_t bytes = settings.system_bytes;
  bytes += settings.plan_cache_bytes * static_cast<std::int64_t>(node_.plan_cache_versions.size());
  bytes += settings.reference_log_bytes * static_cast<std::int64_t>(databases.size());
  for (const ExtraDisk& extra : node_.extra_disk) {
    if (extra.volume == node_.volume) bytes += extra.bytes;
  }
  for (const CopyId& id : node_.copies) {
    const Copy& held = copy(id);
    if (!has_data(held)) continue;
    const Database& database = databases[static_cast<std::size_t>(id.database)];
    const std::int64_t end = position(partition(id), held, now);
    bytes += disk_at(database.row, settings.logs, end, held.phase).total();
  }
  return bytes;
}

NodeTruth ClusterState::judge(const Node& node_) const {
  NodeTruth truth;
  truth.online = node_.member && node_.recovered && node_.in_contact() &&
                 node_.recorded == sql::NodeState::kOnline &&
                 node_.seen_incarnation == node_.incarnation;
  truth.synced_at =
      answers_master(node_) && node_.metadata.connected ? node_.metadata.synced_at : kNever;
  for (const CopyId& id : node_.copies) {
    const Copy& held = copy(id);
    const bool master = held.role == sql::InstanceRole::kMaster;
    const auto wanted = master ? sql::InstanceState::kOnline : sql::InstanceState::kReplicating;
    if (held.state != wanted) truth.online = false;
    if (held.state != wanted) truth.synced_at = kNever;
    truth.synced_at = std::max(truth.synced_at, stream_synced_at(held, other(id)));
  }
  return truth;
}

}  // namespace sdbtwin::singlestore
