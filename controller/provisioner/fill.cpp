#include "controller/provisioner/fill.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "model/api/meta.h"
#include "model/api/reflect.h"

namespace sdbtwin::provisioner {
namespace {

using api::TypeInfo;
using api::TypeKind;

// The member of `element` by which its list is matched; null when the list has no key.
const api::FieldInfo* key_field(const api::FieldInfo& list, const TypeInfo& element) {
  if (list.list_rule != api::ListRule::kMap || element.kind != TypeKind::kStruct) return nullptr;
  return element.find(list.list_map_keys.substr(0, list.list_map_keys.find(',')));
}

const void* find_element(const TypeInfo& type, const void* list, const api::FieldInfo& key,
                         const void* wanted) {
  for (std::size_t i = 0; i < type.list->size(list); ++i) {
    const void* element = type.list->at(list, i);
    if (api::equal_values(key.type(), key.get(element), key.get(wanted))) return element;
  }
  return nullptr;
}

bool fill_list(const api::FieldInfo& field, const TypeInfo& type, void* wanted, const void* live,
               Unset unset) {
  const TypeInfo& element = type.element();
  const api::FieldInfo* key = key_field(field, element);
  if (key == nullptr) return false;
  const std::size_t size = type.list->size(wanted);
  bool equal = size == type.list->size(live);
  for (std::size_t i = 0; i < size; ++i) {
    void* item = type.list->edit(wanted, i);
    const void* match = find_element(type, live, *key, item);
    const bool same = match != nullptr && fill(element, item, match, unset);
    equal = equal && same && match == type.list->at(live, i);
  }
  return equal;
}

struct MapFill {
  const TypeInfo& type;
  void* wanted;
};

void add_missing(void* context, const std::string& key, const void* value) {
  auto& target = *static_cast<MapFill*>(context);
  if (target.type.map->find(target.wanted, key) != nullptr) return;
  target.type.element().assign(target.type.map->put(target.wanted, key), value);
}

bool fill_map(const TypeInfo& type, void* wanted, const void* live, Unset unset) {
  if (unset != Unset::kKeep) return false;
  MapFill target{type, wanted};
  type.map->visit(live, &target, &add_missing);
  return api::equal_values(type, wanted, live);
}

bool fill_field(const api::FieldInfo& field, void* wanted_owner, const void* live_owner,
                Unset unset) {
  const TypeInfo* type = &field.type();
  void* wanted = field.at(wanted_owner);
  const void* live = field.get(live_owner);
  if (api::equal_values(*type, wanted, live)) return true;
  if (api::is_zero(*type, wanted)) {
    if (unset != Unset::kKeep && field.default_json.empty()) return false;
    type->assign(wanted, live);
    return true;
  }
  const TypeInfo* live_type = type;
  const void* live_value = api::unbox(&live_type, live);
  if (live_value == nullptr) return false;
  void* value = api::unbox_for_edit(&type, wanted);
  if (type->kind == TypeKind::kList) return fill_list(field, *type, value, live_value, unset);
  return fill(*type, value, live_value, unset);
}

void fill_extra(const TypeInfo& type, void* wanted, const void* live, Unset unset) {
  const api::Opaque& theirs = api::extra_of(type, live);
  if (theirs.empty()) return;
  for (const std::string& name : theirs.absent()) {
    const api::FieldInfo* field = type.find(name);
    if (field == nullptr || !field->modelled()) continue;
    if (api::is_zero(field->type(), field->get(wanted))) {
      api::edit_extra(type, wanted).set_absent(name);
    }
  }
  if (unset != Unset::kKeep) return;
  for (const auto& [name, value] : theirs.fields()) {
    if (api::extra_of(type, wanted).find(name) == nullptr) {
      api::edit_extra(type, wanted).set(name, value);
    }
  }
}

}  // namespace

bool fill(const TypeInfo& type, void* wanted, const void* live, Unset unset) {
  if (type.kind == TypeKind::kMap) return fill_map(type, wanted, live, unset);
  if (type.kind != TypeKind::kStruct) return false;
  if (&type == &api::ObjectMeta::type_info()) unset = Unset::kKeep;
  bool equal = true;
  for (const api::FieldInfo& field : type.fields) {
    if (field.modelled() && !fill_field(field, wanted, live, unset)) equal = false;
  }
  fill_extra(type, wanted, live, unset);
  return equal && api::extra_of(type, wanted) == api::extra_of(type, live);
}

}  // namespace sdbtwin::provisioner
