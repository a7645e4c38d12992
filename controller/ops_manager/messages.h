// Condition types, reasons and messages of a SinglestoreOpsRequest, and what we add to them.
//
// The texts are KubeDB's where a recorded run shows them (reference/kubedb.md 4.4,
// recorded/restart-run.json, recorded/pgpool-update-version-run.json); those of checks that KubeDB
// does not record follow its pattern [us]. The CRD has no place for progress but the conditions, so
// GetPod--x carries, behind the recorded text, what a restarted operator must know (kPodUidTag,
// kBaselineTag), and EvictPod--x says when there was nothing to evict (kNotNeededTag).
// Nothing else is ever appended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "controller/ops_manager/baseline.h"
#include "model/api/ops_request.h"

namespace sdbtwin::ops_manager {

inline constexpr std::string_view kEventSource = "KubeDB Ops-manager Operator";  // kubedb.md 4.6

// ---- Steps: the reason is the type

inline constexpr std::string_view kUpdateVersionStep = "UpdateVersion";
inline constexpr std::string_view kRestartStep = "Restart";
inline constexpr std::string_view kDatabasePauseSucceeded = "DatabasePauseSucceeded";
inline constexpr std::string_view kUpdatePetSets = "UpdatePetSets";
inline constexpr std::string_view kRestartPods = "RestartPods";
inline constexpr std::string_view kRestartNodes = "RestartNodes";
inline constexpr std::string_view kUpdateDatabase = "UpdateDatabase";
inline constexpr std::string_view kSuccessful = "Successful";
inline constexpr std::string_view kSkipped = "Skipped";
inline constexpr std::string_view kFailedReason = "Failed";  // kubedb.md 4.7

// The message of a step that is done.
std::string_view step_message(std::string_view step);
// While it runs its condition is False with this text [us]. It never changes, because every change
// of a condition moves its transition time, which is when the step began.
std::string step_running_message(std::string_view step);
// The text of `Successful` differs between the types.
std::string_view success_message(api::OpsRequestType type);

// ---- Sub-steps: `<Verb>--<pod>`, without a reason

enum class PodStep : std::uint8_t { kGet, kEvict, kReady, kSynced, kSize };
inline constexpr int kPodSteps = 5;
std::string_view to_string(PodStep step);  // "GetPod", "EvictPod", "CheckPodReady", ...
std::string pod_condition_type(PodStep step, std::string_view pod);
// "get pod; ConditionStatus:True; PodName:x"
std::string pod_message(PodStep step, std::string_view pod, bool status);

struct PodConditionName {
  PodStep step;
  std::string_view pod;  // into the type that was parsed
};
std::optional<PodConditionName> parse_pod_condition(std::string_view type);

// ---- What we append

inline constexpr std::string_view kPodUidTag = "; PodUID:";
inline constexpr std::string_view kBaselineTag = "; Baseline:";
// On EvictPod--x: the pod had been replaced by one of the new revision before its turn came.
inline constexpr std::string_view kNotNeededTag = "; EvictionNotNeeded:pod is of the new revision";

std::string get_pod_message(std::string_view pod, std::string_view uid, const Baseline& baseline);
struct PodRecord {
  std::string uid;
  Baseline baseline;
};
// nullopt: the tags are not there.
std::optional<PodRecord> parse_get_pod_message(std::string_view message);

// ---- Events (4.6)

std::string starting_event(std::string_view namespace_, std::string_view request);
std::string pausing_event(std::string_view namespace_, std::string_view database);
std::string paused_event(std::string_view namespace_, std::string_view database,
                         std::string_view request);
std::string resuming_event(std::string_view namespace_, std::string_view database);
std::string resumed_event(std::string_view namespace_, std::string_view database,
                          std::string_view request);

}  // namespace sdbtwin::ops_manager
