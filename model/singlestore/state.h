// The truth about one database cluster: its nodes, its databases, the copies of their partitions,
// and what the master aggregator has on record.
//
// Two layers that must not be mixed up. Truth: processes, data on disks, log positions. Record:
// what the master aggregator last noticed (Node::recorded, Copy::role, Partition::offline);
// statements about states answer from the record. Plain data; only DatabaseCluster and its parts
// change it, everybody else has it const. Nodes, databases and copies are named by index and never
// move.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/singlestore/agenda.h"
#include "model/singlestore/disturbance.h"
#include "model/singlestore/linear.h"
#include "model/singlestore/log_history.h"
#include "model/singlestore/record.h"
#include "model/singlestore/settings.h"
#include "model/singlestore/truth_history.h"
#include "model/sql/names.h"

namespace sdbtwin::singlestore {

inline constexpr std::string_view kHealthDatabase = "singlestore_health";  // 1.4
inline constexpr std::string_view kClusterDatabase = "cluster";            // 1.2

enum class NodeKind : std::uint8_t { kAggregator, kLeaf };
std::string_view to_string(NodeKind kind);

enum class ProcessState : std::uint8_t { kDown, kStarting, kRunning };
std::string_view to_string(ProcessState state);

// Names one copy of one partition.
struct CopyId {
  int database = -1;
  int ordinal = -1;
  int copy = -1;
  friend bool operator==(const CopyId&, const CopyId&) = default;
};

// What the views show of a copy.
struct CopyStatus {
  sql::InstanceRole role = sql::InstanceRole::kOrphan;
  sql::InstanceState state = sql::InstanceState::kOffline;
  sql::PartitionSync sync = sql::PartitionSync::kAsync;
  bool streaming = false;
  friend bool operator==(const CopyStatus&, const CopyStatus&) = default;
};

// One instance of a partition on one leaf.
struct Copy {
  int node = -1;
  sql::InstanceRole role = sql::InstanceRole::kSlave;  // on record
  sql::InstanceState state = sql::InstanceState::kOffline;
  sql::PartitionSync sync = sql::PartitionSync::kAsync;  // of a slave, on record
  bool serving = false;     // its process was told that it is the master, and not yet otherwise
  bool streaming = false;   // connected to its master
  bool caught_up = false;   // streaming, and nothing is missing
  std::string volume;       // where its data are; empty: it has none
  LogHistory history;       // what its log is made of
  LinearPosition position;  // of its own log; while in sync see ClusterState::position()
  std::int64_t phase = 0;   // of its snapshot cycle
  std::int64_t snapshot_bytes = 0;    // while it is provisioned: what has to arrive,
  LinearPosition received;            // and what has
  std::vector<std::uint64_t> drifts;  // keys of ClusterState::drifts
  sim::Time recovered_at{};           // while recovering
  sim::Time synced_at = kNever;       // when the stream is (or was) in sync
  Agenda::Ticket due;                 // the next step of its stream, demotion or promotion
  std::optional<CopyStatus> noted;    // as last traced and counted
};

struct Partition {
  int ordinal = 0;
  std::int64_t term = 1;
  int master = 0;               // index of the master copy, on record
  int preferred_leaf = 0;       // node that has the master when all is well
  bool offline = true;          // nobody serves it, on record
  bool served = false;          // the master on record is online and attached
  bool stalled = false;         // commits wait for a replica that does not answer
  std::int64_t aimed_at = 0;    // the master's rate when its replica was last aimed
  std::int64_t write_rate = 0;  // log bytes per second that clients want to write
  std::int64_t read_rate = 0;   // rows per second that clients want to read
  std::vector<Copy> copies;     // 1 or 2
  const Copy& master_copy() const { return copies[static_cast<std::size_t>(master)]; }
  Copy& master_copy() { return copies[static_cast<std::size_t>(master)]; }
};

// How many copies of a database's partitions are in which state, kept up to date so that a summary
// costs nothing.
struct InstanceCounts {
  std::array<int, 8> by_state{};  // index: sql::InstanceState
  int unsynced_slaves = 0;
  int disconnected_slaves = 0;
  std::set<std::pair<int, int>> recovering;  // ordinal, copy: those may be pending by now

