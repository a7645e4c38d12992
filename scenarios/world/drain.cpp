#include "scenarios/world/drain.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "model/api/pod.h"
#include "model/api/typed_client.h"
#include "sim/core/event.h"

namespace sdbtwin::scenarios {
namespace {

// kubectl's drain.go: after a 429, and between two looks at a pod that is going.
constexpr sim::Duration kRefusedPause = std::chrono::seconds(5);
constexpr sim::Duration kDeletionPoll = std::chrono::seconds(1);
// [us] Whoever types kubectl tries again when the server could not be reached.
constexpr sim::Duration kUnreachablePause = std::chrono::seconds(1);

using PodPtr = std::shared_ptr<const api::Pod>;

bool is_mirror(const api::Pod& pod) {
  return !api::annotation_of(pod.metadata, "kubernetes.io/config.mirror").empty();
}

bool of_daemon_set(const api::Pod& pod) {
  const api::OwnerReference* owner = api::controller_of(pod.metadata);
  return owner != nullptr && owner->kind == "DaemonSet";
}

bool is_unreachable(const api::ApiError& error) {
  return error.reason == api::Reason::kConnectionLost || error.reason == api::Reason::kTimeout ||
         error.reason == api::Reason::kServerTimeout ||
         error.reason == api::Reason::kServiceUnavailable;
}

// The evictions of one drain: each in a task of its own, which shares this.
struct Evictions {
  sim::Runtime* runtime;
  api::Client* client;
  sim::Time deadline;
  std::optional<int64_t> grace;
  std::size_t open = 0;
  std::string problem;
  sim::Event done;

  bool late() const { return runtime->now() >= deadline; }
  void finish(std::string why) {
    if (problem.empty()) problem = std::move(why);
    if (--open == 0) done.set();
  }
};
using EvictionsPtr = std::shared_ptr<Evictions>;

std::string too_late(const api::Pod& pod) {
  return fmt::format("pod {}/{}: global timeout reached", pod.metadata.namespace_,
                     pod.metadata.name);
}

// "": the eviction was granted, or the pod is gone.
sim::Task<std::string> evict(EvictionsPtr all, PodPtr pod) {
  const api::ObjectRef ref = api::ref_of(*pod);
  while (!all->late()) {
    api::DeleteOptions options;
    options.grace_period_seconds = all->grace;
    api::Request request = api::Request::evict(ref, std::move(options));
    const api::Result<api::Response> result = co_await all->client->call(std::move(request));
    if (result.ok() || api::is(result, api::Reason::kNotFound)) co_return std::string();
    sim::Duration pause = kRefusedPause;
    if (is_unreachable(result.error())) {
      pause = kUnreachablePause;
    } else if (!api::is(result, api::Reason::kTooManyRequests)) {
      co_return fmt::format("pod {}: {}", to_string(ref.key), result.error().message);
    }
    co_await all->runtime->sleep_until(std::min(all->runtime->now() + pause, all->deadline));
  }
  co_return too_late(*pod);
}

sim::Task<std::string> await_deletion(EvictionsPtr all, PodPtr pod) {
  while (!all->late()) {
    const auto live =
        co_await api::get<api::Pod>(*all->client, pod->metadata.namespace_, pod->metadata.name);
    if (api::is(live, api::Reason::kNotFound)) co_return std::string();
    if (live && (*live)->metadata.uid != pod->metadata.uid) co_return std::string();
    co_await all->runtime->sleep_until(
        std::min(all->runtime->now() + kDeletionPoll, all->deadline));
  }
  co_return too_late(*pod);
}

sim::Task<void> evict_and_wait(EvictionsPtr all, PodPtr pod) {
  std::string problem = co_await evict(all, pod);
  if (problem.empty()) problem = co_await await_deletion(all, pod);
  all->finish(std::move(problem));
}

// A request whose fate is unknown, or that did not arrive, is sent again.
sim::Task<api::Result<api::Response>> insist(EvictionsPtr all, api::Request request) {
  while (true) {
    api::Request copy = request;
    api::Result<api::Response> result = co_await all->client->call(std::move(copy));
    if (result.ok() || !is_unreachable(result.error()) || all->late()) co_return result;
    co_await all->runtime->sleep(kUnreachablePause);
  }
}

sim::Task<api::Result<api::Response>> cordon(EvictionsPtr all, std::string node) {
  const api::Value spec = api::Value::object({{"unschedulable", true}});
  const api::Value body = api::Value::object({{"spec", spec}});
  api::Request request = api::Request::patch(api::ObjectRef(api::Kind::kNode, "", std::move(node)),
                                             api::PatchType::kMerge, body);
  return insist(std::move(all), std::move(request));
}

sim::Task<api::Result<api::Response>> pods_of(EvictionsPtr all, std::string node) {
  api::ListOptions options(api::FieldSelector::parse("spec.nodeName=" + node).value());
  api::Request request = api::Request::list(api::Kind::kPod, "", std::move(options));
  return insist(std::move(all), std::move(request));
}

}  // namespace

sim::Task<std::string> drain(sim::Runtime& runtime, api::Client& client, DrainAction what) {
  auto all = std::make_shared<Evictions>();
  all->runtime = &runtime;
  all->client = &client;
  all->grace = what.grace_seconds;
  all->deadline = what.timeout > sim::Duration::zero() ? runtime.now() + what.timeout
                                                       : sim::Time(sim::Duration::max());
  const std::string& node = what.node;
  const api::Result<api::Response> cordoned = co_await cordon(all, node);
  if (!cordoned) co_return fmt::format("cordon {}: {}", node, cordoned.error().message);
  const api::Result<api::Response> listed = co_await pods_of(all, node);
  if (!listed) co_return fmt::format("drain {}: {}", node, listed.error().message);
  std::vector<PodPtr> pods;
  for (const api::ObjectPtr& object : listed->items) {
    PodPtr pod = api::as<api::Pod>(object);
    if (is_mirror(*pod) || of_daemon_set(*pod)) continue;
    const bool owned = api::controller_of(pod->metadata) != nullptr;
    if (!owned && !api::is_pod_terminal(*pod) && !what.force) {
      co_return fmt::format(
          "drain {}: cannot delete Pods that declare no controller (use --force to override): {}",
          node, to_string(api::key_of(*pod)));
    }
    pods.push_back(std::move(pod));
  }
  all->open = pods.size();
  for (PodPtr& pod : pods) runtime.spawn(evict_and_wait(all, std::move(pod)));
  if (all->open > 0) co_await all->done.wait();
  co_return all->problem.empty() ? std::string() : fmt::format("drain {}: {}", node, all->problem);
}

}  // namespace sdbtwin::scenarios
