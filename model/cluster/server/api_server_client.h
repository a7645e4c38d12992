#pragma once

// ApiEndpoint: the address of the API server, as all processes know it. It outlives the server's
// process and the clients': who calls while no server runs is refused, and reaches the next one
// later. Holds what belongs to the way in between: latencies and fault interceptors.
// Owned by whoever composes the simulation; created before the processes and destroyed after them.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/api/client.h"
#include "model/client/rest_client.h"
#include "model/cluster/server/interceptor.h"
#include "model/cluster/timing/latency.h"
#include "sim/core/runtime.h"

namespace sdbtwin::cluster {

class ApiServer;

// What a client reads when nothing listens.
api::ApiError connection_refused();

class ApiEndpoint {
 public:
  explicit ApiEndpoint(const ApiLatency& latency = ApiLatency::standard()) : latency_(latency) {}
  ApiEndpoint(const ApiEndpoint&) = delete;
  ApiEndpoint& operator=(const ApiEndpoint&) = delete;

  // A connection for one process, by client-go's rules. What the process has sent is still applied
  // when it dies. Each connection has a rate limit of its own.
  std::unique_ptr<api::Client> rest_client_for(
      sim::Runtime& process, std::string user,
      const client::RestClientOptions& options = client::RestClientOptions{});
  // The same without client-go: every answer is the caller's.
  std::unique_ptr<api::Client> client_for(sim::Runtime& process, std::string user) {
    return rest_client_for(process, std::move(user), client::RestClientOptions::plain());
  }

  // null: no server runs.
  ApiServer* server() noexcept { return server_; }

  const ApiLatency& latency() const noexcept { return latency_; }
  // Takes effect for what is sent from now on.
  void set_latency(const ApiLatency& latency) { latency_ = latency; }

  // Interceptors outlive the endpoint or are removed. They are asked in the order of addition.
  void add_interceptor(RequestInterceptor& interceptor);
  void remove_interceptor(RequestInterceptor& interceptor);
  const std::vector<RequestInterceptor*>& interceptors() const noexcept { return interceptors_; }

  // Effect: the call or watch stream goes on where it is held. False: it is not held.
  bool release(std::uint64_t id);
  void release_all();

  // Of calls and streams, in the order of their sending.
  std::uint64_t next_id() noexcept { return ++last_id_; }

 private:
  friend class ApiServer;

  ApiLatency latency_;
  std::vector<RequestInterceptor*> interceptors_;
  // Nodes are never removed: requests that are on their way refer to them.
  std::map<std::pair<std::string, std::string>, Identity> identities_;
  ApiServer* server_ = nullptr;
  std::uint64_t last_id_ = 0;
};

}  // namespace sdbtwin::cluster
