// What the declared faults of a run really did. A fault that never fired proves nothing: a run with
// one is vacuous, not passed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/time.h"

namespace sdbtwin::faults {

// Where in a run.
struct Instant {
  sim::Time time{};
  std::uint64_t event = 0;  // sequence number of the trace event at hand
};

struct Evidence {
  std::string name;                  // of the planned fault
  std::string fault;                 // what was to happen
  std::string trigger;               // when
  bool armed = false;                // its trigger was being watched for
  std::optional<Instant> triggered;  // the moment came
  std::optional<Instant> fired;      // it took hold of something
  std::optional<Instant> healed;     // its effect ended
  std::string touched;  // "process provisioner", "update PetSet demo/db-leaf by provisioner"
};

using Ledger = std::vector<Evidence>;  // in the order of the plan

}  // namespace sdbtwin::faults
