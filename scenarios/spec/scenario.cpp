#include "scenarios/spec/scenario.h"

namespace sdbtwin::scenarios {

std::vector<const Manifest*> all_objects(const Scenario& scenario) {
  std::vector<const Manifest*> out;
  for (const Manifest& manifest : scenario.manifests) out.push_back(&manifest);
  for (const Action& action : scenario.actions) {
    if (const auto* apply = std::get_if<ApplyAction>(&action.what)) {
      for (const Manifest& manifest : apply->objects) out.push_back(&manifest);
    }
  }
  return out;
}

std::vector<const Manifest*> accepted_objects(const Scenario& scenario) {
  std::vector<const Manifest*> out;
  for (const Manifest& manifest : scenario.manifests) out.push_back(&manifest);
  for (const Action& action : scenario.actions) {
    const auto* apply = std::get_if<ApplyAction>(&action.what);
    if (apply == nullptr || action.may_be_refused) continue;
    for (const Manifest& manifest : apply->objects) out.push_back(&manifest);
  }
  return out;
}

}  // namespace sdbtwin::scenarios
