#include "model/cluster/controllers/pod_garbage_collector.h"

#include <utility>
#include <vector>

#include "model/api/taint.h"
#include "model/api/typed_client.h"

namespace sdbtwin::cluster {

PodGarbageCollector::PodGarbageCollector(sim::Runtime& runtime, std::unique_ptr<api::Client> client)
    : runtime_(&runtime),
      client_(std::move(client)),
      nodes_(runtime, *client_, api::Kind::kNode),
      pods_(runtime, *client_, api::Kind::kPod) {
  add_handlers();
  nodes_.start();
  pods_.start();
  runtime.spawn(run());
}

void PodGarbageCollector::add_handlers() {
  client::EventHandlers nodes;
  // A node that is new, gone or changed may concern any pod.
  nodes.on_add = [this](const api::ObjectPtr&) { work_.set(); };
  nodes.on_update = [this](const api::ObjectPtr& before, const api::ObjectPtr& node) {
    const auto& was = api::cast<api::Node>(*before);
    const auto& is = api::cast<api::Node>(*node);
    const bool same =
        was.spec->taints == is.spec->taints && api::is_node_ready(was) == api::is_node_ready(is);
    if (!same) work_.set();
  };
  nodes.on_delete = [this](const api::ObjectPtr&, bool) { work_.set(); };
  nodes_.add_handlers(std::move(nodes));

  client::EventHandlers pods;
  const auto look = [this](const api::ObjectPtr& pod) {
    if (sort_of(api::cast<api::Pod>(*pod)) != Sort::kNone) work_.set();
  };
  pods.on_add = look;
  pods.on_update = [look](const api::ObjectPtr&, const api::ObjectPtr& pod) { look(pod); };
  pods_.add_handlers(std::move(pods));
}

PodGarbageCollector::Sort PodGarbageCollector::sort_of(const api::Pod& pod) const {
  const bool deleting = api::is_deleting(pod.metadata);
  const std::string& name = pod.spec->node_name;
  if (name.empty()) return deleting ? Sort::kUnscheduled : Sort::kNone;
  const auto node = nodes_.lister<api::Node>().get("", name);
  if (node == nullptr) return Sort::kOrphan;
  const bool out_of_service =
      deleting && !api::is_node_ready(*node) &&
      api::find_taint(node->spec->taints, api::kTaintOutOfService, api::TaintEffect::kUnset);
  return out_of_service ? Sort::kOutOfService : Sort::kNone;
}

sim::Task<void> PodGarbageCollector::run() {
  co_await nodes_.synced();
  co_await pods_.synced();
  const sim::Time began = runtime_->now();
  while (true) {
    co_await round();
    if (quarantine_.empty()) co_await work_.wait();
    const sim::Duration into_period = (runtime_->now() - began) % kPodGcPeriod;
    co_await runtime_->sleep(kPodGcPeriod - into_period);
  }
}

sim::Task<void> PodGarbageCollector::round() {
  work_.reset();
  const std::vector<PodPtr> pods = pods_.lister<api::Pod>().list();
  std::map<std::string, bool> gone;
  std::map<std::string, sim::Time> waiting;
  for (const PodPtr& pod : pods) {
    const std::string& node = pod->spec->node_name;
    switch (sort_of(*pod)) {
      case Sort::kNone:
        break;
      case Sort::kOrphan: {
        const auto [until, fresh] =
            quarantine_.try_emplace(node, runtime_->now() + kPodGcQuarantine);
        waiting.insert(*until);
        if (until->second > runtime_->now()) break;
        if (!gone.contains(node)) gone[node] = co_await is_gone(node);
        if (!gone[node]) break;
        std::optional<DisruptionReason> why(std::in_place);
        why->reason = "DeletionByPodGC";
        why->message = "PodGC: node no longer exists";
        co_await collect(pod, std::move(why));
        break;
      }
      case Sort::kOutOfService:
      case Sort::kUnscheduled:
        co_await collect(pod, std::nullopt);
        break;
    }
  }
  quarantine_ = std::move(waiting);
}

sim::Task<bool> PodGarbageCollector::is_gone(std::string node) {
  const auto found = co_await api::get<api::Node>(*client_, "", std::move(node));
  co_return api::is(found, api::Reason::kNotFound);
}

// What fails now is tried in the next round.
sim::Task<void> PodGarbageCollector::collect(PodPtr pod, std::optional<DisruptionReason> why) {
  api::Value patch = disposal_patch(*pod, why, true, runtime_->now());
  api::DeleteOptions options = api::DeleteOptions::with_grace(0);
  api::ObjectKey key = api::key_of(*pod);
  const auto done =
      co_await dispose(*client_, std::move(key), std::move(patch), std::move(options));
  if (!done) work_.set();
}

}  // namespace sdbtwin::cluster
