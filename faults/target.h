// Who a fault strikes, by its part in the database: never by a generated name. Plain data; who that
// is at a given moment says target_resolver.h.
//
//   leaf/1                    aggregator/0              master-aggregator
//   partition app/3 master    partition app/3 replica   the leaf that has this copy now
//   partition app/3 on leaf/1                           that copy, whatever its role
//   leaf/1 of demo/sdb        where there are several databases; else the first that has one
// "pod of leaf/1" is the same as "leaf/1".
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sdbtwin::faults {

// A database cluster; both empty: any.
struct ClusterName {
  std::string namespace_;
  std::string name;

  bool any() const { return name.empty(); }
  auto operator<=>(const ClusterName&) const = default;
};

struct PartitionName {
  std::string database;
  std::int32_t ordinal = 0;
  ClusterName cluster;
  auto operator<=>(const PartitionName&) const = default;
};

enum class TargetRole : std::uint8_t {
  kLeaf,
  kAggregator,
  kMasterAggregator,
  kMaster,
  kReplica,
  kCopyOn
};

struct Target {
  TargetRole role = TargetRole::kLeaf;
  std::int32_t ordinal = 0;  // of the leaf, the aggregator or the partition
  std::string database;      // of the partition, for the three that are copies
  std::int32_t leaf = 0;     // for kCopyOn
  ClusterName cluster;

  bool is_copy() const { return role >= TargetRole::kMaster; }
  auto operator<=>(const Target&) const = default;
};

// Replication streams of a cluster.
//   all                       those of all partitions
//   leaf/1                    from or to this leaf
//   link leaf/0 leaf/1        between these two
//   database app              of its partitions
//   partition app/3           of one partition
//   metadata                  of the `cluster` and reference databases, to every node
//   metadata leaf/1           to one node; or `metadata aggregator/1`
// Each may be followed by " of demo/sdb".
enum class StreamsOf : std::uint8_t {
  kAll,
  kLeaf,
  kLink,
  kDatabase,
  kPartition,
  kMetadata,
  kMetadataOfLeaf,
  kMetadataOfAggregator,
};
struct Streams {
  StreamsOf of = StreamsOf::kAll;
  std::int32_t ordinal = 0;  // of the leaf, the aggregator or the partition
  std::int32_t peer = 0;     // for kLink: the other leaf
  std::string database;      // for kDatabase and kPartition
  ClusterName cluster;
  auto operator<=>(const Streams&) const = default;
};

std::string to_string(const Target& target);
std::string to_string(const Streams& streams);
std::string to_string(const PartitionName& partition);  // "app/3"

// nullopt: not written like that.
std::optional<Target> parse_target(std::string_view text);
std::optional<PartitionName> parse_partition(std::string_view text);
std::optional<Streams> parse_streams(std::string_view text);

}  // namespace sdbtwin::faults
