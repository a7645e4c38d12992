#include "model/cluster/node/pod_reporter.h"

#include <utility>

#include "model/cluster/node/pod_status.h"
#include "model/cluster/timing/timings.h"
#include "sim/core/race.h"

namespace sdbtwin::cluster {
namespace {

// syncPeriod of pkg/kubelet/status/status_manager.go.
constexpr sim::Duration kStatusRound = std::chrono::seconds(10);

api::ConditionStatus readiness(const api::PodStatus& status) {
  const auto* ready = api::find_condition(*status.conditions, api::kPodReady);
  return ready == nullptr ? api::ConditionStatus::kUnset : ready->status;
}

sim::Task<void> wait_for_wake(sim::Event& event) { co_await event.wait(); }

// Another pod of that name is there now, or none.
template <class T>
bool is_gone(const api::Result<T>& result) {
  return api::is(result, api::Reason::kNotFound) || api::is(result, api::Reason::kConflict);
}

}  // namespace

PodReporter::PodReporter(sim::Runtime& runtime, api::Client& client, const api::Pod& pod)
    : runtime_(&runtime),
      client_(&client),
      ref_(api::ref_of(pod)),
      uid_(pod.metadata.uid),
      born_(runtime.now()),
      sent_(*pod.status),
      sent_version_(pod.metadata.resource_version),
      wanted_(*pod.status) {}

void PodReporter::publish(api::PodStatus status) {
  wanted_ = std::move(status);
  dirty_ = true;
  wake_.set();
}

void PodReporter::seen(std::shared_ptr<const api::Pod> pod) {
  seen_ = std::move(pod);
  if (overwritten()) wake_.set();
}

// Only what is newer than our own last write can have been written over it.
bool PodReporter::overwritten() const {
  return !sending_ && seen_ != nullptr && seen_->metadata.resource_version > sent_version_ &&
         readiness(*seen_->status) != readiness(sent_);
}

void PodReporter::release() {
  released_ = true;
  wake_.set();
}

void PodReporter::stop() {
  stopped_ = true;
  wake_.set();
}

sim::Task<void> PodReporter::run(std::shared_ptr<PodReporter> self) {
  while (!self->stopped_) {
    bool good = true;
    if (self->dirty_) {
      good = co_await self->send_status();
    } else if (self->released_) {
      good = co_await self->send_delete();
    } else {
      co_await self->wait();
    }
    if (!good) co_await self->runtime_->sleep(kSyncRetry);
  }
}

sim::Task<void> PodReporter::wait() {
  if (overwritten()) {
    const sim::Duration into_round = (runtime_->now() - born_) % kStatusRound;
    const sim::Time round = runtime_->now() + (kStatusRound - into_round);
    wake_.reset();
    const bool woken = co_await sim::race(*runtime_, wait_for_wake(wake_), round);
    if (!woken) dirty_ = overwritten();
  } else {
    co_await wake_.wait();
    wake_.reset();
  }
}

sim::Task<bool> PodReporter::send_status() {
  dirty_ = false;
  if (overwritten()) sent_ = *seen_->status;
  const api::PodStatus status = wanted_;
  const api::Value body = status_patch(uid_, sent_, status);
  if (body.is_null()) co_return true;
  api::Request request = api::Request::patch_status(ref_, api::PatchType::kStrategicMerge, body);
  sending_ = true;
  const api::Result<api::Response> result = co_await client_->call(std::move(request));
  sending_ = false;
  if (result) {
    sent_ = status;
    sent_version_ = result->object->metadata.resource_version;
  } else if (is_gone(result)) {
    stopped_ = true;
  } else {
    dirty_ = true;
    co_return false;
  }
  co_return true;
}

sim::Task<bool> PodReporter::send_delete() {
  api::DeleteOptions options;
  options.grace_period_seconds = 0;
  options.uid = uid_;
  api::Request request = api::Request::remove(ref_, std::move(options));
  const api::Result<api::Response> result = co_await client_->call(std::move(request));
  stopped_ = result.ok() || is_gone(result);
  co_return stopped_;
}

}  // namespace sdbtwin::cluster
