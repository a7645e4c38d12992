#include "faults/kinds/node_cut_off.h"

#include <fmt/format.h>

#include <chrono>

#include "model/cluster/machinery.h"

namespace sdbtwin::faults {
namespace {

// After so long without an answer a kubelet gives a connection up: the timeout of its heartbeats,
// upon whose failure it closes all its connections.
constexpr sim::Duration kGivenUp = std::chrono::seconds(10);

class NodeCutOffEffect final : public LastingEffect {
 public:
  NodeCutOffEffect(NodeCutOff fault, EffectHost& host)
      : LastingEffect(host, fault.lasting), fault_(std::move(fault)) {}

  cluster::Verdict before_send(const cluster::CallInfo& call) override {
    return judge(call.client);
  }
  cluster::Verdict before_apply(const cluster::CallInfo& call) override {
    return judge(call.client);
  }
  cluster::Verdict after_apply(const cluster::CallInfo& call) override {
    return judge(call.client);
  }
  cluster::Verdict before_watch(const cluster::WatchInfo& watch) override {
    return judge(watch.client);
  }
  // A stream breaks at its next event. What it would have shown is seen when it is opened anew.
  cluster::Verdict before_deliver(const cluster::WatchInfo& watch,
                                  const api::WatchEvent&) override {
    return judge(watch.client);
  }

 private:
  std::optional<std::string> begin() override {
    const std::optional<std::string> node = resolve_node(fault_.node, environment());
    if (!node) return std::nullopt;
    node_ = *node;
    kubelet_ = cluster::kubelet_name(node_);
    drop(true);
    return fmt::format("network of node {}", node_);
  }

  void end() override { drop(false); }

  void drop(bool dropped) {
    cut_ = dropped;
    if (fault_.kubelet_only || environment().fleet == nullptr) return;
    environment().fleet->black_hole_node(node_, dropped);
  }

  cluster::Verdict judge(const cluster::Identity& client) const {
    const bool lost = cut_ && client.process == kubelet_;
    return lost ? cluster::Verdict::lost(kGivenUp) : proceed();
  }

  NodeCutOff fault_;
  std::string node_;
  std::string kubelet_;
  bool cut_ = false;
};

}  // namespace

std::string describe(const NodeCutOff& fault) {
  const std::string_view what =
      fault.kubelet_only ? "cut off the kubelet of the machine of" : "cut off the machine of";
  return fmt::format("{} {}", what, fault.node) + describe(fault.lasting);
}

std::unique_ptr<Effect> make_effect(const NodeCutOff& fault, EffectHost& host) {
  return std::make_unique<NodeCutOffEffect>(fault, host);
}

}  // namespace sdbtwin::faults
