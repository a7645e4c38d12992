#include "model/cluster/node/kubelet.h"

#include <utility>

namespace sdbtwin::cluster {
namespace {

client::InformerOptions pods_of_node(const std::string& node) {
  client::InformerOptions options;
  options.field_selector = api::FieldSelector::parse("spec.nodeName=" + node).value();
  return options;
}

client::InformerOptions node_named(const std::string& node) {
  client::InformerOptions options;
  options.field_selector = api::FieldSelector::parse("metadata.name=" + node).value();
  return options;
}

}  // namespace

Kubelet::Kubelet(sim::Runtime& runtime, std::unique_ptr<api::Client> client, NodeMachine& machine,
                 DiskArray& disks, const ImageRegistry& registry, const Timings& timings,
                 const KubeletOptions& options)
    : runtime_(&runtime),
      client_(std::move(client)),
      machine_(&machine),
      disks_(&disks),
      timings_(&timings),
      rng_(runtime.rng("relist")),
      events_(runtime, *client_, "kubelet"),
      images_(runtime, machine, registry, timings),
      in_use_(runtime, *client_, machine, disks, [this] { volumes_told(); }),
      relist_(runtime, [this] { relist(); }),
      pods_(runtime, *client_, api::Kind::kPod, pods_of_node(machine.name())),
      pressure_(runtime, machine, [this] { return evictable(); }),
      start_(runtime.now()) {
  client::EventHandlers handlers;
  handlers.on_add = [this](const api::ObjectPtr& pod) { take(api::as<api::Pod>(pod)); };
  handlers.on_update = [this](const api::ObjectPtr& before, const api::ObjectPtr& pod) {
    if (before->metadata.uid != pod->metadata.uid) lose(api::as<api::Pod>(before));
    take(api::as<api::Pod>(pod));
  };
  handlers.on_delete = [this](const api::ObjectPtr& last, bool) { lose(api::as<api::Pod>(last)); };
  pods_.add_handlers(std::move(handlers));
  if (options.heartbeats) {
    heartbeat_.emplace(runtime, *client_, machine.name(), options.registration);
  } else {
    node_.emplace(runtime, *client_, api::Kind::kNode, node_named(machine.name()));
    node_->start();
  }
  pods_.start();
  runtime.spawn(start());
}

PodWorkerTools Kubelet::tools() {
  return PodWorkerTools{*runtime_, *client_, *machine_, *disks_, images_,
                        in_use_,   events_,  *timings_, start_};
}

// Once the API is known: whatever else is on the node has no business there.
sim::Task<void> Kubelet::start() {
  co_await pods_.synced();
  std::vector<std::string> orphans;
  for (const auto& [uid, pod] : machine_->pods()) {
    if (!workers_.contains(uid)) orphans.push_back(uid);
  }
  for (const std::string& uid : orphans) run(std::make_shared<PodWorker>(tools(), uid));
  runtime_->spawn(follow_machine());
}

sim::Task<void> Kubelet::follow_machine() {
  while (true) {
    const std::optional<NodeMachine::Notice> notice = co_await machine_->notices().receive();
    if (!notice) co_return;
    this->notice(*notice);
  }
}

void Kubelet::notice(const NodeMachine::Notice& notice) {
  PodWorker* worker = find(notice.uid);
  if (worker == nullptr && !notice.uid.empty()) return;
  switch (notice.change) {
    case NodeMachine::Change::kProbes:
      worker->probes_changed();
      break;
    case NodeMachine::Change::kReadiness:
      worker->readiness_changed();
      break;
    case NodeMachine::Change::kContainers:
      worker->machine_changed();
      changed_.insert(notice.uid);
      if (!relist_.armed()) relist_.set(runtime_->now() + timings_->container_relist.sample(rng_));
      break;
    case NodeMachine::Change::kPressure:
      pressure_.changed();
      break;
    case NodeMachine::Change::kShutdown:
      shut_down();
      break;
  }
}

// Graceful node shutdown: every pod ends within what the operating system grants.
void Kubelet::shut_down() {
  if (!machine_->shutdown_grace()) return;
  const auto grace = std::chrono::duration_cast<std::chrono::seconds>(*machine_->shutdown_grace());
  for (const auto& [uid, worker] : workers_) {
    worker->fail({"Terminated", "Pod was terminated in response to imminent node shutdown."},
                 PodWorker::Because::kNode, grace.count());
  }
}

std::shared_ptr<const api::Node> Kubelet::own_node() const {
  if (heartbeat_) return heartbeat_->shown();
  return node_->lister<api::Node>().get("", machine_->name());
}

std::optional<WaitingReason> Kubelet::why_refused(const api::Pod& pod) const {
  if (machine_->shutdown_grace()) {
    return WaitingReason{"NodeShutdown", "Pod was rejected as the node is shutting down."};
  }
  if (machine_->pressure() == "memory" &&
      api::qos_class_of(*pod.spec) == api::QosClass::kBestEffort) {
    return WaitingReason{"Evicted", "Pod was rejected: The node had condition: [MemoryPressure]. "};
  }
  const std::shared_ptr<const api::Node> node = own_node();
  if (node == nullptr) return std::nullopt;
  NodeUse others;
  for (const auto& [uid, worker] : workers_) {
    if (const api::Pod* other = worker->living()) others.add(*other->spec);
  }
  return why_rejected(pod, *node, others);
}

std::vector<NodePressure::Candidate> Kubelet::evictable() const {
  std::vector<NodePressure::Candidate> candidates;
  for (const auto& [uid, worker] : workers_) {
    if (worker->living() != nullptr) candidates.push_back({worker.get(), worker->living()});
  }
  return candidates;
}

void Kubelet::relist() {
  const std::set<std::string> changed = std::exchange(changed_, {});
  for (const std::string& uid : changed) {
    if (PodWorker* worker = find(uid)) worker->observe();
  }
}

void Kubelet::volumes_told() {
  for (const auto& [uid, worker] : workers_) worker->volumes_told();
}

PodWorker* Kubelet::find(const std::string& uid) {
  const auto found = workers_.find(uid);
  return found == workers_.end() ? nullptr : found->second.get();
}

void Kubelet::take(const PodPtr& pod) {
  if (PodWorker* worker = find(pod->metadata.uid)) {
    worker->update(pod);
    return;
  }
  // A pod that ended before this kubelet knew it, and has nothing here, needs no worker, unless its
  // object waits for the kubelet's last word.
  const bool here = machine_->find(pod->metadata.uid) != nullptr;
  if (api::is_pod_terminal(*pod) && !here && !api::is_deleting(pod->metadata)) return;
  const bool fresh = !here && !api::is_deleting(pod->metadata);
  const std::optional<WaitingReason> refused = fresh ? why_refused(*pod) : std::nullopt;
  auto worker = std::make_shared<PodWorker>(tools(), pod);
  if (refused) worker->fail(*refused, PodWorker::Because::kPod);
  run(std::move(worker));
}

void Kubelet::lose(const PodPtr& pod) {
  PodWorker* worker = find(pod->metadata.uid);
  if (worker == nullptr) return;
  worker->update(pod);
  worker->object_gone();
  forget_if_over(pod->metadata.uid);
}

void Kubelet::run(std::shared_ptr<PodWorker> worker) {
  workers_.emplace(worker->uid(), worker);
  runtime_->spawn(run_to_end(std::move(worker)));
}

sim::Task<void> Kubelet::run_to_end(std::shared_ptr<PodWorker> worker) {
  co_await PodWorker::run(worker);
  forget_if_over(worker->uid());
}

void Kubelet::forget_if_over(const std::string& uid) {
  const auto found = workers_.find(uid);
  if (found == workers_.end()) return;
  if (found->second->ended() && !found->second->has_object()) workers_.erase(found);
}

}  // namespace sdbtwin::cluster
