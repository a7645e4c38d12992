// A machine loses its power: its kubelet and all its containers are gone at once, and nothing
// answers at its addresses. With an end, the machine boots then: its kubelet starts, finds its
// disks as they were and its pods without processes.
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

struct NodeDown {
  static constexpr std::string_view kName = "nodeDown";
  static constexpr std::string_view kDescription =
      "a machine loses its power, kubelet and containers at once, for a while or for good";
  HealedOutcome outcome() const {
    return lasting.ends() ? HealedOutcome::kRequestMayFail : HealedOutcome::kStays;
  }

  std::string node;  // node_name.h
  Lasting lasting;   // no end: for good

  auto operator<=>(const NodeDown&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.text("node", self.node, kNodeHint);
    v.check(self.node.empty() || names_node(self.node), "names no node", kNodeHint);
    Lasting::fields(self.lasting, v);
  }
};

std::string describe(const NodeDown& fault);
std::unique_ptr<Effect> make_effect(const NodeDown& fault, EffectHost& host);

}  // namespace sdbtwin::faults
