#include "scenarios/verdict/completion.h"

#include <fmt/format.h>

#include "model/api/ops_request.h"
#include "model/api/singlestore.h"
#include "model/cluster/server/api_server.h"

namespace sdbtwin::scenarios {

void Completion::on_event(const sim::TraceEvent& event) {
  const auto* write = event.get_if<cluster::ObjectWritten>();
  if (write == nullptr) return;
  if (write->kind == api::Kind::kSinglestoreOpsRequest) {
    had_requests_ = true;
    const std::string name =
        fmt::format("SinglestoreOpsRequest {}/{}", write->namespace_, write->name);
    const bool ended =
        write->deleted ||
        api::is_finished(api::as<api::SinglestoreOpsRequest>(write->after)->status->phase);
    if (ended) {
      open_requests_.erase(name);
    } else {
      open_requests_.insert(name);
    }
  } else if (write->kind == api::Kind::kSinglestore) {
    const std::string name = fmt::format("Singlestore {}/{}", write->namespace_, write->name);
    const bool ready = write->deleted || api::as<api::Singlestore>(write->after)->status->phase ==
                                             api::DatabasePhase::kReady;
    if (ready) {
      unready_databases_.erase(name);
    } else if (!write->before) {
      unready_databases_.insert(name);
    }
  }
}

std::vector<std::string> Completion::open() const {
  std::vector<std::string> out;
  for (const std::string& name : open_requests_) out.push_back(name + " has not ended");
  if (!had_requests_) {
    for (const std::string& name : unready_databases_) out.push_back(name + " was never Ready");
  }
  return out;
}

}  // namespace sdbtwin::scenarios
