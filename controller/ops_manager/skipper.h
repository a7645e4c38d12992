// Which of several requests for one database goes first (reference/kubedb.md 4.3, items 1 and 3).
//
// Pure. While a request of the database is Progressing, the others wait. Among those that have not
// begun: of each type only the newest is carried out, the others are skipped; between types the
// oldest survivor goes first.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/api/ops_request.h"

namespace sdbtwin::ops_manager {

using Requests = std::vector<std::shared_ptr<const api::SinglestoreOpsRequest>>;

enum class Turn : std::uint8_t { kMine, kWait, kSkip };

struct TurnDecision {
  Turn turn = Turn::kWait;
  std::string because;               // whom it waits for; the message of the Skipped condition
  bool because_progressing = false;  // whom it waits for has begun
};

// `all` may hold requests of other databases and finished ones; they do not matter.
TurnDecision whose_turn(const api::SinglestoreOpsRequest& request, const Requests& all);

// "" or Pending.
bool has_not_begun(const api::SinglestoreOpsRequest& request);
// The Progressing request of the same database other than `request`, or null.
std::shared_ptr<const api::SinglestoreOpsRequest> progressing_rival(
    const api::SinglestoreOpsRequest& request, const Requests& all);

}  // namespace sdbtwin::ops_manager
