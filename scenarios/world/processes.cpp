#include "scenarios/world/processes.h"

#include <fmt/format.h>

#include <algorithm>

#include "faults/leader.h"
#include "faults/match.h"

namespace sdbtwin::scenarios {

namespace {

bool is_replicated(std::string_view name) { return name == kProvisioner || name == kOpsManager; }

// Of a replica, or of whoever leads the replicas; "": neither.
std::string_view operator_of(std::string_view name) {
  if (name.starts_with(faults::kLeaderPrefix)) return name.substr(faults::kLeaderPrefix.size());
  const std::size_t slash = name.find('/');
  return slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
}

}  // namespace

std::string replica_name(std::string_view operator_name, std::int32_t index) {
  return index == 0 ? std::string(operator_name) : fmt::format("{}/{}", operator_name, index);
}

std::vector<std::string> client_processes() {
  std::vector<std::string> names = mortal_processes();
  names.emplace_back(kUserProcess);
  return names;
}

std::vector<std::string> mortal_processes() {
  return {std::string(kProvisioner),
          std::string(kOpsManager),
          std::string(kPetSetController),
          std::string(kScheduler),
          std::string(kDisruptionController),
          std::string(kGarbageCollector),
          std::string(kVolumeBinder),
          std::string(kClaimProtector),
          std::string(kAttachDetach),
          std::string(kNodeLifecycle),
          std::string(kTaintEviction),
          std::string(kPodGarbageCollector),
          std::string(kKubeletPrefix) + "<node>"};
}

bool names_process(std::string_view name, const std::vector<std::string>& names) {
  if (name.starts_with(kKubeletPrefix) && name.size() > kKubeletPrefix.size()) return true;
  if (is_replicated(operator_of(name))) return true;
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& known) { return faults::glob_match(name, known); });
}

}  // namespace sdbtwin::scenarios
