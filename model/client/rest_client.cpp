#include "model/client/rest_client.h"

#include <algorithm>
#include <utility>

namespace sdbtwin::client {

namespace {

using namespace std::chrono_literals;

// client-go makes up this Retry-After for reads whose connection was reset.
constexpr sim::Duration kAfterReset = 1s;

sim::Duration interval(std::int64_t qps) {
  return sim::Duration(1s) / std::max<std::int64_t>(qps, 1);
}

}  // namespace

bool was_refused(const api::ApiError& error) {
  return std::any_of(error.causes.begin(), error.causes.end(), [](const api::StatusCause& cause) {
    return cause.type == kConnectionRefused;
  });
}

sim::Duration retry_wait(const api::ApiError& error, bool read) {
  if (error.reason == api::Reason::kConnectionLost) {
    return read && !was_refused(error) ? kAfterReset : sim::Duration(0);
  }
  if (error.code != 429 && error.code < 500) return sim::Duration(0);
  return std::chrono::seconds(error.retry_after_seconds);
}

RestClient::RestClient(sim::Runtime& runtime, std::unique_ptr<api::Client> connection,
                       const RestClientOptions& options)
    : runtime_(&runtime),
      connection_(std::move(connection)),
      limited_(options.qps > 0),
      bucket_(interval(options.qps), std::max<std::int64_t>(options.burst, 1)) {}

sim::Duration RestClient::own_turn() {
  return limited_ ? bucket_.reserve(runtime_->now()) : sim::Duration(0);
}

sim::Task<api::Result<api::Response>> RestClient::call(api::Request request) {
  for (int attempt = 0;; ++attempt) {
    const sim::Duration turn = own_turn();
    if (turn.count() > 0) co_await runtime_->sleep(turn);
    api::Request copy = request;
    api::Result<api::Response> response = co_await connection_->call(std::move(copy));
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