  void add(const CopyStatus& status, int ordinal, int copy, int change);
};

struct Database {
  std::string name;
  RowShape row;
  bool sync_replication = true;
  std::int64_t reference_bytes = 0;
  int clients = -1;  // its index in the ClientLog
  int unserved_partitions = 0;
  InstanceCounts counts;
  std::vector<Partition> partitions;
};

// A node's stream of the `cluster` and reference databases from the master aggregator.
struct MetadataStream {
  bool connected = false;
  std::string volume;         // the disk that holds them; empty: none yet
  std::int64_t position = 0;  // of the `cluster` log when it was last disconnected
  // While connected: what is missing at `since`, and how fast it arrives from then on (0: stalled).
  std::int64_t missing = 0;
  sim::Time since{};
  std::int64_t rate = 0;
  sim::Time synced_at = kNever;

  // Effect: synced_at follows from the others.
  void time_sync();
};

// Bytes on a node's disk that its data do not explain.
struct ExtraDisk {
  std::uint64_t id = 0;  // of the disturbance
  DiskUse use = DiskUse::kLogs;
  std::int64_t bytes = 0;
  std::string volume;  // gone with this disk
};

struct Node {
  // Identity.
  int index = -1;
  NodeKind kind = NodeKind::kLeaf;
  int ordinal = 0;
  std::string pod;
  std::string host;

  // Process.
  ProcessState process = ProcessState::kDown;
  bool recovered = false;        // has read its disk since the process started
  bool coordinator = false;      // the sidecar that joins it to the cluster runs
  bool black_holed = false;      // packets to and from it are dropped
  std::int64_t incarnation = 0;  // process starts
  sim::Time up_since{};
  std::string version;
  std::string volume;
  std::string password;  // of root; empty: any is accepted
  std::set<std::string> plan_cache_versions;
  std::vector<ExtraDisk> extra_disk;

  // Record.
  bool member = false;
  std::int64_t node_id = 0;
  std::int64_t seen_incarnation = 0;  // the process that was attached last
  int availability_group = 1;
  int pair = -1;
  sql::NodeState recorded = sql::NodeState::kUnknown;
  MetadataStream metadata;
  // Of an aggregator that does not hear the master aggregator: the record as it knows it. Null: it
  // knows the record as it is.
  std::shared_ptr<const ClusterRecord> stale;
  std::vector<CopyId> copies;
  bool wants_masters_back = false;
  sim::Time attached_at{};

  TruthHistory history;
  std::optional<NodeTruth> counted;  // its part in LeafSummary

  // Due items.
  Agenda::Ticket process_due;  // connectable, recovered
  Agenda::Ticket view_due;     // what the master aggregator does about it next
  DueKind view_kind = DueKind::kHeartbeat;
  Agenda::Ticket rebalance_due;

  bool running() const { return process == ProcessState::kRunning; }
  bool in_contact() const { return running() && !black_holed; }
};

// All leaves that have joined, as one: online when each of them is, in sync when the last one is.
class LeafSummary {
 public:
  void replace(std::optional<NodeTruth>& counted, const std::optional<NodeTruth>& now);
  NodeTruth truth() const;

 private:
  int count_ = 0;
  int offline_ = 0;
  std::multiset<sim::Time> synced_at_;
};

// What the disturbances leave of a stream.
struct StreamCondition {
  bool broken = false;
  std::int64_t rate = 0;  // bytes per second; 0: stalled
  bool stalled() const { return rate == 0; }
};

struct ActiveDisturbance {
  std::uint64_t id = 0;
  StreamDisturbance what;
};

struct DriftAmount {
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
};

// For how many aggregators a partition's copies are the master that they can use.
struct Carriers {
  std::array<int, 2> by_copy{};
};

class ClusterState {
 public:
  std::string namespace_;
  std::string name;
  int redundancy = 1;
  sim::Duration async_delay{};  // of what is acknowledged before the replica has it

  std::vector<Node> nodes;
  std::vector<int> aggregators;
  std::vector<int> leaves;
  std::map<int, int> leaf_by_ordinal;
  int members = 0;
  int online_leaves = 0;       // on record
  int online_aggregators = 0;  // on record
  LeafSummary leaf_summary;
  TruthHistory history;  // of leaf_summary: were all leaves online and in sync at one instant?
  std::vector<Database> databases;
  std::map<std::string, int, std::less<>> node_by_host;
  std::map<std::string, int, std::less<>> node_by_pod;

