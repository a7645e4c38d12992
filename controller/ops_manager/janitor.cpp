#include "controller/ops_manager/janitor.h"

#include <utility>

#include "controller/ops_manager/versions_text.h"
#include "model/api/ops_request.h"
#include "model/api/petset.h"
#include "model/api/typed_client.h"

namespace sdbtwin::ops_manager {
namespace {

bool is_alive(const api::SinglestoreOpsRequest& request) {
  return !api::is_finished(request.status->phase) && !api::is_deleting(request.metadata);
}

}  // namespace

Janitor::Janitor(kit::Manager& manager, kit::OwnWrites& own, client::EventRecorder& recorder)
    : manager_(manager),
      own_(own),
      recorder_(recorder),
      children_(manager, own),
      databases_(manager.lister<api::Singlestore>()),
      requests_(manager.lister<api::SinglestoreOpsRequest>()) {}

sim::Task<api::Result<void>> Janitor::sweep(api::ObjectKey database) {
  const DatabasePtr found = databases_.get(database);
  if (!found) co_return api::Result<void>();
  Uids uids = holders(*own_.newest_of<api::Singlestore>(found, database));
  drop_alive_in_cache(database.namespace_, uids);
  if (uids.empty()) co_return api::Result<void>();
  auto gone = co_await drop_alive(database.namespace_, std::move(uids));
  if (!gone) co_return gone.error();
  for (const std::string& uid : *gone) {
    auto released = co_await release(found, uid);
    if (!released) co_return released;
  }
  co_return api::Result<void>();
}

Janitor::Uids Janitor::holders(const api::Singlestore& database) const {
  Uids uids;
  if (const auto owner = kit::pause_owner(database)) uids.insert(owner->uid);
  const auto petsets = manager_.lister<api::PetSet>();
  for (kit::Role role : kit::roles_of(database)) {
    const auto petset = petsets.get(database.metadata.namespace_, kit::petset_name(database, role));
    if (petset && !kit::fenced_by(petset->metadata).empty()) {
      uids.emplace(kit::fenced_by(petset->metadata));
    }
  }
  return uids;
}

void Janitor::drop_alive_in_cache(std::string_view namespace_, Uids& uids) const {
  for (const auto& request : requests_.list(namespace_)) {
    if (is_alive(*request)) uids.erase(request->metadata.uid);
  }
}

sim::Task<api::Result<Janitor::Uids>> Janitor::drop_alive(std::string namespace_, Uids uids) {
  auto live = co_await api::list<api::SinglestoreOpsRequest>(manager_.client(), namespace_);
  if (!live) co_return live.error();
  for (const auto& request : live->items) {
    if (is_alive(*request)) uids.erase(request->metadata.uid);
  }
  co_return uids;
}

// Stamps first, as at the end of every request (steps/finish.cpp).
sim::Task<api::Result<void>> Janitor::release(DatabasePtr database, std::string uid) {
  bool changed = false;
  for (kit::Role role : kit::roles_of(*database)) {
    auto lifted = co_await children_.lift(database, kit::petset_name(*database, role), uid);
    if (!lifted) co_return lifted.error();
    changed = changed || *lifted;
  }
  auto resumed = co_await children_.resume(database, uid, ChildrenWriter::Pause::kOwn);
  if (!resumed) co_return resumed.error();
  if (!changed && !*resumed) co_return api::Result<void>();
  api::ListOptions which(api::LabelSelector(kit::selector_labels(database->metadata.name)));
  auto pods = co_await api::list<api::Pod>(manager_.client(), database->metadata.namespace_, which);
  const std::string mix =
      pods ? describe_versions(pods->items, manager_.lister<api::SinglestoreVersion>().list())
           : std::string("could not be read");
  recorder_.record(*database, client::EventType::kWarning, "Resumed",
                   "the SinglestoreOpsRequest that had paused the database (UID " + uid +
                       ") is gone; versions: " + mix);
  co_return api::Result<void>();
}

}  // namespace sdbtwin::ops_manager
