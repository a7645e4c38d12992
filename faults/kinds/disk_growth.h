// A node's disk holds more bytes that mean nothing for the data: harmless, and no gate may mind.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "faults/effect.h"
#include "faults/fields.h"
#include "faults/lasting.h"
#include "faults/target.h"
#include "model/singlestore/disturbance.h"

namespace sdbtwin::faults {

inline constexpr Words<singlestore::DiskUse, 4> kDiskUses{{
    {"logs", singlestore::DiskUse::kLogs},
    {"snapshots", singlestore::DiskUse::kSnapshots},
    {"planCache", singlestore::DiskUse::kPlanCache},
    {"merges", singlestore::DiskUse::kMergeLeftovers},
}};

struct DiskGrowth {
  static constexpr std::string_view kName = "diskGrowth";
  static constexpr std::string_view kDescription =
      "logs, snapshots, plan cache or merge leftovers of a node grow; its data do not";
  HealedOutcome outcome() const { return HealedOutcome::kConverges; }

  Target target;
  singlestore::DiskUse use = singlestore::DiskUse::kLogs;
  std::int64_t bytes = 0;
  Lasting lasting;

  auto operator<=>(const DiskGrowth&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.target("target", self.target);
    v.word("use", self.use, kDiskUses, "say what grows: `use: snapshots`");
    v.bytes("bytes", self.bytes);
    v.check(self.bytes > 0, "does not grow", "give a number of bytes: `bytes: 2Gi`");
    Lasting::fields(self.lasting, v);
  }
};

std::string describe(const DiskGrowth& fault);
std::unique_ptr<Effect> make_effect(const DiskGrowth& fault, EffectHost& host);

}  // namespace sdbtwin::faults
