// POST pods/{name}/binding: what a scheduler does.
#include <fmt/format.h>

#include <utility>

#include "model/api/pod.h"
#include "model/store/transaction.h"

namespace sdbtwin::store {

namespace {

constexpr int kBound = 201;

api::ApiError refused(const std::string& pod, std::string_view why) {
  static constexpr api::GroupResource kResource{"", "pods/binding"};
  return api::errors::conflict(kResource, pod, why);
}

}  // namespace

// The generation does not count a binding, although it changes the spec (k/k e2e of 1.33).
Answer bind(Transaction& transaction) {
  const auto pod = api::as_if<api::Pod>(transaction.find());
  if (pod == nullptr) return transaction.not_found();
  const std::string& name = pod->metadata.name;
  if (transaction.request().target_node.empty()) {
    return api::errors::bad_request("a binding needs a target node");
  }
  if (api::is_deleting(pod->metadata)) {
    return refused(name,
                   fmt::format("pod {} is being deleted, cannot be assigned to a host", name));
  }
  if (!pod->spec->node_name.empty()) {
    return refused(
        name, fmt::format("pod {} is already assigned to node \"{}\"", name, pod->spec->node_name));
  }
  auto next = api::copy(*pod);
  next->spec.edit().node_name = transaction.request().target_node;
  api::PodStatus& status = next->status.edit();
  api::PodCondition condition;
  condition.type = std::string(api::kPodScheduled);
  condition.status = api::ConditionStatus::kTrue;
  api::set_pod_condition(status.conditions.edit(), std::move(condition), transaction.timestamp());
  transaction.put(std::move(next));
  return transaction.success(kBound);
}

}  // namespace sdbtwin::store
