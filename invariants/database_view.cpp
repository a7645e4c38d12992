#include "invariants/database_view.h"

namespace sdbtwin::invariants {
namespace {

constexpr std::string_view kInstanceLabel = "app.kubernetes.io/instance";
constexpr std::string_view kManagedByLabel = "app.kubernetes.io/managed-by";
constexpr std::string_view kManagedBy = "kubedb.com";
constexpr std::string_view kDatabaseContainer = "singlestore";

bool has_stamp(const api::Object& petset) {
  return !api::annotation_of(petset.metadata, kFenceAnnotation).empty();
}

}  // namespace

bool Database::paused() const {
  return object != nullptr && api::is_condition_true(object->status->conditions, kPausedCondition);
}

api::ObjectKey database_of(const api::Object& object) {
  if (api::label_of(object.metadata, kManagedByLabel) != kManagedBy) return {};
  return {object.metadata.namespace_, std::string(api::label_of(object.metadata, kInstanceLabel))};
}

api::ObjectKey key_of(const cluster::ObjectWritten& write) {
  return {std::string(write.namespace_), std::string(write.name)};
}

std::string database_image(const api::PodSpec& spec) {
  for (const api::Container& container : spec.containers) {
    if (container.name == kDatabaseContainer) return container.image;
  }
  return {};
}

sim::Time sent_at(const cluster::ObjectWritten& write, sim::Time applied) {
  return write.sent.value_or(applied);
}

bool begins_disruption(const cluster::ObjectWritten& write) {
  const bool removes =
      write.subresource == api::Subresource::kEviction ||
      (write.verb == api::Verb::kDelete && write.subresource == api::Subresource::kNone);
  if (write.kind != api::Kind::kPod || !removes || !write.before) return false;
  return !api::is_deleting(write.before->metadata) &&
         (write.deleted || api::is_deleting(write.after->metadata));
}

Database& DatabaseView::at(const api::ObjectKey& key) {
  Database& database = databases_[key];
  database.key = key;
  return database;
}

const Database* DatabaseView::find(const api::ObjectKey& key) const {
  const auto found = databases_.find(key);
  return found == databases_.end() ? nullptr : &found->second;
}

std::shared_ptr<const api::SinglestoreVersion> DatabaseView::version(std::string_view name) const {
  const auto found = versions_.find(name);
  return found == versions_.end() ? nullptr : found->second;
}

void DatabaseView::apply_deletion(const cluster::ObjectWritten& write, sim::Time now) {
  const bool was = write.before && api::is_deleting(write.before->metadata);
  const bool is = !write.deleted && api::is_deleting(write.after->metadata);
  if (was == is) return;
  const api::ObjectRef ref(write.kind, key_of(write));
  if (is) {
    terminating_[ref] = now;
  } else {
    terminating_.erase(ref);
  }
}

void DatabaseView::apply(const cluster::ObjectWritten& write, sim::Time now) {
  apply_deletion(write, now);
  switch (write.kind) {
    case api::Kind::kPod:
      return apply_pod(write, now);
    case api::Kind::kPetSet:
      apply_petset(write);
      if (const auto key = database_of(*(write.after ? write.after : write.before));
          !key.name.empty()) {
        update_force(at(key), now);
      }
      return;
    case api::Kind::kSinglestore: {
      Database& database = at(key_of(write));
      database.object = write.deleted ? nullptr : api::as<api::Singlestore>(write.after);
      return update_force(database, now);
    }
    case api::Kind::kSinglestoreOpsRequest: {
      const api::ObjectKey key = key_of(write);
      if (write.deleted) {
        requests_.erase(key);
      } else {
        requests_[key] = api::as<api::SinglestoreOpsRequest>(write.after);
      }
      return;
    }
    case api::Kind::kSinglestoreVersion:
      if (write.deleted) {
        versions_.erase(std::string(write.name));
      } else {
        versions_[std::string(write.name)] = api::as<api::SinglestoreVersion>(write.after);
      }
      return;
    default:
      return;
  }
}

void DatabaseView::apply_petset(const cluster::ObjectWritten& write) {
  const api::ObjectKey key = database_of(*(write.after ? write.after : write.before));
  if (key.name.empty()) return;
  Database& database = at(key);
  const std::string name(write.name);
  if (write.before && has_stamp(*write.before) && database.petsets.contains(name)) {
    --database.stamped;
  }
  if (write.deleted) {
    database.petsets.erase(name);
    return;
  }
  if (has_stamp(*write.after)) ++database.stamped;
  database.petsets[name] = api::as<api::PetSet>(write.after);
}

void DatabaseView::update_force(Database& database, sim::Time now) {
  const bool in_force =
      database.paused() && !database.petsets.empty() && database.stamped == database.petsets.size();
  if (!in_force) {
    database.in_force_since.reset();
  } else if (!database.in_force_since) {
    database.in_force_since = now;
  }
}

void DatabaseView::apply_pod(const cluster::ObjectWritten& write, sim::Time now) {
  const api::ObjectKey key = database_of(*(write.after ? write.after : write.before));
  if (key.name.empty()) return;
  Database& database = at(key);
  const std::string name(write.name);
  const auto known = database.pods.find(name);
  PodView view = known == database.pods.end() ? PodView{} : known->second;
  const bool was_known = known != database.pods.end();
  if (write.verb == api::Verb::kDelete || write.subresource == api::Subresource::kEviction) {
    if (!view.disrupted) view.disrupted_by = std::string(write.actor);
    view.disrupted = true;
  }
  if (write.deleted) {
    if (!was_known || view.ready) view.unready_since = now;
    view.ready = false;
    database.gone[name] = view;
    database.pods.erase(name);
    database.unready.erase(name);
    return;
  }
  const auto pod = api::as<api::Pod>(write.after);
  const bool ready = api::is_pod_ready(*pod) && !api::is_deleting(pod->metadata);
  if (!ready && (view.ready || !was_known)) view.unready_since = now;
  if (const auto gone = database.gone.find(name); gone != database.gone.end()) {
    // The successor of a pod that was disrupted: unready since then, for the same reason.
    view.unready_since = gone->second.unready_since;
    view.disrupted = gone->second.disrupted;
    view.disrupted_by = gone->second.disrupted_by;
    database.gone.erase(gone);
  }
  if (ready && !view.ready) {
    view.disrupted = false;
    view.disrupted_by.clear();
  }
  view.ready = ready;
  view.pod = pod;
  if (ready) {
    database.unready.erase(name);
  } else {
    database.unready.insert(name);
  }
  database.pods[name] = std::move(view);
}

}  // namespace sdbtwin::invariants
