#include "model/cluster/scheduler/kube_scheduler.h"

#include <algorithm>
#include <utility>

#include "model/api/codec.h"
#include "model/api/typed_client.h"
#include "sim/core/race.h"

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;

// The scheduler's constants (kubernetes.md 3.7).
constexpr sim::Duration kBackoffFirst = 1s;
constexpr sim::Duration kBackoffLongest = 10s;
constexpr sim::Duration kFlushUnschedulable = 5min;
constexpr sim::Duration kVolumeWaitMax = 10min;

api::PodCondition unschedulable(std::string message, sim::Time now) {
  api::PodCondition condition;
  condition.type = api::kPodScheduled;
  condition.status = api::ConditionStatus::kFalse;
  condition.reason = "Unschedulable";
  condition.message = std::move(message);
  condition.last_transition_time = api::ClusterTime::at(now);
  return condition;
}

// Other schedulers' pods are left alone.
bool is_ours(const api::Pod& pod) {
  const std::string& name = pod.spec->scheduler_name;
  return name.empty() || name == "default-scheduler";
}

sim::Task<void> wait_for(sim::Signal& signal) { co_await signal.wait(); }

}  // namespace

KubeScheduler::KubeScheduler(sim::Runtime& runtime, std::unique_ptr<api::Client> client,
                             const Timings& timings)
    : runtime_(&runtime),
      client_(std::move(client)),
      timings_(&timings),
      rng_(runtime.rng("attempt")),
      events_(runtime, *client_, "default-scheduler"),
      pods_(runtime, *client_, api::Kind::kPod),
      nodes_(runtime, *client_, api::Kind::kNode),
      claims_(runtime, *client_, api::Kind::kPersistentVolumeClaim),
      volumes_(runtime, *client_, api::Kind::kPersistentVolume),
      classes_(runtime, *client_, api::Kind::kStorageClass),
      queue_(runtime) {
  add_handlers();
  for (client::Informer* informer : {&pods_, &nodes_, &claims_, &volumes_, &classes_})
    informer->start();
  runtime.spawn(run());
}

StorageListers KubeScheduler::storage() const {
  return StorageListers{claims_.lister<api::PersistentVolumeClaim>(),
                        volumes_.lister<api::PersistentVolume>(),
                        classes_.lister<api::StorageClass>()};
}

void KubeScheduler::add_handlers() {
  client::EventHandlers pods;
  pods.on_add = [this](const api::ObjectPtr& pod) { on_pod(nullptr, api::as<api::Pod>(pod)); };
  pods.on_update = [this](const api::ObjectPtr& before, const api::ObjectPtr& pod) {
    if (before->metadata.uid != pod->metadata.uid) on_pod_gone(api::as<api::Pod>(before));
    on_pod(api::as<api::Pod>(before), api::as<api::Pod>(pod));
  };
  pods.on_delete = [this](const api::ObjectPtr& pod, bool) { on_pod_gone(api::as<api::Pod>(pod)); };
  pods_.add_handlers(std::move(pods));

  client::EventHandlers nodes;
  nodes.on_add = [this](const api::ObjectPtr& node) {
    pool_.set_node(api::as<api::Node>(node));
    retry_waiting();
  };
  nodes.on_update = [this](const api::ObjectPtr&, const api::ObjectPtr& node) {
    pool_.set_node(api::as<api::Node>(node));
    retry_waiting();
  };
  nodes.on_delete = [this](const api::ObjectPtr& node, bool) {
    pool_.remove_node(node->metadata.name);
  };
  nodes_.add_handlers(std::move(nodes));

  client::EventHandlers storage;
  storage.on_add = [this](const api::ObjectPtr&) { retry_waiting(); };
  storage.on_update = [this](const api::ObjectPtr&, const api::ObjectPtr& object) {
    if (object->kind() == api::Kind::kPersistentVolumeClaim) {
      const auto waiting = claim_changed_.find(api::key_of(*object));
      if (waiting != claim_changed_.end()) waiting->second.notify_all();
    }
    retry_waiting();
  };
  for (client::Informer* informer : {&claims_, &volumes_, &classes_})
    informer->add_handlers(storage);
}

void KubeScheduler::on_pod(const PodPtr& before, const PodPtr& pod) {
  const Key key = api::key_of(*pod);
  if (!pod->spec->node_name.empty()) {
    pending_.erase(key);
    unschedulable_.erase(key);
    if (!api::is_pod_terminal(*pod)) {
      pool_.place(*pod, pod->spec->node_name);
    } else if (pool_.placed(pod->metadata.uid)) {
      pool_.remove(pod->metadata.uid);
      retry_waiting();
    }
    return;
  }
  if (api::is_deleting(pod->metadata) || api::is_pod_terminal(*pod)) return;
  if (!is_ours(*pod)) return;
  const bool same = before != nullptr && before->metadata.uid == pod->metadata.uid;
  if (same && before->spec == pod->spec) return;  // a status write, perhaps our own
  Pending pending;
  pending.uid = pod->metadata.uid;
  pending_[key] = pending;
  queue_.add(key);
}

void KubeScheduler::on_pod_gone(const PodPtr& pod) {
  const Key key = api::key_of(*pod);
  const auto found = pending_.find(key);
  if (found != pending_.end() && found->second.uid == pod->metadata.uid) {
    pending_.erase(found);
    unschedulable_.erase(key);
  }
  if (!pool_.placed(pod->metadata.uid)) return;
  pool_.remove(pod->metadata.uid);
  retry_waiting();
}

