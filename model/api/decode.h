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

class PathScope;

// Goes along with one walk: where we are, by which rules, and what was wrong so far.
struct DecodeContext {
  bool custom_resource = false;  // keep explicit empty values and absences (opaque.h)
  bool strict = false;
  const PathScope* innermost = nullptr;
  std::vector<StatusCause> problems;  // values of a wrong type or form
  std::vector<StatusCause> unknown;   // strict only

  std::string path() const;  // "spec.containers[0].name"
  void wrong_type(const Value& value, std::string_view wanted);
  void wrong_form(const Value& value, std::string_view detail);
};

// Adds one segment to the path for its lifetime. The text is only made when somebody asks for it;
// the name must outlive the scope.
class PathScope {
 public:
  PathScope(DecodeContext& context, std::string_view field)
      : context_(context), outer_(context.innermost), field_(field) {
    context_.innermost = this;
  }
  PathScope(DecodeContext& context, size_t index)
      : context_(context), outer_(context.innermost), index_(index) {
    context_.innermost = this;
  }
  ~PathScope() { context_.innermost = outer_; }
  PathScope(const PathScope&) = delete;
  PathScope& operator=(const PathScope&) = delete;

  void append_to(std::string& path) const;

 private:
  DecodeContext& context_;
  const PathScope* outer_;
  std::string_view field_;  // empty data: an index
  size_t index_ = 0;
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
