// What happens in the database world, as trace events.
//
// Truth and record are told apart: `database-process`, `partition-service` and
// `database-node-truth` are true facts that nobody in the cluster may have noticed yet;
// `database-node-state` and `partition-copy` are what the master aggregator has on record.
// `query-answered` is traced by the process that asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "model/singlestore/state.h"
#include "model/sql/names.h"
#include "sim/core/time.h"

namespace sdbtwin::singlestore {

struct ProcessChanged {
  static constexpr std::string_view kName = "database-process";
  std::string namespace_, cluster, pod, version;
  ProcessState state;
  template <class V>
  void visit(V& v) const {
    v("namespace", namespace_);
    v("cluster", cluster);
    v("pod", pod);
    v("version", version);
    v("state", state);
  }
};

// SHOW LEAVES or SHOW AGGREGATORS shows another state from now on.
struct NodeStateChanged {
  static constexpr std::string_view kName = "database-node-state";
  std::string namespace_, cluster, pod;
  sql::NodeState state;
  template <class V>
  void visit(V& v) const {
    v("namespace", namespace_);
    v("cluster", cluster);
    v("pod", pod);
    v("state", state);
  }
};

// The node's part of the database is (not) served, or its streams are in sync at another time.
struct NodeTruthChanged {
  static constexpr std::string_view kName = "database-node-truth";
  std::string namespace_, cluster, pod;
  bool online;
  bool syncs;           // false: nothing that goes on would bring it into sync
  sim::Time synced_at;  // when it is, or was, in sync; 0 when it never will be
  template <class V>
  void visit(V& v) const {
    v("namespace", namespace_);
    v("cluster", cluster);
    v("pod", pod);
    v("online", online);
    v("syncs", syncs);
    v("synced_at", synced_at);
  }
};

// A partition can (not) be read and written from now on.
struct PartitionServiceChanged {
  static constexpr std::string_view kName = "partition-service";
  std::string namespace_, cluster, partition, master_pod;
  bool served;
  std::int64_t term;
  template <class V>
  void visit(V& v) const {
    v("namespace", namespace_);
    v("cluster", cluster);
    v("partition", partition);
    v("master_pod", master_pod);
    v("served", served);
    v("term", term);
  }
};

struct CopyChanged {
  static constexpr std::string_view kName = "partition-copy";
  std::string namespace_, cluster, partition, pod;
  sql::InstanceRole role;
  sql::InstanceState state;
  sql::PartitionSync sync;
  bool streaming;
  template <class V>
  void visit(V& v) const {
    v("namespace", namespace_);
    v("cluster", cluster);
    v("partition", partition);
    v("pod", pod);
    v("role", role);
    v("state", state);
    v("sync", sync);
    v("streaming", streaming);
  }
};

// A new, empty cluster.
struct ClusterBootstrapped {
  static constexpr std::string_view kName = "database-bootstrapped";
  std::string namespace_, cluster, pod;
  std::int64_t incarnation;
  template <class V>
  void visit(V& v) const {
    v("namespace", namespace_);
    v("cluster", cluster);
    v("pod", pod);
    v("incarnation", incarnation);
  }
};

struct DatabaseCreated {
  static constexpr std::string_view kName = "database-created";
  std::string namespace_, cluster, database;
  std::int64_t partitions;
  template <class V>
  void visit(V& v) const {
    v("namespace", namespace_);
    v("cluster", cluster);
    v("database", database);
    v("partitions", partitions);
  }
};

// From now on this node acknowledges (or not) clients' writes to the partition. Truth; comes with
// changes of roles, terms and service only. `position` is where that begins or ends.
struct WritesAcknowledged {
  static constexpr std::string_view kName = "writes-acknowledged";
  std::string namespace_, cluster, partition, pod;
  bool acknowledged;
  std::int64_t term;
  std::int64_t position;
  template <class V>
  void visit(V& v) const {
    v("namespace", namespace_);
    v("cluster", cluster);
    v("partition", partition);
    v("pod", pod);
    v("acknowledged", acknowledged);
    v("term", term);
    v("position", position);
  }
};

// Writes that clients were told are done are in no log that is left: bytes [from, to) of the term.
struct AcknowledgedWritesLost {
  static constexpr std::string_view kName = "acknowledged-writes-lost";
  std::string namespace_, cluster, partition;
  std::int64_t term;
  std::int64_t from;
  std::int64_t to;
  std::int64_t rows;
  template <class V>
  void visit(V& v) const {
    v("namespace", namespace_);
    v("cluster", cluster);
    v("partition", partition);
    v("term", term);
    v("from", from);
    v("to", to);
    v("rows", rows);
  }
};

// Told when more than one copy of a partition acknowledges writes, and when that is over.
struct WritableMasters {
  static constexpr std::string_view kName = "writable-masters";
  std::string namespace_, cluster, partition;
  std::int64_t masters;
  std::string pods;  // with commas
  template <class V>
  void visit(V& v) const {
    v("namespace", namespace_);
    v("cluster", cluster);
    v("partition", partition);
    v("masters", masters);
    v("pods", pods);
  }
};

using ClusterEvent =
    std::variant<ProcessChanged, NodeStateChanged, NodeTruthChanged, PartitionServiceChanged,
                 CopyChanged, ClusterBootstrapped, DatabaseCreated, WritesAcknowledged,
                 AcknowledgedWritesLost, WritableMasters>;

// Takes the events of a cluster in their order. Must not change the cluster.
class Journal {
 public:
  virtual void note(const ClusterEvent& event) = 0;

 protected:
  ~Journal() = default;
};

// A client has its answer, or has given up. The rows show the state at one instant of
// [sent, time of this event].
struct QueryAnswered {
  static constexpr std::string_view kName = "query-answered";
  std::string client;
  std::string statement;
  std::string host;
  sim::Time sent;
  std::string outcome;  // "ok" or the name of the SqlErrorKind
  std::int64_t rows;
  template <class V>
  void visit(V& v) const {
    v("client", client);
    v("statement", statement);
    v("host", host);
    v("sent", sent);
    v("outcome", outcome);
    v("rows", rows);
  }
};

}  // namespace sdbtwin::singlestore
