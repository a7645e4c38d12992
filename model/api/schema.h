// What the field tables say about an object: defaults, validation, pruning, immutability. Pure.
// Rules that need more than one field, or another object, are admission plugins (admission.h).
#pragma once

#include <string_view>
#include <vector>

#include "model/api/object.h"
#include "model/api/result.h"

namespace sdbtwin::api {

// Fills in defaults where a field is absent: those of the CRD schema for custom resources, those of
// the built-in API otherwise. Idempotent.
void apply_defaults(Object& object);

// Required fields, enum values and name formats. Paths as the server writes them. Parts that
// `before`, a valid version of the object, shares with it are not looked at again; null = look at
// everything.
std::vector<StatusCause> validate(const Object& object, const Object* before = nullptr);

// Fields that may not change and did.
std::vector<StatusCause> validate_update(const Object& before, const Object& after);

// Removes fields that neither the table nor the schema knows (CRD pruning; Go drops them for
// built-ins). Fields known to the schema but not modelled stay, with all that is below them.
void prune(Object& object);
std::vector<StatusCause> unknown_fields(const Object& object);  // what prune() would remove

// Formats of apimachinery's validation package; "" = valid, else the message.
std::string_view check_dns1123_label(std::string_view text);
std::string_view check_dns1123_subdomain(std::string_view text);
std::string_view check_label_value(std::string_view text);
std::string_view check_qualified_name(std::string_view text);

}  // namespace sdbtwin::api
