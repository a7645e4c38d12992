#include "model/api/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "model/api/errors.h"
#include "model/api/reflect.h"

namespace sdbtwin::api {

bool is_directive(std::string_view key) {
  return key == kPatchDirective || key == kRetainKeysDirective ||
         key.starts_with(kDeleteFromListPrefix) || key.starts_with(kSetOrderPrefix);
}

std::string_view merge_key(const FieldInfo& field) {
  return field.list_map_keys.substr(0, field.list_map_keys.find(','));
}

namespace {

// The struct that a member holds, seen through optional, shared and (for elements) list; null when
// it is something else or unknown.
const TypeInfo* struct_of(const FieldInfo* field, bool element) {
  if (field == nullptr || !field->modelled()) return nullptr;
  const TypeInfo* type = &field->type();
  while (is_box(type->kind)) type = &type->element();
  if (element && type->kind == TypeKind::kList) type = &type->element();
  return type->kind == TypeKind::kStruct ? type : nullptr;
}

const FieldInfo* find_field(const TypeInfo* type, std::string_view name) {
  return type == nullptr ? nullptr : type->find(name);
}

bool has_directives(const Value& patch) {
  if (patch.is_array()) return std::ranges::any_of(patch.items(), has_directives);
  if (!patch.is_object()) return false;
  return std::ranges::any_of(patch.members(), [](const auto& member) {
    return is_directive(member.first) || member.second.is_null() || has_directives(member.second);
  });
}

// A value that becomes part of the object as it is: without directives and nulls.
Value without_directives(const Value& patch) {
  if (!has_directives(patch)) return patch;
  if (patch.is_array()) {
    Value::Array items;
    for (const Value& item : patch.items()) {
      if (item.string_at(kPatchDirective) == "delete") continue;
      items.push_back(without_directives(item));
    }
    return Value(std::move(items));
  }
  if (!patch.is_object()) return patch;
  Value::Object members;
  for (const auto& [key, member] : patch.members()) {
    if (is_directive(key) || member.is_null()) continue;
    members.emplace(key, without_directives(member));
  }
  return Value(std::move(members));
}

// ---- Order of merged lists: strategicpatch's normalizeElementOrder. What the patch names comes in
// the patch's order, the rest in the server's, merged so that known neighbours stay neighbours.

bool same_element(const Value& a, const Value& b, std::string_view key) {
  if (key.empty()) return a == b;
  const Value* left = a.find(key);
  const Value* right = b.find(key);
  return left != nullptr && right != nullptr && *left == *right;
}

size_t index_in(const Value::Array& list, const Value& item, std::string_view key) {
  const auto found = std::ranges::find_if(
      list, [&](const Value& other) { return same_element(other, item, key); });
  return static_cast<size_t>(found - list.begin());
}

void sort_by(Value::Array& items, const Value::Array& order, std::string_view key) {
  std::ranges::stable_sort(items, [&](const Value& a, const Value& b) {
    return index_in(order, a, key) < index_in(order, b, key);
  });
}

Value::Array ordered(const Value::Array& merged, const Value::Array& patch_order,
                     const Value::Array& server_order, std::string_view key) {
  Value::Array from_patch;
  Value::Array server_only;
  for (const Value& item : merged) {
    const bool named = index_in(patch_order, item, key) < patch_order.size();
    (named ? from_patch : server_only).push_back(item);
  }
  sort_by(from_patch, patch_order, key);
  sort_by(server_only, server_order, key);
  Value::Array result;
  size_t left = 0;
  size_t right = 0;
  while (left < server_only.size() && right < from_patch.size()) {
    const size_t left_index = index_in(server_order, server_only[left], key);
    const size_t right_index = index_in(server_order, from_patch[right], key);
    const bool known = left_index < server_order.size() && right_index < server_order.size();
    if (known && left_index < right_index) {
      result.push_back(server_only[left++]);
    } else {
      result.push_back(from_patch[right++]);
    }
  }
  result.insert(result.end(), server_only.begin() + static_cast<std::ptrdiff_t>(left),
                server_only.end());
  result.insert(result.end(), from_patch.begin() + static_cast<std::ptrdiff_t>(right),
                from_patch.end());
  return result;
}

// ---- Lists

Value::Array items_of(const Value& list) { return list.is_array() ? list.items() : Value::Array(); }

Value::Array merged_set(const Value::Array& original, const Value::Array& patch) {
  Value::Array merged;
  for (const Value::Array* list : {&original, &patch}) {
    for (const Value& item : *list) {
      if (std::ranges::find(merged, item) == merged.end()) merged.push_back(item);
    }
  }
  return merged;
}

ApiError bad_directive(std::string_view what) {
  return errors::bad_request(fmt::format("invalid strategic merge patch: {}", what));
}

struct SplitPatch {
  Value::Array items;    // what is to be merged
  Value::Array deleted;  // elements with $patch: delete
  bool replace = false;
};

Result<SplitPatch> split_directives(const Value::Array& patch, std::string_view key) {
  SplitPatch split;
  for (const Value& item : patch) {
    if (!item.is_object()) return bad_directive("a list of objects is expected");
    const std::string_view directive = item.string_at(kPatchDirective);
    if (item.find(kPatchDirective) == nullptr) {
      if (item.find(key) == nullptr) {
        return bad_directive(
            fmt::format("{} does not contain declared merge key: {}", item.dump(), key));
      }
      split.items.push_back(item);
    } else if (directive == "replace") {
      split.replace = true;
    } else if (directive == "delete") {
      if (item.find(key) == nullptr) {
        return bad_directive("delete patch type with no merge key defined");
      }
      split.deleted.push_back(item);
    } else {
      return bad_directive(fmt::format("unknown patch type: {}", directive));
    }
  }
  return split;
}

Result<Value> merge_keyed(const Value::Array& original, const Value::Array& patch,
                          std::string_view key, const TypeInfo* element) {
  Result<SplitPatch> split = split_directives(patch, key);
  if (!split) return split.error();
  if (split->replace) return without_directives(Value(split->items));
  Value::Array merged = original;
  for (const Value& gone : split->deleted) {
    std::erase_if(merged, [&](const Value& item) { return same_element(item, gone, key); });
  }
  for (const Value& item : split->items) {
    const size_t index = index_in(merged, item, key);
    if (index == merged.size()) {
      merged.push_back(without_directives(item));
      continue;
    }
    Result<Value> one = strategic_merge(merged[index], item, element);
    if (!one) return one.error();
    merged[index] = std::move(*one);
  }
  return Value(ordered(merged, split->items, original, key));
}

// ---- Maps

// Working state of one strategic_merge().
struct MapMerge {
  Value::Object result;
  const Value& original;
  const Value& patch;
  const TypeInfo* type;

