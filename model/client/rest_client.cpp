#include "model/client/rest_client.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "model/api/errors.h"
#include "sim/core/race.h"

namespace sdbtwin::client {

namespace {

using namespace std::chrono_literals;

// client-go makes up this Retry-After for reads whose connection was reset.
constexpr sim::Duration kAfterReset = 1s;

sim::Duration interval(std::int64_t qps) {
  return sim::Duration(1s) / std::max<std::int64_t>(qps, 1);
}

bool has_cause(const api::ApiError& error, std::string_view type) {
  return std::any_of(error.causes.begin(), error.causes.end(),
                     [type](const api::StatusCause& cause) { return cause.type == type; });
}

api::ApiError given_up() {
  api::ApiError error = api::errors::connection_lost(
      "net/http: request canceled (Client.Timeout exceeded while awaiting headers)");
  error.causes.push_back(api::StatusCause{std::string(kClientTimeout), "", ""});
  return error;
}

}  // namespace

bool was_refused(const api::ApiError& error) { return has_cause(error, kConnectionRefused); }

sim::Duration retry_wait(const api::ApiError& error, bool read) {
  if (error.reason == api::Reason::kConnectionLost) {
    const bool repeats = read && !was_refused(error) && !has_cause(error, kClientTimeout);
    return repeats ? kAfterReset : sim::Duration(0);
  }
  if (error.code != 429 && error.code < 500) return sim::Duration(0);
  return std::chrono::seconds(error.retry_after_seconds);
}

RestClient::RestClient(sim::Runtime& runtime, std::unique_ptr<api::Client> connection,
                       const RestClientOptions& options)
    : runtime_(&runtime),
      connection_(std::move(connection)),
      timeout_(options.timeout),
      limited_(options.qps > 0),
      bucket_(interval(options.qps), std::max<std::int64_t>(options.burst, 1)) {}

sim::Duration RestClient::own_turn() {
  return limited_ ? bucket_.reserve(runtime_->now()) : sim::Duration(0);
}

sim::Task<api::Result<api::Response>> RestClient::call_in_time(api::Request request) {
  sim::Task<api::Result<api::Response>> call = connection_->call(std::move(request));
  if (timeout_.count() == 0) co_return co_await std::move(call);
  const sim::Time deadline = runtime_->now() + timeout_;
  std::optional<api::Result<api::Response>> response =
      co_await sim::race(*runtime_, std::move(call), deadline);
  if (!response) co_return given_up();
  co_return *std::move(response);
}

sim::Task<api::Result<api::Response>> RestClient::call(api::Request request) {
  for (int attempt = 0;; ++attempt) {
    const sim::Duration turn = own_turn();
    if (turn.count() > 0) co_await runtime_->sleep(turn);
    api::Request copy = request;
    api::Result<api::Response> response = co_await call_in_time(std::move(copy));
    if (response.ok() || attempt == kRetriesMax) co_return response;
    const sim::Duration wait = retry_wait(response.error(), !request.is_write());
    if (wait.count() == 0) co_return response;
    ++retries_;
    co_await runtime_->sleep(wait);
  }
}

sim::Task<api::Result<std::unique_ptr<api::WatchStream>>> RestClient::watch(
    api::WatchRequest request) {
  for (int attempt = 0;; ++attempt) {
    const sim::Duration turn = own_turn();
    if (turn.count() > 0) co_await runtime_->sleep(turn);
    api::WatchRequest copy = request;
    api::Result<std::unique_ptr<api::WatchStream>> stream =
        co_await connection_->watch(std::move(copy));
    if (stream.ok() || attempt == kRetriesMax) co_return stream;
    const sim::Duration wait = retry_wait(stream.error(), true);
    if (wait.count() == 0) co_return stream;
    ++retries_;
    co_await runtime_->sleep(wait);
  }
}

}  // namespace sdbtwin::client
