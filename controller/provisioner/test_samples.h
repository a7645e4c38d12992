// For the tests of this folder: a database like the one of the quick start (1 aggregator, 2
// leaves), a version, a licence, and snapshots made of them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "controller/provisioner/snapshot.h"
#include "model/api/core.h"
#include "model/api/singlestore.h"
#include "model/api/singlestore_version.h"

namespace sdbtwin::provisioner {

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

void set_sample_condition(api::Singlestore& database, std::string_view type,
                          api::ConditionStatus status);
void stamp(api::Object& object, std::string_view request_uid);

}  // namespace sdbtwin::provisioner
