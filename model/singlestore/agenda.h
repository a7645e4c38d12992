// What is due when in one database cluster: one ordered list, from which the owner arms one timer.
//
// Items at the same time come out in the order in which they were added. A ticket cancels its item;
// a ticket whose item has come out, or that was never given, cancels nothing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "sim/core/time.h"

namespace sdbtwin::singlestore {

enum class DueKind : std::uint8_t {
  kConnectable,      // node: its process accepts connections
  kRecovered,        // node: it has read its disk
  kBootstrapped,     // node: BOOTSTRAP AGGREGATOR is done
  kJoined,           // node: ADD LEAF or ADD AGGREGATOR is done
  kLossNoticed,      // node: the master aggregator gives it up
  kHeartbeat,        // node: the master aggregator hears it again
  kAttached,         // node: ATTACH is done
  kRebalance,        // node: masters come back to it
  kCreateDatabases,  // cluster
  kProvisioned,      // copy: the snapshot has arrived
  kCaughtUp,         // copy: it has all of its master's log
  kSynced,           // copy: READY has become SYNC
  kPromoted,         // copy: it has become master
  kReplicaSilent,    // copy: commits have waited long enough for it
};

struct Due {
  DueKind kind = DueKind::kConnectable;
  int node = -1;
  int database = -1;
  int ordinal = -1;
  int copy = -1;
};

class Agenda {
 public:
  struct Ticket {
    sim::Time at{};
    std::uint64_t order = 0;  // 0: nothing
    explicit operator bool() const { return order != 0; }
    friend auto operator<=>(const Ticket&, const Ticket&) = default;
  };

  Ticket add(sim::Time at, const Due& due);
  // Effect: the item does not come out, and the ticket is blank.
  void cancel(Ticket& ticket);

  std::optional<sim::Time> next() const;
  // The first item if it is due by `now`.
  std::optional<Due> take(sim::Time now);

 private:
  std::map<Ticket, Due> items_;
  std::uint64_t added_ = 0;
};

}  // namespace sdbtwin::singlestore
