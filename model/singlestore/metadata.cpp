// Membership's streams of the `cluster` and reference databases from the master aggregator, and the
// aggregators that have lost theirs and go on with an old record.
#include <utility>

#include "model/singlestore/linear.h"
#include "model/singlestore/membership.h"

namespace sdbtwin::singlestore {

void Membership::connect_metadata(Node& node, sim::Time now) {
  MetadataStream& stream = node.metadata;
  if (stream.connected) return;
  const StreamCondition condition =
      state().metadata_condition(node, parts_.settings.rates.replication);
  if (condition.broken) return;
  stream.missing = state().metadata_position - stream.position;
  if (stream.volume != node.volume) {
    stream.missing = state().metadata_position;
    for (const Database& database : state().databases) stream.missing += database.reference_bytes;
    stream.position = 0;
  }
  stream.connected = true;
  stream.volume = node.volume;
  stream.since = now + timings().stream_setup;
  set_rate(node, condition.rate, now);
}

void Membership::disconnect_metadata(Node& node, sim::Time now) {
  MetadataStream& stream = node.metadata;
  if (!stream.connected) return;
  const std::int64_t left = state().metadata_missing(node, now);
  stream.connected = false;
  if (left == 0) {
    stream.position = state().metadata_position;
  } else if (stream.position == 0) {
    stream.volume.clear();  // the first copy did not arrive
  } else {
    stream.position = std::max(stream.position, state().metadata_position - left);
  }
  stream.synced_at = kNever;
  make_stale(node, now);
  parts_.touch(node.index);
}

// Precondition: connected, and `missing` at `since` is what is missing.
void Membership::set_rate(Node& node, std::int64_t rate, sim::Time now) {
  node.metadata.rate = rate;
  node.metadata.time_sync();
  parts_.touch(node.index);
  if (rate == 0) {
    make_stale(node, now);
  } else if (node.stale != nullptr) {
    set_stale(node, nullptr);
    replication_.routes_changed(now);
  }
}

void Membership::make_stale(Node& node, sim::Time now) {
  const bool follows = node.kind == NodeKind::kAggregator && !state().is_master_aggregator(node);
  if (!follows || node.stale != nullptr) return;
  if (taken_ == nullptr || taken_version_ != state().version) {
    taken_ = std::make_shared<const ClusterRecord>(record_of(state(), now));
    taken_version_ = state().version;
  }
  set_stale(node, taken_);
}

void Membership::set_stale(Node& node, std::shared_ptr<const ClusterRecord> record) {
  state().stale_aggregators += static_cast<int>(record != nullptr);
  state().stale_aggregators -= static_cast<int>(node.stale != nullptr);
  node.stale = std::move(record);
}

// ---- disturbances ----

std::vector<std::string> Membership::matching(const StreamPattern& pattern) const {
  std::vector<std::string> found;
  for (const Node& node : state().nodes) {
    if (state().matches(pattern, node)) found.push_back("metadata>" + node.pod);
  }
  return found;
}

void Membership::conditions_changed(const StreamPattern& pattern, sim::Time now) {
  for (Node& node : state().nodes) {
    if (!state().matches(pattern, node)) continue;
    MetadataStream& stream = node.metadata;
    const StreamCondition condition =
        state().metadata_condition(node, parts_.settings.rates.replication);
    if (condition.broken) {
      disconnect_metadata(node, now);
    } else if (!stream.connected) {
      look_at(node, now);
    } else {
      stream.missing = state().metadata_missing(node, now);
      stream.since = std::max(stream.since, now);
      set_rate(node, condition.rate, now);
    }
  }
}

}  // namespace sdbtwin::singlestore
