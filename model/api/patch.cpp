#include "model/api/patch.h"

#include <optional>
#include <utility>
#include <vector>

#include "model/api/codec.h"
#include "model/api/decode.h"
#include "model/api/encode.h"
#include "model/api/errors.h"
#include "model/api/merge.h"
#include "model/api/reflect.h"
#include "model/api/unstructured.h"

namespace sdbtwin::api {

namespace {

// Applies a merge or strategic merge patch to a typed struct in place. Only what the patch names is
// decoded; shared parts that it does not name stay shared.
class TypedMerge {
 public:
  TypedMerge(bool strategic, bool custom_resource) : strategic_(strategic) {
    context_.custom_resource = custom_resource;
  }

  // apiVersion, kind and metadata of a kind's patch are passed over.
  Result<void> merge(const TypeInfo& type, void* owner, const Value& patch, bool is_kind) {
    if (!patch.is_object()) return errors::bad_request("a patch is an object");
    if (strategic_ && has_directive(patch)) return merge_whole(type, owner, patch, is_kind);
    for (const auto& [name, member] : patch.members()) {
      if (is_kind && is_type_meta(name)) continue;
      const FieldInfo* info = type.find(name);
      Result<void> merged = info != nullptr && info->modelled()
                                ? merge_field(type, *info, owner, member)
                                : merge_extra(type, info, owner, name, member);
      if (!merged) return merged;
    }
    return {};
  }

  std::vector<StatusCause> take_problems() { return std::move(context_.problems); }
  DecodeContext& context() { return context_; }

 private:
  static bool is_type_meta(std::string_view name) {
    return name == "apiVersion" || name == "kind" || name == "metadata";
  }

  static bool has_directive(const Value& patch) {
    for (const auto& [name, member] : patch.members()) {
      if (is_directive(name)) return true;
    }
    return false;
  }

  Result<Value> merge_values(const Value& current, const Value& patch, const FieldInfo* info) {
    if (!strategic_) return merge_patch(current, patch);
    // As a member of a one-member object, so that lists and directives are handled there.
    static constexpr std::string_view kMember = "value";
    if (patch.is_array()) {
      return current.is_array() ? strategic_merge_list(current, patch, info)
                                : strategic_merge_list(Value(Value::Array()), patch, info);
    }
    Value::Object before;
    if (!current.is_null()) before.emplace(kMember, current);
    Value::Object change;
    change.emplace(kMember, patch);
    Result<Value> merged =
        strategic_merge(Value(std::move(before)), Value(std::move(change)), nullptr);
    if (!merged) return merged;
    const Value* member = merged->find(kMember);
    return member == nullptr ? Value() : *member;
  }

  // A directive on this level: through JSON.
  Result<void> merge_whole(const TypeInfo& type, void* owner, const Value& patch, bool is_kind) {
    ValueSink sink;
    encode(type, owner, sink, {});
    Value change = patch;
    if (is_kind) change = patch.without("apiVersion").without("kind").without("metadata");
    Result<Value> merged = strategic_merge(sink.take(), change, &type);
    if (!merged) return merged.error();
    reset(type, owner);
    decode(type, owner, *merged, context_);
    return {};
  }

  Result<void> merge_extra(const TypeInfo& type, const FieldInfo* info, void* owner,
                           const std::string& name, const Value& member) {
    Opaque& extra = edit_extra(type, owner);
    if (member.is_null()) {
      extra.erase(name);
      return {};
    }
    const Value* current = extra.find(name);
    Result<Value> merged = merge_values(current == nullptr ? Value() : *current, member, info);
    if (!merged) return merged.error();
    extra.set(name, std::move(*merged));
    return {};
  }

  // The member as JSON shows it now; null when it is not there.
  static Value current_value(const TypeInfo& type, const FieldInfo& info, const void* owner) {
    const void* member = info.get(owner);
    if (is_zero(info.type(), member)) {
      const Value* kept = extra_of(type, owner).find(info.name);
      return kept == nullptr ? Value() : *kept;
    }
    ValueSink sink;
    encode(info.type(), member, sink, {});
    return sink.take();
  }

