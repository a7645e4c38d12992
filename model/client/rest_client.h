#pragma once

// RestClient: what client-go's REST client does on top of a connection (kubernetes.md 5.3): it
// waits for its own rate limit before it sends, and repeats by itself what the server asked to be
// repeated; it may give a call up after a time. Repeats, at most kRetriesMax times: answers 429 and
// 5xx that carry Retry-After, and reads whose connection was lost while they were under way. Never:
// timeouts, conflicts, refused connections, writes whose connection was lost. The last answer is
// the result. Belongs to one process and dies with it.

#include <cstdint>
#include <memory>

#include "model/api/client.h"
#include "model/client/rate_limiter.h"
#include "sim/core/runtime.h"

namespace sdbtwin::client {

struct RestClientOptions {
  // Requests per second and burst; 0: unlimited, as PetSet's 1e6. client-go's default is 5 and 10.
  std::int64_t qps = 0;
  std::int64_t burst = 0;
  // After so long a call is given up (rest.Config.Timeout); the server may still carry it out.
  // 0: never, as by default. Watches are not given up.
  sim::Duration timeout{0};
};

class RestClient final : public api::Client {
 public:
  static constexpr int kRetriesMax = 10;  // client-go 0.34 rest.Request

  RestClient(sim::Runtime& runtime, std::unique_ptr<api::Client> connection,
             const RestClientOptions& options = RestClientOptions{});

  sim::Task<api::Result<api::Response>> call(api::Request request) override;
  sim::Task<api::Result<std::unique_ptr<api::WatchStream>>> watch(
      api::WatchRequest request) override;

  // Repeats so far; for tests and reports.
  std::uint64_t retries() const noexcept { return retries_; }

 private:
  sim::Task<api::Result<api::Response>> call_in_time(api::Request request);
  // The wait for the rate limit, from now.
  sim::Duration own_turn();

  sim::Runtime* runtime_;
  std::unique_ptr<api::Client> connection_;
  sim::Duration timeout_;
  bool limited_;
  TokenBucket bucket_;
  std::uint64_t retries_ = 0;
};

// How long client-go waits before it repeats by itself; 0: it does not. `read`: nothing can have
// been changed by the request.
sim::Duration retry_wait(const api::ApiError& error, bool read);

// A cause of this type marks a lost connection of which it is known that nothing was ever sent.
inline constexpr std::string_view kConnectionRefused = "ConnectionRefused";
bool was_refused(const api::ApiError& error);
// And this type one that the client itself has given up.
inline constexpr std::string_view kClientTimeout = "ClientTimeout";

}  // namespace sdbtwin::client
