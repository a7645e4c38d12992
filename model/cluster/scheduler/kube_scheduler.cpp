#include "model/cluster/scheduler/kube_scheduler.h"

#include <utility>

#include "model/api/codec.h"
#include "model/api/typed_client.h"
#include "model/cluster/scheduler/scheduling_cycle.h"
#include "sim/core/race.h"

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;

// VolumeBindingArgs.bindTimeoutSeconds' default.
constexpr sim::Duration kVolumeWaitMax = 10min;

api::PodCondition condition_of(std::string_view type, api::ConditionStatus status,
                               std::string reason, std::string message, sim::Time now) {
  api::PodCondition condition;
  condition.type = type;
  condition.status = status;
  condition.reason = std::move(reason);
  condition.message = std::move(message);
  condition.last_transition_time = api::ClusterTime::at(now);
  return condition;
}

// Other schedulers' pods are left alone.
bool is_ours(const api::Pod& pod) {
  const std::string& name = pod.spec->scheduler_name;
  return name.empty() || name == "default-scheduler";
}

// A patch of a pod's status: one condition, and only of that very pod.
api::Value status_patch(const api::Pod& pod, const api::PodCondition& condition) {
  const api::Value conditions = api::Value::array({api::struct_to_value(condition)});
  return api::Value::object({{"metadata", api::Value::object({{"uid", pod.metadata.uid}})},
                             {"status", api::Value::object({{"conditions", conditions}})}});
}

