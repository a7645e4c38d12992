#pragma once

// Field ownership: which manager last set which field (metadata.managedFields), and server-side
// apply, which refuses to take a field from another manager unless it is forced
// (kubernetes.md 4.5; structured-merge-diff). Every write costs two encodings of its object, so a
// store keeps it only when StoreOptions::field_ownership says so. Without it an apply merges by the
// same rules, conflicts with nobody and prunes nothing.

#include <string>

#include "model/api/value.h"
#include "model/store/transaction.h"

namespace sdbtwin::store {

// metadata.managedFields after a create or update that turns `before` (null: nothing) into `after`,
// defaults filled in, by the request's manager.
api::Value managers_after_write(const Transaction& transaction, const api::Object* before,
                                const api::Object& after);

// A server-side apply of the request's object to `live` (null: there is none): what to store, with
// its managedFields. Errors: kConflict with a cause for each field of somebody else's; kInvalid
// without a field manager.
api::Result<api::ObjectPtr> apply_configuration(const Transaction& transaction,
                                                const api::ObjectPtr& live);

}  // namespace sdbtwin::store