sim::Duration KubeScheduler::backoff_left(const Pending& pending) const {
  sim::Duration wait = kBackoffFirst;
  for (int attempt = 1; attempt < pending.attempts && wait < kBackoffLongest; ++attempt) wait *= 2;
  const sim::Time ready = pending.last_attempt + std::min(wait, kBackoffLongest);
  return std::max(sim::Duration::zero(), ready - runtime_->now());
}

void KubeScheduler::retry_waiting() {
  for (const Key& key : std::exchange(unschedulable_, {})) {
    const auto found = pending_.find(key);
    if (found != pending_.end()) queue_.add_after(key, backoff_left(found->second));
  }
}

sim::Task<void> KubeScheduler::run() {
  std::vector<client::Informer*> informers{&pods_, &nodes_, &claims_, &volumes_, &classes_};
  co_await client::wait_for_sync(*runtime_, std::move(informers));
  while (true) {
    const std::optional<Key> key = co_await queue_.get();
    if (!key) co_return;
    co_await runtime_->sleep(timings_->scheduling_attempt.sample(rng_));
    co_await attempt(*key);
    queue_.done(*key);
  }
}

sim::Task<void> KubeScheduler::attempt(Key key) {
  const auto pending = pending_.find(key);
  if (pending == pending_.end()) co_return;
  const PodPtr pod = pods_.lister<api::Pod>().get(key);
  if (pod == nullptr || pod->metadata.uid != pending->second.uid || !pod->spec->node_name.empty() ||
      api::is_deleting(pod->metadata) || pool_.placed(pod->metadata.uid)) {
    co_return;
  }
  ++pending->second.attempts;
  pending->second.last_attempt = runtime_->now();
  const ClaimsOfPod claims = look_at_claims(*pod, storage());
  Misfits misfits;
  std::optional<std::string> node;
  if (claims.unschedulable.empty()) node = pool_.choose(*pod, claims.allowed, misfits);
  if (node) {
    pool_.place(*pod, *node);
    runtime_->spawn(bind(pod, *node, claims.to_provision));
    co_return;
  }
  unschedulable_.insert(key);
  queue_.add_after(key, kFlushUnschedulable);
  std::string why = claims.unschedulable;
  if (why.empty()) {
    why = misfits.message();
  } else {
    why = "0/" + std::to_string(nodes_.cache().size()) + " nodes are available: " + why + ".";
  }
  co_await refuse(pod, std::move(why));
}

sim::Task<void> KubeScheduler::refuse(PodPtr pod, std::string why) {
  const auto* shown = api::find_condition(*pod->status->conditions, api::kPodScheduled);
  if (shown != nullptr && shown->message == why) co_return;
  events_.record(*pod, client::EventType::kWarning, "FailedScheduling", why);
  const api::Value condition = api::struct_to_value(unschedulable(std::move(why), runtime_->now()));
  const api::Value status = api::Value::object({{"conditions", api::Value::array({condition})}});
  const api::Value metadata = api::Value::object({{"uid", pod->metadata.uid}});
  const api::Value body = api::Value::object({{"metadata", metadata}, {"status", status}});
  // When this fails, the next attempt writes it.
  static_cast<void>(co_await api::patch_status<api::Pod>(*client_, pod->metadata.namespace_,
                                                         pod->metadata.name,
                                                         api::PatchType::kStrategicMerge, body));
}

sim::Task<void> KubeScheduler::bind(PodPtr pod, std::string node, std::vector<std::string> claims) {
  for (const std::string& claim : claims) {
    const bool bound = co_await provision(pod, node, claim);
    if (!bound) {
      give_back(pod);
      co_return;
    }
  }
  api::Request request = api::Request::bind(api::ref_of(*pod), std::move(node));
  const api::Result<api::Response> result = co_await client_->call(std::move(request));
  if (!result) give_back(pod);
}

// The reservation ends; the pod, if it still waits, is tried again.
void KubeScheduler::give_back(const PodPtr& pod) {
  const Key key = api::key_of(*pod);
  const PodPtr seen = pods_.lister<api::Pod>().get(key);
  const bool same = seen != nullptr && seen->metadata.uid == pod->metadata.uid;
  if (same && !seen->spec->node_name.empty()) return;  // It was bound after all.
  pool_.remove(pod->metadata.uid);
  const auto pending = pending_.find(key);
  if (pending != pending_.end()) queue_.add_after(key, backoff_left(pending->second));
}

// Tells the provisioner the node, then waits until the claim is bound.
sim::Task<bool> KubeScheduler::provision(PodPtr pod, std::string node, std::string claim) {
  const Key key(pod->metadata.namespace_, claim);
  const api::Value annotations = api::Value::object({{std::string(kSelectedNode), node}});
  const api::Value metadata = api::Value::object({{"annotations", annotations}});
  const api::Value body = api::Value::object({{"metadata", metadata}});
  const auto patched = co_await api::patch<api::PersistentVolumeClaim>(
      *client_, key.namespace_, key.name, api::PatchType::kMerge, body);
  if (!patched) co_return false;
  const sim::Time deadline = runtime_->now() + kVolumeWaitMax;
  while (true) {
    const auto cached = claims_.lister<api::PersistentVolumeClaim>().get(key);
    if (cached != nullptr && is_bound(*cached)) break;
    const bool changed = co_await sim::race(*runtime_, wait_for(claim_changed_[key]), deadline);
    if (!changed) co_return false;
  }
  co_return true;
}

}  // namespace sdbtwin::cluster
