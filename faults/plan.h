// A fault plan: what goes wrong in a run, as a sorted list of {trigger, fault}. Plain data,
// comparable and shrinkable; nothing here acts (injector.h does) and nothing is drawn at random
// while running.
//
// Adding a kind of fault: one header and source in kinds/ (its struct with kName, kDescription,
// outcome() and fields(); describe(); make_effect()), their names in CMakeLists.txt, and the struct
// in Fault below. Its YAML, `sdbtwin list faults` and the tests of the round trip follow from it.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "faults/evidence.h"
#include "faults/kinds/api_outage.h"
#include "faults/kinds/attach_stuck.h"
#include "faults/kinds/black_hole.h"
#include "faults/kinds/container_crash.h"
#include "faults/kinds/disk_growth.h"
#include "faults/kinds/hold_write.h"
#include "faults/kinds/image_missing.h"
#include "faults/kinds/link_cut.h"
#include "faults/kinds/lose_answer.h"
#include "faults/kinds/lose_request.h"
#include "faults/kinds/node_cut_off.h"
#include "faults/kinds/node_down.h"
#include "faults/kinds/pod_delete.h"
#include "faults/kinds/pod_never_ready.h"
#include "faults/kinds/process_kill.h"
#include "faults/kinds/process_pause.h"
#include "faults/kinds/replication.h"
#include "faults/kinds/size_drift.h"
#include "faults/kinds/stale_cache.h"
#include "faults/kinds/watch_break.h"
#include "faults/kinds/watch_stall.h"
#include "faults/trigger.h"

namespace sdbtwin::faults {

// Plans sort by the order of the alternatives: new ones go to the end.
using Fault =
    std::variant<ProcessKill, ProcessPause, HoldWrite, LoseAnswer, LoseRequest, ContainerCrash,
                 PodDelete, ImageMissing, PodNeverReady, BlackHole, LinkCut, ReplicationThrottle,
                 ReplicationStall, ReplicationBreak, SizeDrift, DiskGrowth, WatchStall, WatchBreak,
                 StaleCache, ApiOutage, NodeDown, NodeCutOff, AttachStuck>;

struct FaultKind {
  std::string_view name;         // as in YAML
  std::string_view description;  // for `sdbtwin list faults`
};

namespace detail {

template <class... F>
constexpr std::array<FaultKind, sizeof...(F)> kinds_of(std::type_identity<std::variant<F...>>) {
  return {{FaultKind{F::kName, F::kDescription}...}};
}

}  // namespace detail

// In the order of the alternatives of Fault.
inline constexpr auto kFaultKinds = detail::kinds_of(std::type_identity<Fault>());

struct PlannedFault {
  Trigger trigger;
  Fault fault;
  std::string name;  // unique in the plan; how reports call it
  auto operator<=>(const PlannedFault&) const = default;
};

struct FaultPlan {
  std::vector<PlannedFault> faults;  // sorted: by trigger, fault, name
  auto operator<=>(const FaultPlan&) const = default;
};

void sort(FaultPlan& plan);

std::string_view kind_name(const Fault& fault);
// What must become of a run with this fault when it has been healed.
HealedOutcome outcome_of(const Fault& fault);
// "kill provisioner, restart after 10s"
std::string describe(const Fault& fault);

}  // namespace sdbtwin::faults
