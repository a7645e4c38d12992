#include "model/client/leader_elector.h"

#include <utility>

#include "sim/core/assert.h"
#include "sim/core/race.h"

namespace sdbtwin::client {

namespace {

// wait.JitterUntil with leaderelection.JitterFactor 1.2.
constexpr std::int64_t kJitterPerMille = 1200;

std::int32_t seconds_of(sim::Duration duration) {
  return static_cast<std::int32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

std::string holder_of(const api::Lease& lease) { return lease.spec->holder_identity.value_or(""); }

}  // namespace

LeaderElector::LeaderElector(sim::Runtime& runtime, api::Client& client,
                             LeaderElectionOptions options)
    : runtime_(&runtime),
      client_(&client),
      options_(std::move(options)),
      rng_(runtime.rng("leader-election/" + options_.name)) {
  SIM_ASSERT(options_.lease_duration > options_.renew_deadline);
  SIM_ASSERT(options_.renew_deadline * 1000 > options_.retry_period * kJitterPerMille);
  SIM_ASSERT(options_.retry_period.count() > 0);
}

std::string LeaderElector::holder() const {
  return observed_ == nullptr ? std::string() : holder_of(*observed_);
}

sim::Task<void> LeaderElector::acquire() {
  while (true) {
    const bool acquired = co_await try_acquire_or_renew();
    if (acquired) break;
    const std::int64_t period = options_.retry_period.count();
    const std::int64_t jitter = rng_.between(0, period * kJitterPerMille / 1000);
    co_await runtime_->sleep(sim::Duration(period + jitter));
  }
  leads_ = true;
}

sim::Task<void> LeaderElector::renew_until_success() {
  while (true) {
    const bool renewed = co_await try_acquire_or_renew();
    if (renewed) co_return;
    co_await runtime_->sleep(options_.retry_period);
  }
}

sim::Task<void> LeaderElector::hold() {
  SIM_ASSERT(leads_);
  while (true) {
    const sim::Time deadline = runtime_->now() + options_.renew_deadline;
    sim::Task<void> attempts = renew_until_success();
    // A request that hangs is given up at the deadline; the server may still carry it out.
    const bool in_time = co_await sim::race(*runtime_, std::move(attempts), deadline);
    if (!in_time) break;
    co_await runtime_->sleep(options_.retry_period);
    if (!leads_) co_return;  // released
  }
  leads_ = false;
}

sim::Task<void> LeaderElector::release() {
  if (!leads_ || observed_ == nullptr) co_return;
  leads_ = false;
  std::shared_ptr<api::Lease> lease = renewed(*observed_, false);
  api::LeaseSpec& spec = lease->spec.edit();
  spec.holder_identity = "";
  spec.lease_duration_seconds = 1;
  co_await write(std::move(lease));
}

bool LeaderElector::still_valid() const {
  if (observed_ == nullptr) return false;
  const std::int64_t seconds = observed_->spec->lease_duration_seconds.value_or(0);
  return observed_at_ + std::chrono::seconds(seconds) > runtime_->now();
}

sim::Task<bool> LeaderElector::try_acquire_or_renew() {
  if (leads_ && still_valid()) {
    // The leader first assumes that nobody else has written.
    std::shared_ptr<api::Lease> lease = renewed(*observed_, false);
    const bool written = co_await write(std::move(lease));
    if (written) co_return true;
  }
  api::ObjectRef ref(api::Kind::kLease, options_.namespace_, options_.name);
  api::Request read = api::Request::get(std::move(ref));
  const api::Result<api::Response> found = co_await client_->call(std::move(read));
  if (!found) {
    if (found.error().reason != api::Reason::kNotFound) co_return false;
    auto fresh = std::make_shared<api::Lease>();
    fresh->metadata.namespace_ = options_.namespace_;
    fresh->metadata.name = options_.name;
    fresh->spec = record_at(runtime_->now());
    co_return co_await write(std::move(fresh));
  }
  const auto seen = api::as<api::Lease>(found->object);
  // Only a changed record starts the candidate's own clock again.
  if (observed_ == nullptr || !(*observed_->spec == *seen->spec)) observe(seen);
  const std::string holder = holder_of(*seen);
  const bool own = holder == options_.identity;
  if (!holder.empty() && !own && still_valid()) co_return false;
  std::shared_ptr<api::Lease> lease = renewed(*seen, !own);
  co_return co_await write(std::move(lease));
}

sim::Task<bool> LeaderElector::write(std::shared_ptr<api::Lease> lease) {
  const bool fresh = lease->metadata.uid.empty();
  api::Request request =
      fresh ? api::Request::create(std::move(lease)) : api::Request::update(std::move(lease));
  const api::Result<api::Response> written = co_await client_->call(std::move(request));
  if (!written) co_return false;
  observe(api::as<api::Lease>(written->object));
  co_return true;
}

void LeaderElector::observe(LeasePtr lease) {
  observed_ = std::move(lease);
  observed_at_ = runtime_->now();
}

api::LeaseSpec LeaderElector::record_at(sim::Time now) const {
  api::LeaseSpec spec;
  spec.holder_identity = options_.identity;
  spec.lease_duration_seconds = seconds_of(options_.lease_duration);
  spec.acquire_time = api::ClusterTime::micro_at(now);
  spec.renew_time = spec.acquire_time;
  spec.lease_transitions = 0;
  return spec;
}

std::shared_ptr<api::Lease> LeaderElector::renewed(const api::Lease& seen, bool taken_over) const {
  auto lease = api::copy(seen);
  api::LeaseSpec record = record_at(runtime_->now());
  record.lease_transitions = seen.spec->lease_transitions.value_or(0) + (taken_over ? 1 : 0);
  if (!taken_over) record.acquire_time = seen.spec->acquire_time;
  record.extra = seen.spec->extra;
  lease->spec = std::move(record);
  return lease;
}

}  // namespace sdbtwin::client
