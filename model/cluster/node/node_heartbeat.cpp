#include "model/cluster/node/node_heartbeat.h"

#include <algorithm>
#include <array>
#include <utility>

#include "model/api/codec.h"
#include "model/api/errors.h"
#include "model/api/taint.h"
#include "model/api/typed_client.h"
#include "sim/core/race.h"

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;
using api::ConditionStatus;
using api::StatusCondition;

// The heartbeat client's timeout is nodeStatusUpdateFrequency (cmd/kubelet/app/server.go).
constexpr sim::Duration kHeartbeatTimeout = 10s;
// component-helpers/apimachinery/lease: maxUpdateRetries, and sleep and maxBackoff of
// backoffEnsureLease; pkg/kubelet: nodeStatusUpdateRetry.
constexpr int kTries = 5;
constexpr sim::Duration kEnsureFirst = 100ms;
constexpr sim::Duration kEnsureLongest = 7s;
constexpr int64_t kRenewalJitterPerMille = 40;

struct Sign {
  std::string_view type;
  ConditionStatus status;
  std::string_view reason;
  std::string_view message;
};
// pkg/kubelet/nodestatus/setters.go.
constexpr std::array<Sign, 4> kSigns{{
    {api::kNodeMemoryPressure, ConditionStatus::kFalse, "KubeletHasSufficientMemory",
     "kubelet has sufficient memory available"},
    {api::kNodeDiskPressure, ConditionStatus::kFalse, "KubeletHasNoDiskPressure",
     "kubelet has no disk pressure"},
    {api::kNodePidPressure, ConditionStatus::kFalse, "KubeletHasSufficientPID",
     "kubelet has sufficient PID available"},
    {api::kNodeReady, ConditionStatus::kTrue, "KubeletReady", "kubelet is posting ready status"},
}};

bool is_wrong(const StatusCondition* shown, const Sign& sign) {
  if (shown == nullptr || shown->status == ConditionStatus::kUnknown) return true;
  return sign.type == api::kNodeReady && shown->status != sign.status;
}

client::InformerOptions only_node(const std::string& name) {
  client::InformerOptions options;
  options.field_selector = api::FieldSelector::parse("metadata.name=" + name).value();
  return options;
}

sim::Task<void> wait_until_set(sim::Event& event) { co_await event.wait(); }

}  // namespace

std::vector<StatusCondition> conditions_of_running_node(const std::vector<StatusCondition>& shown,
                                                        api::Timestamp now) {
  std::vector<StatusCondition> made;
  for (const Sign& sign : kSigns) {
    const StatusCondition* found = api::find_condition(shown, sign.type);
    StatusCondition condition = found == nullptr ? StatusCondition{} : *found;
    if (is_wrong(found, sign)) {
      condition.type = sign.type;
      condition.status = sign.status;
      condition.reason = sign.reason;
      condition.message = sign.message;
      condition.last_transition_time = now;
    }
    condition.last_heartbeat_time = now;
    made.push_back(std::move(condition));
  }
  return made;
}

NodeHeartbeat::NodeHeartbeat(sim::Runtime& runtime, api::Client& client, std::string node,
                             std::shared_ptr<const api::Node> registration)
    : runtime_(&runtime),
      client_(&client),
      node_(std::move(node)),
      registration_(std::move(registration)),
      rng_(runtime.rng("heartbeat")),
      nodes_(runtime, client, api::Kind::kNode, only_node(node_)) {
  client::EventHandlers handlers;
  handlers.on_add = [this](const api::ObjectPtr&) { changed_.set(); };
  handlers.on_update = [this](const api::ObjectPtr&, const api::ObjectPtr&) { changed_.set(); };
  nodes_.add_handlers(std::move(handlers));
  nodes_.start();
  runtime.spawn(keep_lease());
  runtime.spawn(keep_status());
}

sim::Task<api::Result<api::Response>> NodeHeartbeat::ask(api::Request request) {
  const sim::Time deadline = runtime_->now() + kHeartbeatTimeout;
  std::optional<api::Result<api::Response>> answer =
      co_await sim::race(*runtime_, client_->call(std::move(request)), deadline);
  if (!answer) co_return api::errors::request_timeout();
  co_return *std::move(answer);
}

// ---- Lease

sim::Task<void> NodeHeartbeat::keep_lease() {
  while (true) {
    co_await renew_lease();
    const int64_t jitter = static_cast<int64_t>(rng_.below(kRenewalJitterPerMille));
    co_await runtime_->sleep(kLeaseRenewal + kLeaseRenewal * jitter / 1000);
  }
}

sim::Task<void> NodeHeartbeat::renew_lease() {
  if (lease_ != nullptr) {
    const bool renewed = co_await update_lease();
    if (renewed) co_return;
  }
  co_await ensure_lease();
}

