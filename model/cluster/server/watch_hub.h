#pragma once

// WatchHub: the server's end of all watch streams. Finds the streams that a change concerns by what
// changed (name, node, namespace), filters, and sends with latency, in order per stream.
// A stream whose selector names one object or one node costs nothing for the others. A delivery is
// one event of the client's process, and none while the client has not caught up.
// Bookmarks leave once a minute, at full minutes [us], and 2 s before a stream's own end; all that
// a client can do with one is to go on from its version when the stream has ended. So it is made
// when that happens, and costs nothing until then.

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/api/client.h"
#include "model/cluster/server/interceptor.h"
#include "model/cluster/timing/latency.h"
#include "model/store/selection.h"
#include "model/store/store.h"
#include "sim/core/rng.h"
#include "sim/core/runtime.h"
#include "sim/core/waiter.h"

namespace sdbtwin::cluster {

class WatchHub;

// One watch stream: what is on its way to the client. Owned by the client's side; destroying it
// closes the connection. Reads nothing that is not due yet.
class Subscription final : public api::WatchStream {
 public:
  Subscription(std::uint64_t id, const Identity& client, sim::Runtime& reader,
               api::WatchRequest request, store::Selection selection, sim::Rng rng);
  ~Subscription() override;
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  sim::Task<api::Result<api::WatchEvent>> next() override;

  WatchInfo info() const noexcept { return WatchInfo{id_, *client_, request_}; }

 private:
  friend class WatchHub;
  class Reader;

  struct Arrival {
    sim::Time due;
    api::WatchEvent event;
  };

  // Nothing is due before `due` any more, and no later than what was sent before.
  void send(api::WatchEvent event, sim::Time due);
  // Effect: the reader has it, now.
  void arrive(api::WatchEvent event);
  // What is on its way is lost; the reader is told as soon as it has read the rest.
  // Result: the version of the first event that is lost; nullopt: none is.
  std::optional<std::uint64_t> break_off();
  // The version that the reader has when it has read all that is on its way.
  std::uint64_t reached() const noexcept {
    return arrivals_.empty() ? read_ : arrivals_.back().event.resource_version;
  }
  bool can_read() const noexcept;
  void wake_reader();

  const std::uint64_t id_;
  const Identity* client_;
  sim::Runtime* reader_runtime_;
  const api::WatchRequest request_;
  const store::Selection selection_;
  sim::Rng rng_;
  WatchHub* hub_ = nullptr;  // null: the server has let go of it
  const std::vector<RequestInterceptor*>* interceptors_ = nullptr;  // the endpoint's
  std::uint64_t revision_ = 0;  // changes up to here have been considered
  std::uint64_t read_ = 0;      // version of the last event that the reader has
  sim::Time last_due_{};
  sim::Time opened_{};
  std::optional<sim::Time> ends_;  // the server's timeout
  std::deque<Arrival> arrivals_;
  std::vector<api::WatchEvent> stalled_;
  std::int64_t stalls_in_ = 0;  // events until it stalls; 0: it does not (any more)
  sim::Duration stall_{0};
  bool held_ = false;
  bool broken_ = false;
  Reader* reader_ = nullptr;
};

struct WatchOptions {
  // Streams end when the time their client asked for is over; computed at the next change that
  // concerns a stream, since until then nobody can tell the difference. Off: it only costs events.
  bool watch_timeouts = false;
  // A client that leaves so many events unread is too slow: its stream ends after them, as a real
  // server ends one whose buffer stays full (kubernetes.md 4.8). 0: never. 1000 [us]: the most that
  // the server's own buffer of a stream holds; sockets hold more.
  std::size_t watch_backlog_max = 1000;
};

class WatchHub {
 public:
  // All outlive the hub.
  WatchHub(const sim::Runtime& server, const ApiLatency& latency,
           const std::vector<RequestInterceptor*>& interceptors, const WatchOptions& options)
      : server_(&server), latency_(&latency), interceptors_(&interceptors), options_(options) {}
  // Effect: every stream breaks.
  ~WatchHub();
  WatchHub(const WatchHub&) = delete;
  WatchHub& operator=(const WatchHub&) = delete;

