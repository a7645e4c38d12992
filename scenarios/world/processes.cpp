#include "scenarios/world/processes.h"

#include <algorithm>

#include "faults/match.h"

namespace sdbtwin::scenarios {

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
          std::string(kKubeletPrefix) + "<node>"};
}

bool names_process(std::string_view name, const std::vector<std::string>& names) {
  if (name.starts_with(kKubeletPrefix) && name.size() > kKubeletPrefix.size()) return true;
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& known) { return faults::glob_match(name, known); });
}

}  // namespace sdbtwin::scenarios
