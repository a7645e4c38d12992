#include "controller/kit/controller.h"

#include <optional>
#include <utility>

namespace sdbtwin::kit {
namespace {

client::RateLimits rate_limits() {
  client::RateLimits limits;
  limits.cap = kRetryLimit;
  return limits;
}

}  // namespace

std::string_view to_string(ReconcileResult result) {
  switch (result) {
    case ReconcileResult::kDone:
      return "done";
    case ReconcileResult::kRequeued:
      return "requeued";
    case ReconcileResult::kFailed:
      return "failed";
  }
  SIM_UNREACHABLE();
}

Controller::Controller(sim::Runtime& runtime, Reconciler& reconciler, ControllerOptions options)
    : runtime_(runtime),
      reconciler_(reconciler),
      options_(std::move(options)),
      queue_(runtime, rate_limits()) {}

void Controller::start() {
  for (int i = 0; i < options_.workers; ++i) runtime_.spawn(work());
}

sim::Task<void> Controller::work() {
  while (true) {
    const std::optional<api::ObjectRef> ref = co_await queue_.get();
    if (!ref) co_return;
    const api::Result<Outcome> outcome = co_await reconciler_.reconcile(*ref);
    ++reconciles_;
    const ReconcileResult result = settle(*ref, outcome);
    queue_.done(*ref);
    Reconciled event{.controller = options_.name,
                     .kind = ref->kind,
                     .namespace_ = ref->key.namespace_,
                     .name = ref->key.name,
                     .result = result,
                     .error = {}};
    if (!outcome.ok()) event.error = api::to_string(outcome.error().reason);
    runtime_.trace(event);
  }
}

ReconcileResult Controller::settle(const api::ObjectRef& ref, const api::Result<Outcome>& outcome) {
  if (!outcome) {
    queue_.add_rate_limited(ref);
    return ReconcileResult::kFailed;
  }
  queue_.forget(ref);
  if (!outcome->requeue_after) return ReconcileResult::kDone;
  queue_.add_after(ref, *outcome->requeue_after);
  return ReconcileResult::kRequeued;
}

}  // namespace sdbtwin::kit
