// Controller: a queue of names, and workers that reconcile them one name at a time each.
//
// Sources (informer handlers) call enqueue(); the queue has set semantics, so many events are one
// reconcile. A failed reconcile comes back with exponential back-off, capped at kRetryLimit: after
// an outage an operator must be back within a poll or two, not within client-go's 1000 s [us].
// Belongs to one process; the reconciler outlives it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "controller/kit/reconciler.h"
#include "model/api/object.h"
#include "model/client/work_queue.h"
#include "sim/core/runtime.h"

namespace sdbtwin::kit {

inline constexpr sim::Duration kRetryLimit = std::chrono::seconds(10);

struct ControllerOptions {
  std::string name;
  int workers = 5;  // kubernetes.md 5.2: what controllers of this family run with [us]
};

enum class ReconcileResult : std::uint8_t { kDone, kRequeued, kFailed };
std::string_view to_string(ReconcileResult result);

// Trace: one reconcile has ended.
struct Reconciled {
  static constexpr std::string_view kName = "reconciled";
  std::string controller;
  api::Kind kind;
  std::string namespace_;
  std::string name;
  ReconcileResult result;
  std::string error;

  template <class V>
  void visit(V& v) const {
    v("controller", controller);
    v("kind", kind);
    v("namespace", namespace_);
    v("name", name);
    v("result", result);
    v("error", error);
  }
};

class Controller {
 public:
  Controller(sim::Runtime& runtime, Reconciler& reconciler, ControllerOptions options);

  void start();
  void enqueue(const api::ObjectRef& ref) { queue_.add(ref); }
  void enqueue_after(const api::ObjectRef& ref, sim::Duration delay) {
    queue_.add_after(ref, delay);
  }
  std::uint64_t reconciles() const { return reconciles_; }

 private:
  sim::Task<void> work();
  ReconcileResult settle(const api::ObjectRef& ref, const api::Result<Outcome>& outcome);

  sim::Runtime& runtime_;
  Reconciler& reconciler_;
  ControllerOptions options_;
  client::WorkQueue<api::ObjectRef> queue_;
  std::uint64_t reconciles_ = 0;
};

}  // namespace sdbtwin::kit
