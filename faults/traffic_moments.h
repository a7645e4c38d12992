// Moments of traffic: a write at one of its observation points, an event of a watch at one of its
// two, and a statement to the database when its client has the answer.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "faults/fields.h"
#include "faults/patterns.h"

namespace sdbtwin::faults {

enum class RequestPoint : std::uint8_t {
  kSent,               // its client sends it
  kBeforeApply,        // it has reached the server
  kAppliedUnanswered,  // it was carried out, and nobody knows
};
inline constexpr Words<RequestPoint, 3> kRequestPoints{{
    {"sent", RequestPoint::kSent},
    {"before-apply", RequestPoint::kBeforeApply},
    {"applied-unanswered", RequestPoint::kAppliedUnanswered},
}};

struct RequestPasses {
  static constexpr std::string_view kName = "request";
  RequestPattern request;
  RequestPoint point = RequestPoint::kSent;
  auto operator<=>(const RequestPasses&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    RequestPattern::fields(self.request, v);
    v.word("point", self.point, kRequestPoints, "say where it is seen: `point: before-apply`");
  }
};

enum class EventPoint : std::uint8_t {
  kBeforeDelivery,  // leaves the server
  kDelivered,       // its process has it
};
inline constexpr Words<EventPoint, 2> kEventPoints{{
    {"before-delivery", EventPoint::kBeforeDelivery},
    {"delivered", EventPoint::kDelivered},
}};
inline constexpr Words<api::WatchEventType, 3> kWatchEventTypes{{
    {"added", api::WatchEventType::kAdded},
    {"modified", api::WatchEventType::kModified},
    {"deleted", api::WatchEventType::kDeleted},
}};

// A watch event for a process. `condition`: of the object as the event shows it.
struct EventPasses {
  static constexpr std::string_view kName = "delivery";
  std::string process;
  ObjectPattern object;
  std::optional<api::WatchEventType> type;  // absent: any of the three
  std::string condition;                    // empty: whatever its conditions are
  std::string status = "True";              // of the condition
  EventPoint point = EventPoint::kBeforeDelivery;
  auto operator<=>(const EventPasses&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.process("to", self.process, Processes::kClients);
    v.object(self.object);
    v.word("type", self.type, kWatchEventTypes);
    v.text("condition", self.condition, "");
    v.text("status", self.status, "");
    v.word("point", self.point, kEventPoints, "say where it is seen: `point: delivered`");
  }
};

// A process has the answer to its statement, or has given up: what a gate or a health check read.
struct QueryIsAnswered {
  static constexpr std::string_view kName = "query";
  std::string process;
  std::string statement;  // "mv-cluster-status"; a glob; empty: any
  std::string outcome;    // "ok", or the name of the error; a glob; empty: any
  auto operator<=>(const QueryIsAnswered&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.process("by", self.process, Processes::kClients);
    v.text("statement", self.statement, "");
    v.text("outcome", self.outcome, "");
  }
};

std::string describe(const RequestPasses& moment);
std::string describe(const EventPasses& moment);
std::string describe(const QueryIsAnswered& moment);

}  // namespace sdbtwin::faults
