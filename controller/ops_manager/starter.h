// Starter: whether a request may begin, and how it does (reference/kubedb.md 4.3, section 5).
//
// In this order: its turn among the requests of its database; the admission rules once more,
// against the live objects before anything is refused; `apply: IfReady` waits until the database is
// Ready. A request waits in phase Pending or "": no step has begun, so spec.timeout does not run,
// and a newer request of its type may still replace it.
#pragma once

#include <memory>
#include <string>

#include "controller/kit/reconciler.h"
#include "controller/ops_manager/request_writer.h"
#include "controller/ops_manager/skipper.h"
#include "controller/ops_manager/validate.h"

namespace sdbtwin::ops_manager {

// The outcome of one try.
struct Start {
  bool begun = false;     // the request is Progressing, and our cache shows it
  sim::Duration retry{};  // otherwise: try again after this time; 0: it is finished
  std::string waiting_for;
};

class Starter {
 public:
  Starter(kit::Manager& manager, RequestWriter& requests);

  // Precondition: the request has not begun, and nobody else in this process works on its database.
  sim::Task<api::Result<Start>> start(RequestPtr request, RequestMemory& memory);

 private:
  // The problem by live reads, or "".
  sim::Task<api::Result<std::string>> confirm_invalid(RequestPtr request);
  sim::Task<api::Result<Start>> finish(RequestPtr request, api::OpsRequestPhase phase,
                                       std::vector<ConditionChange> changes, RequestMemory& memory);
  sim::Task<api::Result<Start>> begin(RequestPtr request, RequestMemory& memory);
  sim::Task<bool> wait_for_cache(RequestPtr request);

  kit::Manager& manager_;
  RequestWriter& requests_;
  client::Lister<api::SinglestoreOpsRequest> cached_;
  client::Lister<api::Singlestore> databases_;
  client::Lister<api::SinglestoreVersion> versions_;
};

// Requests by database, "<namespace>/<name>": the name of an index on their informer.
inline constexpr std::string_view kDatabaseIndex = "database";
std::string database_index_value(const api::SinglestoreOpsRequest& request);

}  // namespace sdbtwin::ops_manager
