#pragma once

// The rules of single kinds: what the server fills in or throws away when an object of the kind is
// created or updated, and what it refuses. What all kinds share is in metadata.h; what follows from
// the field tables is in model/api/schema.h.

#include "model/store/transaction.h"

namespace sdbtwin::store {

// Effect: defaults that are not in the field tables; those of a write's owner, as the tables' are.
void fill_defaults(api::Object& object);
// Effect: status dropped or begun (a pod is Pending from birth), defaults that need the server.
void prepare_create(Transaction& transaction, api::Object& object);
// Effect: what the main endpoint does not take is as before (status, namespace finalizers, ...).
void prepare_update(const Resource& resource, api::Object& next, const api::Object& before);
// Result: `before` with what the status endpoint takes from `asked`.
std::shared_ptr<api::Object> with_status(const Resource& resource, const api::Object& asked,
                                         const api::Object& before);

Causes check_create(const api::Object& object);
Causes check_update(const api::Object& next, const api::Object& before);

// What generation counts: any change outside metadata, and outside status where that is a
// subresource (kubernetes.md 4.2).
bool content_differs(const Resource& resource, const api::Object& next, const api::Object& before);

bool creates_on_update(api::Kind kind);       // PUT of a name that is not there
bool returns_deleted_object(api::Kind kind);  // DELETE answers the object, not a Status

}  // namespace sdbtwin::store
