// What can go wrong with replication, logical contents and disk use of a database, as data.
//
// Each is a fact that lasts until it is healed; none of them is an event of its own that repeats.
// A pattern names streams and copies by the ordinals of leaves and partitions, never by generated
// names, and holds for streams that come later as well: who is master may change while it lasts.
// Plain data, comparable. Applied by Fleet::disturb, drift and grow_disk; healed by
// Fleet::heal_disturbance.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sdbtwin::singlestore {

// Which replication streams of one cluster. Nothing set: those of all partitions.
struct StreamPattern {
  std::string namespace_;
  std::string cluster;
  std::optional<int> leaf;              // one of the two ends is leaf/N
  std::optional<int> peer;              // and the other end is leaf/M: one link
  std::optional<std::string> database;  // its partitions only
  std::optional<int> partition;         // this ordinal only
  // Instead of partitions: the streams of the `cluster` and reference databases from the master
  // aggregator, to leaf/N, to aggregator/N, or to every node. `peer`, `database` and `partition`
  // do not apply.
  bool metadata = false;
  std::optional<int> aggregator;
  friend bool operator==(const StreamPattern&, const StreamPattern&) = default;
};

enum class StreamEffect : std::uint8_t {
  kThrottled,  // no more than bytes_per_second arrive
  kStalled,    // connected, and nothing arrives
  kBroken,     // disconnected, and cannot be connected
};
std::string_view to_string(StreamEffect effect);

// Of several on one stream the worst holds: broken, stalled, the lowest rate.
struct StreamDisturbance {
  StreamPattern streams;
  StreamEffect effect = StreamEffect::kBroken;
  std::int64_t bytes_per_second = 0;  // kThrottled: above 0
  friend bool operator==(const StreamDisturbance&, const StreamDisturbance&) = default;
};

// One copy of one partition, by the role that it has when the pattern is used.
struct CopyPattern {
  enum class Which : std::uint8_t { kMaster, kReplica, kLeaf };
  std::string namespace_;
  std::string cluster;
  std::string database;
  int partition = 0;
  Which which = Which::kReplica;
  int leaf = 0;  // kLeaf: the copy on leaf/N
  friend bool operator==(const CopyPattern&, const CopyPattern&) = default;
};
std::string_view to_string(CopyPattern::Which which);

// The copy has more (negative: fewer) rows and bytes than its log says, and its positions do not
// show it. A copy that is built anew from this one has them too; one that is built anew from
// another has them no more. At least one of the two is not 0.
struct LogicalDrift {
  CopyPattern copy;
  std::int64_t rows = 0;
  std::int64_t bytes = 0;  // beside those of the rows
  friend bool operator==(const LogicalDrift&, const LogicalDrift&) = default;
};

// Bytes on a node's disk that mean nothing for the data (reference/singlestore.md 5.4).
enum class DiskUse : std::uint8_t {
  kLogs,            // MV_DATA_DISK_USAGE: LOGS_B, spread over the node's partition copies
  kSnapshots,       // SNAPSHOTS_B
  kPlanCache,       // of the node, in no row of that view
  kMergeLeftovers,  // BLOBS_B: old segments that a merge has left behind
};
std::string_view to_string(DiskUse use);

struct DiskGrowth {
  std::string namespace_;
  std::string pod;
  DiskUse use = DiskUse::kLogs;
  std::int64_t bytes = 0;  // above 0
  friend bool operator==(const DiskGrowth&, const DiskGrowth&) = default;
};

}  // namespace sdbtwin::singlestore
