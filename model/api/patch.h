// Patches as pure functions: object in, new object out. Merge and strategic merge patches are
// applied to the typed object in place of a JSON round trip, so untouched parts stay shared.
//
// Errors: kBadRequest (not a patch), kInvalid (the result is not an object of its kind, or a JSON
// patch `test` failed), kUnsupportedMediaType (strategic merge of a custom resource). metadata that
// the server owns is not protected here: that is the store's business.
#pragma once

#include "model/api/client.h"
#include "model/api/object.h"
#include "model/api/result.h"
#include "model/api/value.h"

namespace sdbtwin::api {

Result<ObjectPtr> apply_json_patch(const Object& object, const Value& patch);   // RFC 6902
Result<ObjectPtr> apply_merge_patch(const Object& object, const Value& patch);  // RFC 7386
Result<ObjectPtr> apply_strategic_merge_patch(const Object& object, const Value& patch);
// By type; kApply is not handled here (ownership.h).
Result<ObjectPtr> apply_patch(const Object& object, PatchType type, const Value& patch);

// On plain values, for unknown kinds and for tests.
Result<Value> json_patch(const Value& document, const Value& patch);
Value merge_patch(const Value& document, const Value& patch);

// The merge patch that turns `from` into `to`.
Value make_merge_patch(const Value& from, const Value& to);

}  // namespace sdbtwin::api
