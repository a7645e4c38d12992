#include "model/client/rest_client.h"

#include <algorithm>
#include <chrono>

#include "model/api/errors.h"

namespace sdbtwin::client {

namespace {

using namespace std::chrono_literals;

// client-go makes up this Retry-After for reads whose connection was reset.
constexpr sim::Duration kAfterReset = 1s;

// The cause of what the client itself has given up.
constexpr std::string_view kClientTimeout = "ClientTimeout";

bool has_cause(const api::ApiError& error, std::string_view type) {
  return std::any_of(error.causes.begin(), error.causes.end(),
                     [type](const api::StatusCause& cause) { return cause.type == type; });
}

}  // namespace

bool was_refused(const api::ApiError& error) { return has_cause(error, kConnectionRefused); }

api::ApiError given_up() {
  api::ApiError error = api::errors::connection_lost(
      "net/http: request canceled (Client.Timeout exceeded while awaiting headers)");
  error.causes.push_back(api::StatusCause{std::string(kClientTimeout), "", ""});
  return error;
}

sim::Duration retry_wait(const api::ApiError& error, bool read) {
  if (error.reason == api::Reason::kConnectionLost) {
    const bool repeats = read && !was_refused(error) && !has_cause(error, kClientTimeout);
    return repeats ? kAfterReset : sim::Duration(0);
  }
  if (error.code != 429 && error.code < 500) return sim::Duration(0);
  return std::chrono::seconds(error.retry_after_seconds);
}

}  // namespace sdbtwin::client
