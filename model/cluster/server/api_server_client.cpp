#include "model/cluster/server/api_server_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "model/api/errors.h"
#include "model/client/rate_limiter.h"
#include "model/client/rest_client.h"
#include "model/cluster/server/api_server.h"
#include "model/cluster/server/in_flight.h"

namespace sdbtwin::cluster {

namespace {

sim::Duration interval(std::int64_t qps) {
  return sim::Duration(std::chrono::seconds(1)) / std::max<std::int64_t>(qps, 1);
}

// One process' connection. Keeps nothing but where it leads, its rate limit and its random stream.
class Connection final : public api::Client {
 public:
  Connection(ApiEndpoint& endpoint, sim::Runtime& process, const Identity& identity,
             const client::RestClientOptions& options)
      : endpoint_(&endpoint),
        process_(&process),
        identity_(&identity),
        options_(options),
        bucket_(interval(options.qps), std::max<std::int64_t>(options.burst, 1)),
        rng_(process.rng(fmt::format("api-client/{}", identity.user))) {}

  sim::Task<api::Result<api::Response>> call(api::Request request) override;
  sim::Task<api::Result<WatchInFlight::Stream>> watch(api::WatchRequest request) override;

 private:
  struct Way {
    sim::Duration there;
    sim::Duration back;
  };
  Way split(sim::Duration both) const;
  void send(api::Request& request, CallReply& reply);
  void send(api::WatchRequest& request, WatchReply& reply);
  // The wait for the rate limit, from now.
  sim::Duration own_turn() {
    return options_.qps > 0 ? bucket_.reserve(process_->now()) : sim::Duration(0);
  }

  ApiEndpoint* endpoint_;
  sim::Runtime* process_;
  const Identity* identity_;
  client::RestClientOptions options_;
  client::TokenBucket bucket_;
  sim::Rng rng_;
  std::uint64_t watches_ = 0;
};

Connection::Way Connection::split(sim::Duration both) const {
  const sim::Duration there = both * endpoint_->latency().before_apply_per_mille / 1000;
  return Way{there, both - there};
}

void Connection::send(api::Request& request, CallReply& reply) {
  const ApiLatency& latency = endpoint_->latency();
  WriteFate fate{sim::Duration(0), WriteFate::Outcome::kAnswered};
  if (request.is_write()) {
    fate = latency.sample_write(rng_);
  } else {
    fate.both_ways = latency.read.sample(rng_);
  }
  Way way = split(fate.both_ways);
  const sim::Time now = process_->now();
  if (options_.timeout.count() > 0) reply.set(client::given_up(), now + options_.timeout);
  ApiServer* server = endpoint_->server();
  if (server == nullptr) {
    reply.set(connection_refused(), now + way.there);
  } else if (fate.outcome == WriteFate::Outcome::kTimedOutLost) {
    reply.set(api::errors::request_timeout(), now + kRequestTimeout);
  } else {
    // An answer that comes too late: the client reads the 504 before.
    if (fate.outcome == WriteFate::Outcome::kTimedOutApplied) way.back = 2 * kRequestTimeout;
    server->send(std::move(request), *identity_, way.there, way.back, reply);
  }
}

void Connection::send(api::WatchRequest& request, WatchReply& reply) {
  const Way way = split(endpoint_->latency().read.sample(rng_));
  if (ApiServer* server = endpoint_->server()) {
    const sim::Rng rng = rng_.stream(fmt::format("watch/{}", ++watches_));
    server->send(std::move(request), *identity_, way.there, way.back, rng, reply);
  } else {
    reply.set(connection_refused(), process_->now() + way.there);
  }
}

sim::Task<api::Result<api::Response>> Connection::call(api::Request request) {
  const bool read = !request.is_write();
  for (int retries = 0;; ++retries) {
    if (const sim::Duration turn = own_turn(); turn.count() > 0) co_await process_->sleep(turn);
    CallReply reply(*process_, request);
    send(request, reply);
    co_await reply;
    if (reply.ok() || retries >= options_.retries_max) co_return reply.take();
    const sim::Duration wait = reply.retry_wait(read);
    if (wait.count() == 0) co_return reply.take();
    co_await process_->sleep(wait);
  }
}

sim::Task<api::Result<WatchInFlight::Stream>> Connection::watch(api::WatchRequest request) {
  for (int retries = 0;; ++retries) {
    if (const sim::Duration turn = own_turn(); turn.count() > 0) co_await process_->sleep(turn);
    WatchReply reply(*process_, request);
    send(request, reply);
    co_await reply;
    if (reply.ok() || retries >= options_.retries_max) co_return reply.take();
    const sim::Duration wait = reply.retry_wait(true);
    if (wait.count() == 0) co_return reply.take();
    co_await process_->sleep(wait);
  }
}

}  // namespace

api::ApiError connection_refused() {
  api::ApiError error = api::errors::connection_lost("dial tcp: connect: connection refused");
  error.causes.push_back(api::StatusCause{std::string(client::kConnectionRefused), "", ""});
  return error;
}

// --- In flight ----------------------------------------------------------------------------------

ReplyBase::~ReplyBase() {
  if (request_ != nullptr) request_->reply_ = nullptr;
}

bool ReplyBase::arrives(sim::Time at) {
  if (at_ && *at_ <= at) return false;
  disarm();
  at_ = at;
  arm(at);
  return true;
}

void CallInFlight::fire() { server_->take(*this); }
void WatchInFlight::fire() { server_->take(*this); }

// --- ApiEndpoint --------------------------------------------------------------------------------

std::unique_ptr<api::Client> ApiEndpoint::rest_client_for(
    sim::Runtime& process, std::string user, const client::RestClientOptions& options) {
  const std::string name(process.name());
  const auto [identity, fresh] =
      identities_.try_emplace(std::pair(name, user), Identity{name, user});
  return std::make_unique<Connection>(*this, process, identity->second, options);
}

void ApiEndpoint::add_interceptor(RequestInterceptor& interceptor) {
  interceptors_.push_back(&interceptor);
}

void ApiEndpoint::remove_interceptor(RequestInterceptor& interceptor) {
  std::erase(interceptors_, &interceptor);
}

bool ApiEndpoint::release(std::uint64_t id) { return server_ != nullptr && server_->release(id); }

void ApiEndpoint::release_all() {
  if (server_ != nullptr) server_->release_all();
}

}  // namespace sdbtwin::cluster
