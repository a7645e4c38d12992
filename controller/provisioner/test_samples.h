// For the tests of this folder: a database like the one of the quick start (1 aggregator, 2
// leaves), a version, a licence, and snapshots made of them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "controller/provisioner/snapshot.h"
#include "model/api/core.h"
#include "model/api/singlestore.h"
#include "model/api/singlestore_version.h"

namespace sdbtwin::provisioner {

inline const Child kLeaves{ChildKind::kPetSet, kit::Role::kLeaf};
inline const Child kLeafBudget{ChildKind::kBudget, kit::Role::kLeaf};

// `sample` in `demo`, UID `db-uid`, version 8.7.10, Durable, WipeOut, finalizer set.
std::shared_ptr<api::Singlestore> sample_database();
std::shared_ptr<api::Singlestore> sample_standalone();
// Images `node:<name>`, `coordinator:<name>`, `standalone:<name>`, `init:<name>`.
std::shared_ptr<api::SinglestoreVersion> sample_version(std::string_view name = "8.7.10");
std::shared_ptr<api::Secret> sample_license();

// The child as the server would have it: created from the database, with UID and version.
api::ObjectPtr stored_child(const Child& child, const api::Singlestore& database,
                            const api::SinglestoreVersion& version);
// Everything there, all replicas ready, all conditions True, nothing to do.
Snapshot settled_snapshot(std::shared_ptr<const api::Singlestore> database);

void edit_database(Snapshot& snapshot, const std::function<void(api::Singlestore&)>& change);
template <class T>
void edit_child(Snapshot& snapshot, const Child& child, const std::function<void(T&)>& change) {
  auto next = api::copy(api::cast<T>(*snapshot.children.at(child)));
  change(*next);
  snapshot.children[child] = std::move(next);
}

void set_sample_condition(api::Singlestore& database, std::string_view type,
                          api::ConditionStatus status);
void stamp(api::Object& object, std::string_view request_uid);

}  // namespace sdbtwin::provisioner
