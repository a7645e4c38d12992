#pragma once

// ApiServer: the store over time, as a process. Requests arrive after their way there, are applied
// at one instant, and are answered after the way back; watch streams follow with their own latency.
// Guarantees: what has been sent is applied even if the sender dies meanwhile; each effective write
// is traced as ObjectWritten at the instant of its application, before anybody can read it.
// The state is the Store's, which survives the process as etcd does; requests and streams do not:
// when the process dies, their clients read that the connection was lost, and cannot know what
// became of them.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/client.h"
#include "model/cluster/server/api_server_client.h"
#include "model/cluster/server/in_flight.h"
#include "model/cluster/server/watch_hub.h"
#include "model/store/store.h"
#include "sim/core/runtime.h"
#include "sim/engine/process.h"

namespace sdbtwin::cluster {

// An effective write, at the instant it is applied. `before` is null for a creation, `after` for a
// removal. The names are valid as long as the objects are kept, `actor` as long as the endpoint.
struct ObjectWritten {
  static constexpr std::string_view kName = "object-written";
  std::string_view actor;  // the client's user name
  api::Verb verb;          // of the request that caused it
  api::Subresource subresource;
  api::Kind kind;
  std::string_view namespace_;
  std::string_view name;
  std::uint64_t resource_version;
  bool deleted;
  api::ObjectPtr before;
  api::ObjectPtr after;
  std::optional<sim::Time> sent{};  // when its client sent the request that caused it

  template <class V>
  void visit(V& v) const {
    v("actor", actor);
    v("verb", verb);
    v("subresource", subresource);
    v("kind", kind);
    v("namespace", namespace_);
    v("name", name);
    v("resource_version", resource_version);
    v("deleted", deleted);
  }
};

// A write that the server did not carry out.
struct RequestRefused {
  static constexpr std::string_view kName = "request-refused";
  std::string_view actor;
  api::Verb verb;
  api::Subresource subresource;
  api::Kind kind;
  std::string namespace_;
  std::string name;
  api::Reason reason;

  template <class V>
  void visit(V& v) const {
    v("actor", actor);
    v("verb", verb);
    v("subresource", subresource);
    v("kind", kind);
    v("namespace", namespace_);
    v("name", name);
    v("reason", reason);
  }
};

struct ApiServerOptions : WatchOptions {
  // A watch whose version is too old opens, and its only event is an ERROR with the 410, as from
  // the real watch cache; off: the opening answers 410, as from etcd (kubernetes.md 4.8).
  bool too_old_in_stream = false;
  // So many requests may be under way at once; one more is refused with 429 and Retry-After 1
  // (--max-requests-inflight and --max-mutating-requests-inflight, kubernetes.md 4.6). Watches do
  // not count.
  std::int32_t reads_in_flight_max = 400;
  std::int32_t writes_in_flight_max = 200;
};

class ApiServer final : public sim::Actor {
 public:
  // `store` and `endpoint` outlive the process. Precondition: no other server runs at the endpoint.
  ApiServer(sim::Runtime& runtime, store::Store& store, ApiEndpoint& endpoint,
            const ApiServerOptions& options = ApiServerOptions{});
  ~ApiServer() override;

  // The same as the endpoint's.
  std::unique_ptr<api::Client> client_for(sim::Runtime& process, std::string user) {
    return endpoint_->client_for(process, std::move(user));
  }

  // Faults ---------------------------------------------------------------------------------------

  // Effect: reads of "any version" and all watch streams stay at the present revision, as those of
  // a server that is cut off from etcd do; writes and consistent reads go on. `behind`: so many
  // revisions before the present, as of another server that lags: a client that connects anew may
  // read what is older than it has seen (kubernetes.md 5.1).
  void freeze_cache(std::uint64_t behind = 0);
  // Effect: the streams get what they missed.
  void thaw_cache();
  bool cache_frozen() const noexcept { return frozen_at_.has_value(); }
  // Effect: nothing older than now can be watched from, as after a restart of the server.
  void forget_history() { store_->compact(store_->revision()); }
  // Effect: the streams of a process break, or all when it is empty.
  void break_watches(std::string_view process) { hub_.break_streams(process); }

  bool release(std::uint64_t id);
  void release_all();

  const store::Store& store() const noexcept { return *store_; }
  const WatchHub& watches() const noexcept { return hub_; }

  // For connections ------------------------------------------------------------------------------

  void send(api::Request&& request, const Identity& client, sim::Duration there, sim::Duration back,
            CallReply& reply);
  void send(api::WatchRequest&& request, const Identity& client, sim::Duration there,
            sim::Duration back, const sim::Rng& rng, WatchReply& reply);
  void take(CallInFlight& call);
  void take(WatchInFlight& watch);

 private:
  enum class Fate : std::uint8_t { kGoesOn, kWaits, kEnds };

  void land(InFlight& request);
  // Effect: what the verdict says. `way`: what still lies before the next step. kEnds: the client
  // has got its answer.
  Fate judge(InFlight& request, const Verdict& verdict, sim::Duration way = sim::Duration(0));
  void expect_timeout(InFlight& request, std::optional<sim::Time> next_step);

  Fate arrive(CallInFlight& call);
  Fate apply(CallInFlight& call);
  api::Result<api::Response> carry_out(const CallInFlight& call);
  void trace_write(const CallInFlight& call, const store::Delta& delta);
  void trace_refusal(const CallInFlight& call, api::Reason reason);
  void answer(CallInFlight& call);
  void open(WatchInFlight& watch);

  std::int32_t& in_flight_like(const api::Request& request) noexcept {
    return request.is_write() ? writes_in_flight_ : reads_in_flight_;
  }
  bool is_overloaded(const api::Request& request) noexcept {
    const std::int32_t most = request.is_write() ? writes_in_flight_max_ : reads_in_flight_max_;
    return in_flight_like(request) >= most;
  }

  std::uint64_t cache_revision() const noexcept { return frozen_at_.value_or(store_->revision()); }

  sim::Runtime* runtime_;
  store::Store* store_;
  ApiEndpoint* endpoint_;
  WatchHub hub_;
  sim::WaitList in_flight_;      // owned
  std::vector<InFlight*> held_;  // those of them that wait for release()
  std::optional<std::uint64_t> frozen_at_;
  const bool too_old_in_stream_;
  const std::int32_t reads_in_flight_max_;
  const std::int32_t writes_in_flight_max_;
  std::int32_t reads_in_flight_ = 0;
  std::int32_t writes_in_flight_ = 0;
};

}  // namespace sdbtwin::cluster
