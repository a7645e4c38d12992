#include "model/store/field_set.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace sdbtwin::store {

namespace {

using api::FieldInfo;
using api::ListRule;
using api::TypeInfo;
using api::TypeKind;
using api::Value;

// +structType=atomic in Kubernetes' own types, x-kubernetes-map-type in the CRDs.
constexpr std::array<std::string_view, 12> kAtomicTypes{
    "LabelSelector",     "LocalObjectReference", "ObjectReference",      "SecretReference",
    "SecretKeySelector", "ConfigMapKeySelector", "ObjectFieldSelector",  "ResourceFieldSelector",
    "NodeSelector",      "NodeSelectorTerm",     "TypedObjectReference", "OwnerReference"};

// What the schema says of one place: its struct, how its list is told apart, the struct's kind.
struct Place {
  const TypeInfo* type = nullptr;
  const FieldInfo* info = nullptr;

  bool atomic() const {
    return type != nullptr && type->kind == TypeKind::kStruct &&
           std::find(kAtomicTypes.begin(), kAtomicTypes.end(), type->name) != kAtomicTypes.end();
  }
  ListRule list_rule() const { return info == nullptr ? ListRule::kAtomic : info->list_rule; }
};

const TypeInfo* unboxed(const TypeInfo* type) {
  while (type != nullptr &&
         (type->kind == TypeKind::kOptional || type->kind == TypeKind::kShared)) {
    type = &type->element();
  }
  return type;
}

// The metadata of a kind's document has a table of its own.
Place member_place(const Place& place, const std::string& name, bool top) {
  if (top && name == "metadata") return Place{&api::ObjectMeta::type_info(), nullptr};
  if (place.type == nullptr) return {};
  if (place.type->kind == TypeKind::kMap) return Place{unboxed(&place.type->element()), nullptr};
  if (place.type->kind != TypeKind::kStruct) return {};
  const FieldInfo* info = place.type->find(name);
  if (info == nullptr || info->type == nullptr) return {};
  return Place{unboxed(&info->type()), info};
}

Place element_place(const Place& place) {
  if (place.type == nullptr || place.type->kind != TypeKind::kList) return {};
  return Place{unboxed(&place.type->element()), nullptr};
}

// Go always writes it: a struct that is no pointer, or a list without omitempty.
bool always_there(const Place& place) {
  if (place.info == nullptr) return place.type != nullptr && place.type->kind == TypeKind::kStruct;
  if (place.info->presence == api::Presence::kAlways) return true;
  const TypeInfo* type = &place.info->type();
  if (type->kind == TypeKind::kShared) type = &type->element();
  return type->kind == TypeKind::kStruct && place.info->presence != api::Presence::kOptional;
}

std::string element_key(const Value& element, const FieldInfo& info) {
  Value::Object keys;
  std::string_view names = info.list_map_keys;
  while (!names.empty()) {
    const std::size_t comma = names.find(',');
    const std::string name(names.substr(0, comma));
    names.remove_prefix(comma == std::string_view::npos ? names.size() : comma + 1);
    if (const Value* key = element.find(name)) keys.emplace(name, *key);
  }
  return "k:" + Value(std::move(keys)).dump();
}

// Elements by their step; nullopt: the list is one whole.
using Elements = std::vector<std::pair<std::string, const Value*>>;
std::optional<Elements> elements_of(const Value& list, const Place& place) {
  if (!list.is_array() && !list.is_null()) return std::nullopt;
  const ListRule rule = place.list_rule();
  if (rule == ListRule::kAtomic) return std::nullopt;
  Elements elements;
  if (list.is_null()) return elements;
  for (const Value& item : list.items()) {
    elements.emplace_back(
        rule == ListRule::kMap ? element_key(item, *place.info) : "v:" + item.dump(), &item);
  }
  return elements;
}

const Value* find_element(const Elements& elements, const std::string& step) {
  for (const auto& [key, value] : elements) {
    if (key == step) return value;
  }
  return nullptr;
}

}  // namespace

// The walks over documents that build sets.
class FieldWalk {
 public:
  explicit FieldWalk(bool typed) : typed_(typed) {}

