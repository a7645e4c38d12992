#include "controller/ops_manager/messages.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "sim/core/assert.h"

namespace sdbtwin::ops_manager {
namespace {

struct StepText {
  std::string_view step;
  std::string_view message;
};
constexpr std::array<StepText, 7> kStepTexts{{
    // The message of UpdateVersion follows Pgpool's; KubeDB has recorded none for SingleStore.
    {kUpdateVersionStep, "Singlestore ops-request has started to update version"},
    {kRestartStep, "Singlestore ops-request has started to restart singlestore nodes"},
    {kDatabasePauseSucceeded, "Successfully paused database"},
    {kUpdatePetSets, "successfully reconciled the Singlestore with updated version"},
    {kRestartPods, "Successfully Restarted Singlestore pods"},
    {kRestartNodes, "Successfully restarted Singlestore nodes"},
    {kUpdateDatabase, "Successfully updated Singlestore"},
}};

struct PodStepText {
  std::string_view verb;
  std::string_view words;
};
constexpr std::array<PodStepText, kPodSteps> kPodStepTexts{{
    {"GetPod", "get pod"},
    {"EvictPod", "evict pod"},
    {"CheckPodReady", "check pod ready"},
    {"CheckReplicationSynced", "check replication synced"},
    {"CheckDatabaseSize", "check database size"},
}};
constexpr std::string_view kSeparator = "--";

const PodStepText& text_of(PodStep step) {
  return kPodStepTexts.at(static_cast<std::size_t>(step));
}

}  // namespace

std::string_view step_message(std::string_view step) {
  for (const auto& text : kStepTexts) {
    if (text.step == step) return text.message;
  }
  SIM_UNREACHABLE();
}

std::string step_running_message(std::string_view step) {
  return fmt::format("{} is in progress", step);
}

std::string_view success_message(api::OpsRequestType type) {
  return type == api::OpsRequestType::kRestart
             ? "Controller has successfully restart the Singlestore replicas"
             : "Successfully updated Singlestore version";
}

std::string_view to_string(PodStep step) { return text_of(step).verb; }

std::string pod_condition_type(PodStep step, std::string_view pod) {
  return fmt::format("{}{}{}", text_of(step).verb, kSeparator, pod);
}

std::string pod_message(PodStep step, std::string_view pod, bool status) {
  return fmt::format("{}; ConditionStatus:{}; PodName:{}", text_of(step).words,
                     status ? "True" : "False", pod);
}

std::optional<PodConditionName> parse_pod_condition(std::string_view type) {
  const auto separator = type.find(kSeparator);
  if (separator == std::string_view::npos) return std::nullopt;
  const std::string_view verb = type.substr(0, separator);
  for (int i = 0; i < kPodSteps; ++i) {
    const auto step = static_cast<PodStep>(i);
    if (text_of(step).verb == verb) {
      return PodConditionName{.step = step, .pod = type.substr(separator + kSeparator.size())};
    }
  }
  return std::nullopt;
}

std::string get_pod_message(std::string_view pod, std::string_view uid, const Baseline& baseline) {
  return fmt::format("{}{}{}{}{}", pod_message(PodStep::kGet, pod, true), kPodUidTag, uid,
                     kBaselineTag, to_text(baseline));
}

std::optional<PodRecord> parse_get_pod_message(std::string_view message) {
  const auto uid = message.find(kPodUidTag);
  if (uid == std::string_view::npos) return std::nullopt;
  const auto uid_begin = uid + kPodUidTag.size();
  const auto tag = message.find(kBaselineTag, uid_begin);
  if (tag == std::string_view::npos) return std::nullopt;
  auto baseline = parse_baseline(message.substr(tag + kBaselineTag.size()));
  if (!baseline) return std::nullopt;
  return PodRecord{.uid = std::string(message.substr(uid_begin, tag - uid_begin)),
                   .baseline = *std::move(baseline)};
}

std::string starting_event(std::string_view namespace_, std::string_view request) {
  return fmt::format("Start processing for SinglestoreOpsRequest: {}/{}", namespace_, request);
}
std::string pausing_event(std::string_view namespace_, std::string_view database) {
  return fmt::format("Pausing Singlestore database: {}/{}", namespace_, database);
}
std::string paused_event(std::string_view namespace_, std::string_view database,
                         std::string_view request) {
  return fmt::format(
      "Successfully paused Singlestore database: {}/{} for SinglestoreOpsRequest: {}", namespace_,
      database, request);
}
std::string resuming_event(std::string_view namespace_, std::string_view database) {
  return fmt::format("Resuming Singlestore database: {}/{}", namespace_, database);
}
std::string resumed_event(std::string_view namespace_, std::string_view database,
                          std::string_view request) {
  return fmt::format(
      "Successfully resumed Singlestore database: {}/{} for SinglestoreOpsRequest: {}", namespace_,
      database, request);
}

}  // namespace sdbtwin::ops_manager