  int master_aggregator = -1;            // node that was bootstrapped
  bool master_active = false;            // it runs, has recovered and manages the cluster
  std::int64_t cluster_incarnation = 0;  // bootstraps
  std::map<std::string, std::int64_t> volume_owner;  // disk -> incarnation it belongs to
  std::string bootstrap_volume;  // the disk that holds the master's `cluster` database
  std::int64_t next_node_id = 1;
  std::int64_t metadata_position = 0;  // end of the `cluster` log
  bool databases_created = false;
  int usable_aggregators = 0;  // client writes need one
  int stale_aggregators = 0;   // usable or not, with a record of their own
  std::uint64_t version = 0;   // grows with every change of the truth

  std::set<std::pair<int, int>> cuts;  // pairs of nodes, lower index first: no packet passes
  std::vector<ActiveDisturbance> disturbances;  // in the order of their ids
  std::map<std::uint64_t, DriftAmount> drifts;

  const Node* find_pod(std::string_view pod) const;
  const Node* find_host(std::string_view host) const;
  const Database* find_database(std::string_view database) const;
  Node& node(int index) { return nodes[static_cast<std::size_t>(index)]; }
  const Node& node(int index) const { return nodes[static_cast<std::size_t>(index)]; }
  Partition& partition(const CopyId& id);
  const Partition& partition(const CopyId& id) const;
  Copy& copy(const CopyId& id);
  const Copy& copy(const CopyId& id) const;
  // The other copy of the same partition; null when there is one only.
  Copy* other(const CopyId& id);
  const Copy* other(const CopyId& id) const;

  bool is_master_aggregator(const Node& node) const { return node.index == master_aggregator; }
  // Packets pass between the two. Says nothing about processes.
  bool reach(const Node& a, const Node& b) const;
  // The master aggregator's packets reach the node and its answers come back.
  bool answers_master(const Node& node) const;
  // Part of the cluster, with its `cluster` database, and able to run statements for clients.
  bool usable_aggregator(const Node& node) const;
  // The copy's data are on the disk its leaf runs with.
  bool has_data(const Copy& copy) const;
  // The copy's leaf is attached and answers.
  bool attached(const Copy& copy) const;
  // The partition's master takes reads and writes now.
  bool serves(const Partition& partition) const;

  // The stream to this slave; to this node from the master aggregator. `full` is the rate of an
  // undisturbed one.
  StreamCondition stream_condition(const CopyId& slave, std::int64_t full) const;
  StreamCondition metadata_condition(const Node& node, std::int64_t full) const;
  bool matches(const StreamPattern& pattern, const CopyId& slave) const;
  bool matches(const StreamPattern& pattern, const Node& node) const;

  // How a statement of this aggregator fares at a partition.
  enum class Access : std::uint8_t {
    kServed,
    kOffline,  // it has no master on record, or the leaf refuses
    kSilent,   // packets get lost on the way
  };
  // Precondition: the aggregator is usable. `copy`: the copy that it takes for the master.
  Access access(const Node& aggregator, const CopyId& any_copy, int& copy) const;
  Carriers carriers(const CopyId& any_copy) const;
  // The copy, which some aggregator takes for the master, waits for no replica.
  bool commits(const CopyId& copy) const;

  // End of the copy's log now. A copy in sync is where its master is; one that replicates
  // asynchronously and has caught up is behind by what is on its way.
  std::int64_t position(const Partition& partition, const Copy& copy, sim::Time now) const;
  // The copy that has what is left of the partition: its master, or the other one when the master's
  // disk is gone. Null: none has.
  const Copy* keeper(const Partition& partition) const;
  // kRecovering turns into kPending by itself.
  sql::InstanceState instance_state(const Copy& copy, sim::Time now) const;
  std::int64_t rows(const Database& database, const Partition& partition, const Copy& copy,
                    sim::Time now) const;
  // Of its rows and beside them.
  std::int64_t memory(const Database& database, const Partition& partition, const Copy& copy,
                      sim::Time now) const;
  std::int64_t extra_disk(const Node& node, DiskUse use) const;
  // Of the `cluster` and reference databases on the node.
  std::int64_t metadata_missing(const Node& node, sim::Time now) const;
  // Bytes of the node's data directory, summed over its databases and uses.
  std::int64_t disk_bytes(const Node& node, const Settings& settings, sim::Time now) const;

  // What a judge may hold against an operator: is the node truly online and in sync?
  NodeTruth judge(const Node& node) const;
};

}  // namespace sdbtwin::singlestore
