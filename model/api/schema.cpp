// Validation, immutability and pruning by the field tables. Defaults: defaults.cpp.
#include "model/api/schema.h"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <utility>

#include "model/api/decode.h"
#include "model/api/encode.h"
#include "model/api/errors.h"
#include "model/api/field_plan.h"
#include "model/api/reflect.h"

namespace sdbtwin::api {

namespace {

std::string json_of(const TypeInfo& type, const void* value) {
  ValueSink sink;
  encode(type, value, sink, {});
  return sink.take().dump();
}

const FieldPlan& fields_to_check() {
  static const FieldPlan kPlan(
      [](const FieldInfo& info) { return info.required || info.type().kind == TypeKind::kEnum; });
  return kPlan;
}

const FieldPlan& fields_with_members() {
  static const FieldPlan kPlan(
      [](const FieldInfo& info) { return innermost(info.type()).kind == TypeKind::kStruct; });
  return kPlan;
}

using Steps = FieldPlan::Steps;

// Walks an object by its tables; `before` runs alongside as long as it has the same shape.
class Validator {
 public:
  explicit Validator(bool custom_resource) { context_.custom_resource = custom_resource; }

  void check(const TypeInfo& kind, const void* object, const void* before) {
    visit_struct(kind, object, before, fields_to_check().of(kind));
  }

  std::vector<StatusCause> take() { return std::move(causes_); }

 private:
  void visit(const TypeInfo& type, const void* value, const void* before, const Steps& steps) {
    switch (type.kind) {
      case TypeKind::kShared:
        if (before != nullptr && type.same(value, before)) return;
        return visit(type.element(), type.box->get(value),
                     before == nullptr ? nullptr : type.box->get(before), steps);
      case TypeKind::kOptional:
        if (const void* inner = type.box->get(value)) visit(type.element(), inner, nullptr, steps);
        return;
      case TypeKind::kList:
        return visit_list(type, value, steps);
      case TypeKind::kMap:
        return visit_map(type, value, steps);
      case TypeKind::kStruct:
        return visit_struct(type, value, before, steps);
      default:
        return;  // leaves were checked when they were decoded
    }
  }

  void visit_list(const TypeInfo& type, const void* list, const Steps& steps) {
    const TypeInfo& element = type.element();
    const size_t size = type.list->size(list);
    for (size_t index = 0; index < size; ++index) {
      PathScope scope(context_, index);
      visit(element, type.list->at(list, index), nullptr, steps);
    }
  }

  void visit_map(const TypeInfo& type, const void* map, const Steps& steps) {
    struct Context {
      Validator& validator;
      const TypeInfo& element;
      const Steps& steps;
    } context{*this, type.element(), steps};
    type.map->visit(map, &context, [](void* raw, const std::string& key, const void* value) {
      auto& state = *static_cast<Context*>(raw);
      PathScope scope(state.validator.context_, key);
      state.validator.visit(state.element, value, nullptr, state.steps);
    });
  }

  void visit_struct(const TypeInfo& type, const void* owner, const void* before,
                    const Steps& steps) {
    const Opaque& extra = extra_of(type, owner);
    for (const auto& [field, field_type, below] : steps) {
      const FieldInfo& info = *field;
      const TypeInfo& member_type = *field_type;
      const void* member = info.get(owner);
      if (info.required || member_type.kind == TypeKind::kEnum) {
        check_member(info, member_type, member, extra);
      }
      if (below == nullptr || is_left_out(info, member_type, member, extra)) continue;
      PathScope scope(context_, info.name);
      visit(member_type, member, before == nullptr ? nullptr : info.get(before), *below);
    }
  }

  // A plain struct member that would not be written has no members to check.
  bool is_left_out(const FieldInfo& info, const TypeInfo& type, const void* member,
                   const Opaque& extra) const {
    if (type.kind != TypeKind::kStruct || !is_zero(type, member)) return false;
    return info.presence != Presence::kAlways || extra.is_absent(info.name);
  }

  void check_member(const FieldInfo& info, const TypeInfo& type, const void* member,
                    const Opaque& extra) {
    if (!is_zero(type, member)) return;
    PathScope scope(context_, info.name);
    if (const Value* kept = extra.find(info.name)) {
      if (type.kind == TypeKind::kEnum) check_enum(info, type, *kept);
      return;
    }
    if (!info.required) return;
    const bool written = context_.custom_resource && info.presence == Presence::kAlways &&
                         !extra.is_absent(info.name) && type.kind != TypeKind::kOptional;
    if (!written) causes_.push_back(field_error::required(context_.path()));
  }

  void check_enum(const FieldInfo& info, const TypeInfo& type, const Value& kept) {
    if (context_.custom_resource && !info.schema_enum) return;
    if (kept.is_string() && kept.text().empty() && !info.required) return;
    const std::vector<std::string_view> supported(type.enum_names.begin() + 1,
                                                  type.enum_names.end());
    causes_.push_back(field_error::not_supported(context_.path(), kept.dump(), supported));
  }

