#include "faults/kinds/node_down.h"

#include <fmt/format.h>

#include "model/cluster/machinery.h"

namespace sdbtwin::faults {
namespace {

class NodeDownEffect final : public LastingEffect {
 public:
  NodeDownEffect(NodeDown fault, EffectHost& host)
      : LastingEffect(host, fault.lasting), fault_(std::move(fault)) {}

 private:
  std::optional<std::string> begin() override {
    const std::optional<std::string> node = resolve_node(fault_.node, environment());
    if (!node) return std::nullopt;
    kubelet_ = environment().simulation->find(cluster::kubelet_name(*node));
    if (kubelet_ == nullptr || !kubelet_->alive()) return std::nullopt;
    node_ = *node;
    kubelet_->kill();
    // Silence comes first: nobody is told that the processes end.
    if (environment().fleet != nullptr) environment().fleet->black_hole_node(node_, true);
    find_machine(node_, environment())->power_off();
    return fmt::format("node {}", node_);
  }

  void end() override {
    if (fault_.outcome() == HealedOutcome::kStays) return;
    if (environment().fleet != nullptr) environment().fleet->black_hole_node(node_, false);
    if (!kubelet_->alive()) kubelet_->start();
  }

  NodeDown fault_;
  std::string node_;
  sim::Process* kubelet_ = nullptr;
};

}  // namespace

std::string describe(const NodeDown& fault) {
  const std::string what = fmt::format("power off the machine of {}", fault.node);
  return fault.lasting.ends() ? what + describe(fault.lasting) : what + " for good";
}

std::unique_ptr<Effect> make_effect(const NodeDown& fault, EffectHost& host) {
  return std::make_unique<NodeDownEffect>(fault, host);
}

}  // namespace sdbtwin::faults
