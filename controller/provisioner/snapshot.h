// Snapshot: all that a planner may look at. Plain data, read from the caches for one pass, with the
// Provisioner's own writes laid over them.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "controller/provisioner/child.h"
#include "model/api/singlestore.h"
#include "model/api/singlestore_version.h"
#include "sim/core/time.h"

namespace sdbtwin::provisioner {

struct Snapshot {
  std::shared_ptr<const api::Singlestore> database;  // never null
  // What the database needs from others.
  std::shared_ptr<const api::SinglestoreVersion> version;  // null: no such version
  bool has_license = false;  // the licence secret is there and has its key
  ChildMap children;
  std::set<Child> drifted;  // those of them that are not as the database wants them (drift.h)
  // How long after the aggregators' PetSet the leaves' is due, and how much of that is left when
  // this process made the first one.
  sim::Duration leaf_delay{0};
  std::optional<sim::Duration> leaf_wait;

  const api::Object* find(const Child& child) const;
  const api::PetSet* petset(kit::Role role) const;  // null: not there
};

// Ours and not about to go.
bool is_usable(const Snapshot& snapshot, const Child& child);
// Every PetSet is there, and has as many ready pods as it asks for (kubedb.md 1.4).
bool replicas_up(const Snapshot& snapshot);
bool petset_is_up(const Snapshot& snapshot, kit::Role role);
// "" when nothing is missing.
std::string missing_dependency(const Snapshot& snapshot);

}  // namespace sdbtwin::provisioner
