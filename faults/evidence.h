// What the declared faults of a run really did. A fault that never fired proves nothing: a run with
// one is vacuous, not passed.
// Every fault ends in one of two ways: it fired, or it expired when the faults were ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/time.h"

namespace sdbtwin::faults {

// Where in a run.
struct Instant {
  sim::Time time{};
  std::uint64_t event = 0;  // sequence number of the trace event at hand
};

// What must have become of the run when its faults have been healed.
enum class HealedOutcome : std::uint8_t {
  kConverges,       // as if nothing had been: a request under way succeeds, later
  kStays,           // it is not taken back: nobody would
  kRequestMayFail,  // a request under way succeeds, or has ended Failed with a reason if one of its
                    // steps ran out of time meanwhile; the database converges in both cases
};
constexpr std::string_view to_string(HealedOutcome outcome) {
  switch (outcome) {
    case HealedOutcome::kConverges:
      return "converges";
    case HealedOutcome::kStays:
      return "stays";
    case HealedOutcome::kRequestMayFail:
      return "converges, or the request fails with a reason";
  }
  return "";
}

struct Evidence {
  std::string name;                  // of the planned fault
  std::string fault;                 // what was to happen
  std::string trigger;               // when
  bool armed = false;                // its trigger was being watched for
  std::optional<Instant> triggered;  // the moment came
  std::optional<Instant> fired;      // it took hold of something
  std::optional<Instant> healed;     // its effect ended
  std::string touched;  // "process provisioner", "update PetSet demo/db-leaf by provisioner"
  std::string kind{};   // as in YAML: "processKill"
  HealedOutcome outcome = HealedOutcome::kConverges;
  std::optional<Instant> expired{};  // the faults were ended before it took hold of anything
};

using Ledger = std::vector<Evidence>;  // in the order of the plan

}  // namespace sdbtwin::faults
