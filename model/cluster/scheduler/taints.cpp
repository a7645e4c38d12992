#include "model/cluster/scheduler/taints.h"

#include <algorithm>

namespace sdbtwin::cluster {
namespace {

bool tolerates_one(const api::Toleration& toleration, const api::Taint& taint) {
  if (toleration.effect != api::TaintEffect::kUnset && toleration.effect != taint.effect)
    return false;
  if (!toleration.key.empty() && toleration.key != taint.key) return false;
  if (toleration.operator_ == "Exists") return true;
  return toleration.value == taint.value && !toleration.key.empty();
}

}  // namespace

bool tolerates(const std::vector<api::Toleration>& tolerations, const api::Taint& taint) {
  return std::any_of(
      tolerations.begin(), tolerations.end(),
      [&](const api::Toleration& toleration) { return tolerates_one(toleration, taint); });
}

const api::Taint* untolerated_taint(const api::Node& node, const api::PodSpec& pod) {
  for (const api::Taint& taint : node.spec->taints) {
    const bool repels = taint.effect == api::TaintEffect::kNoSchedule ||
                        taint.effect == api::TaintEffect::kNoExecute;
    if (repels && !tolerates(pod.tolerations, taint)) return &taint;
  }
  return nullptr;
}

int64_t disliked_taints(const api::Node& node, const api::PodSpec& pod) {
  const auto& taints = node.spec->taints;
  return std::count_if(taints.begin(), taints.end(), [&](const api::Taint& taint) {
    return taint.effect == api::TaintEffect::kPreferNoSchedule &&
           !tolerates(pod.tolerations, taint);
  });
}

bool is_cordoned_for(const api::Node& node, const api::PodSpec& pod) {
  if (!node.spec->unschedulable) return false;
  api::Taint taint;
  taint.key = "node.kubernetes.io/unschedulable";
  taint.effect = api::TaintEffect::kNoSchedule;
  return !tolerates(pod.tolerations, taint);
}

}  // namespace sdbtwin::cluster
