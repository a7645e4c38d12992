#pragma once

// Deletion as part of another request: an eviction, a collection.

#include "model/store/transaction.h"

namespace sdbtwin::store {

// The whole DELETE of an object that exists. Preconditions in `options` are checked against it.
Answer remove_object(Transaction& transaction, const api::ObjectPtr& existing,
                     const api::DeleteOptions& options);

}  // namespace sdbtwin::store