  const Value& original_member(std::string_view key) const {
    static const Value kNull;
    const Value* member = original.find(key);
    return member == nullptr ? kNull : *member;
  }

  Result<void> retain_keys() {
    const Value* keys = patch.find(kRetainKeysDirective);
    if (keys == nullptr) return {};
    if (!keys->is_array()) return bad_directive("$retainKeys must be a list");
    std::erase_if(result, [&](const auto& member) {
      return std::ranges::find(keys->items(), Value(member.first)) == keys->items().end();
    });
    return {};
  }

  Result<void> delete_from_list(std::string_view field, const Value& gone) {
    auto found = result.find(field);
    if (found == result.end()) return {};
    if (!gone.is_array()) return bad_directive("$deleteFromPrimitiveList must be a list");
    Value::Array items = items_of(found->second);
    std::erase_if(items, [&](const Value& item) {
      return std::ranges::find(gone.items(), item) != gone.items().end();
    });
    found->second = Value(std::move(items));
    return {};
  }

  // Runs after the list itself was merged.
  Result<void> set_order(std::string_view field, const Value& order) {
    auto found = result.find(field);
    if (found == result.end()) return {};
    if (!order.is_array()) return bad_directive("$setElementOrder must be a list");
    const FieldInfo* info = find_field(type, field);
    const std::string_view key =
        info != nullptr && info->list_rule == ListRule::kMap ? merge_key(*info) : "";
    found->second = Value(
        ordered(items_of(found->second), order.items(), items_of(original_member(field)), key));
    return {};
  }

  Result<void> merge_member(const std::string& key, const Value& member) {
    if (member.is_null()) {
      result.erase(key);
      return {};
    }
    auto found = result.find(key);
    const FieldInfo* info = find_field(type, key);
    const bool both_maps = found != result.end() && found->second.is_object() && member.is_object();
    const bool both_lists = found != result.end() && found->second.is_array() && member.is_array();
    if (!both_maps && !both_lists) {
      result.insert_or_assign(key, without_directives(member));
      return {};
    }
    Result<Value> merged = both_maps
                               ? strategic_merge(found->second, member, struct_of(info, false))
                               : strategic_merge_list(found->second, member, info);
    if (!merged) return merged.error();
    found->second = std::move(*merged);
    return {};
  }

  Result<void> run() {
    Result<void> done = retain_keys();
    for (const auto& [key, member] : patch.members()) {
      if (!done.ok()) return done;
      if (!is_directive(key)) done = merge_member(key, member);
    }
    for (const auto& [key, member] : patch.members()) {
      if (!done.ok()) return done;
      if (key.starts_with(kDeleteFromListPrefix)) {
        done = delete_from_list(std::string_view(key).substr(kDeleteFromListPrefix.size()), member);
      } else if (key.starts_with(kSetOrderPrefix)) {
        done = set_order(std::string_view(key).substr(kSetOrderPrefix.size()), member);
      }
    }
    return done;
  }
};

}  // namespace

Result<Value> strategic_merge_list(const Value& original, const Value& patch,
                                   const FieldInfo* field) {
  const Value::Array before = items_of(original);
  if (field == nullptr || field->list_rule == ListRule::kAtomic) return without_directives(patch);
  if (field->list_rule == ListRule::kMap) {
    return merge_keyed(before, patch.items(), merge_key(*field), struct_of(field, true));
  }
  return Value(ordered(merged_set(before, patch.items()), patch.items(), before, ""));
}

Result<Value> strategic_merge(const Value& original, const Value& patch, const TypeInfo* type) {
  if (!patch.is_object()) return bad_directive("an object is expected");
  if (patch.find(kPatchDirective) != nullptr) {
    const std::string_view directive = patch.string_at(kPatchDirective);
    if (directive == "replace") return without_directives(patch);
    if (directive == "delete") return Value(Value::Object());
    return bad_directive(fmt::format("unknown patch type: {}", directive));
  }
  MapMerge merge{original.is_object() ? original.members() : Value::Object(), original, patch,
                 type};
  Result<void> done = merge.run();
  if (!done) return done.error();
  return Value(std::move(merge.result));
}

}  // namespace sdbtwin::api
