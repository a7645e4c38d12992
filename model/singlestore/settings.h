// The numbers of one database cluster: times, rates, sizes and what the user stores in it.
//
// Every default names its source: a section of reference/singlestore.md, or [us] for our own
// choice. Plain data; rates are integers (bytes per second), so that equal settings give equal
// runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/singlestore/workload.h"
#include "sim/core/distribution.h"
#include "sim/core/time.h"

namespace sdbtwin::singlestore {

inline constexpr std::int64_t kKiB = 1024;
inline constexpr std::int64_t kMiB = 1024 * kKiB;
inline constexpr std::int64_t kGiB = 1024 * kMiB;

// A table's cost per row. The log grows by log_bytes a row, so a log position tells the row count.
struct RowShape {
  std::int64_t log_bytes = 256;     // [us]
  std::int64_t memory_bytes = 256;  // [us] rowstore in memory; what a snapshot holds (2.17)
  std::int64_t blob_bytes = 0;      // [us] columnstore on disk; 0: a rowstore table
};

// A database that a user creates when the cluster is complete.
struct UserDatabase {
  std::string name = "app";
  int partitions_per_leaf = 4;               // 1.4: one per core, or 4 to 8 for small leaves [us]
  std::int64_t rows = 100'000;               // [us] near empty, as in the recorded runs (6.2)
  std::int64_t write_rows_per_second = 100;  // [us] over all partitions
  std::int64_t read_rows_per_second = 100;   // [us] over all partitions
  RowShape row;
  std::int64_t reference_bytes = kMiB;  // [us] its reference tables
  bool sync_replication = true;         // 2.1
};

struct Timings {
  // memsqld from exec to accepting connections. [us] with the calibration of 6.2.
  sim::Distribution process_start =
      sim::Distribution::uniform(std::chrono::milliseconds(600), std::chrono::milliseconds(1000));
  sim::Duration bootstrap = std::chrono::milliseconds(500);  // BOOTSTRAP AGGREGATOR [us]
  sim::Duration join = std::chrono::milliseconds(300);       // ADD LEAF, ADD AGGREGATOR [us]
  sim::Duration create_databases = std::chrono::seconds(1);  // [us]
  sim::Duration settle = std::chrono::seconds(30);           // no join for so long: complete [us]
  sim::Duration heartbeat = std::chrono::milliseconds(150);  // 3.1
  sim::Duration loss_refused = std::chrono::seconds(3);      // 3.1 case 2
  sim::Duration loss_silent = std::chrono::seconds(30);      // 3.1 case 1
  sim::Duration sync_timeout = std::chrono::seconds(5);      // 2.3
  // From the acknowledgement by an asynchronous master to its replica's having it. [us]
  sim::Duration async_delay = std::chrono::milliseconds(10);
  sim::Duration attach = std::chrono::milliseconds(990);         // 3.4, sample 0.99 s
  sim::Duration promote = std::chrono::seconds(1);               // section 7
  sim::Duration ready_to_sync = std::chrono::milliseconds(100);  // READY (2.9) [us]
  sim::Duration stream_setup = std::chrono::milliseconds(100);   // metadata streams [us]
  // attach_rebalance_delay_seconds: default not found (section 8); [us].
  sim::Duration rebalance_delay = std::chrono::seconds(120);
  // One way between a client and a node, half of a statement's time. [us]
  sim::Distribution one_way =
      sim::Distribution::uniform(std::chrono::microseconds(500), std::chrono::milliseconds(2));
};

struct Rates {
  std::int64_t recovery = 200 * kMiB;     // per node; 100-300 MB/s (section 2, model values)
  std::int64_t replication = 100 * kMiB;  // per stream; 50-200 MB/s (section 2, model values)
};

struct LogPolicy {
  std::int64_t snapshot_trigger = 2 * kGiB;  // 5.3
  int snapshots_to_keep = 2;                 // 5.3
  std::int64_t file_bytes = 256 * kMiB;      // log_file_size_partitions, 5.3
  int preallocated_files = 2;                // 5.3
};

// What happens on SIGTERM. Unset: the process stays until SIGKILL at the end of the grace, which
// fits the recorded 30 s and more per pod (6.2, 6.3) [us].
struct StopBehaviour {
  std::optional<sim::Duration> engine;
  std::optional<sim::Duration> coordinator;
};

// leaf_failover_fanout (1.6). kPaired: a leaf's replicas are all on its pair; with an odd number of
// leaves the last one has no pair and, as each partition needs two copies, gets no partitions [us].
// kLoadBalanced: they go round over the leaves of the other availability group; any number of
// leaves from two on is used.
enum class LeafFanout { kPaired, kLoadBalanced };

struct Settings {
  int redundancy = 1;  // 0.1: what KubeDB's recorded clusters run
  // The databases are created when so many nodes are online; 0: when none has joined for a while.
  int expected_leaves = 0;
  int expected_aggregators = 0;
  bool automatic_rebalance = true;  // 3.4
  LeafFanout fanout = LeafFanout::kPaired;
  ClientSettings clients;
  Timings timings;
  Rates rates;
  LogPolicy logs;
  StopBehaviour stop;
  std::int64_t system_bytes = 96 * kMiB;          // system databases on disk of each node, 5.3
  std::int64_t system_recovery_bytes = 4 * kMiB;  // what of it is replayed at a start [us]
  std::int64_t reference_log_bytes = 128 * kMiB;  // preallocated per reference database, 5.3
  std::int64_t metadata_bytes_per_change = 512;   // growth of the `cluster` log [us]
  std::int64_t plan_cache_bytes = 64 * kMiB;      // per node and engine version, 4.6 [us]
  std::vector<UserDatabase> databases{UserDatabase{}};
};

}  // namespace sdbtwin::singlestore
