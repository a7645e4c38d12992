#include "scenarios/world/unready.h"

#include <fmt/format.h>

#include "model/api/pod.h"

namespace sdbtwin::scenarios {
namespace {

std::string why(const api::Pod& pod) {
  const auto* scheduled = api::find_condition(*pod.status->conditions, api::kPodScheduled);
  if (scheduled != nullptr && scheduled->status == api::ConditionStatus::kFalse) {
    return fmt::format("{}: {}", scheduled->reason, scheduled->message);
  }
  for (const auto* statuses :
       {&pod.status->init_container_statuses, &pod.status->container_statuses}) {
    for (const api::ContainerStatus& status : **statuses) {
      if (!status.state.waiting) continue;
      const api::ContainerStateWaiting& waiting = *status.state.waiting;
      return fmt::format("container {}: {}{}{}", status.name, waiting.reason,
                         waiting.message.empty() ? "" : ": ", waiting.message);
    }
  }
  const auto* ready = api::find_condition(*pod.status->conditions, api::kPodReady);
  return ready == nullptr ? std::string(to_string(pod.status->phase))
                          : fmt::format("{}: {}", ready->reason, ready->message);
}

}  // namespace

std::vector<std::string> unready_pods(const api::StoreReader& store, std::size_t most) {
  std::vector<std::string> out;
  for (const api::ObjectPtr& object : store.list(api::Kind::kPod, "")) {
    const auto& pod = api::cast<api::Pod>(*object);
    if (api::is_condition_true(*pod.status->conditions, api::kPodReady)) continue;
    if (out.size() == most) break;
    out.push_back(fmt::format("pod {} is not Ready ({})", pod.metadata.name, why(pod)));
  }
  return out;
}

}  // namespace sdbtwin::scenarios
