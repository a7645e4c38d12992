#include "faults/kinds/size_drift.h"

#include <fmt/format.h>

#include "faults/target_resolver.h"
#include "model/singlestore/disturbance.h"

namespace sdbtwin::faults {
namespace {

using singlestore::CopyPattern;
using singlestore::LogicalDrift;

CopyPattern::Which which_of(TargetRole role) {
  if (role == TargetRole::kMaster) return CopyPattern::Which::kMaster;
  return role == TargetRole::kCopyOn ? CopyPattern::Which::kLeaf : CopyPattern::Which::kReplica;
}

class SizeDriftEffect final : public LastingEffect {
 public:
  SizeDriftEffect(SizeDrift fault, EffectHost& host)
      : LastingEffect(host, fault.lasting), fault_(std::move(fault)) {}

 private:
  // The first cluster that has such a copy.
  std::optional<std::string> begin() override {
    if (environment().fleet == nullptr) return std::nullopt;
    LogicalDrift drift;
    drift.copy.database = fault_.copy.database;
    drift.copy.partition = fault_.copy.ordinal;
    drift.copy.which = which_of(fault_.copy.role);
    drift.copy.leaf = fault_.copy.leaf;
    drift.rows = fault_.rows;
    drift.bytes = fault_.bytes;
    for (const singlestore::DatabaseCluster* cluster : environment().fleet->clusters()) {
      drift.copy.namespace_ = cluster->state().namespace_;
      drift.copy.cluster = cluster->state().name;
      if (!includes(fault_.copy.cluster, drift.copy.namespace_, drift.copy.cluster)) continue;
      std::string touched;
      if (const auto id = environment().fleet->drift(drift, touched)) {
        id_ = *id;
        return touched;
      }
    }
    return std::nullopt;
  }

  void end() override { environment().fleet->heal_disturbance(id_); }

  SizeDrift fault_;
  std::uint64_t id_ = 0;
};

}  // namespace

std::string describe(const SizeDrift& fault) {
  std::string text = to_string(fault.copy) + " has";
  if (fault.rows != 0) text += fmt::format(" {:+} rows", fault.rows);
  if (fault.bytes != 0) text += fmt::format(" {:+} bytes", fault.bytes);
  return text + describe(fault.lasting);
}

std::unique_ptr<Effect> make_effect(const SizeDrift& fault, EffectHost& host) {
  return std::make_unique<SizeDriftEffect>(fault, host);
}

}  // namespace sdbtwin::faults
