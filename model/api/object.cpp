#include "model/api/object.h"

#include <algorithm>

#include "model/api/reflect.h"
#include "model/api/table.h"
#include "model/api/unstructured.h"

namespace sdbtwin::api {

std::string to_string(const ObjectKey& key) {
  return key.namespace_.empty() ? key.name : key.namespace_ + "/" + key.name;
}

std::string to_string(const ObjectRef& ref) {
  const std::string kind = ref.kind == Kind::kUnstructured ? split_untyped_name(ref.untyped).second
                                                           : std::string(to_string(ref.kind));
  return kind + " " + to_string(ref.key);
}

ObjectKey key_of(const Object& object) {
  ObjectKey key;  // filled in place: this is called for every object that anybody looks at
  key.namespace_ = object.metadata.namespace_;
  key.name = object.metadata.name;
  return key;
}

ObjectRef ref_of(const Object& object) {
  if (object.kind() != Kind::kUnstructured) return ObjectRef(object.kind(), key_of(object));
  return ObjectRef(untyped_name(api_version_of(object), kind_name_of(object)), key_of(object));
}

std::string api_version_of(const Object& object) {
  if (object.kind() != Kind::kUnstructured) return kind_info(object.kind()).api_version();
  return cast<Unstructured>(object).unstructured_type->api_version();
}

std::string kind_name_of(const Object& object) {
  if (object.kind() != Kind::kUnstructured) return std::string(kind_info(object.kind()).name);
  return cast<Unstructured>(object).unstructured_type->name;
}

GroupResource resource_of(const Object& object) {
  if (object.kind() != Kind::kUnstructured) return kind_info(object.kind()).resource();
  const UnstructuredType& type = *cast<Unstructured>(object).unstructured_type;
  return {type.group, type.plural};
}

bool is_namespaced(const Object& object) {
  if (object.kind() != Kind::kUnstructured) return kind_info(object.kind()).namespaced;
  return cast<Unstructured>(object).unstructured_type->namespaced;
}

OwnerReference make_owner_ref(const Object& owner) {
  OwnerReference reference;
  reference.api_version = api_version_of(owner);
  reference.kind = kind_name_of(owner);
  reference.name = owner.metadata.name;
  reference.uid = owner.metadata.uid;
  return reference;
}

OwnerReference make_controller_ref(const Object& owner) {
  OwnerReference reference = make_owner_ref(owner);
  reference.controller = true;
  reference.block_owner_deletion = true;
  return reference;
}

namespace {

const TypeInfo& body_type(const Object& object) { return kind_info(object.kind()).type(); }

// Objects are passed to tables as pointers to their Object base.
const void* body_of(const Object& object) { return &object; }
void* body_of(Object& object) { return &object; }

// What a top-level member of an Unstructured holds; null when it is not there.
const Value* part_of(const Unstructured& object, std::string_view part) {
  return object.body.find(part);
}

bool same_or_both_null(const Value* a, const Value* b) {
  if (a == nullptr || b == nullptr) return a == b;
  return *a == *b;
}

bool equal_metadata(const Object& a, const Object& b) {
  return equal_values(ObjectMeta::type_info(), &a.metadata, &b.metadata);
}

// A kept member counts only where no typed member hides it.
const Value* visible_extra(const TypeInfo& type, const Object& object, std::string_view part) {
  const FieldInfo* info = type.find(part);
  const bool hidden =
      info != nullptr && info->modelled() && !is_zero(info->type(), info->get(body_of(object)));
  return hidden ? nullptr : extra_of(type, body_of(object)).find(part);
}

bool equal_typed_part(const Object& a, const Object& b, std::string_view part) {
  const TypeInfo& type = body_type(a);
  const FieldInfo* info = type.find(part);
  if (info != nullptr && info->modelled() &&
      !equal_values(info->type(), info->get(body_of(a)), info->get(body_of(b)))) {
    return false;
  }
  return same_or_both_null(visible_extra(type, a, part), visible_extra(type, b, part));
}

bool is_listed(std::initializer_list<std::string_view> parts, std::string_view part) {
  return std::ranges::find(parts, part) != parts.end();
}

using PartNames = std::initializer_list<std::string_view>;

bool equal_untyped_bodies(const Unstructured& a, const Unstructured& b, PartNames except) {
  for (const Unstructured* object : {&a, &b}) {
    for (const auto& [name, value] : object->body.members()) {
      if (is_listed(except, name)) continue;
      if (!same_or_both_null(part_of(a, name), part_of(b, name))) return false;
    }
  }
  return true;
}

bool equal_typed_bodies(const Object& a, const Object& b, PartNames except) {
  const TypeInfo& type = body_type(a);
  for (const FieldInfo& info : type.fields) {
    if (!info.modelled() || is_listed(except, info.name)) continue;
    if (!equal_values(info.type(), info.get(body_of(a)), info.get(body_of(b)))) return false;
  }
  for (const Object* object : {&a, &b}) {
    for (const auto& [name, value] : extra_of(type, body_of(*object)).fields()) {
      if (is_listed(except, name)) continue;
      if (!same_or_both_null(visible_extra(type, a, name), visible_extra(type, b, name))) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

bool equal_part(const Object& a, const Object& b, std::string_view part) {
  SIM_ASSERT(a.kind() == b.kind());
  if (part == "metadata") return equal_metadata(a, b);
  if (a.kind() != Kind::kUnstructured) return equal_typed_part(a, b, part);
  return same_or_both_null(part_of(cast<Unstructured>(a), part),
                           part_of(cast<Unstructured>(b), part));
}

bool equal_except(const Object& a, const Object& b, std::initializer_list<std::string_view> parts) {
  SIM_ASSERT(a.kind() == b.kind());
  if (&a == &b) return true;
  if (!is_listed(parts, "metadata") && !equal_metadata(a, b)) return false;
  if (a.kind() != Kind::kUnstructured) return equal_typed_bodies(a, b, parts);
  return equal_untyped_bodies(cast<Unstructured>(a), cast<Unstructured>(b), parts);
}

bool equal(const Object& a, const Object& b) {
  if (a.kind() != b.kind()) return false;
  if (a.kind() == Kind::kUnstructured &&
      *cast<Unstructured>(a).unstructured_type != *cast<Unstructured>(b).unstructured_type) {
    return false;
  }
  return equal_except(a, b, {});
}

void clear_part(Object& object, std::string_view part) {
  if (part == "metadata") {
    object.metadata = ObjectMeta();
    return;
  }
  if (object.kind() == Kind::kUnstructured) {
    auto& untyped = cast<Unstructured>(object);
    untyped.body = untyped.body.without(part);
    return;
  }
  const TypeInfo& type = body_type(object);
  const FieldInfo* info = type.find(part);
  if (info != nullptr && info->modelled()) reset(info->type(), info->at(body_of(object)));
  Opaque& extra = edit_extra(type, body_of(object));
  extra.erase(part);
  // Of a custom resource a cleared part is not there at all, not even empty.
  if (info != nullptr && info->presence == Presence::kAlways &&
      kind_info(object.kind()).custom_resource) {
    extra.set_absent(std::string(part));
  }
}

void copy_part(Object& to, const Object& from, std::string_view part) {
  SIM_ASSERT(to.kind() == from.kind());
  if (part == "metadata") {
    to.metadata = from.metadata;
    return;
  }
  if (to.kind() == Kind::kUnstructured) {
    const Value* value = part_of(cast<Unstructured>(from), part);
    auto& untyped = cast<Unstructured>(to);
    untyped.body = value == nullptr ? untyped.body.without(part)
                                    : untyped.body.with(std::string(part), *value);
    return;
  }
  const TypeInfo& type = body_type(to);
  const FieldInfo* info = type.find(part);
  if (info != nullptr && info->modelled()) {
    info->type().assign(info->at(body_of(to)), info->get(body_of(from)));
  }
  const Opaque& source = extra_of(type, body_of(from));
  Opaque& target = edit_extra(type, body_of(to));
  target.erase(part);
  if (const Value* kept = source.find(part)) target.set(std::string(part), *kept);
  if (source.is_absent(part)) target.set_absent(std::string(part));
}

void share_equal_parts(Object& fresh, const Object& old) {
  if (fresh.kind() != old.kind()) return;
  share_equal(ObjectMeta::type_info(), &fresh.metadata, &old.metadata);
  if (fresh.kind() == Kind::kUnstructured) {
    auto& untyped = cast<Unstructured>(fresh);
    const auto& before = cast<Unstructured>(old);
    if (untyped.body == before.body) untyped.body = before.body;
    if (*untyped.unstructured_type == *before.unstructured_type) {
      untyped.unstructured_type = before.unstructured_type;
    }
    return;
  }
  share_equal(body_type(fresh), body_of(fresh), body_of(old));
}

}  // namespace sdbtwin::api
