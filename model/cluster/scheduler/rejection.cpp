#include "model/cluster/scheduler/rejection.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sdbtwin::cluster {
namespace {

// framework.FitError: "<count> <reason>", sorted as text.
std::string histogram(const std::map<std::string, Rejection>& by_node) {
  std::map<std::string, int> counts;
  for (const auto& [node, rejection] : by_node) {
    for (const std::string& reason : rejection.reasons) ++counts[reason];
  }
  std::vector<std::string> parts;
  for (const auto& [reason, count] : counts) parts.push_back(fmt::format("{} {}", count, reason));
  std::sort(parts.begin(), parts.end());
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

}  // namespace

Rejection Rejection::unresolvable(Plugin plugin, std::string reason) {
  return Rejection{plugin, {std::move(reason)}, false};
}

Rejection Rejection::resolvable(Plugin plugin, std::string reason) {
  return Rejection{plugin, {std::move(reason)}, true};
}

std::string Diagnosis::message() const {
  if (nodes == 0) return "no nodes available to schedule pods";
  std::string text = fmt::format("0/{} nodes are available:", nodes);
  const std::string why = before_all.empty() ? histogram(by_node) : before_all;
  if (!why.empty()) text += " " + why + ".";
  if (!preemption.empty()) text += " preemption: " + preemption;
  return text;
}

}  // namespace sdbtwin::cluster