  // Effect: all of `value` is in the set: leaves, and what has keys; `containers` too if asked.
  static void take(const Value& value, const Place& place, bool containers, bool top,
                   FieldSet& into) {
    if (value.is_object() && value.size() > 0 && !place.atomic()) {
      if (containers) into.self_ = true;
      for (const auto& [name, member] : value.members()) {
        FieldSet& child = into.children_["f:" + name];
        const Place inner = member_place(place, name, top);
        take(member, inner, containers, false, child);
      }
      return;
    }
    const std::optional<Elements> elements = elements_of(value, place);
    if (!elements || elements->empty()) {
      into.self_ = true;
      return;
    }
    if (containers) into.self_ = true;
    for (const auto& [step, element] : *elements) {
      FieldSet& child = into.children_[step];
      take(*element, element_place(place), containers, false, child);
      child.self_ = true;
    }
  }

  void compare(const Value& before, const Value& after, const Place& place, bool top,
               FieldChanges& into) const {
    if (before == after) return;
    const bool maps = is_map(before) && is_map(after) && !place.atomic();
    if (maps && (before.is_object() || after.is_object())) {
      return compare_members(before, after, place, top, into);
    }
    const std::optional<Elements> old_elements = elements_of(before, place);
    const std::optional<Elements> new_elements = elements_of(after, place);
    if (old_elements && new_elements) {
      return compare_elements(*old_elements, *new_elements, place, into);
    }
    into.modified.self_ = true;
  }

  static Value without(const Value& document, const FieldSet& set, const Place& place, bool top) {
    if (document.is_object() && !place.atomic()) {
      Value::Object kept;
      for (const auto& [name, member] : document.members()) {
        const auto found = set.children_.find("f:" + name);
        if (found == set.children_.end()) {
          kept.emplace(name, member);
        } else if (!found->second.self_) {
          kept.emplace(name, without(member, found->second, member_place(place, name, top), false));
        }
      }
      return Value(std::move(kept));
    }
    const std::optional<Elements> elements = elements_of(document, place);
    if (!elements || !document.is_array()) return document;
    Value::Array kept;
    for (const auto& [step, element] : *elements) {
      const auto found = set.children_.find(step);
      if (found == set.children_.end()) {
        kept.push_back(*element);
      } else if (!found->second.self_) {
        kept.push_back(without(*element, found->second, element_place(place), false));
      }
    }
    return Value(std::move(kept));
  }

  static Value merge(const Value& live, const Value& applied, const Place& place, bool top) {
    if (live.is_object() && applied.is_object() && !place.atomic()) {
      Value::Object merged = live.members();
      for (const auto& [name, member] : applied.members()) {
        const auto found = merged.find(name);
        Value value = found == merged.end()
                          ? member
                          : merge(found->second, member, member_place(place, name, top), false);
        merged.insert_or_assign(name, std::move(value));
      }
      return Value(std::move(merged));
    }
    const std::optional<Elements> old_elements = elements_of(live, place);
    const std::optional<Elements> new_elements = elements_of(applied, place);
    if (!old_elements || !new_elements) return applied;
    Value::Array merged;
    for (const auto& [step, element] : *old_elements) {
      const Value* change = find_element(*new_elements, step);
      merged.push_back(change == nullptr ? *element
                                         : merge(*element, *change, element_place(place), false));
    }
    for (const auto& [step, element] : *new_elements) {
      if (find_element(*old_elements, step) == nullptr) merged.push_back(*element);
    }
    return Value(std::move(merged));
  }

 private:
  static bool is_map(const Value& value) { return value.is_object() || value.is_null(); }

  static bool is_container(const Value& value) { return is_map(value) || value.is_array(); }

  // Precondition: one of the two is not null.
  void compare_child(const Value* before, const Value* after, const Place& place,
                     const std::string& step, bool element, FieldChanges& into) const {
    static const Value kEmpty;
    if (typed_ && !element && always_there(place)) {
      if (before == nullptr && is_container(*after)) before = &kEmpty;
      if (after == nullptr && is_container(*before)) after = &kEmpty;
    }
    FieldChanges below;
    if (before == nullptr) {
      take(*after, place, true, false, below.added);
      if (element) below.added.self_ = true;
    } else if (after == nullptr) {
      take(*before, place, true, false, below.removed);
      if (element) below.removed.self_ = true;
    } else {
      compare(*before, *after, place, false, below);
    }
    put(step, std::move(below.added), into.added);
    put(step, std::move(below.modified), into.modified);
    put(step, std::move(below.removed), into.removed);
  }

  static void put(const std::string& step, FieldSet child, FieldSet& into) {
    if (!child.empty()) into.children_.emplace(step, std::move(child));
  }

