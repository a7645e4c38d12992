#pragma once

// The rules for metadata that all kinds share (kubernetes.md 4.1): what the server owns, what a
// client may say, and what may never change.

#include <string>

#include "model/store/transaction.h"

namespace sdbtwin::store {

// Effect: what only the server sets is set: uid, times, generation. The name is set already.
void fill_system_fields(Transaction& transaction, api::ObjectMeta& meta);

// Effect: what the server keeps for itself is as it was, whatever the client sent. A changed name
// or namespace is left for check_metadata_update to refuse.
void restore_system_fields(api::ObjectMeta& next, const api::ObjectMeta& before);

// Effect: deletionTimestamp = now + grace; the first time, generation + 1 where it is counted.
void mark_deleting(api::ObjectMeta& meta, api::Timestamp now, std::int64_t grace_seconds);

// Effect: the object gets a free name made of generateName, when it has no name. kubernetes.md 4.3.
void generate_name(Transaction& transaction, api::ObjectMeta& meta);

// What api::validate leaves to the server: owners, finalizers, namespace.
Causes check_metadata(const Resource& resource, const api::ObjectMeta& meta);
Causes check_metadata_update(const api::ObjectMeta& next, const api::ObjectMeta& before);

// kNotFound or kForbidden when objects cannot be created in the request's namespace.
api::Result<void> check_namespace(const Transaction& transaction, const std::string& name);

// kConflict when the object is not the one that the preconditions mean.
api::Result<void> check_preconditions(const Resource& resource, const api::DeleteOptions& options,
                                      const api::ObjectMeta& meta);

}  // namespace sdbtwin::store
