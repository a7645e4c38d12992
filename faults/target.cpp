#include "faults/target.h"

#include <fmt/format.h>

namespace sdbtwin::faults {
namespace {

constexpr std::string_view kMasterAggregatorText = "master-aggregator";
constexpr std::size_t kOrdinalDigitsMax = 6;

bool skip(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// The word up to the next blank, which is skipped too.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return word;
}

bool parse_ordinal(std::string_view text, std::int32_t& out) {
  if (text.empty() || text.size() > kOrdinalDigitsMax) return false;
  std::int32_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  out = value;
  return true;
}

// "a/b" with both parts, and one slash only.
bool split(std::string_view text, std::string_view& before, std::string_view& after) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size()) return false;
  before = text.substr(0, slash);
  after = text.substr(slash + 1);
  return after.find('/') == std::string_view::npos;
}

bool parse_numbered(std::string_view text, std::string& name, std::int32_t& ordinal) {
  std::string_view before;
  std::string_view after;
  if (!split(text, before, after) || !parse_ordinal(after, ordinal)) return false;
  name = before;
  return true;
}

// "leaf/1": a role and its ordinal.
bool parse_node(std::string_view text, std::string_view role, std::int32_t& ordinal) {
  std::string found;
  return parse_numbered(text, found, ordinal) && found == role;
}

// Nothing, or "of namespace/name", to the end.
bool parse_cluster(std::string_view text, ClusterName& out) {
  if (text.empty()) return true;
  std::string_view before;
  std::string_view after;
  if (!skip(text, "of ") || !split(text, before, after)) return false;
  if (text.find(' ') != std::string_view::npos) return false;
  out = {std::string(before), std::string(after)};
  return true;
}

std::string suffix(const ClusterName& cluster) {
  return cluster.any() ? "" : fmt::format(" of {}/{}", cluster.namespace_, cluster.name);
}

}  // namespace

std::string to_string(const PartitionName& partition) {
  return fmt::format("{}/{}{}", partition.database, partition.ordinal, suffix(partition.cluster));
}

std::string to_string(const Target& target) {
  const std::string of = suffix(target.cluster);
  switch (target.role) {
    case TargetRole::kLeaf:
      return fmt::format("leaf/{}{}", target.ordinal, of);
    case TargetRole::kAggregator:
      return fmt::format("aggregator/{}{}", target.ordinal, of);
    case TargetRole::kMasterAggregator:
      return fmt::format("{}{}", kMasterAggregatorText, of);
    case TargetRole::kMaster:
      return fmt::format("partition {}/{} master{}", target.database, target.ordinal, of);
    case TargetRole::kReplica:
      return fmt::format("partition {}/{} replica{}", target.database, target.ordinal, of);
    case TargetRole::kCopyOn:
      return fmt::format("partition {}/{} on leaf/{}{}", target.database, target.ordinal,
                         target.leaf, of);
  }
  return {};
}

std::string to_string(const Streams& streams) {
  const std::string of = suffix(streams.cluster);
  switch (streams.of) {
    case StreamsOf::kAll:
      return "all" + of;
    case StreamsOf::kLeaf:
      return fmt::format("leaf/{}{}", streams.ordinal, of);
    case StreamsOf::kLink:
      return fmt::format("link leaf/{} leaf/{}{}", streams.ordinal, streams.peer, of);
    case StreamsOf::kDatabase:
      return fmt::format("database {}{}", streams.database, of);
    case StreamsOf::kPartition:
      return fmt::format("partition {}/{}{}", streams.database, streams.ordinal, of);
    case StreamsOf::kMetadata:
      return "metadata" + of;
    case StreamsOf::kMetadataOfLeaf:
      return fmt::format("metadata leaf/{}{}", streams.ordinal, of);
    case StreamsOf::kMetadataOfAggregator:
      return fmt::format("metadata aggregator/{}{}", streams.ordinal, of);
  }
  return {};
}

std::optional<PartitionName> parse_partition(std::string_view text) {
  PartitionName partition;
  (void)skip(text, "partition ");
  if (!parse_numbered(take_word(text), partition.database, partition.ordinal)) return std::nullopt;
  if (!parse_cluster(text, partition.cluster)) return std::nullopt;
  return partition;
}

std::optional<Target> parse_target(std::string_view text) {
  Target target;
  (void)skip(text, "pod of ");
  if (skip(text, "partition ")) {
    if (!parse_numbered(take_word(text), target.database, target.ordinal)) return std::nullopt;
    const std::string_view role = take_word(text);
    if (role == "on") {
      target.role = TargetRole::kCopyOn;
      if (!parse_node(take_word(text), "leaf", target.leaf)) return std::nullopt;
    } else {
      if (role != "master" && role != "replica") return std::nullopt;
      target.role = role == "master" ? TargetRole::kMaster : TargetRole::kReplica;
    }
  } else {
    const std::string_view word = take_word(text);
    std::string role;
    if (word == kMasterAggregatorText) {
      target.role = TargetRole::kMasterAggregator;
    } else if (!parse_numbered(word, role, target.ordinal)) {
      return std::nullopt;
    } else if (role == "aggregator") {
      target.role = TargetRole::kAggregator;
    } else if (role != "leaf") {
      return std::nullopt;
    }
  }
  if (!parse_cluster(text, target.cluster)) return std::nullopt;
  return target;
}

std::optional<Streams> parse_streams(std::string_view text) {
  Streams streams;
  bool known = true;
  const std::string_view word = take_word(text);
  if (word == "all") {
    streams.of = StreamsOf::kAll;
  } else if (word == "link") {
    streams.of = StreamsOf::kLink;
    known = parse_node(take_word(text), "leaf", streams.ordinal);
    known = known && parse_node(take_word(text), "leaf", streams.peer);
  } else if (word == "database") {
    streams.of = StreamsOf::kDatabase;
    streams.database = take_word(text);
    known = !streams.database.empty() && streams.database.find('/') == std::string::npos;
  } else if (word == "partition") {
    streams.of = StreamsOf::kPartition;
    known = parse_numbered(take_word(text), streams.database, streams.ordinal);
  } else if (word == "metadata" && (text.empty() || text.starts_with("of "))) {
    streams.of = StreamsOf::kMetadata;
  } else if (word == "metadata") {
    const std::string_view node = take_word(text);
    streams.of = StreamsOf::kMetadataOfLeaf;
    if (!parse_node(node, "leaf", streams.ordinal)) {
      streams.of = StreamsOf::kMetadataOfAggregator;
      known = parse_node(node, "aggregator", streams.ordinal);
    }
  } else {
    streams.of = StreamsOf::kLeaf;
    known = parse_node(word, "leaf", streams.ordinal);
  }
  if (!known || !parse_cluster(text, streams.cluster)) return std::nullopt;
  return streams;
}

}  // namespace sdbtwin::faults
