// What the parts of one DatabaseCluster work on together, and the changes that all of them make.
//
// Owned by DatabaseCluster, which outlives its parts. Every change of a node, partition or copy
// goes through here or is followed by refresh(): that is what keeps events, truth history and
// counters complete.
#pragma once

#include <string>
#include <vector>

#include "model/singlestore/agenda.h"
#include "model/singlestore/events.h"
#include "model/singlestore/settings.h"
#include "model/singlestore/state.h"
#include "sim/core/assert.h"
#include "sim/core/rng.h"
#include "sim/core/time.h"

namespace sdbtwin::singlestore {

struct Parts {
  Parts(const Settings& cluster_settings, Journal& cluster_journal, sim::Rng stream)
      : settings(cluster_settings),
        journal(cluster_journal),
        rng(stream),
        clients(cluster_settings.clients) {}

  const Settings& settings;
  ClusterState state;
  Agenda agenda;
  Journal& journal;
  sim::Rng rng;
  ClientLog clients;

  // The node's truth may have changed; looked at once, by settle().
  void touch(int node) {
    SIM_ASSERT(node >= 0);
    touched_.push_back(node);
  }
  void settle(sim::Time now);

  // The node's state on the master aggregator's record; a change is a write to `cluster`.
  void record(Node& node, sql::NodeState node_state, sim::Time now);
  // A write to `cluster`: on its way to the nodes whose stream is disturbed, at the others at once.
  void grow_metadata(sim::Time now);
  void set_process(Node& node, ProcessState process);

  // Tells of the copy's role, state and sync when one of them has changed.
  void note_copy(const CopyId& id);
  // Tells whether the partition is served, when that has changed.
  void note_service(const CopyId& any_copy);

  // A database's place in the ClientLog. Precondition: it has its partitions.
  int add_clients(const Database& database, sim::Time now);
  // What clients see of the partition now; tells who acknowledges their writes when that changes.
  void note_clients(int log, const CopyId& any_copy, const ClientView& view, sim::Time now);
  // What is left of the partition is a log with this history that ends at `end`: tells what of its
  // acknowledged writes is lost, once.
  void note_losses(int log, int ordinal, const LogHistory& history, std::int64_t end,
                   sim::Time now);

  std::string partition_name(const CopyId& id) const;

 private:
  std::vector<int> touched_;
};

}  // namespace sdbtwin::singlestore
