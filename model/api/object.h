// Object: the base of every kind, typed or Unstructured. A version of an object is an
// `ObjectPtr` (immutable, shared); to change it: `auto next = copy(*pod); next->... ;
// update(next)`. A copy shares spec, status, labels, ... with the original until they are edited.
//
// Keys and references name objects: ObjectKey within a kind, ObjectRef with the kind.
#pragma once

#include <compare>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "model/api/kind.h"
#include "model/api/meta.h"
#include "sim/core/assert.h"

namespace sdbtwin::api {

class Object {
 public:
  ObjectMeta metadata;

  virtual ~Object() = default;
  Kind kind() const noexcept { return kind_; }
  virtual std::shared_ptr<Object> clone() const = 0;

 protected:
  explicit Object(Kind kind) : kind_(kind) {}
  Object(const Object&) = default;
  Object& operator=(const Object&) = default;

 private:
  Kind kind_;
};

using ObjectPtr = std::shared_ptr<const Object>;

// The object as T. as(): precondition (SIM_ASSERT): not null and of that kind; as_if(): null
// instead.
template <class T>
std::shared_ptr<const T> as_if(const ObjectPtr& object) {
  if (!object || object->kind() != T::kKind) return nullptr;
  return std::static_pointer_cast<const T>(object);
}
template <class T>
std::shared_ptr<const T> as(const ObjectPtr& object) {
  SIM_ASSERT(object != nullptr);
  SIM_ASSERT(object->kind() == T::kKind);
  return std::static_pointer_cast<const T>(object);
}
template <class T>
const T& cast(const Object& object) {
  SIM_ASSERT(object.kind() == T::kKind);
  return static_cast<const T&>(object);
}
template <class T>
T& cast(Object& object) {
  SIM_ASSERT(object.kind() == T::kKind);
  return static_cast<T&>(object);
}

// A mutable copy, to edit and send.
template <class T>
std::shared_ptr<T> copy(const T& object) {
  return std::make_shared<T>(object);
}
inline std::shared_ptr<Object> copy(const Object& object) { return object.clone(); }

// Namespace ("" when cluster-scoped) and name; ordered as etcd orders keys.
struct ObjectKey {
  std::string namespace_;
  std::string name;

  ObjectKey() = default;
  ObjectKey(std::string namespace_value, std::string name_value)
      : namespace_(std::move(namespace_value)), name(std::move(name_value)) {}

  auto operator<=>(const ObjectKey&) const = default;
};
std::string to_string(const ObjectKey& key);  // "ns/name", or "name"

// An object of any kind by name. `untyped` is empty but for kUnstructured, where it says which
// kind: "apiVersion/Kind", e.g. "apps.k8s.appscode.com/v1/PlacementPolicy".
struct ObjectRef {
  Kind kind = Kind::kUnstructured;
  ObjectKey key;
  std::string untyped;

  ObjectRef() = default;
  ObjectRef(Kind kind_value, ObjectKey key_value) : kind(kind_value), key(std::move(key_value)) {}
  ObjectRef(Kind kind_value, std::string namespace_, std::string name)
      : kind(kind_value), key(std::move(namespace_), std::move(name)) {}
  ObjectRef(std::string untyped_value, ObjectKey key_value)
      : key(std::move(key_value)), untyped(std::move(untyped_value)) {}

  auto operator<=>(const ObjectRef&) const = default;
};
std::string to_string(const ObjectRef& ref);  // "PetSet ns/name"

ObjectKey key_of(const Object& object);
ObjectRef ref_of(const Object& object);

// Names of the object's kind, also for Unstructured.
std::string api_version_of(const Object& object);
std::string kind_name_of(const Object& object);
GroupResource resource_of(const Object& object);  // views live as long as the object
bool is_namespaced(const Object& object);

// {apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true}
OwnerReference make_controller_ref(const Object& owner);
OwnerReference make_owner_ref(const Object& owner);  // without the two flags

// Deep comparison of everything that would be encoded; shared parts are not walked.
bool equal(const Object& a, const Object& b);

// Parts are the top-level members by JSON name: "metadata", "spec", "status", "data", ...
// An unmodelled top-level member counts as a part too. Precondition: same kind.
bool equal_part(const Object& a, const Object& b, std::string_view part);
bool equal_except(const Object& a, const Object& b, std::initializer_list<std::string_view> parts);
void copy_part(Object& to, const Object& from, std::string_view part);
void clear_part(Object& object, std::string_view part);

// Makes parts of `fresh` that equal parts of `old` the very same shared parts (after a decode).
void share_equal_parts(Object& fresh, const Object& old);

}  // namespace sdbtwin::api
