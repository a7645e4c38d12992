#include "model/api/taint.h"

#include <algorithm>

namespace sdbtwin::api {

bool tolerates(const Toleration& toleration, const Taint& taint) {
  if (toleration.effect != TaintEffect::kUnset && toleration.effect != taint.effect) return false;
  if (!toleration.key.empty() && toleration.key != taint.key) return false;
  if (toleration.operator_ == "Exists") return true;
  return !toleration.key.empty() && toleration.value == taint.value;
}

std::optional<int64_t> tolerated_seconds(const std::vector<Toleration>& tolerations,
                                         const std::vector<Taint>& taints) {
  std::optional<int64_t> shortest;
  for (const Taint& taint : taints) {
    const auto used = std::ranges::find_if(
        tolerations, [&](const Toleration& toleration) { return tolerates(toleration, taint); });
    if (used == tolerations.end()) return 0;
    if (!used->toleration_seconds) continue;
    const int64_t seconds = std::max<int64_t>(0, *used->toleration_seconds);
    shortest = std::min(shortest.value_or(seconds), seconds);
  }
  return shortest;
}

std::vector<Taint> no_execute_taints(const std::vector<Taint>& taints) {
  std::vector<Taint> found;
  for (const Taint& taint : taints) {
    if (taint.effect == TaintEffect::kNoExecute) found.push_back(taint);
  }
  return found;
}

const Taint* find_taint(const std::vector<Taint>& taints, std::string_view key,
                        TaintEffect effect) {
  for (const Taint& taint : taints) {
    const bool right = effect == TaintEffect::kUnset || taint.effect == effect;
    if (right && taint.key == key) return &taint;
  }
  return nullptr;
}

bool is_node_ready(const Node& node) {
  return is_condition_true(*node.status->conditions, kNodeReady);
}

}  // namespace sdbtwin::api
