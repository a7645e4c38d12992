#include "scenarios/reading/settings_yaml.h"

#include <fmt/format.h>

#include <algorithm>

#include "invariants/registry.h"
#include "model/cluster/timing/latency_factors.h"
#include "scenarios/text/suggest.h"

namespace sdbtwin::scenarios {
namespace {

// Bounds [us]: what the simulator is tested for, not what one may wish for.
constexpr std::int64_t kNodesMax = 5'000;
constexpr std::int64_t kReplicasMax = 9;
constexpr std::int64_t kPartitionsMax = 1'024;
constexpr std::int64_t kRowsMax = 1'000'000'000'000;
constexpr std::int64_t kBytesMax = std::int64_t{1} << 50;

void read_bounded_bytes(MapReader& reader, std::string_view name, std::int64_t& out,
                        std::int64_t lowest) {
  std::int64_t value = out;
  if (!reader.read_quantity(name, value)) return;
  if (value < lowest || value > kBytesMax) {
    reader.problems().add(reader.location_of(name),
                          fmt::format("{} is {}", reader.path_of(name), value),
                          fmt::format("it must be {} to 1Pi", lowest));
    return;
  }
  out = value;
}

std::vector<std::string> invariant_names() {
  std::vector<std::string> names;
  for (const invariants::Registration& entry : invariants::registry()) {
    names.emplace_back(entry.name);
  }
  return names;
}

std::vector<std::string> read_invariant_list(MapReader& reader, std::string_view field) {
  std::vector<std::string> given;
  reader.read(field, given);
  const std::vector<std::string> names = invariant_names();
  for (const std::string& name : given) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    reader.problems().add(reader.location_of(field),
                          fmt::format("there is no invariant \"{}\"", printable(name, 60)),
                          suggestion(name, names, "invariants"));
  }
  return given;
}

// By group or by name; what is neither is an unknown field, and the right names are said.
void read_latencies(MapReader& cluster_reader, ClusterSettings& cluster) {
  MapReader reader = cluster_reader.nested("latencies");
  for (const std::string_view name : cluster::latency_names()) {
    std::int64_t per_mille = 0;
    if (reader.read_per_mille(name, per_mille, {1, 1'000'000}))
      cluster.latencies_per_mille.insert_or_assign(std::string(name), per_mille);
  }
  reader.finish();
}

}  // namespace

void read_cluster(MapReader& spec, ClusterSettings& cluster) {
  MapReader reader = spec.nested("cluster");
  reader.read("nodes", cluster.nodes, {1, kNodesMax});
  MapReader node = reader.nested("node");
  std::int64_t cpus = 0;
  if (node.read("cpus", cpus, {1, 1'024})) cluster.node_cpu_milli = cpus * 1'000;
  read_bounded_bytes(node, "memory", cluster.node_memory_bytes, 1);
  node.read("pods", cluster.node_pods, {1, 10'000});
  node.finish();
  reader.read_per_mille("latency", cluster.latency_per_mille, {1, 1'000'000});
  read_latencies(reader, cluster);
  reader.read("jitter", cluster.jitter);
  reader.read("tails", cluster.tails);
  reader.read("imagesCached", cluster.images_cached);
  reader.read_enum("heartbeats", cluster.heartbeats,
                   {{"auto", Heartbeats::kAuto},
                    {"always", Heartbeats::kAlways},
                    {"never", Heartbeats::kNever}});
  reader.read("storageClass", cluster.storage_class);
  reader.read("licenseSecret", cluster.license_secret);
  reader.finish();
}

void read_database(MapReader& spec, DatabaseSettings& database) {
  MapReader reader = spec.nested("database");
  reader.read("redundancy", database.redundancy, {1, 2});
  reader.read("partitionsPerLeaf", database.partitions_per_leaf, {1, kPartitionsMax});
  reader.read("rows", database.rows, {0, kRowsMax});
  read_bounded_bytes(reader, "rowBytes", database.row_bytes, 1);
  read_bounded_bytes(reader, "columnstoreBytes", database.columnstore_bytes, 0);
  read_bounded_bytes(reader, "recoveryRate", database.recovery_bytes_per_second, 1);
  read_bounded_bytes(reader, "replicationRate", database.replication_bytes_per_second, 1);
  reader.read("synchronous", database.synchronous);
  reader.read("automaticRebalance", database.automatic_rebalance);
  reader.finish();
}

void read_workload(MapReader& spec, WorkloadSettings& workload) {
  MapReader reader = spec.nested("workload");
  reader.read("writeRowsPerSecond", workload.write_rows_per_second, {0, 1'000'000'000});
  reader.read("readRowsPerSecond", workload.read_rows_per_second, {0, 1'000'000'000});
  reader.read("timeout", workload.timeout);
  reader.finish();
}

void read_operators(MapReader& spec, OperatorsSettings& operators) {
  MapReader reader = spec.nested("operators");
  for (auto [name, settings] : {std::pair("provisioner", &operators.provisioner),
                                std::pair("opsManager", &operators.ops_manager)}) {
    MapReader one = reader.nested(name);
    if (one.read("replicas", settings->replicas, {1, kReplicasMax})) {
      settings->leader_election = settings->replicas > 1;
    }
    one.read("leaderElection", settings->leader_election);
    one.finish();
  }
  reader.finish();
}

void read_policy(MapReader& spec, PolicySettings& policy) {
  MapReader reader = spec.nested("policy");
  reader.read_enum("order", policy.order,
                   {{"aggregators-first", RolloutOrder::kAggregatorsFirst},
                    {"leaves-first", RolloutOrder::kLeavesFirst}});
  MapReader gates = reader.nested("gates");
  gates.read("maxLag", policy.max_lag);
  std::int64_t per_mille = policy.size_tolerance_percent * 10;
  if (gates.read_per_mille("sizeTolerance", per_mille, {0, 1'000})) {
    if (per_mille % 10 != 0) {
      gates.problems().add(gates.location_of("sizeTolerance"),
                           gates.path_of("sizeTolerance") + " has a fraction",
                           "give whole percents, for example 10%");
    }
    policy.size_tolerance_percent = per_mille / 10;
  }
  gates.read("sizeFloorRows", policy.size_floor_rows);
  read_bounded_bytes(gates, "sizeFloorBytes", policy.size_floor_bytes, 0);
  gates.finish();
  reader.finish();
}

void read_invariants(MapReader& spec, std::vector<std::string>& disabled) {
  MapReader reader = spec.nested("invariants");
  if (!reader.present()) return;
  const bool has_only = reader.field("only") != nullptr;
  const bool has_off = reader.field("off") != nullptr;
  if (has_only && has_off) {
    reader.problems().add(reader.location(), "spec.invariants has both `only` and `off`",
                          "give one of them");
  } else if (has_only) {
    const std::vector<std::string> only = read_invariant_list(reader, "only");
    disabled.clear();
    for (const std::string& name : invariant_names()) {
      if (std::find(only.begin(), only.end(), name) == only.end()) disabled.push_back(name);
    }
  } else if (has_off) {
    disabled = read_invariant_list(reader, "off");
  }
  reader.finish();
}

}  // namespace sdbtwin::scenarios
