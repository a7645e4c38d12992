#include "controller/ops_manager/reconciler.h"

#include <chrono>
#include <utility>

#include "controller/ops_manager/trace_events.h"
#include "model/api/errors.h"
#include "model/api/typed_client.h"

namespace sdbtwin::ops_manager {
namespace {

constexpr sim::Duration kHeldRetry = std::chrono::seconds(10);  // kubedb.md 4.3, item 3
constexpr sim::Duration kSweepRetry = std::chrono::seconds(1);  // [us]
// A pass that goes on "now" writes something each time; no request has so many writes in one poll.
constexpr int kPassesMax = 16;

}  // namespace

class OpsReconciler::Hold {
 public:
  Hold(std::set<api::ObjectKey>& held, api::ObjectKey database)
      : held_(held), database_(std::move(database)), got_(held.insert(database_).second) {}
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;
  ~Hold() {
    if (got_) held_.erase(database_);
  }
  bool got() const { return got_; }

 private:
  std::set<api::ObjectKey>& held_;
  api::ObjectKey database_;
  bool got_;
};

OpsReconciler::OpsReconciler(kit::Manager& manager, sql::DatabaseClient& database_client,
                             client::EventRecorder& recorder, const OpsManagerOptions& options)
    : manager_(manager),
      database_client_(database_client),
      options_(options),
      requests_(manager, own_, recorder, options.record_events),
      observer_(manager, own_, options),
      executor_(manager, own_, requests_),
      starter_(manager, requests_),
      janitor_(manager, own_, recorder),
      cached_(manager.lister<api::SinglestoreOpsRequest>()) {}

sim::Task<OpsReconciler::Result> OpsReconciler::reconcile(api::ObjectRef ref) {
  if (ref.kind == api::Kind::kSinglestore) return reconcile_database(std::move(ref.key));
  SIM_ASSERT(ref.kind == api::Kind::kSinglestoreOpsRequest);
  return reconcile_request(std::move(ref.key));
}

sim::Task<OpsReconciler::Result> OpsReconciler::reconcile_database(api::ObjectKey key) {
  Hold hold(held_, key);
  if (!hold.got()) co_return kit::Outcome(kSweepRetry);
  auto swept = co_await janitor_.sweep(key);
  if (!swept) co_return swept.error();
  co_return kit::Outcome();
}

RequestPtr OpsReconciler::newest(const api::ObjectKey& key) {
  RequestPtr cached = own_.newest_of<api::SinglestoreOpsRequest>(cached_.get(key), key);
  if (!cached) return nullptr;
  const auto memory = memories_.find(cached->metadata.uid);
  if (memory == memories_.end()) return cached;
  RequestPtr& latest = memory->second->latest;
  if (!latest) return cached;
  if (latest->metadata.resource_version < cached->metadata.resource_version) latest = cached;
  return latest;
}

sim::Task<api::Result<void>> OpsReconciler::confirm(RequestPtr request, RequestMemory& memory) {
  if (memory.latest) co_return api::Result<void>();
  auto live = co_await api::get<api::SinglestoreOpsRequest>(
      manager_.client(), request->metadata.namespace_, request->metadata.name);
  if (!live) co_return live.error();
  if ((*live)->metadata.uid != request->metadata.uid) {
    co_return api::errors::not_found(api::kind_info(api::Kind::kSinglestoreOpsRequest).resource(),
                                     request->metadata.name);
  }
  memory.latest = *live;
  co_return api::Result<void>();
}

sim::Task<OpsReconciler::Result> OpsReconciler::reconcile_request(api::ObjectKey key) {
  RequestPtr request = newest(key);
  if (!request || api::is_deleting(request->metadata)) co_return kit::Outcome();
  if (api::is_finished(request->status->phase)) {
    memories_.erase(request->metadata.uid);
    co_return kit::Outcome();
  }
  RequestMemory& memory = memory_of(*request);
  const sim::Time now = manager_.runtime().now();
  if (now < memory.not_before) co_return kit::Outcome(memory.not_before - now);
  Hold hold(held_, api::ObjectKey(key.namespace_, request->spec->database_ref.name));
  if (!hold.got()) co_return kit::Outcome(kHeldRetry);
  auto confirmed = co_await confirm(request, memory);
  if (api::is(confirmed, api::Reason::kNotFound)) co_return co_await leave(request);
  if (!confirmed) co_return confirmed.error();
  request = newest(key);
  if (!request || api::is_finished(request->status->phase)) co_return kit::Outcome();
  if (has_not_begun(*request)) {
    Result started = co_await start(request, memory);
    if (!started || started->requeue_after) co_return started;
    request = newest(key);
    if (!request || api::is_finished(request->status->phase)) co_return kit::Outcome();
  }
  co_return co_await work(request, memory);
}

// An outcome without a time: the request has begun, or is finished.
sim::Task<OpsReconciler::Result> OpsReconciler::start(RequestPtr request, RequestMemory& memory) {
  auto started = co_await starter_.start(request, memory);
  if (!started) co_return started.error();
  trace_waiting(*request, started->waiting_for, memory);
  if (started->begun || started->retry.count() == 0) co_return kit::Outcome();
  co_return wait(manager_.runtime().now() + started->retry, memory);
}

sim::Task<OpsReconciler::Result> OpsReconciler::work(RequestPtr request, RequestMemory& memory) {
  const api::ObjectKey key = api::key_of(*request);
  for (int pass = 0; pass < kPassesMax; ++pass) {
    const Snapshot snapshot = co_await observer_.observe(request, memory);
    const Plan plan = options_.planner(snapshot);
    trace_waiting(*request, plan.waiting_for, memory);
    const Execution execution = co_await executor_.execute(plan.actions, snapshot, memory);
    switch (execution) {
      case Execution::kDone:
        if (plan.wake == Wake::kNever) {
          memories_.erase(request->metadata.uid);
          co_return kit::Outcome();
        }
        if (plan.wake != Wake::kNow) co_return after(plan, memory);
        break;
      case Execution::kStale:
        break;
      case Execution::kGone:
        co_return co_await leave(request);
      case Execution::kBlocked:
      case Execution::kFailed:
        co_return wait(memory.cadence.next(manager_.runtime().now()), memory);
    }
    request = newest(key);
    if (!request || api::is_finished(request->status->phase)) co_return kit::Outcome();
  }
  co_return wait(memory.cadence.next(manager_.runtime().now()), memory);
}

// The request was deleted under us. Its database is still held, so nobody interferes.
sim::Task<OpsReconciler::Result> OpsReconciler::leave(RequestPtr request) {
  memories_.erase(request->metadata.uid);
  auto swept = co_await janitor_.sweep(
      api::ObjectKey(request->metadata.namespace_, request->spec->database_ref.name));
  if (!swept) co_return swept.error();
  co_return kit::Outcome();
}

OpsReconciler::Result OpsReconciler::after(const Plan& plan, RequestMemory& memory) {
  const sim::Time now = manager_.runtime().now();
  return wait(plan.wake == Wake::kSoon ? now + plan.after : memory.cadence.next(now), memory);
}

OpsReconciler::Result OpsReconciler::wait(sim::Time until, RequestMemory& memory) {
  memory.not_before = until;
  return kit::Outcome(until - manager_.runtime().now());
}

RequestMemory& OpsReconciler::memory_of(const api::SinglestoreOpsRequest& request) {
  auto& memory = memories_[request.metadata.uid];
  if (!memory) memory = std::make_unique<RequestMemory>(manager_.client(), database_client_);
  return *memory;
}

void OpsReconciler::trace_waiting(const api::SinglestoreOpsRequest& request,
                                  const std::string& cause, RequestMemory& memory) {
  if (memory.waiting_for == cause) return;
  memory.waiting_for = cause;
  manager_.runtime().trace(WaitingFor{
      .namespace_ = request.metadata.namespace_, .request = request.metadata.name, .cause = cause});
}

}  // namespace sdbtwin::ops_manager