std::shared_ptr<api::Lease> NodeHeartbeat::next_lease() const {
  auto lease = lease_ == nullptr ? std::make_shared<api::Lease>() : api::copy(*lease_);
  lease->metadata.namespace_ = kLeaseNamespace;
  lease->metadata.name = node_;
  api::LeaseSpec& spec = lease->spec.edit();
  spec.holder_identity = node_;
  spec.lease_duration_seconds = static_cast<int32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(kLeaseDuration).count());
  spec.renew_time = api::ClusterTime::micro_at(runtime_->now());
  if (const NodePtr node = shown(); node != nullptr && lease->metadata.owner_references->empty()) {
    api::OwnerReference owner;
    owner.api_version = "v1";
    owner.kind = "Node";
    owner.name = node_;
    owner.uid = node->metadata.uid;
    lease->metadata.owner_references.edit().push_back(std::move(owner));
  }
  return lease;
}

sim::Task<bool> NodeHeartbeat::update_lease() {
  for (int attempt = 0; attempt < kTries; ++attempt) {
    api::Request request = api::Request::update(next_lease());
    const api::Result<api::Response> result = co_await ask(std::move(request));
    if (result) {
      lease_ = api::as<api::Lease>(result->object);
      co_return true;
    }
    // It has changed or gone: look at it first.
    if (api::is(result, api::Reason::kConflict)) co_await ensure_lease();
    if (api::is(result, api::Reason::kNotFound)) co_return false;
  }
  co_return false;
}

sim::Task<void> NodeHeartbeat::ensure_lease() {
  sim::Duration wait = kEnsureFirst;
  while (true) {
    const bool have = co_await get_or_create_lease();
    if (have) co_return;
    wait = std::min(wait * 2, kEnsureLongest);
    co_await runtime_->sleep(wait);
  }
}

sim::Task<bool> NodeHeartbeat::get_or_create_lease() {
  api::Request get =
      api::Request::get(api::ObjectRef(api::Kind::kLease, std::string(kLeaseNamespace), node_));
  const api::Result<api::Response> found = co_await ask(std::move(get));
  if (found) {
    lease_ = api::as<api::Lease>(found->object);
    co_return true;
  }
  if (!api::is(found, api::Reason::kNotFound)) co_return false;
  lease_ = nullptr;
  api::Request create = api::Request::create(next_lease());
  const api::Result<api::Response> created = co_await ask(std::move(create));
  if (created) lease_ = api::as<api::Lease>(created->object);
  co_return created.ok();
}

// ---- Status

NodeHeartbeat::NodePtr NodeHeartbeat::shown() const {
  return nodes_.lister<api::Node>().get("", node_);
}

bool NodeHeartbeat::must_write(const api::Node& shown) const {
  return std::ranges::any_of(kSigns, [&](const Sign& sign) {
    return is_wrong(api::find_condition(*shown.status->conditions, sign.type), sign);
  });
}

sim::Task<void> NodeHeartbeat::register_node() {
  sim::Duration wait = kEnsureFirst;
  while (shown() == nullptr) {
    auto node = api::copy(*registration_);
    node->status.edit().conditions =
        conditions_of_running_node({}, api::ClusterTime::at(runtime_->now()));
    api::Request create = api::Request::create(node);
    const api::Result<api::Response> created = co_await ask(std::move(create));
    if (created || api::is(created, api::Reason::kAlreadyExists)) co_return;
    wait = std::min(wait * 2, kEnsureLongest);
    co_await runtime_->sleep(wait);
  }
}

// Looks every kStatusUpdate; a look that can find nothing is not made.
sim::Task<void> NodeHeartbeat::keep_status() {
  co_await nodes_.synced();
  if (registration_ != nullptr) co_await register_node();
  while (true) {
    const NodePtr node = shown();
    if (node != nullptr && (must_write(*node) || runtime_->now() >= next_report_)) {
      co_await report_status(node);
    }
    const sim::Time tick = runtime_->now() + kStatusUpdate;
    changed_.reset();
    const NodePtr now = shown();
    if (now == nullptr || !must_write(*now)) {
      const sim::Time report = std::max(tick, next_report_);
      co_await sim::race(*runtime_, wait_until_set(changed_), report);
    }
    if (runtime_->now() < tick) co_await runtime_->sleep_until(tick);
  }
}

sim::Task<void> NodeHeartbeat::report_status(NodePtr shown) {
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const api::Timestamp now = api::ClusterTime::at(runtime_->now());
    api::Value::Array conditions;
    for (const StatusCondition& condition :
         conditions_of_running_node(*shown->status->conditions, now)) {
      conditions.push_back(api::struct_to_value(condition));
    }
    const api::Value status =
        api::Value::object({{"conditions", api::Value(std::move(conditions))}});
    const api::Value body = api::Value::object({{"status", status}});
    api::Request request =
        api::Request::patch_status(api::ref_of(*shown), api::PatchType::kStrategicMerge, body);
    const api::Result<api::Response> result = co_await ask(std::move(request));
    if (result) {
      next_report_ = runtime_->now() + kStatusReport;
      co_return;
    }
    if (api::is(result, api::Reason::kNotFound)) co_return;
  }
}

}  // namespace sdbtwin::cluster
