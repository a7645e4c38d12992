// Janitor: finds a database that a request has left behind paused or stamped, and sets it free.
//
// Requests have no finalizer, so one can be deleted at any moment, also while no operator runs.
// What it has left is found by its UID: in the pause marker and in the stamps. A request counts as
// gone only when a live list says so; a cache alone may be older than the request.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "controller/kit/manager.h"
#include "controller/kit/own_writes.h"
#include "controller/ops_manager/children_writer.h"
#include "model/api/ops_request.h"
#include "model/client/event_recorder.h"

namespace sdbtwin::ops_manager {

class Janitor {
 public:
  Janitor(kit::Manager& manager, kit::OwnWrites& own, client::EventRecorder& recorder);

  // Effect: stamps and pause of requests that no longer exist, or are finished, are removed.
  // Precondition: nobody else in this process works on the database.
  sim::Task<api::Result<void>> sweep(api::ObjectKey database);

 private:
  using Uids = std::set<std::string>;

  // The requests that hold the database, by our caches.
  Uids holders(const api::Singlestore& database) const;
  void drop_alive_in_cache(std::string_view namespace_, Uids& uids) const;
  sim::Task<api::Result<Uids>> drop_alive(std::string namespace_, Uids uids);
  sim::Task<api::Result<void>> release(DatabasePtr database, std::string uid);

  kit::Manager& manager_;
  kit::OwnWrites& own_;
  client::EventRecorder& recorder_;
  ChildrenWriter children_;
  client::Lister<api::Singlestore> databases_;
  client::Lister<api::SinglestoreOpsRequest> requests_;
};

}  // namespace sdbtwin::ops_manager
