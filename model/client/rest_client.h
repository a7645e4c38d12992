#pragma once

// What client-go's REST client does on top of a connection (kubernetes.md 5.3): it waits for its
// own rate limit before it sends, and repeats by itself what the server asked to be repeated; it
// may give a call up after a time. Repeats, at most kRetriesMax times: answers 429 and 5xx that
// carry Retry-After, and reads whose connection was lost while they were under way. Never:
// timeouts, conflicts, refused connections, writes whose connection was lost. The last answer is
// the result.
//
// These are its rules; whoever makes connections carries them out (cluster::ApiEndpoint).

#include <cstdint>
#include <string_view>

#include "model/api/result.h"
#include "sim/core/time.h"

namespace sdbtwin::client {

inline constexpr int kRetriesMax = 10;  // client-go 0.34 rest.Request

struct RestClientOptions {
  // Requests a second and burst; 0: unlimited, as PetSet's 1e6; others [us]. client-go: 5 and 10.
  std::int64_t qps = 0;
  std::int64_t burst = 0;
  // After so long a call is given up (rest.Config.Timeout); the server may still carry it out.
  // 0: never, as by default. Watches are not given up.
  sim::Duration timeout{0};
  // 0: every answer is the caller's.
  int retries_max = kRetriesMax;

  // Plain HTTP, without client-go.
  static RestClientOptions plain() {
    RestClientOptions options;
    options.retries_max = 0;
    return options;
  }
};

// How long client-go waits before it repeats by itself; 0: it does not. `read`: nothing can have
// been changed by the request.
sim::Duration retry_wait(const api::ApiError& error, bool read);

// A cause of this type marks a lost connection of which it is known that nothing was ever sent.
inline constexpr std::string_view kConnectionRefused = "ConnectionRefused";
bool was_refused(const api::ApiError& error);

// What a caller reads when its client has given up a call. Nobody knows whether it was applied.
api::ApiError given_up();

}  // namespace sdbtwin::client
