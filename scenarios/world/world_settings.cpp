#include "scenarios/world/world_settings.h"

#include <algorithm>

#include "model/api/singlestore.h"
#include "scenarios/spec/catalogue.h"
#include "scenarios/world/node_failures.h"
#include "scenarios/world/processes.h"

namespace sdbtwin::scenarios {
namespace {

// Image sizes were not found in public sources (singlestore.md 6.6: 1 to 3 GB). [us]
constexpr std::int64_t kDatabaseImageBytes = std::int64_t{2} << 30;
constexpr std::int64_t kSmallImageBytes = std::int64_t{100} << 20;

// Replicas when the manifest does not say (kubedb.md 1.1).
constexpr std::int32_t kAggregators = 3;
constexpr std::int32_t kLeaves = 2;

cluster::LatencyFactors factors_of(const ClusterSettings& cluster) {
  cluster::LatencyFactors factors;
  factors.all_per_mille = cluster.latency_per_mille;
  factors.per_mille = cluster.latencies_per_mille;
  return factors;
}

sim::Distribution adapted(const sim::Distribution& original, std::string_view name,
                          const ClusterSettings& cluster) {
  const std::int64_t factor = factors_of(cluster).of(cluster::kDatabaseGroup, name);
  const sim::Distribution scaled = original.scaled(factor);
  return cluster.jitter ? scaled : sim::Distribution::constant(scaled.median());
}

// Without jitter there are no tails either.
template <class Latencies>
Latencies calmed(const Latencies& scaled, const ClusterSettings& cluster) {
  if (!cluster.jitter) return scaled.without_jitter();
  return cluster.tails ? scaled : scaled.without_tails();
}

singlestore::Settings database_settings(const Scenario& scenario) {
  const DatabaseSettings& from = scenario.database;
  singlestore::Settings to;
  to.redundancy = from.redundancy;
  to.automatic_rebalance = from.automatic_rebalance;
  to.rates.recovery = from.recovery_bytes_per_second;
  to.rates.replication = from.replication_bytes_per_second;
  to.timings.process_start = adapted(to.timings.process_start, "processStart", scenario.cluster);
  to.timings.one_way = adapted(to.timings.one_way, "oneWay", scenario.cluster);
  singlestore::UserDatabase& database = to.databases.front();
  database.partitions_per_leaf = from.partitions_per_leaf;
  database.rows = from.rows;
  database.write_rows_per_second = scenario.workload.write_rows_per_second;
  database.read_rows_per_second = scenario.workload.read_rows_per_second;
  to.clients.timeout = scenario.workload.timeout;
  database.row.log_bytes = from.row_bytes;
  database.row.memory_bytes = from.row_bytes;
  database.row.blob_bytes = from.rows > 0 ? from.columnstore_bytes / from.rows : 0;
  database.sync_replication = from.synchronous;
  return to;
}

// The first fault whose effect stays; "": none.
std::string unhealed(const faults::FaultPlan& plan) {
  for (const faults::PlannedFault& planned : plan.faults) {
    if (faults::outcome_of(planned.fault) == faults::HealedOutcome::kStays) return planned.name;
  }
  return {};
}

template <class Kind>
bool plans(const faults::FaultPlan& plan) {
  return std::ranges::any_of(plan.faults, [](const faults::PlannedFault& planned) {
    return std::holds_alternative<Kind>(planned.fault);
  });
}

std::int32_t replicas(const std::optional<api::SinglestoreNode>& node, std::int32_t by_default) {
  return node ? node->replicas.value_or(by_default) : by_default;
}

}  // namespace

cluster::ApiLatency latency_of(const ClusterSettings& cluster) {
  return calmed(cluster::ApiLatency::standard().scaled(factors_of(cluster)), cluster);
}

cluster::Timings timings_of(const ClusterSettings& cluster) {
  return calmed(cluster::Timings::defaults().scaled(factors_of(cluster)), cluster);
}

singlestore::FleetSettings fleet_settings_of(const Scenario& scenario) {
  singlestore::FleetSettings fleet;
  fleet.defaults = database_settings(scenario);
  for (const Manifest* manifest : all_objects(scenario)) {
    const auto database = api::as_if<api::Singlestore>(manifest->object);
    if (database == nullptr || !database->spec->topology) continue;
    singlestore::Settings settings = fleet.defaults;
    settings.expected_aggregators = replicas(database->spec->topology->aggregator, kAggregators);
    settings.expected_leaves = replicas(database->spec->topology->leaf, kLeaves);
    fleet.by_cluster[database->metadata.namespace_ + "/" + database->metadata.name] = settings;
  }
  return fleet;
}

cluster::ImageTable images_of(const Scenario& scenario) {
  cluster::ImageTable images;
  for (const auto& version : versions_of(scenario)) {
    const api::SinglestoreVersionSpec& spec = *version->spec;
    images.add(spec.db.image, kDatabaseImageBytes);
    images.add(spec.standalone.image, kDatabaseImageBytes);
    images.add(spec.coordinator.image, kSmallImageBytes);
    images.add(spec.init_container.image, kSmallImageBytes);
  }
  return images;
}

invariants::Settings invariant_settings_of(const Scenario& scenario) {
  invariants::Settings settings;
  settings.redundancy = scenario.database.redundancy;
  settings.max_lag = scenario.policy.max_lag;
  settings.size_tolerance_percent = scenario.policy.size_tolerance_percent;
  settings.size_floor_rows = scenario.policy.size_floor_rows;
  settings.unhealed = unhealed(scenario.faults);
  settings.provisioner = kProvisioner;
  settings.ops_manager = kOpsManager;
  settings.writes_may_be_held = plans<faults::HoldWrite>(scenario.faults);
  settings.copies_may_drift = plans<faults::SizeDrift>(scenario.faults);
  // Nothing on a node ends while its kubelet is away.
  settings.termination += longest_outage(scenario);
  return settings;
}

}  // namespace sdbtwin::scenarios
