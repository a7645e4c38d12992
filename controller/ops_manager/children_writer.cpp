#include "controller/ops_manager/children_writer.h"

#include <utility>

#include "controller/kit/edit.h"
#include "model/api/petset.h"

namespace sdbtwin::ops_manager {
namespace {

// The outcome of an edit in the terms of this class.
template <class T>
api::Result<bool> settle(const api::Result<kit::Edited<T>>& edited, kit::OwnWrites& own,
                         bool gone_is_done) {
  if (!edited) {
    if (gone_is_done && api::is(edited, api::Reason::kNotFound)) return false;
    return edited.error();
  }
  own.note(edited->object);
  return edited->changed;
}

bool is_child(const api::PetSet& petset, const api::Singlestore& database) {
  return api::is_owned_by(petset.metadata, database.metadata.uid);
}

void set_stamp(api::PetSet& petset, const std::string& uid) {
  petset.metadata.annotations.edit()[std::string(kit::kFenceAnnotation)] = uid;
}

}  // namespace

sim::Task<api::Result<bool>> ChildrenWriter::pause(DatabasePtr database, kit::PauseOwner owner) {
  const api::Timestamp now = api::ClusterTime::at(manager_.runtime().now());
  auto change = [&](api::Singlestore& live) {
    if (live.metadata.uid != database->metadata.uid || kit::pause_owner(live) == owner) {
      return false;
    }
    api::Condition paused = api::new_condition(std::string(kit::kPaused),
                                               kit::pause_message(live.metadata.namespace_, owner),
                                               live.metadata.generation);
    return api::set_condition(live.status.edit().conditions, std::move(paused), now);
  };
  auto edited = co_await kit::edit<api::Singlestore>(manager_.client(), api::key_of(*database),
                                                     kit::Part::kStatus, change);
  co_return settle(edited, own_, false);
}

sim::Task<api::Result<bool>> ChildrenWriter::resume(DatabasePtr database, std::string owner_uid,
                                                    Pause which) {
  auto change = [&](api::Singlestore& live) {
    if (live.metadata.uid != database->metadata.uid) return false;
    const auto owner = kit::pause_owner(live);
    const bool ours = owner ? owner->uid == owner_uid : which == Pause::kAnybodys;
    if (!ours) return false;
    return api::remove_condition(live.status.edit().conditions, kit::kPaused);
  };
  auto edited = co_await kit::edit<api::Singlestore>(manager_.client(), api::key_of(*database),
                                                     kit::Part::kStatus, change);
  co_return settle(edited, own_, true);
}

sim::Task<api::Result<bool>> ChildrenWriter::set_version(DatabasePtr database,
                                                         std::string version) {
  auto change = [&](api::Singlestore& live) {
    if (live.metadata.uid != database->metadata.uid || live.spec->version == version) return false;
    live.spec.edit().version = version;
    return true;
  };
  auto edited = co_await kit::edit<api::Singlestore>(manager_.client(), api::key_of(*database),
                                                     kit::Part::kObject, change);
  co_return settle(edited, own_, false);
}

sim::Task<api::Result<bool>> ChildrenWriter::stamp(DatabasePtr database, std::string petset,
                                                   std::string uid) {
  auto change = [&](api::PetSet& live) {
    if (!is_child(live, *database) || kit::fenced_by(live.metadata) == uid) return false;
    set_stamp(live, uid);
    return true;
  };
  const api::ObjectKey key(database->metadata.namespace_, petset);
  auto edited = co_await kit::edit<api::PetSet>(manager_.client(), key, kit::Part::kObject, change);
  co_return settle(edited, own_, false);
}

sim::Task<api::Result<bool>> ChildrenWriter::set_images(DatabasePtr database, std::string petset,
                                                        std::string uid, kit::ImageSet images) {
  auto change = [&](api::PetSet& live) {
    if (!is_child(live, *database)) return false;
    const bool stamped = kit::fenced_by(live.metadata) == uid;
    if (stamped && kit::has_images(live.spec->template_->spec, images)) return false;
    set_stamp(live, uid);
    kit::set_images(live.spec.edit().template_.edit().spec, images);
    return true;
  };
  const api::ObjectKey key(database->metadata.namespace_, petset);
  auto edited = co_await kit::edit<api::PetSet>(manager_.client(), key, kit::Part::kObject, change);
  co_return settle(edited, own_, false);
}

sim::Task<api::Result<bool>> ChildrenWriter::lift(DatabasePtr database, std::string petset,
                                                  std::string uid) {
  auto change = [&](api::PetSet& live) {
    if (!is_child(live, *database) || kit::fenced_by(live.metadata) != uid) return false;
    live.metadata.annotations.edit().erase(std::string(kit::kFenceAnnotation));
    return true;
  };
  const api::ObjectKey key(database->metadata.namespace_, petset);
  auto edited = co_await kit::edit<api::PetSet>(manager_.client(), key, kit::Part::kObject, change);
  co_return settle(edited, own_, true);
}

}  // namespace sdbtwin::ops_manager
