#include "model/cluster/controllers/taint_eviction.h"

#include <utility>

#include "model/api/taint.h"
#include "model/api/typed_client.h"
#include "model/cluster/controllers/pod_disposal.h"

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;
using api::Result;

constexpr std::string_view kTaintedNode = "node";
// deletePodHandler: `retries`, and the wait between them.
constexpr int kDeletionTries = 5;
constexpr sim::Duration kDeletionPause = 10ms;

void index_tainted_node(const api::Object& object, std::vector<std::string>& values) {
  const std::string& node = api::cast<api::Pod>(object).spec->node_name;
  if (!node.empty()) values.push_back(node);
}

}  // namespace

TaintEvictionController::TaintEvictionController(sim::Runtime& runtime,
                                                 std::unique_ptr<api::Client> client)
    : runtime_(&runtime),
      client_(std::move(client)),
      events_(runtime, *client_, "taint-eviction-controller"),
      nodes_(runtime, *client_, api::Kind::kNode),
      pods_(runtime, *client_, api::Kind::kPod),
      due_(runtime) {
  pods_.add_index(std::string(kTaintedNode), index_tainted_node);
  add_handlers();
  nodes_.start();
  pods_.start();
  runtime.spawn(run());
}

void TaintEvictionController::add_handlers() {
  client::EventHandlers nodes;
  nodes.on_add = [this](const api::ObjectPtr& node) { look_at_node(node->metadata.name); };
  nodes.on_update = [this](const api::ObjectPtr& before, const api::ObjectPtr& node) {
    const auto& was = api::cast<api::Node>(*before).spec->taints;
    const auto& is = api::cast<api::Node>(*node).spec->taints;
    if (!(api::no_execute_taints(was) == api::no_execute_taints(is)))
      look_at_node(node->metadata.name);
  };
  nodes_.add_handlers(std::move(nodes));

  client::EventHandlers pods;
  pods.on_add = [this](const api::ObjectPtr& pod) {
    const PodPtr added = api::as<api::Pod>(pod);
    look_at(added, taints_of(added->spec->node_name));
  };
  pods.on_update = [this](const api::ObjectPtr& before, const api::ObjectPtr& pod) {
    const PodPtr was = api::as<api::Pod>(before);
    const PodPtr is = api::as<api::Pod>(pod);
    if (was->metadata.uid != is->metadata.uid) cancel(api::key_of(*was));
    const bool same = was->spec->node_name == is->spec->node_name &&
                      was->spec->tolerations == is->spec->tolerations;
    if (!same || was->metadata.uid != is->metadata.uid) look_at(is, taints_of(is->spec->node_name));
  };
  pods.on_delete = [this](const api::ObjectPtr& pod, bool) { cancel(api::key_of(*pod)); };
  pods_.add_handlers(std::move(pods));
}

std::vector<api::Taint> TaintEvictionController::taints_of(const std::string& node) const {
  const auto found = nodes_.lister<api::Node>().get("", node);
  return found == nullptr ? std::vector<api::Taint>() : api::no_execute_taints(found->spec->taints);
}

void TaintEvictionController::look_at_node(const std::string& node) {
  const std::vector<api::Taint> taints = taints_of(node);
  for (const auto& [key, pod] : pods_.cache().by_index(kTaintedNode, node)) {
    look_at(api::as<api::Pod>(pod), taints);
  }
}

void TaintEvictionController::look_at(const PodPtr& pod, const std::vector<api::Taint>& taints) {
  const Key key = api::key_of(*pod);
  if (pod->spec->node_name.empty()) return;
  const std::optional<int64_t> seconds = api::tolerated_seconds(pod->spec->tolerations, taints);
  if (!seconds) return cancel(key);
  const sim::Time now = runtime_->now();
  const sim::Duration stays = std::chrono::seconds(*seconds);
  const auto known = evictions_.find(key);
  sim::Time since = now;
  if (known != evictions_.end()) {
    if (known->second.done) return;
    // A change of taints does not begin the time anew, unless it makes it shorter.
    if (stays > sim::Duration::zero()) {
      since = known->second.since;
      if (since + stays < now + stays && known->second.at <= since + stays) return;
    }
  }
  Eviction eviction;
  eviction.uid = pod->metadata.uid;
  eviction.since = since;
  eviction.at = since + stays;
  evictions_[key] = std::move(eviction);
  due_.add_after(key, since + stays - now);
}

void TaintEvictionController::cancel(const Key& pod) { evictions_.erase(pod); }

sim::Task<void> TaintEvictionController::run() {
  co_await nodes_.synced();
  co_await pods_.synced();
  // Pods that were seen before their nodes.
  for (const auto& node : nodes_.lister<api::Node>().list()) look_at_node(node->metadata.name);
  while (true) {
    const std::optional<Key> key = co_await due_.get();
    if (!key) co_return;
    co_await evict(*key);
    due_.done(*key);
  }
}

// After the last try it is given up, until the node or the pod changes.
sim::Task<void> TaintEvictionController::evict(Key key) {
  const auto found = evictions_.find(key);
  if (found == evictions_.end() || found->second.done) co_return;
  if (found->second.at > runtime_->now()) {
    due_.add_after(key, found->second.at - runtime_->now());
    co_return;
  }
  found->second.done = true;
  const PodPtr pod = pods_.lister<api::Pod>().get(key);
  if (pod != nullptr) {
    events_.record(*pod, client::EventType::kNormal, "TaintManagerEviction",
                   "Marking for deletion Pod " + api::to_string(key));
  }
  for (int attempt = 0; attempt < kDeletionTries; ++attempt) {
    const Result<void> removed = co_await remove(key);
    if (removed) co_return;
    co_await runtime_->sleep(kDeletionPause);
  }
  evictions_.erase(key);
}

sim::Task<Result<void>> TaintEvictionController::remove(Key key) {
  const auto pod = co_await api::get<api::Pod>(*client_, key.namespace_, key.name);
  if (api::is(pod, api::Reason::kNotFound)) co_return Result<void>();
  if (!pod) co_return pod.error();
  DisruptionReason why;
  why.reason = "DeletionByTaintManager";
  why.message = "Taint manager: deleting due to NoExecute taint";
  api::Value patch = disposal_patch(**pod, why, false, runtime_->now());
  api::DeleteOptions options;
  co_return co_await dispose(*client_, std::move(key), std::move(patch), std::move(options));
}

}  // namespace sdbtwin::cluster