api::Value nominated_value(const std::string& node) {
  return node.empty() ? api::Value() : api::Value(node);
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
      classes_(runtime, *client_, api::Kind::kStorageClass) {
  add_handlers();
  add_node_handlers();
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

  client::EventHandlers storage;
  storage.on_add = [this](const api::ObjectPtr&) { move(ClusterEvent::kVolumes); };
  storage.on_update = [this](const api::ObjectPtr&, const api::ObjectPtr& object) {
    if (object->kind() == api::Kind::kPersistentVolumeClaim) {
      const auto waiting = claim_changed_.find(api::key_of(*object));
      if (waiting != claim_changed_.end()) waiting->second.notify_all();
    }
    move(ClusterEvent::kVolumes);
  };
  for (client::Informer* informer : {&claims_, &volumes_, &classes_})
    informer->add_handlers(storage);
}

void KubeScheduler::add_node_handlers() {
  client::EventHandlers nodes;
  nodes.on_add = [this](const api::ObjectPtr& node) {
    pool_.set_node(api::as<api::Node>(node));
    move(ClusterEvent::kNodeAdded);
  };
  nodes.on_update = [this](const api::ObjectPtr& before, const api::ObjectPtr& node) {
    pool_.set_node(api::as<api::Node>(node));
    on_node(*api::as<api::Node>(before), *api::as<api::Node>(node));
  };
  nodes.on_delete = [this](const api::ObjectPtr& node, bool) {
    pool_.remove_node(node->metadata.name);
    move(ClusterEvent::kNodeLabels);  // its place is gone: spreading may allow more elsewhere
  };
  nodes_.add_handlers(std::move(nodes));
}

void KubeScheduler::on_node(const api::Node& before, const api::Node& node) {
  if (!(before.status->allocatable == node.status->allocatable)) move(ClusterEvent::kNodeResources);
  if (!(before.metadata.labels == node.metadata.labels)) move(ClusterEvent::kNodeLabels);
  if (before.spec->unschedulable != node.spec->unschedulable ||
      before.spec->taints != node.spec->taints) {
    move(ClusterEvent::kNodeTaints);
  }
}

void KubeScheduler::on_pod(const PodPtr& before, const PodPtr& pod) {
  if (!pod->spec->node_name.empty()) return on_assigned(before, pod);
  if (api::is_deleting(pod->metadata) || api::is_pod_terminal(*pod)) return;
  if (!is_ours(*pod)) return;
  const bool same = before != nullptr && before->metadata.uid == pod->metadata.uid;
  const std::string& nominated = pod->status->nominated_node_name;
  if ((same ? before->status->nominated_node_name : std::string()) != nominated) {
    pool_.forget_nomination(pod->metadata.uid);
    if (!nominated.empty()) pool_.nominate(PodInfo::of(pod), nominated);
  }
  // Else a status write, perhaps our own.
  if (same && before->spec == pod->spec && before->metadata.labels == pod->metadata.labels) return;
  queue_.add(api::key_of(*pod), pod->metadata.uid, pod->spec->priority.value_or(0),
             runtime_->now());
  wake();
}

void KubeScheduler::on_assigned(const PodPtr& before, const PodPtr& pod) {
  const std::string& uid = pod->metadata.uid;
  queue_.remove(api::key_of(*pod), uid);
  if (api::is_pod_terminal(*pod)) {
    if (!pool_.placed(uid)) return;
    pool_.remove(uid);
    return move(ClusterEvent::kPodGone);
  }
  pool_.place(pod, pod->spec->node_name);
  const bool appears = before == nullptr || before->spec->node_name.empty();
  if (appears || !(before->metadata.labels == pod->metadata.labels) ||
      api::is_deleting(before->metadata) != api::is_deleting(pod->metadata)) {
    move(ClusterEvent::kPodPlaced);
  }
}

void KubeScheduler::on_pod_gone(const PodPtr& pod) {
  const std::string& uid = pod->metadata.uid;
  queue_.remove(api::key_of(*pod), uid);
  pool_.forget_nomination(uid);
  if (!pool_.placed(uid)) return;
  pool_.remove(uid);
  move(ClusterEvent::kPodGone);
}

void KubeScheduler::move(ClusterEvent event) {
  queue_.move(event, runtime_->now());
  wake();
}

void KubeScheduler::wake() {
  if (!sleeping_) return;
  const std::optional<sim::Time> due = queue_.next_due();
  if (!due || (sleeps_until_ && *sleeps_until_ <= *due)) return;
  sleeping_ = false;
  wake_.notify_all();
}

sim::Task<void> KubeScheduler::run() {
  std::vector<client::Informer*> informers{&pods_, &nodes_, &claims_, &volumes_, &classes_};
  co_await client::wait_for_sync(*runtime_, std::move(informers));
  while (true) {
    const std::optional<Key> key = queue_.pop(runtime_->now());
    if (key) {
      co_await runtime_->sleep(timings_->scheduling_attempt.sample(rng_));
      co_await attempt(*key);
      continue;
    }
    sleeping_ = true;
    sleeps_until_ = queue_.next_due();
    if (sleeps_until_) {
      static_cast<void>(co_await sim::race(*runtime_, wait_for(wake_), *sleeps_until_));
    } else {
      co_await wake_.wait();
    }
    sleeping_ = false;
  }
}

bool KubeScheduler::still_waits(const PodPtr& pod) const {
  const PodPtr seen = pods_.lister<api::Pod>().get(api::key_of(*pod));
  return seen != nullptr && seen->metadata.uid == pod->metadata.uid &&
         seen->spec->node_name.empty() && !api::is_deleting(seen->metadata) &&
         !pool_.placed(pod->metadata.uid);
}

sim::Task<void> KubeScheduler::attempt(Key key) {
  const PodPtr pod = pods_.lister<api::Pod>().get(key);
  if (pod == nullptr || !still_waits(pod)) co_return;
  const PodInfo info = PodInfo::of(pod);
  const ClaimsOfPod claims = look_at_claims(*pod, storage());
  Diagnosis diagnosis;
  diagnosis.nodes = pool_.size();
  diagnosis.before_all = claims.unschedulable;
  std::optional<std::string> node;
  if (claims.unschedulable.empty()) {
    node = choose_node(pool_, info, claims, diagnosis);
  } else {
    diagnosis.plugins = bit(Plugin::kVolumeBinding);
  }
  if (node) {
    pool_.place(info, *node);
    runtime_->spawn(bind(pod, *node, claims.to_provision));
    co_return;
  }
  if (diagnosis.nodes == 0) diagnosis.plugins = ~PluginSet{0};
  const std::optional<std::string> nominated = co_await preempt(info, claims, diagnosis);
  co_await refuse(pod, diagnosis.message(), nominated);
  queue_.unschedulable(key, diagnosis.plugins, runtime_->now());
}

sim::Task<std::optional<std::string>> KubeScheduler::preempt(const PodInfo& pod,
                                                             const ClaimsOfPod& claims,
                                                             Diagnosis& diagnosis) {
  if (diagnosis.nodes == 0) co_return std::nullopt;
  diagnosis.preemption = not_eligible(pool_, pod, diagnosis);
  if (!diagnosis.preemption.empty()) co_return std::nullopt;
  const std::string none;
  std::optional<Preemption> plan = find_victims(pool_, pod, claims, Budgets(), diagnosis);
  if (!plan) co_return none;
  // Somebody would have to go. Whom depends on the budgets.
  api::Request ask = api::Request::list(api::Kind::kPodDisruptionBudget);
  const api::Result<api::Response> listed = co_await client_->call(std::move(ask));
  if (!listed || !still_waits(pod.pod)) co_return std::nullopt;
  Budgets budgets;
  for (const api::ObjectPtr& object : listed->items)
    budgets.push_back(api::as<api::PodDisruptionBudget>(object));
  plan = find_victims(pool_, pod, claims, budgets, diagnosis);
  if (!plan) co_return none;
  pool_.nominate(pod, plan->node);
  for (const PodPtr& victim : plan->victims) co_await evict(pod, victim, plan->node);
  co_await drop_lesser_nominations(pod, plan->node);
  co_return plan->node;
}

// What fails here is tried again with the pod's next attempt.
sim::Task<void> KubeScheduler::evict(const PodInfo& preemptor, PodPtr victim, std::string node) {
  if (api::is_deleting(victim->metadata)) co_return;
  const api::PodCondition condition = condition_of(
      api::kDisruptionTarget, api::ConditionStatus::kTrue, "PreemptionByScheduler",
      "default-scheduler: preempting to accommodate a higher priority pod", runtime_->now());
  const api::Value body = status_patch(*victim, condition);
  static_cast<void>(co_await api::patch_status<api::Pod>(*client_, victim->metadata.namespace_,
                                                         victim->metadata.name,
                                                         api::PatchType::kStrategicMerge, body));
  events_.record(*victim, client::EventType::kNormal, "Preempted",
                 "Preempted by pod " + preemptor.uid() + " on node " + node);
  api::Request request = api::Request::remove(api::ref_of(*victim));
  static_cast<void>(co_await client_->call(std::move(request)));
}

// They would wait for room that is no longer meant for them.
sim::Task<void> KubeScheduler::drop_lesser_nominations(const PodInfo& pod, std::string node) {
  std::vector<PodPtr> lesser;
  for (const auto& [uid, nominated] : pool_.nominations()) {
    if (nominated.node == node && nominated.info.priority < pod.priority)
      lesser.push_back(nominated.info.pod);
  }
  for (const PodPtr& other : lesser) {
    pool_.forget_nomination(other->metadata.uid);
    const api::Value status = api::Value::object({{"nominatedNodeName", api::Value()}});
    const api::Value metadata = api::Value::object({{"uid", other->metadata.uid}});
    const api::Value body = api::Value::object({{"metadata", metadata}, {"status", status}});
    static_cast<void>(co_await api::patch_status<api::Pod>(*client_, other->metadata.namespace_,
                                                           other->metadata.name,
                                                           api::PatchType::kStrategicMerge, body));
  }
}

sim::Task<void> KubeScheduler::refuse(PodPtr pod, std::string why,
                                      std::optional<std::string> nominated) {
  const auto* shown = api::find_condition(*pod->status->conditions, api::kPodScheduled);
  const bool same_node = !nominated || *nominated == pod->status->nominated_node_name;
  if (shown != nullptr && shown->message == why && same_node) co_return;
  events_.record(*pod, client::EventType::kWarning, "FailedScheduling", why);
  const api::PodCondition condition =
      condition_of(api::kPodScheduled, api::ConditionStatus::kFalse, "Unschedulable",
                   std::move(why), runtime_->now());
  api::Value body = status_patch(*pod, condition);
  if (!same_node) {
    const api::Value status =
        body.find("status")->with("nominatedNodeName", nominated_value(*nominated));
    body = body.with("status", status);
    if (nominated->empty()) pool_.forget_nomination(pod->metadata.uid);
  }
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

// The reservation ends, which may let others fit; the pod, if it still waits, is tried again.
void KubeScheduler::give_back(const PodPtr& pod) {
  const Key key = api::key_of(*pod);
  const PodPtr seen = pods_.lister<api::Pod>().get(key);
  const bool same = seen != nullptr && seen->metadata.uid == pod->metadata.uid;
  if (same && !seen->spec->node_name.empty()) return;  // It was bound after all.
  pool_.remove(pod->metadata.uid);
  queue_.retry(key, runtime_->now());
  move(ClusterEvent::kPodGone);
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