  DecodeContext context_;
  std::vector<StatusCause> causes_;
};

void check_labels(const StringMap& labels, std::vector<StatusCause>& causes) {
  for (const auto& [key, value] : labels) {
    if (std::string_view why = check_qualified_name(key); !why.empty()) {
      causes.push_back(field_error::invalid("metadata.labels", Value(key).dump(), why));
    }
    if (std::string_view why = check_label_value(value); !why.empty()) {
      causes.push_back(field_error::invalid("metadata.labels", Value(value).dump(), why));
    }
  }
}

// Names of RBAC kinds are path segments: almost anything goes.
std::string_view check_name(Kind kind, std::string_view name) {
  if (kind == Kind::kRole || kind == Kind::kRoleBinding) return {};
  if (kind == Kind::kNamespace || kind == Kind::kService) return check_dns1123_label(name);
  return check_dns1123_subdomain(name);
}

void check_metadata(const Object& object, const Object* before, std::vector<StatusCause>& causes) {
  const ObjectMeta& meta = object.metadata;
  if (before == nullptr || before->metadata.name != meta.name) {
    if (meta.name.empty() && meta.generate_name.empty()) {
      causes.push_back(field_error::required("metadata.name", "name or generateName is required"));
    } else if (!meta.name.empty()) {
      const std::string_view why = check_name(object.kind(), meta.name);
      if (!why.empty()) {
        causes.push_back(field_error::invalid("metadata.name", Value(meta.name).dump(), why));
      }
    }
  }
  if (before == nullptr || !before->metadata.labels.same(meta.labels)) {
    check_labels(*meta.labels, causes);
  }
  if (before != nullptr && before->metadata.annotations.same(meta.annotations)) return;
  for (const auto& [key, value] : *meta.annotations) {
    if (std::string_view why = check_qualified_name(key); !why.empty()) {
      causes.push_back(field_error::invalid("metadata.annotations", Value(key).dump(), why));
    }
  }
}

void compare_members(const TypeInfo& type, const void* before, const void* after,
                     DecodeContext& context, std::vector<StatusCause>& causes) {
  for (const FieldInfo& info : type.fields) {
    if (!info.modelled()) continue;
    const TypeInfo* member_type = &info.type();
    const void* old_member = info.get(before);
    const void* new_member = info.get(after);
    PathScope scope(context, info.name);
    if (info.mutability != Mutability::kMutable &&
        !(info.mutability == Mutability::kSetOnce && is_zero(*member_type, old_member)) &&
        !equal_values(*member_type, old_member, new_member)) {
      causes.push_back(field_error::invalid(context.path(), json_of(*member_type, new_member),
                                            "field is immutable"));
      continue;
    }
    if (member_type->same != nullptr && member_type->same(old_member, new_member)) continue;
    const TypeInfo* old_type = member_type;
    old_member = unbox(&old_type, old_member);
    new_member = unbox(&member_type, new_member);
    if (old_member == nullptr || new_member == nullptr) continue;
    if (member_type->kind != TypeKind::kStruct) continue;
    compare_members(*member_type, old_member, new_member, context, causes);
  }
}

// Unknown fields below `value`: listed, and removed when `remove` is set. The caller only removes
// after a first pass has found some, because removing makes shared parts its own.
class Pruner {
 public:
  explicit Pruner(bool remove) : remove_(remove) {}

  void walk(const TypeInfo& kind, void* object) {
    visit_struct(kind, object, fields_with_members().of(kind));
  }

  std::vector<StatusCause> take() { return std::move(unknown_); }

 private:
  void visit(const TypeInfo& type, void* value, const Steps& steps) {
    switch (type.kind) {
      case TypeKind::kShared: {
        if (remove_) return visit(type.element(), type.box->edit(value), steps);
        // Only read: the walk changes nothing without `remove_`.
        return visit(type.element(), const_cast<void*>(type.box->get(value)), steps);
      }
      case TypeKind::kOptional:
        if (type.box->get(value) != nullptr) visit(type.element(), type.box->edit(value), steps);
        return;
      case TypeKind::kList:
        for (size_t index = 0; index < type.list->size(value); ++index) {
          PathScope scope(context_, index);
          visit(type.element(), type.list->edit(value, index), steps);
        }
        return;
      case TypeKind::kStruct:
        return visit_struct(type, value, steps);
      default:
        return;
    }
  }

  void visit_struct(const TypeInfo& type, void* owner, const Steps& steps) {
    std::vector<std::string> names;
    for (const auto& [name, value] : extra_of(type, owner).fields()) {
      if (type.find(name) == nullptr) names.push_back(name);
    }
    for (const std::string& name : names) {
      PathScope scope(context_, name);
      std::string where = context_.path();
      unknown_.push_back(
          {"FieldValueInvalid", fmt::format("unknown field \"{}\"", where), std::move(where)});
      if (remove_) edit_extra(type, owner).erase(name);
    }
    for (const auto& [info, member_type, below] : steps) {
      PathScope scope(context_, info->name);
      visit(*member_type, info->at(owner), *below);
    }
  }

  bool remove_;
  DecodeContext context_;
  std::vector<StatusCause> unknown_;
};

}  // namespace

std::vector<StatusCause> validate(const Object& object, const Object* before) {
  std::vector<StatusCause> causes;
  check_metadata(object, before, causes);
  if (object.kind() == Kind::kUnstructured) return causes;
  const KindInfo& info = kind_info(object.kind());
  Validator validator(info.custom_resource);
  validator.check(info.type(), &object, before);
  std::vector<StatusCause> body = validator.take();
  causes.insert(causes.end(), body.begin(), body.end());
  return causes;
}

std::vector<StatusCause> validate_update(const Object& before, const Object& after) {
  std::vector<StatusCause> causes;
  if (after.kind() == Kind::kUnstructured || before.kind() != after.kind()) return causes;
  DecodeContext context;
  compare_members(kind_info(after.kind()).type(), &before, &after, context, causes);
  return causes;
}

std::vector<StatusCause> unknown_fields(const Object& object) {
  if (object.kind() == Kind::kUnstructured) return {};
  Pruner pruner(false);
  pruner.walk(kind_info(object.kind()).type(), const_cast<Object*>(&object));
  return pruner.take();
}

void prune(Object& object) {
  if (unknown_fields(object).empty()) return;
  Pruner pruner(true);
  pruner.walk(kind_info(object.kind()).type(), &object);
}

}  // namespace sdbtwin::api
