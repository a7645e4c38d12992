// The settings of a run: the cluster, the database in it, and the policy of the rollout. Data only.
// Every default says where it comes from; `[us]` marks our own choice.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "controller/ops_manager/rollout_order.h"
#include "sim/core/time.h"

namespace sdbtwin::scenarios {

// Whether kubelets have heartbeats, and controllers watch them.
enum class Heartbeats : std::uint8_t { kAuto, kAlways, kNever };

struct ClusterSettings {
  std::int32_t nodes = 3;               // [us] one pod of the quickstart per node
  std::int64_t node_cpu_milli = 8'000;  // [us] a common worker size
  std::int64_t node_memory_bytes = std::int64_t{32} << 30;  // [us]
  std::int32_t node_pods = 110;                             // the kubelet's default
  std::int64_t latency_per_mille = 1'000;                   // all latencies of the model, scaled
  std::map<std::string, std::int64_t, std::less<>> latencies_per_mille;  // by group or name
  bool jitter = true;  // false: every latency is its median
  // Slow writes, timeouts, stalled watches, stuck volumes, failed pulls (kubernetes.md 6). Off by
  // default: what goes wrong in a run is what its scenario says. [us]
  bool tails = false;
  bool images_cached = true;  // the recorded runs fit cached images (singlestore.md 6.3)
  Heartbeats heartbeats =
      Heartbeats::kAuto;                   // [us] where they could change nothing, there are none
  std::string storage_class = "standard";  // as in the documented manifests
  std::string license_secret = "license-secret";  // as in the documented manifests
};

struct DatabaseSettings {
  std::int32_t redundancy = 1;           // what KubeDB's recorded clusters show (kubedb.md 2.3)
  std::int32_t partitions_per_leaf = 4;  // [us] singlestore.md 1.4: 4 to 8 for small leaves
  std::int64_t rows = 100'000;           // [us] near empty, as in the recorded runs (6.2)
  std::int64_t row_bytes = 256;          // [us] of log and memory
  std::int64_t columnstore_bytes = 0;    // [us] on disk, of all rows together
  std::int64_t recovery_bytes_per_second = std::int64_t{200} << 20;     // singlestore.md 2.17
  std::int64_t replication_bytes_per_second = std::int64_t{100} << 20;  // singlestore.md 2.17
  bool synchronous = true;          // intra-cluster replication by default (singlestore.md 2.1)
  bool automatic_rebalance = true;  // singlestore.md 3.4
};

// The application that uses the database.
struct WorkloadSettings {
  std::int64_t write_rows_per_second = 100;         // [us] over all partitions
  std::int64_t read_rows_per_second = 100;          // [us] likewise
  sim::Duration timeout{std::chrono::seconds(10)};  // [us] then the outcome of a write is unknown
};

// How many processes of an operator run. With leader election one of them acts and the others are
// ready to take over (kubernetes.md 5.4); without it all act.
struct OperatorSettings {
  std::int32_t replicas = 1;     // what KubeDB's charts install
  bool leader_election = false;  // of more than one, by default
};
struct OperatorsSettings {
  OperatorSettings provisioner;
  OperatorSettings ops_manager;

  bool elect() const { return provisioner.leader_election || ops_manager.leader_election; }
};

using ops_manager::RolloutOrder;

struct PolicySettings {
  RolloutOrder order = RolloutOrder::kAggregatorsFirst;  // the recorded Restart run (kubedb.md 4.4)
  sim::Duration max_lag{std::chrono::seconds(20)};       // MongoDB's documented value (kubedb.md 6)
  std::int64_t size_tolerance_percent = 10;              // likewise
  std::int64_t size_floor_rows = 1'000;                  // [us] below it, a percentage says nothing
  std::int64_t size_floor_bytes = 1'048'576;             // [us]
};

}  // namespace sdbtwin::scenarios
