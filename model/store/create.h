#pragma once

// What creating shares with the other writes.

#include <memory>

#include "model/store/transaction.h"

namespace sdbtwin::store {

// The whole creation of `object`, whose name may be empty and is then generated.
Answer create_object(Transaction& transaction, std::shared_ptr<api::Object> object);

// Effect: fields that the kind does not have are removed, with a warning (or refused, where the
// request is strict), and defaults are filled in.
api::Result<void> settle_fields(Transaction& transaction, api::Object& object);

}  // namespace sdbtwin::store
