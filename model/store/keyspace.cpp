#include "model/store/keyspace.h"

#include <utility>

namespace sdbtwin::store {

api::ObjectPtr Table::find(const api::ObjectKey& key) const {
  const auto found = objects.find(key);
  return found == objects.end() ? nullptr : found->second;
}

std::pair<Objects::const_iterator, Objects::const_iterator> Table::range(
    const std::string& namespace_) const {
  if (namespace_.empty()) return {objects.begin(), objects.end()};
  // The least key of the next namespace: no name sorts between ns and ns\0.
  const api::ObjectKey first(namespace_, "");
  const api::ObjectKey last(namespace_ + '\0', "");
  return {objects.lower_bound(first), objects.lower_bound(last)};
}

Objects Table::at(std::uint64_t revision) const {
  SIM_ASSERT(revision >= log.complete_since());
  Objects result = objects;
  for (std::size_t i = log.size(); i > log.first_after(revision); --i) {
    const Delta& delta = log.at(i - 1);
    api::ObjectKey key = api::key_of(*delta.object);
    if (delta.before == nullptr) {
      result.erase(key);
    } else {
      result.insert_or_assign(std::move(key), delta.before);
    }
  }
  return result;
}

Keyspace::Keyspace(const HistoryBounds& bounds) : bounds_(bounds) {
  for (Table& table : typed_) table.log = ChangeLog(bounds);
}

Table& Keyspace::table(api::Kind kind, std::string_view untyped) {
  if (kind != api::Kind::kUnstructured) return typed_[static_cast<std::size_t>(kind)];
  const auto found = untyped_.find(untyped);
  if (found != untyped_.end()) return found->second;
  Table& fresh = untyped_[std::string(untyped)];
  fresh.log = ChangeLog(bounds_);
  fresh.log.forget(compacted_);
  return fresh;
}

const Table& Keyspace::table(api::Kind kind, std::string_view untyped) const {
  if (kind != api::Kind::kUnstructured) return typed_[static_cast<std::size_t>(kind)];
  const auto found = untyped_.find(untyped);
  return found == untyped_.end() ? none_ : found->second;
}

Delta Keyspace::put(Table& table, std::shared_ptr<api::Object> object, sim::Time now) {
  object->metadata.resource_version = ++revision_;
  const auto [place, fresh] = table.objects.try_emplace(api::key_of(*object));
  Delta delta{fresh ? DeltaType::kAdded : DeltaType::kModified, revision_,
              std::exchange(place->second, api::ObjectPtr(std::move(object))), nullptr};
  delta.object = place->second;
  table.log.append(delta, now);
  return delta;
}

Delta Keyspace::erase(Table& table, const api::ObjectKey& key, sim::Time now) {
  const auto found = table.objects.find(key);
  SIM_ASSERT(found != table.objects.end());
  const std::shared_ptr<api::Object> last = found->second->clone();
  last->metadata.resource_version = ++revision_;
  Delta delta{DeltaType::kDeleted, revision_, found->second, last};
  table.objects.erase(found);
  table.log.append(delta, now);
  return delta;
}

void Keyspace::forget(std::uint64_t revision) {
  SIM_ASSERT(revision <= revision_);
  compacted_ = std::max(compacted_, revision);
  for (Table& table : typed_) table.log.forget(revision);
  for (auto& [name, table] : untyped_) table.log.forget(revision);
}

}  // namespace sdbtwin::store
