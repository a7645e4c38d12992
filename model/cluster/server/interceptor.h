#pragma once

// The seam through which faults reach the traffic with the API server. An interceptor sees each
// call at three points and each watch at three, and says what becomes of it there. It changes
// nothing itself, and draws nothing at random: faults are data. With these, every write can have
// each of its three outcomes: applied and answered, applied and not answered, not applied. A watch
// stream never loses a single event: it stalls, or it breaks.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "model/api/client.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

// Who is calling. Lives as long as the ApiEndpoint.
struct Identity {
  std::string process;
  std::string user;
};

struct CallInfo {
  std::uint64_t id;  // for ApiEndpoint::release
  const Identity& client;
  const api::Request& request;
  sim::Time sent;
};

struct WatchInfo {
  std::uint64_t id;
  const Identity& client;
  const api::WatchRequest& request;
};

class Verdict {
 public:
  enum class Action : std::uint8_t {
    kProceed,
    kDelay,  // goes on after `delay`
    kHold,   // goes on when ApiEndpoint::release names it
    kFail,   // goes no further; the client reads `error`. For a watch delivery: kLose
    kLose,   // goes no further; after `delay` the client reads that the connection was lost
  };

  static Verdict proceed() { return Verdict(Action::kProceed); }
  static Verdict delayed(sim::Duration delay) { return Verdict(Action::kDelay, delay); }
  static Verdict held() { return Verdict(Action::kHold); }
  static Verdict failed(api::ApiError error) {
    Verdict verdict(Action::kFail);
    verdict.error_ = std::make_shared<const api::ApiError>(std::move(error));
    return verdict;
  }
  static Verdict lost(sim::Duration after = sim::Duration(0)) {
    return Verdict(Action::kLose, after);
  }

  Action action() const noexcept { return action_; }
  sim::Duration delay() const noexcept { return delay_; }
  // Precondition: kFail.
  const api::ApiError& error() const { return *error_; }

 private:
  explicit Verdict(Action action, sim::Duration delay = sim::Duration(0)) noexcept
      : action_(action), delay_(delay) {}

  Action action_;
  sim::Duration delay_;
  std::shared_ptr<const api::ApiError> error_;
};

// Several interceptors are asked in the order of their addition; the first that does not say
// proceed decides. Each is asked once per call and point.
class RequestInterceptor {
 public:
  virtual ~RequestInterceptor() = default;

  // The client sends. kFail, kLose: not applied.
  virtual Verdict before_send(const CallInfo&) { return Verdict::proceed(); }
  // The request has reached the server. kFail, kLose: not applied.
  virtual Verdict before_apply(const CallInfo&) { return Verdict::proceed(); }
  // The server has carried it out. kFail, kLose: applied, and the client does not know.
  virtual Verdict after_apply(const CallInfo&, const api::Result<api::Response>&) {
    return Verdict::proceed();
  }
  // The opening of a watch has reached the server.
  virtual Verdict before_watch(const WatchInfo&) { return Verdict::proceed(); }
  // An event leaves for the client. What comes after it on the same stream stays behind it.
  virtual Verdict before_deliver(const WatchInfo&, const api::WatchEvent&) {
    return Verdict::proceed();
  }
  // The client has the event: it reads it now. Nothing can be changed any more.
  virtual void delivered(const WatchInfo&, const api::WatchEvent&) {}
};

}  // namespace sdbtwin::cluster
