#pragma once

// Informer: client-go's shared informer (kubernetes.md 5.1). Lists a kind, then watches it, and
// keeps a Cache of what it saw; tells handlers of every change after the cache has it. Guarantees:
// per object, changes arrive in order. After a lost history it lists again: changes in between are
// seen as one, objects that are gone as deleted with a tombstone, and an object that was deleted
// and created anew under its name as ONE update to another UID. Nothing guarantees that one's own
// writes are in the cache, nor how old it is; after a start it may show an older state than an
// earlier process has seen. Handlers run inline on the informer's own coroutine: they must be
// quick, must not wait, and may read the cache. Belongs to one process and lives in its actor;
// `client` outlives it.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "model/api/client.h"
#include "model/client/backoff.h"
#include "model/client/cache.h"
#include "model/client/lister.h"
#include "sim/core/event.h"
#include "sim/core/runtime.h"

namespace sdbtwin::client {

struct InformerOptions {
  std::string untyped;     // for Kind::kUnstructured: as ObjectRef::untyped
  std::string namespace_;  // "": all
  api::LabelSelector label_selector;
  api::FieldSelector field_selector;
  // Every object is told again as an update to itself, this often. 0: never.
  sim::Duration resync{0};
};

// Unset functions are not called.
struct EventHandlers {
  std::function<void(const api::ObjectPtr& object)> on_add;
  std::function<void(const api::ObjectPtr& before, const api::ObjectPtr& object)> on_update;
  // `tombstone`: the deletion itself was not seen; `last` may not be the last state it had.
  std::function<void(const api::ObjectPtr& last, bool tombstone)> on_delete;
};

class Informer {
 public:
  Informer(sim::Runtime& runtime, api::Client& client, api::Kind kind,
           InformerOptions options = InformerOptions{});
  Informer(const Informer&) = delete;
  Informer& operator=(const Informer&) = delete;

  // What is cached already is told to the new handlers as additions, before this returns.
  void add_handlers(EventHandlers handlers);
  void add_index(std::string name, Cache::IndexFunction function);

  // Precondition: not started.
  void start();

  // The first list has been taken over, and its handlers have run.
  bool has_synced() const noexcept { return synced_.is_set(); }
  // co_await informer.synced();
  sim::WaitListAwaiter synced() noexcept { return synced_.wait(); }

  const Cache& cache() const noexcept { return cache_; }
  template <class T>
  Lister<T> lister() const noexcept {
    return Lister<T>(cache_);
  }

  // The newest revision seen.
  std::uint64_t resource_version() const noexcept { return resource_version_; }
  // How often it has listed; 1 as long as no history was lost.
  std::uint64_t lists() const noexcept { return lists_; }

 private:
  // Why one watch connection ended, and what follows.
  enum class Next : std::uint8_t { kWatchAgain, kWatchAfterBackoff, kListAgain };

  sim::Task<void> run();
  sim::Task<void> run_resync();
  sim::Task<bool> list();
  sim::Task<void> watch();
  sim::Task<Next> watch_once();
  sim::Task<Next> consume(api::WatchStream& stream);

  api::Request list_request() const;
  api::WatchRequest watch_request();

  void take_event(const api::WatchEvent& event);
  void take_list(const std::vector<api::ObjectPtr>& items);
  void store(const api::ObjectPtr& object);
  void remove(const api::ObjectKey& key, const api::ObjectPtr& last, bool tombstone);

  sim::Runtime* runtime_;
  api::Client* client_;
  api::Kind kind_;
  InformerOptions options_;
  Cache cache_;
  std::vector<EventHandlers> handlers_;
  sim::Event synced_;
  sim::Rng rng_;
  RestartingBackoff backoff_;
  std::uint64_t resource_version_ = 0;
  std::uint64_t lists_ = 0;
  bool version_unavailable_ = false;  // the server no longer has resource_version_
  bool started_ = false;
};

// client-go's WaitForCacheSync (kubernetes.md 5.1): looks at once, and then each 100 ms, until all
// have synced. The informers live as long as the frame.
sim::Task<void> wait_for_sync(sim::Runtime& runtime, std::vector<Informer*> informers);

}  // namespace sdbtwin::client
