// A machine is cut off from the network; what runs on it runs on. Its kubelet does not reach the
// API server, and is not reached by it; packets to and from its database nodes are dropped. With
// `kubeletOnly` the database's packets pass: only the way to the control plane is cut.
#pragma once

#include <compare>
#include <memory>
#include <string>
#include <string_view>

#include "faults/effect.h"
#include "faults/fields.h"
#include "faults/lasting.h"
#include "faults/node_name.h"

namespace sdbtwin::faults {

struct NodeCutOff {
  static constexpr std::string_view kName = "nodeCutOff";
  static constexpr std::string_view kDescription =
      "a machine, or its kubelet alone, is cut off from the network, and its processes run on";
  HealedOutcome outcome() const { return HealedOutcome::kRequestMayFail; }

  std::string node;  // node_name.h
  bool kubelet_only = false;
  Lasting lasting;

  auto operator<=>(const NodeCutOff&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.text("node", self.node, kNodeHint);
    v.check(self.node.empty() || names_node(self.node), "names no node", kNodeHint);
    v.flag("kubeletOnly", self.kubelet_only);
    Lasting::fields(self.lasting, v);
  }
};

std::string describe(const NodeCutOff& fault);
std::unique_ptr<Effect> make_effect(const NodeCutOff& fault, EffectHost& host);

}  // namespace sdbtwin::faults