  // Where the patch's elements are in a keyed list, if they are all there and in the list's order:
  // then merging changes neither length nor order.
  static std::optional<std::vector<size_t>> find_elements(const FieldInfo& info,
                                                          const TypeInfo& list_type,
                                                          const void* list, const Value& patch) {
    const TypeInfo& element = list_type.element();
    const FieldInfo* key =
        element.kind == TypeKind::kStruct ? element.find(merge_key(info)) : nullptr;
    if (key == nullptr || !key->modelled() || key->type().kind != TypeKind::kString) return {};
    std::vector<size_t> indices;
    size_t index = 0;
    for (const Value& item : patch.items()) {
      const Value* wanted = item.find(key->name);
      if (wanted == nullptr || !wanted->is_string() || has_directive(item)) return {};
      for (; index < list_type.list->size(list); ++index) {
        const void* name = key->get(list_type.list->at(list, index));
        if (*static_cast<const std::string*>(name) == wanted->text()) break;
      }
      if (index == list_type.list->size(list)) return {};
      indices.push_back(index++);
    }
    return indices;
  }

  // A keyed list whose patched elements are all there: in place, without encoding the list.
  std::optional<Result<void>> merge_elements(const FieldInfo& info, void* owner,
                                             const Value& patch) {
    if (!strategic_ || !patch.is_array() || info.list_rule != ListRule::kMap) return {};
    const TypeInfo* list_type = &info.type();
    const void* list = unbox(&list_type, info.get(owner));
    if (list == nullptr || list_type->kind != TypeKind::kList) return {};
    std::optional<std::vector<size_t>> indices = find_elements(info, *list_type, list, patch);
    if (!indices) return {};
    list_type = &info.type();
    void* edited = unbox_for_edit(&list_type, info.at(owner));
    PathScope scope(context_, info.name);
    for (size_t at = 0; at < indices->size(); ++at) {
      const size_t index = (*indices)[at];
      PathScope element_scope(context_, index);
      Result<void> merged = merge(list_type->element(), list_type->list->edit(edited, index),
                                  patch.items()[at], false);
      if (!merged) return merged;
    }
    return Result<void>();
  }

  Result<void> merge_struct_field(const TypeInfo& type, const FieldInfo& info, void* owner,
                                  const Value& patch) {
    PathScope scope(context_, info.name);
    const TypeInfo* member_type = &info.type();
    void* member = unbox_for_edit(&member_type, info.at(owner));
    Result<void> merged = merge(*member_type, member, patch, false);
    // A struct that became empty is still there in a custom resource.
    const bool would_vanish = context_.custom_resource && info.presence != Presence::kAlways &&
                              is_zero(info.type(), info.get(owner));
    if (would_vanish) {
      ValueSink sink;
      encode(*member_type, member, sink, {});
      edit_extra(type, owner).set(std::string(info.name), sink.take());
    }
    return merged;
  }

  Result<void> merge_field(const TypeInfo& type, const FieldInfo& info, void* owner,
                           const Value& patch) {
    if (std::optional<Result<void>> merged = merge_elements(info, owner, patch)) return *merged;
    const TypeInfo* inner = &info.type();
    const void* current = unbox(&inner, info.get(owner));
    const Opaque& extra = extra_of(type, owner);
    const bool is_kept = extra.find(info.name) != nullptr || extra.is_absent(info.name);
    if (patch.is_object() && current != nullptr && inner->kind == TypeKind::kStruct && !is_kept) {
      return merge_struct_field(type, info, owner, patch);
    }
    Value next = patch;
    if (patch.is_object() || patch.is_array()) {
      // A list that is replaced whole need not be encoded first.
      const bool replaced =
          patch.is_array() && (!strategic_ || info.list_rule == ListRule::kAtomic);
      const Value before = replaced ? Value() : current_value(type, info, owner);
      Result<Value> merged = merge_values(before, patch, &info);
      if (!merged) return merged.error();
      next = std::move(*merged);
    }
    edit_extra(type, owner).erase(info.name);
    reset(info.type(), info.at(owner));
    decode_field(type, info, owner, patch.is_null() ? nullptr : &next, context_);
    return {};
  }

