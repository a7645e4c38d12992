#include "invariants/partition_lookup.h"

#include <charconv>

namespace sdbtwin::invariants {

PartitionTruth find_partition(const singlestore::ClientLog& log,
                              const singlestore::Database& database, std::size_t ordinal) {
  const singlestore::DatabaseClients* clients = log.find(database.name);
  if (clients == nullptr || ordinal >= clients->partitions.size()) return {};
  if (ordinal >= database.partitions.size()) return {};
  return {&database, &database.partitions[ordinal], &clients->partitions[ordinal]};
}

PartitionTruth find_partition(const singlestore::ClusterState& state,
                              const singlestore::ClientLog& log, std::string_view name) {
  const std::size_t bar = name.rfind('_');
  if (bar == std::string_view::npos) return {};
  const singlestore::Database* database = state.find_database(name.substr(0, bar));
  std::size_t ordinal = 0;
  const std::string_view digits = name.substr(bar + 1);
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
  if (database == nullptr || parsed.ec != std::errc()) return {};
  return find_partition(log, *database, ordinal);
}

}  // namespace sdbtwin::invariants
