#include "model/store/test_reference_store.h"

#include <algorithm>

namespace sdbtwin::store {

void ReferenceStore::store(const Key& key, RefObject object) {
  object.version = ++revision_;
  const auto found = objects_.find(key);
  std::optional<RefObject> before;
  if (found != objects_.end()) before = found->second;
  changes_.push_back(
      {before ? "MODIFIED" : "ADDED", revision_, key.first, key.second, before, object});
  objects_[key] = object;
}

void ReferenceStore::erase(const Key& key) {
  ++revision_;
  changes_.push_back({"DELETED", revision_, key.first, key.second, objects_.at(key), std::nullopt});
  objects_.erase(key);
}

int ReferenceStore::create(const Key& key, const std::string& label, int content,
                           bool with_finalizer) {
  if (objects_.contains(key)) return 409;
  RefObject object;
  object.generation = counts(key.first) ? 1 : 0;
  object.incarnation = ++incarnations_;
  object.label = label;
  object.content = content;
  if (with_finalizer) object.finalizers.insert("ex.com/a");
  store(key, object);
  return 201;
}

int ReferenceStore::change(const Key& key, const RefWrite& write, bool main_endpoint) {
  const RefObject before = objects_.at(key);
  RefObject next = before;
  if (main_endpoint) {
    if (write.label) next.label = *write.label;
    if (write.content) next.content = *write.content;
    if (write.finalizers) next.finalizers = *write.finalizers;
  } else if (write.status) {
    next.status = *write.status;
  }
  if (before.deleting && !std::ranges::includes(before.finalizers, next.finalizers)) return 422;
  if (next.content != before.content && counts(key.first)) ++next.generation;
  if (before.deleting && next.finalizers.empty()) {
    erase(key);
    return 200;
  }
  if (!(next == before)) store(key, next);
  return 200;
}

int ReferenceStore::put(const Key& key, const RefWrite& write) {
  if (!objects_.contains(key)) return 404;
  if (write.version == RefVersion::kStale) return 409;
  if (write.version == RefVersion::kNone && key.first == RefKind::kPetSet) return 422;
  return change(key, write, true);
}

int ReferenceStore::put_status(const Key& key, const RefWrite& write) {
  if (!objects_.contains(key) || key.first == RefKind::kConfigMap) return 404;
  if (write.version == RefVersion::kStale) return 409;
  if (write.version == RefVersion::kNone) return 422;
  return change(key, write, false);
}

int ReferenceStore::patch(const Key& key, const RefWrite& write) {
  if (!objects_.contains(key)) return 404;
  if (write.version == RefVersion::kStale) return 409;
  return change(key, write, true);
}

int ReferenceStore::remove(const Key& key, RefPrecondition precondition,
                           RefPropagation propagation) {
  const auto found = objects_.find(key);
  if (found == objects_.end()) return 404;
  if (precondition == RefPrecondition::kWrongUid ||
      precondition == RefPrecondition::kWrongVersion) {
    return 409;
  }
  RefObject next = found->second;
  if (propagation == RefPropagation::kUnset && next.finalizers.contains("orphan")) {
    propagation = RefPropagation::kOrphan;
  } else if (propagation == RefPropagation::kUnset &&
             next.finalizers.contains("foregroundDeletion")) {
    propagation = RefPropagation::kForeground;
  }
  next.finalizers.erase("orphan");
  next.finalizers.erase("foregroundDeletion");
  if (propagation == RefPropagation::kOrphan) next.finalizers.insert("orphan");
  if (propagation == RefPropagation::kForeground) next.finalizers.insert("foregroundDeletion");
  if (next.finalizers.empty()) {
    erase(key);
    return 200;
  }
  if (!next.deleting && counts(key.first)) ++next.generation;
  next.deleting = true;
  if (!(next == found->second)) store(key, next);
  return 200;
}

int ReferenceStore::remove_all(RefKind kind, const std::string& label) {
  const Objects listed = objects_;
  for (const auto& [key, object] : listed) {
    if (key.first != kind || (!label.empty() && object.label != label)) continue;
    remove(key, RefPrecondition::kNone, RefPropagation::kUnset);
  }
  return 200;
}

void ReferenceStore::compact(std::uint64_t revision) {
  compacted_ = std::max(compacted_, revision);
}

std::optional<ReferenceStore::Objects> ReferenceStore::at(std::uint64_t revision) const {
  if (revision < compacted_) return std::nullopt;
  Objects past;
  for (const RefChange& change : changes_) {
    if (change.revision > revision) break;
    const Key key(change.kind, change.name);
    if (change.after) {
      past[key] = *change.after;
    } else {
      past.erase(key);
    }
  }
  return past;
}

std::optional<std::vector<RefChange>> ReferenceStore::since(RefKind kind,
                                                            std::uint64_t revision) const {
  if (revision < compacted_) return std::nullopt;
  std::vector<RefChange> later;
  for (const RefChange& change : changes_) {
    if (change.kind == kind && change.revision > revision) later.push_back(change);
  }
  return later;
}

}  // namespace sdbtwin::store
