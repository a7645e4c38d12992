// EventRecorder: writes Event objects about other objects, off the caller's path
// (kubernetes.md 5.3). A repeat of the same event is a PATCH of its count; what repeats within a
// second is counted in one write [us]; one object may cause a burst of 25 and then one in 300 s;
// when 1000 are waiting, new ones are dropped; a write is tried up to 12 times. So an Event may be
// late, merged or missing: nobody may decide anything by them.
// Belongs to one process; `client` outlives it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/api/client.h"
#include "model/api/core.h"
#include "model/client/rate_limiter.h"
#include "sim/core/runtime.h"

namespace sdbtwin::client {

enum class EventType : uint8_t { kNormal, kWarning };

class EventRecorder {
 public:
  EventRecorder(sim::Runtime& runtime, api::Client& client, std::string component);
  EventRecorder(const EventRecorder&) = delete;
  EventRecorder& operator=(const EventRecorder&) = delete;

  void record(const api::Object& about, EventType type, std::string reason, std::string message);

 private:
  // Uid of the object, type, reason, message.
  using Key = std::tuple<std::string, EventType, std::string, std::string>;
  struct Entry {
    api::ObjectReference about;
    Key key;
    sim::Time time;  // of the last one
    int32_t count = 1;
  };
  struct Known {
    std::string name;
    int32_t count = 0;
  };

  sim::Task<void> run();
  sim::Task<void> write(Entry entry);
  sim::Task<api::Result<api::Response>> send(const Entry& entry);  // used before it returns
  api::ObjectPtr make(const Entry& entry, std::string name) const;
  bool allowed(const std::string& uid, sim::Time now);

  sim::Runtime* runtime_;
  api::Client* client_;
  std::string component_;
  std::vector<Entry> waiting_;
  std::map<Key, size_t> place_;  // in waiting_
  bool running_ = false;
  std::map<Key, Known> known_;
  std::map<std::string, TokenBucket> budgets_;  // by uid
  uint64_t named_ = 0;
};

}  // namespace sdbtwin::client