  void compare_members(const Value& before, const Value& after, const Place& place, bool top,
                       FieldChanges& into) const {
    std::map<std::string, std::pair<const Value*, const Value*>> members;
    if (before.is_object()) {
      for (const auto& [name, value] : before.members()) members[name].first = &value;
    }
    if (after.is_object()) {
      for (const auto& [name, value] : after.members()) members[name].second = &value;
    }
    for (const auto& [name, sides] : members) {
      compare_child(sides.first, sides.second, member_place(place, name, top), "f:" + name, false,
                    into);
    }
  }

  void compare_elements(const Elements& before, const Elements& after, const Place& place,
                        FieldChanges& into) const {
    const Place inner = element_place(place);
    for (const auto& [step, value] : before) {
      compare_child(value, find_element(after, step), inner, step, true, into);
    }
    for (const auto& [step, value] : after) {
      if (find_element(before, step) == nullptr) {
        compare_child(nullptr, value, inner, step, true, into);
      }
    }
  }

  bool typed_;
};

FieldSet FieldSet::of(const Value& document, const TypeInfo* type) {
  FieldSet set;
  FieldWalk::take(document, Place{type, nullptr}, false, true, set);
  set.self_ = false;
  return set;
}

FieldSet FieldSet::parse(const Value& fields_v1) {
  FieldSet set;
  set.self_ = fields_v1.size() == 0;
  if (!fields_v1.is_object()) return set;
  for (const auto& [step, below] : fields_v1.members()) {
    if (step == ".") {
      set.self_ = true;
    } else {
      set.children_.emplace(step, parse(below));
    }
  }
  return set;
}

Value FieldSet::fields_v1() const {
  Value::Object members;
  if (self_ && !children_.empty()) members.emplace(".", Value::Object());
  for (const auto& [step, child] : children_) members.emplace(step, child.fields_v1());
  return Value(std::move(members));
}

FieldSet FieldSet::united(const FieldSet& other) const {
  FieldSet result = *this;
  result.self_ = self_ || other.self_;
  for (const auto& [step, child] : other.children_) {
    const auto [place, fresh] = result.children_.try_emplace(step, child);
    if (!fresh) place->second = place->second.united(child);
  }
  return result;
}

FieldSet FieldSet::without(const FieldSet& other) const {
  FieldSet result;
  result.self_ = self_ && !other.self_;
  for (const auto& [step, child] : children_) {
    const auto found = other.children_.find(step);
    FieldSet left = found == other.children_.end() ? child : child.without(found->second);
    if (!left.empty()) result.children_.emplace(step, std::move(left));
  }
  return result;
}

FieldSet FieldSet::common(const FieldSet& other) const {
  FieldSet result;
  result.self_ = self_ && other.self_;
  for (const auto& [step, child] : children_) {
    const auto found = other.children_.find(step);
    if (found == other.children_.end()) continue;
    FieldSet both = child.common(found->second);
    if (!both.empty()) result.children_.emplace(step, std::move(both));
  }
  return result;
}

namespace {

// ".name", "[name=\"c\"]" or "[=\"value\"]".
std::string step_text(const std::string& step) {
  const std::string rest = step.substr(2);
  if (step.starts_with("f:")) return "." + rest;
  if (step.starts_with("v:")) return "[=" + rest + "]";
  std::string text;
  const api::Result<Value> keys = Value::parse(rest);
  for (const auto& [name, value] : keys->members()) {
    text += (text.empty() ? "" : ",") + name + "=" + value.dump();
  }
  return "[" + text + "]";
}

}  // namespace

void FieldSet::collect_paths(const std::string& path, std::vector<std::string>& into) const {
  if (self_) into.push_back(path);
  for (const auto& [step, child] : children_) child.collect_paths(path + step_text(step), into);
}

std::vector<std::string> FieldSet::paths() const {
  std::vector<std::string> paths;
  collect_paths("", paths);
  return paths;
}

Value FieldSet::removed_from(const Value& document, const TypeInfo* type) const {
  return FieldWalk::without(document, *this, Place{type, nullptr}, true);
}

FieldChanges compare_fields(const Value& before, const Value& after, const TypeInfo* type,
                            bool typed) {
  FieldChanges changes;
  FieldWalk(typed).compare(before, after, Place{type, nullptr}, true, changes);
  return changes;
}

Value merge_applied(const Value& live, const Value& applied, const TypeInfo* type) {
  return FieldWalk::merge(live, applied, Place{type, nullptr}, true);
}

}  // namespace sdbtwin::store
