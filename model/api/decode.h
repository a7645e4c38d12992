// JSON values to typed structs, by their tables. Internal to model/api; the public face is codec.h.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/result.h"
#include "model/api/type_info.h"
#include "model/api/value.h"

namespace sdbtwin::api {

// Goes along with one decode: where we are, by which rules, and what was wrong so far.
struct DecodeContext {
  bool custom_resource = false;  // keep explicit empty values and absences (opaque.h)
  bool strict = false;
  std::string path;
  std::vector<StatusCause> problems;  // values of a wrong type or form
  std::vector<StatusCause> unknown;   // strict only

  void wrong_type(const Value& value, std::string_view wanted);
  void wrong_form(const Value& value, std::string_view detail);
};

// Adds one segment to the path for its lifetime.
class PathScope {
 public:
  PathScope(DecodeContext& context, std::string_view field);
  PathScope(DecodeContext& context, size_t index);
  ~PathScope() { context_.path.resize(length_); }
  PathScope(const PathScope&) = delete;
  PathScope& operator=(const PathScope&) = delete;

 private:
  DecodeContext& context_;
  size_t length_;
};

// Precondition: `value` is at its zero value (reset()), except that members of a struct that the
// JSON does not name keep theirs. Problems go to the context.
void decode(const TypeInfo& type, void* value, const Value& from, DecodeContext& context);
// The members of a kind: apiVersion, kind and metadata are passed over.
void decode_body(const TypeInfo& type, void* object, const Value& from, DecodeContext& context);
// One member of a struct, with what belongs to it in `extra`.
void decode_field(const TypeInfo& owner_type, const FieldInfo& info, void* owner, const Value* from,
                  DecodeContext& context);

}  // namespace sdbtwin::api
