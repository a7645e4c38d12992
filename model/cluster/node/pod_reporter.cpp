#include "model/cluster/node/pod_reporter.h"

#include <utility>

#include "model/cluster/node/pod_status.h"
#include "model/cluster/timing/timings.h"

namespace sdbtwin::cluster {
namespace {

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
      sent_(*pod.status),
      wanted_(*pod.status) {}

void PodReporter::publish(api::PodStatus status) {
  wanted_ = std::move(status);
  dirty_ = true;
  wake_.set();
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
      co_await self->wake_.wait();
      self->wake_.reset();
    }
    if (!good) co_await self->runtime_->sleep(kSyncRetry);
  }
}

sim::Task<bool> PodReporter::send_status() {
  dirty_ = false;
  const api::PodStatus status = wanted_;
  const api::Value body = status_patch(uid_, sent_, status);
  if (body.is_null()) co_return true;
  api::Request request = api::Request::patch_status(ref_, api::PatchType::kStrategicMerge, body);
  const api::Result<api::Response> result = co_await client_->call(std::move(request));
  if (result) {
    sent_ = status;
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
