#include "model/client/cache.h"

#include <utility>

#include "sim/core/assert.h"

namespace sdbtwin::client {

void Cache::add_index(std::string name, IndexFunction function) {
  const auto [place, fresh] = indices_.try_emplace(std::move(name));
  SIM_ASSERT(fresh);
  place->second.function = std::move(function);
  for (const auto& [key, object] : objects_) add_to(place->second, key, object);
}

api::ObjectPtr Cache::get(const api::ObjectKey& key) const {
  const auto found = objects_.find(key);
  return found == objects_.end() ? nullptr : found->second;
}

std::vector<api::ObjectPtr> Cache::list(std::string_view namespace_,
                                        const api::LabelSelector& selector) const {
  std::vector<api::ObjectPtr> listed;
  const api::ObjectKey first{std::string(namespace_), ""};
  for (auto it = objects_.lower_bound(first); it != objects_.end(); ++it) {
    if (!namespace_.empty() && it->first.namespace_ != namespace_) break;
    if (selector.matches(*it->second->metadata.labels)) listed.push_back(it->second);
  }
  return listed;
}

const Cache::Objects& Cache::by_index(std::string_view index, std::string_view value) const {
  static const Objects kNone;
  const auto found = indices_.find(index);
  SIM_ASSERT(found != indices_.end());
  const auto entry = found->second.entries.find(value);
  return entry == found->second.entries.end() ? kNone : entry->second;
}

api::ObjectPtr Cache::set(api::ObjectPtr object) {
  const auto [place, fresh] = objects_.try_emplace(api::key_of(*object));
  const api::ObjectPtr before = std::exchange(place->second, std::move(object));
  for (auto& [name, index] : indices_) {
    if (before == nullptr) {
      add_to(index, place->first, place->second);
    } else {
      replace_in(index, place->first, *before, place->second);
    }
  }
  return before;
}

api::ObjectPtr Cache::erase(const api::ObjectKey& key) {
  const auto found = objects_.find(key);
  if (found == objects_.end()) return nullptr;
  const api::ObjectPtr before = std::move(found->second);
  for (auto& [name, index] : indices_) remove_from(index, found->first, *before);
  objects_.erase(found);
  return before;
}

// Most updates leave an object under the values that it had.
void Cache::replace_in(Index& index, const api::ObjectKey& key, const api::Object& before,
                       const api::ObjectPtr& object) {
  std::vector<std::string> old_values;
  std::vector<std::string> values;
  index.function(before, old_values);
  index.function(*object, values);
  if (values != old_values) {
    remove_from(index, key, before);
    add_to(index, key, object);
    return;
  }
  for (const std::string& value : values) index.entries.find(value)->second[key] = object;
}

void Cache::add_to(Index& index, const api::ObjectKey& key, const api::ObjectPtr& object) {
  std::vector<std::string> values;
  index.function(*object, values);
  for (std::string& value : values) index.entries[std::move(value)][key] = object;
}

void Cache::remove_from(Index& index, const api::ObjectKey& key, const api::Object& object) {
  std::vector<std::string> values;
  index.function(object, values);
  for (const std::string& value : values) {
    const auto entry = index.entries.find(value);
    if (entry == index.entries.end()) continue;  // one object may name a value twice
    entry->second.erase(key);
    if (entry->second.empty()) index.entries.erase(entry);
  }
}

Cache::IndexFunction index_by_owner() {
  return [](const api::Object& object, std::vector<std::string>& values) {
    for (const api::OwnerReference& owner : *object.metadata.owner_references) {
      values.push_back(owner.uid);
    }
  };
}

Cache::IndexFunction index_by_label(std::string key) {
  return [key = std::move(key)](const api::Object& object, std::vector<std::string>& values) {
    const auto label = object.metadata.labels->find(key);
    if (label != object.metadata.labels->end()) values.push_back(label->second);
  };
}

}  // namespace sdbtwin::client
