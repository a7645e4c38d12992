#include "invariants/one_request_in_progress.h"

#include <fmt/format.h>

namespace sdbtwin::invariants {
namespace {

bool in_progress(const api::SinglestoreOpsRequest& request) {
  return request.status->phase == api::OpsRequestPhase::kProgressing;
}

class OneRequestInProgress final : public Invariant {
 public:
  std::vector<api::Kind> kinds() const override { return {api::Kind::kSinglestoreOpsRequest}; }

  void on_write(const cluster::ObjectWritten& write, Context& context) override {
    if (write.deleted) return;
    const auto after = api::as<api::SinglestoreOpsRequest>(write.after);
    const auto before = api::as_if<api::SinglestoreOpsRequest>(write.before);
    if (!in_progress(*after) || (before && in_progress(*before))) return;
    checked();
    for (const auto& [key, other] : context.view().requests()) {
      if (key.namespace_ != write.namespace_ || key.name == write.name) continue;
      if (!in_progress(*other)) continue;
      if (other->spec->database_ref.name != after->spec->database_ref.name) continue;
      context.violated(
          fmt::format("{} let request {} begin while request {} of the same database "
                      "was in progress",
                      write.actor, write.name, key.name));
    }
  }
};

}  // namespace

std::unique_ptr<Invariant> make_one_request_in_progress() {
  return std::make_unique<OneRequestInProgress>();
}

}  // namespace sdbtwin::invariants
