#pragma once

// FieldSet: a set of paths into an object, as server-side apply keeps it (FieldsV1 of
// structured-merge-diff): members by name, elements of keyed lists by their keys, elements of sets
// by value. Which lists have keys and what is atomic says the field table of the kind; without a
// table members are taken one by one and lists as a whole. A value type; pure.

#include <map>
#include <string>
#include <vector>

#include "model/api/object.h"
#include "model/api/type_info.h"
#include "model/api/value.h"

namespace sdbtwin::store {

class FieldSet {
 public:
  FieldSet() = default;

  // The leaves of a document, and the elements of keyed lists themselves.
  static FieldSet of(const api::Value& document, const api::TypeInfo* type);
  static FieldSet parse(const api::Value& fields_v1);
  api::Value fields_v1() const;

  bool empty() const noexcept { return !self_ && children_.empty(); }
  bool operator==(const FieldSet&) const = default;

  FieldSet united(const FieldSet& other) const;
  FieldSet without(const FieldSet& other) const;
  FieldSet common(const FieldSet& other) const;
  // As messages name them: .spec.containers[name="c"].image
  std::vector<std::string> paths() const;

  // The document without the members and elements that the set names.
  api::Value removed_from(const api::Value& document, const api::TypeInfo* type) const;

 private:
  friend class FieldWalk;
  using Children = std::map<std::string, FieldSet>;  // by "f:name", "k:{...}", "v:..."

  void collect_paths(const std::string& path, std::vector<std::string>& into) const;

  bool self_ = false;
  Children children_;
};

// What changed from one document to another.
struct FieldChanges {
  FieldSet added;
  FieldSet modified;
  FieldSet removed;

  bool none() const noexcept { return added.empty() && modified.empty() && removed.empty(); }
};
// `typed`: Go's structs are there even when they are empty (built-in kinds).
FieldChanges compare_fields(const api::Value& before, const api::Value& after,
                            const api::TypeInfo* type, bool typed);

// `applied` merged into `live`: members one by one, keyed lists by key, sets united, what is atomic
// replaced.
api::Value merge_applied(const api::Value& live, const api::Value& applied,
                         const api::TypeInfo* type);

}  // namespace sdbtwin::store
