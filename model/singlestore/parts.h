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
      : settings(cluster_settings), journal(cluster_journal), rng(stream) {}

  const Settings& settings;
  ClusterState state;
  Agenda agenda;
  Journal& journal;
  sim::Rng rng;

  // The node's truth may have changed; looked at once, by settle().
  void touch(int node) {
    SIM_ASSERT(node >= 0);
    touched_.push_back(node);
  }
  void settle(sim::Time now);

  // The node's state on the master aggregator's record; a change is a write to `cluster`.
  void record(Node& node, sql::NodeState node_state);
  void set_process(Node& node, ProcessState process);

  // Tells of the copy's role, state and sync when one of them has changed.
  void note_copy(const CopyId& id);
  // Tells whether the partition is served, when that has changed.
  void note_service(const CopyId& any_copy);

  std::string partition_name(const CopyId& id) const;

 private:
  std::vector<int> touched_;
};

}  // namespace sdbtwin::singlestore