  // Effect: the stream gets the initial state and the changes that follow `start` in `log` up to
  // `until`; from then on what is published. Nothing arrives before `opened`.
  void subscribe(Subscription& subscription, const store::WatchStart& start,
                 const store::ChangeLog& log, std::uint64_t until, sim::Time opened);
  void publish(const store::Delta& delta);
  // Effect: the stream's only event is the error, at `opened`.
  void refuse(Subscription& subscription, api::ApiError error, sim::Time opened);

  // Effect: the stream goes on where an interceptor held it. False: no such stream is held.
  bool release(std::uint64_t id);
  void release_all();
  // Effect: the streams of a process break, or all of them when it is empty.
  void break_streams(std::string_view process);
  // Effect: no bookmark shows a later revision; nullopt: whatever has been published.
  void limit_bookmarks(std::optional<std::uint64_t> revision) { bookmarks_until_ = revision; }
  // Effect: publishes what is in the logs after `revision`; streams whose history is gone end with
  // 410.
  void catch_up(const store::Store& store, std::uint64_t revision);

  std::size_t streams() const noexcept { return count_; }
  // How often a stream has been looked at for a change; for tests and benches.
  std::uint64_t visits() const noexcept { return visits_; }

 private:
  friend class Subscription;

  using Streams = std::vector<Subscription*>;
  using Index = std::map<std::string, Streams, std::less<>>;
  // A stream is in one of the three.
  struct Resource {
    Index by_node;       // spec.nodeName=X
    Index by_name;       // metadata.name=X
    Index by_namespace;  // the others; "": of all namespaces
  };

  // A change, and what it looks like to whoever can no longer see the object (made once for all).
  struct Change {
    const store::Delta* delta;
    api::ObjectPtr left;
  };

  Resource& resource_of(api::Kind kind, const std::string& untyped);
  Resource& resource_of(const api::Object& object);
  Streams& place_of(const Subscription& subscription);
  void unsubscribe(Subscription& subscription);

  void visit(const Index& index, std::string_view value, Change& change);
  void offer(Subscription& subscription, Change& change);
  static const api::ObjectPtr& last_state(Change& change);
  void deliver(Subscription& subscription, api::WatchEvent event);
  void transmit(Subscription& subscription, api::WatchEvent event, sim::Duration extra);
  void plan_stall(Subscription& subscription) const;
  bool ended_by_timeout(Subscription& subscription);
  bool too_slow(const Subscription& subscription) const;
  void finish(Subscription& subscription, api::WatchEvent last);
  void note_revision(std::uint64_t revision);
  // The newest revision known to have been reached by then; 0: none is.
  std::uint64_t revision_at(sim::Time time) const;
  // Effect: the stream breaks. It had its bookmark of the last full minute before.
  void break_off(Subscription& subscription);
  void resume(Subscription& subscription);
  void catch_up_with(const store::Table& table, Resource& resource, std::uint64_t revision);
  void drop_doomed();

  template <class F>
  static void for_each_of(Resource& resource, const F& f);
  template <class F>
  void for_each(const F& f);

  const sim::Runtime* server_;
  const ApiLatency* latency_;
  const std::vector<RequestInterceptor*>* interceptors_;
  const WatchOptions options_;
  std::array<Resource, api::kTypedKindCount> typed_;
  std::map<std::string, Resource, std::less<>> untyped_;
  std::vector<Subscription*> doomed_;  // leave when nobody walks over the streams
  // What bookmarks show: the revision at the last full minute before something was published, and
  // the one that was published last.
  sim::Time minute_{};
  sim::Time published_at_{};
  std::uint64_t revision_at_minute_ = 0;
  std::uint64_t revision_ = 0;
  std::optional<std::uint64_t> bookmarks_until_;
  std::size_t count_ = 0;
  std::uint64_t visits_ = 0;
};

}  // namespace sdbtwin::cluster
