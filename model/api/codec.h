// Objects as JSON and back. JSON exists only at the edges; inside, objects stay typed.
//
// Decoding never loses a field: what a struct does not model goes to its `extra`. Encoding of typed
// objects writes members in table order (Go's struct order), then the extra ones sorted; the
// canonical form (all keys sorted) is to_value(object).dump(). Built-in kinds follow Go's zero
// rules; custom resources keep what was written, also explicit empty values (opaque.h).
#pragma once

#include <string>
#include <string_view>

#include "model/api/object.h"
#include "model/api/result.h"
#include "model/api/value.h"

namespace sdbtwin::api {

struct DecodeOptions {
  // An unknown or duplicate field is an error (fieldValidation=Strict). All problems are reported:
  // one cause for each, with its path in `field`.
  bool strict = false;
};

struct EncodeOptions {
  // As a Go client with typed structs writes it: fields without omitempty always, explicit empty
  // values and absences of `extra` forgotten. For ControllerRevision data.
  bool go_typed = false;
};

// Errors are kBadRequest; causes carry the path of the field ("spec.topology.leaf.replicas").
Result<ObjectPtr> from_json(std::string_view json, const DecodeOptions& options = {});
Result<ObjectPtr> from_value(const Value& value, const DecodeOptions& options = {});

std::string to_json(const Object& object);
Value to_value(const Object& object, const EncodeOptions& options = {});

// One struct (a PodSpec, a PodTemplateSpec, ...) as JSON, by its table.
Value encode_struct(const TypeInfo& type, const void* value, const EncodeOptions& options = {});
Result<void> decode_struct(const TypeInfo& type, void* value, const Value& from,
                           bool custom_resource, const DecodeOptions& options = {});

template <class T>
Value struct_to_value(const T& value, const EncodeOptions& options = {}) {
  return encode_struct(T::type_info(), &value, options);
}
template <class T>
Result<T> struct_from_value(const Value& from, bool custom_resource = true,
                            const DecodeOptions& options = {}) {
  T value;
  Result<void> decoded = decode_struct(T::type_info(), &value, from, custom_resource, options);
  if (!decoded) return decoded.error();
  return value;
}

// A Status object, as the server answers an error.
std::string status_json(const ApiError& error);
Value status_value(const ApiError& error);
ApiError error_from_status(const Value& status, int http_code);

}  // namespace sdbtwin::api
