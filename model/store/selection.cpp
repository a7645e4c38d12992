#include "model/store/selection.h"

namespace sdbtwin::store {

api::Result<Selection> Selection::of(const api::Request& list) {
  const api::ListOptions& options = *list.list_options;
  const api::Result<void> known = options.field_selector.check(list.ref.kind);
  if (!known) return known.error();
  return Selection(list.ref.key.namespace_, options.label_selector, options.field_selector);
}

api::Result<Selection> Selection::of(const api::WatchRequest& watch) {
  const api::Result<void> known = watch.field_selector.check(watch.kind);
  if (!known) return known.error();
  return Selection(watch.namespace_, watch.label_selector, watch.field_selector);
}

bool Selection::matches(const api::Object& object) const {
  if (!namespace_.empty() && object.metadata.namespace_ != namespace_) return false;
  if (!labels_.empty() && !labels_.matches(*object.metadata.labels)) return false;
  return fields_.empty() || fields_.matches(object);
}

std::vector<api::ObjectPtr> Selection::select(const Table& table) const {
  const std::string* name = fields_.exact("metadata.name");
  std::vector<api::ObjectPtr> selected;
  if (name != nullptr && !namespace_.empty()) {
    const api::ObjectPtr object = table.find(api::ObjectKey(namespace_, *name));
    if (object != nullptr && matches(*object)) selected.push_back(object);
    return selected;
  }
  const auto [first, last] = table.range(namespace_);
  for (auto it = first; it != last; ++it) {
    if (everything() || matches(*it->second)) selected.push_back(it->second);
  }
  return selected;
}

std::vector<api::ObjectPtr> Selection::select(const Objects& objects) const {
  std::vector<api::ObjectPtr> selected;
  for (const auto& [key, object] : objects) {
    if (matches(*object)) selected.push_back(object);
  }
  return selected;
}

}  // namespace sdbtwin::store