  bool strategic_;
  DecodeContext context_;
};

Result<void> merge_untyped(Unstructured& object, const Value& patch) {
  const Value change = patch.without("apiVersion").without("kind").without("metadata");
  object.body = merge_patch(object.body, change);
  return {};
}

ApiError problems_error(const Object& object, std::vector<StatusCause> problems) {
  const GroupVersion version = split_api_version(api_version_of(object));
  return errors::invalid(version.group, kind_name_of(object), object.metadata.name,
                         std::move(problems));
}

Result<ObjectPtr> merge_object(const Object& object, const Value& patch, bool strategic) {
  if (!patch.is_object()) return errors::bad_request("a patch is an object");
  std::shared_ptr<Object> next = object.clone();
  const bool typed = object.kind() != Kind::kUnstructured;
  TypedMerge merge(strategic, typed && kind_info(object.kind()).custom_resource);
  Result<void> merged = typed
                            ? merge.merge(kind_info(object.kind()).type(), next.get(), patch, true)
                            : merge_untyped(cast<Unstructured>(*next), patch);
  if (!merged) return merged.error();
  std::vector<StatusCause> problems = merge.take_problems();
  if (const Value* metadata = patch.find("metadata"); metadata != nullptr && !metadata->is_null()) {
    TypedMerge meta_merge(strategic, false);
    PathScope scope(meta_merge.context(), "metadata");
    merged = meta_merge.merge(ObjectMeta::type_info(), &next->metadata, *metadata, false);
    if (!merged) return merged.error();
    for (StatusCause& problem : meta_merge.take_problems()) problems.push_back(std::move(problem));
  }
  if (!problems.empty()) return problems_error(object, std::move(problems));
  share_equal_parts(*next, object);
  return ObjectPtr(std::move(next));
}

constexpr std::string_view kUnknownFormat =
    "the body of the request was in an unknown format - accepted media types include: "
    "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";

}  // namespace

Result<ObjectPtr> apply_merge_patch(const Object& object, const Value& patch) {
  return merge_object(object, patch, false);
}

Result<ObjectPtr> apply_strategic_merge_patch(const Object& object, const Value& patch) {
  const bool built_in =
      object.kind() != Kind::kUnstructured && !kind_info(object.kind()).custom_resource;
  if (!built_in) return errors::unsupported_media_type(std::string(kUnknownFormat));
  return merge_object(object, patch, true);
}

Result<ObjectPtr> apply_json_patch(const Object& object, const Value& patch) {
  Result<Value> patched = json_patch(to_value(object), patch);
  if (!patched) return patched.error();
  Result<ObjectPtr> decoded = from_value(*patched);
  if (!decoded) return decoded.error();
  if ((*decoded)->kind() != object.kind()) {
    return errors::bad_request("a patch cannot change the kind of an object");
  }
  std::shared_ptr<Object> next = (*decoded)->clone();
  if (next->kind() == Kind::kUnstructured) {
    cast<Unstructured>(*next).unstructured_type = cast<Unstructured>(object).unstructured_type;
  }
  share_equal_parts(*next, object);
  return ObjectPtr(std::move(next));
}

Result<ObjectPtr> apply_patch(const Object& object, PatchType type, const Value& patch) {
  switch (type) {
    case PatchType::kJson:
      return apply_json_patch(object, patch);
    case PatchType::kMerge:
      return apply_merge_patch(object, patch);
    case PatchType::kStrategicMerge:
      return apply_strategic_merge_patch(object, patch);
    case PatchType::kApply:
      return errors::unsupported_media_type("server-side apply needs field ownership");
  }
  SIM_UNREACHABLE();
}

}  // namespace sdbtwin::api
