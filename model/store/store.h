#pragma once

// Store: the API server as a pure state machine (kubernetes.md section 4). A request and the time
// of its application in; an answer and the changes for watchers out. Guarantees: atomic per
// request; the same requests in the same order yield the same objects, revisions, UIDs and answers.
// No clock, no scheduler, no randomness but a seeded id source. Objects are immutable and shared
// with whoever reads them.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/admission.h"
#include "model/api/client.h"
#include "model/store/admission.h"
#include "model/store/change_log.h"
#include "model/store/id_source.h"
#include "model/store/keyspace.h"
#include "model/store/registry.h"

namespace sdbtwin::store {

struct StoreOptions {
  std::uint64_t seed = 1;
  HistoryBounds history;
  // Pods count generations (Kubernetes 1.33 and later).
  bool pod_generation = true;
  // metadata.managedFields is kept, and server-side apply finds conflicts. Off: it costs every
  // write two encodings of its object, and no actor of the twin applies.
  bool field_ownership = false;
};

struct RequestContext {
  std::string_view user;
  sim::Time now;
};

struct ApplyResult {
  api::Result<api::Response> result;
  std::vector<Delta> deltas;  // in the order of their revisions
};

// Where a watch starts: the first change to read, as an index into the log of its resource.
struct WatchStart {
  std::vector<api::ObjectPtr> initial;  // shown as ADDED first
  std::uint64_t revision = 0;           // of the initial state, or the one asked for
  std::size_t next = 0;                 // first log entry after `revision`
};

class Store final : public api::StoreReader {
 public:
  explicit Store(const StoreOptions& options = StoreOptions{});
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Effect: the request is carried out, or refused and nothing has changed. Reads change nothing.
  ApplyResult apply(const api::Request& request, const RequestContext& context);

  // Reads of the truth, without a request.
  std::uint64_t revision() const noexcept { return keyspace_.revision(); }
  api::ObjectPtr get(const api::ObjectRef& ref) const override;
  std::vector<api::ObjectPtr> list(api::Kind kind, std::string_view namespace_) const override;
  const Table& table(api::Kind kind, std::string_view untyped = {}) const {
    return keyspace_.table(kind, untyped);
  }

  // Where a watch with this request begins, or kExpired / kBadRequest. `as_of`: the revision that
  // the cache has reached, for requests that accept any state (resourceVersion 0).
  api::Result<WatchStart> start_watch(const api::WatchRequest& request, std::uint64_t as_of);
  api::Result<WatchStart> start_watch(const api::WatchRequest& request) {
    return start_watch(request, revision());
  }
  // A read by a server whose cache has reached `as_of` only: stale where the request accepts any
  // version (resourceVersion 0), and else as ever. Precondition: kGet or kList.
  api::Result<api::Response> read_as_of(const api::Request& request, std::uint64_t as_of);

  // Effect: revisions up to this one can no longer be listed or watched from (etcd compaction).
  void compact(std::uint64_t revision) { keyspace_.forget(revision); }

  Admission& admission() noexcept { return admission_; }
  Registry& registry() noexcept { return registry_; }

 private:
  friend class Transaction;

  StoreOptions options_;
  Keyspace keyspace_;
  Registry registry_;
  IdSource ids_;
  Admission admission_;
};

}  // namespace sdbtwin::store
