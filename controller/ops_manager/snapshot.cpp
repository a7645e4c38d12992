#include "controller/ops_manager/snapshot.h"

#include <algorithm>

namespace sdbtwin::ops_manager {

const GateResult* GateReport::find(Gate gate) const {
  for (const auto& reading : readings) {
    if (reading.gate == gate) return &reading.result;
  }
  return nullptr;
}

bool GateReport::all_open() const {
  return std::all_of(readings.begin(), readings.end(),
                     [](const GateReading& reading) { return reading.result.open(); });
}

std::string GateReport::first_reason() const {
  for (const auto& reading : readings) {
    if (!reading.result.open()) {
      return std::string(to_string(reading.gate)) + ": " + reading.result.reason;
    }
  }
  return {};
}

bool changes_images(api::OpsRequestType type) {
  return type == api::OpsRequestType::kUpdateVersion;
}

std::string_view restart_step(api::OpsRequestType type) {
  return changes_images(type) ? kRestartPods : kRestartNodes;
}

std::vector<std::string_view> steps_of(api::OpsRequestType type) {
  if (changes_images(type)) {
    return {kDatabasePauseSucceeded, kUpdatePetSets, kRestartPods, kUpdateDatabase};
  }
  return {kDatabasePauseSucceeded, kRestartNodes};
}

std::string_view current_step(api::OpsRequestType type, const Progress& progress) {
  for (std::string_view step : steps_of(type)) {
    if (!progress.done(step)) return step;
  }
  return {};
}

sim::Duration step_timeout(const Snapshot& snapshot, std::string_view step) {
  const auto& spec = *snapshot.request->spec;
  if (const auto asked = spec.timeout.value(); asked && asked->count() > 0) return *asked;
  if (step != restart_step(spec.type)) return kDefaultStepTimeout;
  return kDefaultStepTimeout *
         static_cast<std::int64_t>(std::max<std::size_t>(snapshot.order->size(), 1));
}

}  // namespace sdbtwin::ops_manager
