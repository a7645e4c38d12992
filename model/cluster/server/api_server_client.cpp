#include "model/cluster/server/api_server_client.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/api/errors.h"
#include "model/client/rest_client.h"
#include "model/cluster/server/api_server.h"
#include "model/cluster/server/in_flight.h"

namespace sdbtwin::cluster {

namespace {

// One process' connection. Keeps nothing but where it leads and its random stream.
class Connection final : public api::Client {
 public:
  Connection(ApiEndpoint& endpoint, sim::Runtime& process, const Identity& identity)
      : endpoint_(&endpoint),
        process_(&process),
        identity_(&identity),
        rng_(process.rng(fmt::format("api-client/{}", identity.user))) {}

  sim::Task<api::Result<api::Response>> call(api::Request request) override;
  sim::Task<api::Result<WatchInFlight::Stream>> watch(api::WatchRequest request) override;

 private:
  struct Way {
    sim::Duration there;
    sim::Duration back;
  };
  Way split(sim::Duration both) const;

  ApiEndpoint* endpoint_;
  sim::Runtime* process_;
  const Identity* identity_;
  sim::Rng rng_;
  std::uint64_t watches_ = 0;
};

Connection::Way Connection::split(sim::Duration both) const {
  const sim::Duration there = both * endpoint_->latency().before_apply_per_mille / 1000;
  return Way{there, both - there};
}

sim::Task<api::Result<api::Response>> Connection::call(api::Request request) {
  const ApiLatency& latency = endpoint_->latency();
  WriteFate fate{sim::Duration(0), WriteFate::Outcome::kAnswered};
  if (request.is_write()) {
    fate = latency.sample_write(rng_);
  } else {
    fate.both_ways = latency.read.sample(rng_);
  }
  Way way = split(fate.both_ways);
  Reply<api::Response> reply(*process_);
  ApiServer* server = endpoint_->server();
  if (server == nullptr) {
    reply.set(connection_refused(), process_->now() + way.there);
  } else if (fate.outcome == WriteFate::Outcome::kTimedOutLost) {
    reply.set(api::errors::request_timeout(), process_->now() + kRequestTimeout);
  } else {
    // An answer that comes too late: the client reads the 504 before.
    if (fate.outcome == WriteFate::Outcome::kTimedOutApplied) way.back = 2 * kRequestTimeout;
    server->send(std::move(request), *identity_, way.there, way.back, reply);
  }
  co_return co_await reply;
}

sim::Task<api::Result<WatchInFlight::Stream>> Connection::watch(api::WatchRequest request) {
  const Way way = split(endpoint_->latency().read.sample(rng_));
  Reply<WatchInFlight::Stream> reply(*process_);
  if (ApiServer* server = endpoint_->server()) {
    const sim::Rng rng = rng_.stream(fmt::format("watch/{}", ++watches_));
    server->send(std::move(request), *identity_, way.there, way.back, rng, reply);
  } else {
    reply.set(connection_refused(), process_->now() + way.there);
  }
  co_return co_await reply;
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

std::unique_ptr<api::Client> ApiEndpoint::client_for(sim::Runtime& process, std::string user) {
  const std::string name(process.name());
  const auto [identity, fresh] =
      identities_.try_emplace(std::pair(name, user), Identity{name, user});
  return std::make_unique<Connection>(*this, process, identity->second);
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
