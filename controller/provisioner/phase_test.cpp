#include "controller/provisioner/phase.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controller/kit/kubedb.h"

namespace sdbtwin::provisioner {
namespace {

using api::ConditionStatus;
using api::DatabasePhase;

struct Case {
  std::string name;
  std::string conditions;  // "+Type" True, "-Type" False, by blanks
  DatabasePhase phase;
};

std::vector<api::Condition> parse(const std::string& text) {
  std::vector<api::Condition> conditions;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const auto status = text[at] == '+' ? ConditionStatus::kTrue : ConditionStatus::kFalse;
    conditions.push_back(api::new_condition(text.substr(at + 1, end - at - 1), "", 1, status));
    at = end + 1;
  }
  return conditions;
}

const std::string kAllGood =
    "+ProvisioningStarted +ReplicaReady +AcceptingConnection +Ready +Provisioned";

std::vector<Case> cases() {
  return {
      {"nothing is known", "", DatabasePhase::kUnset},
      {"started", "+ProvisioningStarted", DatabasePhase::kProvisioning},
      {"ready but not yet provisioned", "+ProvisioningStarted +ReplicaReady +Ready",
       DatabasePhase::kProvisioning},
      {"failing checks before it was provisioned",
       "+ProvisioningStarted -ReplicaReady -AcceptingConnection -Ready",
       DatabasePhase::kProvisioning},
      {"all good", kAllGood, DatabasePhase::kReady},
      {"paused changes nothing", kAllGood + " +Paused", DatabasePhase::kReady},
      {"paused alone is nothing", "+Paused", DatabasePhase::kUnset},
      {"nobody answers", "+Provisioned -AcceptingConnection -ReplicaReady -Ready",
       DatabasePhase::kNotReady},
      {"a replica is down", "+Provisioned +AcceptingConnection -ReplicaReady +Ready",
       DatabasePhase::kCritical},
      {"it answers and the check fails", "+Provisioned +AcceptingConnection +ReplicaReady -Ready",
       DatabasePhase::kCritical},
      {"nobody answers, paused", "+Provisioned -AcceptingConnection +Paused",
       DatabasePhase::kNotReady},
      {"restoring", "+ProvisioningStarted +DataRestoreStarted", DatabasePhase::kDataRestoring},
      {"restoring has failed", "+DataRestoreStarted -DataRestored", DatabasePhase::kNotReady},
      {"restored", kAllGood + " +DataRestoreStarted +DataRestored", DatabasePhase::kReady},
      {"failed restore without its beginning", kAllGood + " -DataRestored",
       DatabasePhase::kNotReady},
      {"halted wins over failing checks", "+Halted +Provisioned -AcceptingConnection",
       DatabasePhase::kHalted},
      {"halted wins over restoring", "+Halted +DataRestoreStarted", DatabasePhase::kHalted},
      {"unknown wins over all", kAllGood + " +Halted +HealthCheckPaused", DatabasePhase::kUnknown},
      {"provisioned and no check yet", "+ProvisioningStarted +Provisioned",
       DatabasePhase::kProvisioning},
  };
}

// Goal: the phase follows KubeDB's rules, first match wins. Method: a table, one row per rule and
// per pair of neighbouring rules.
TEST(Phase, FollowsTheConditionsByTheFirstRuleThatMatches) {
  for (const Case& row : cases()) {
    EXPECT_EQ(to_string(phase_of(parse(row.conditions))), to_string(row.phase)) << row.name;
  }
}

}  // namespace
}  // namespace sdbtwin::provisioner
