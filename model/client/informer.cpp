#include "model/client/informer.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "model/client/rest_client.h"
#include "sim/core/assert.h"

namespace sdbtwin::client {

namespace {

using namespace std::chrono_literals;

// client-go 0.34 reflector.go.
constexpr sim::Duration kBackoffRestart = 2min;
constexpr std::int64_t kWatchTimeoutSecondsMin = 300;
constexpr std::int64_t kWatchTimeoutSecondsMax = 600;
// A watch that is shorter than this and empty counts as an error.
constexpr sim::Duration kShortWatch = 1s;

// cache.syncedPollPeriod.
constexpr sim::Duration kSyncPoll = 100ms;

bool is_history_gone(const api::ApiError& error) {
  return error.reason == api::Reason::kExpired || error.reason == api::Reason::kGone;
}

bool is_version_too_large(const api::ApiError& error) {
  for (const api::StatusCause& cause : error.causes) {
    if (cause.type == "ResourceVersionTooLarge") return true;
  }
  return false;
}

}  // namespace

Informer::Informer(sim::Runtime& runtime, api::Client& client, api::Kind kind,
                   InformerOptions options)
    : runtime_(&runtime),
      client_(&client),
      kind_(kind),
      options_(std::move(options)),
      rng_(runtime.rng(fmt::format("informer/{}{}", api::to_string(kind), options_.untyped))),
      backoff_(kReflectorBackoff, kBackoffRestart, rng_.stream("backoff")) {}

void Informer::add_handlers(EventHandlers handlers) {
  handlers_.push_back(std::move(handlers));
  if (!handlers_.back().on_add) return;
  for (const auto& [key, object] : cache_.objects()) handlers_.back().on_add(object);
}

void Informer::add_index(std::string name, Cache::IndexFunction function) {
  cache_.add_index(std::move(name), std::move(function));
}

void Informer::start() {
  SIM_ASSERT(!started_);
  started_ = true;
  runtime_->spawn(run());
  if (options_.resync.count() > 0) runtime_->spawn(run_resync());
}

sim::Task<void> Informer::run() {
  while (true) {
    const bool listed = co_await list();
    if (listed) co_await watch();
    co_await runtime_->sleep(backoff_.next(runtime_->now()));
  }
}

sim::Task<void> Informer::run_resync() {
  while (true) {
    co_await runtime_->sleep(options_.resync);
    const Cache::Objects objects = cache_.objects();
    for (const auto& [key, object] : objects) {
      for (const EventHandlers& handlers : handlers_) {
        if (handlers.on_update) handlers.on_update(object, object);
      }
    }
  }
}

api::Request Informer::list_request() const {
  api::ListOptions options;
  options.label_selector = options_.label_selector;
  options.field_selector = options_.field_selector;
  // 0 at first: any state will do. After that never older than what was seen, unless the server no
  // longer knows that version; then the most recent.
  if (!version_unavailable_) options.resource_version = resource_version_;
  api::Request request = api::Request::list(kind_, options_.namespace_, std::move(options));
  request.ref.untyped = options_.untyped;
  return request;
}

sim::Task<bool> Informer::list() {
  api::Request request = list_request();
  api::Result<api::Response> response = co_await client_->call(std::move(request));
  if (!response && (is_history_gone(response.error()) || is_version_too_large(response.error()))) {
    version_unavailable_ = true;
    api::Request again = list_request();
    response = co_await client_->call(std::move(again));
  }
  if (!response) co_return false;
  version_unavailable_ = false;
  ++lists_;
  resource_version_ = response->resource_version;
  take_list(response->items);
  if (!synced_.is_set()) synced_.set();
  co_return true;
}

sim::Task<void> Informer::watch() {
  while (true) {
    const Next next = co_await watch_once();  // named: g++ 12 miscompiles switch (co_await ...)
    switch (next) {
      case Next::kWatchAgain:
        break;
      case Next::kWatchAfterBackoff:
        co_await runtime_->sleep(backoff_.next(runtime_->now()));
        break;
      case Next::kListAgain:
        co_return;
    }
  }
}

api::WatchRequest Informer::watch_request() {
  api::WatchRequest request(kind_, options_.namespace_);
  request.untyped = options_.untyped;
  request.label_selector = options_.label_selector;
  request.field_selector = options_.field_selector;
  request.resource_version = resource_version_;
  request.bookmarks = true;
  request.timeout_seconds = rng_.between(kWatchTimeoutSecondsMin, kWatchTimeoutSecondsMax);
  return request;
}

sim::Task<Informer::Next> Informer::watch_once() {
  api::WatchRequest request = watch_request();
  api::Result<std::unique_ptr<api::WatchStream>> stream =
      co_await client_->watch(std::move(request));
  if (!stream) {
    // A server that is overloaded or not there gets time; it has not lost any history. Any other
    // broken connection leads to a new list, as in client-go.
    const bool retriable =
        stream.error().reason == api::Reason::kTooManyRequests || was_refused(stream.error());
    co_return retriable ? Next::kWatchAfterBackoff : Next::kListAgain;
  }
  co_return co_await consume(**stream);
}

sim::Task<Informer::Next> Informer::consume(api::WatchStream& stream) {
  const sim::Time begin = runtime_->now();
  std::uint64_t received = 0;
  while (true) {
    const api::Result<api::WatchEvent> event = co_await stream.next();
    if (!event || event->type == api::WatchEventType::kEnd) {
      const bool useless = received == 0 && runtime_->now() - begin < kShortWatch;
      co_return useless ? Next::kListAgain : Next::kWatchAgain;
    }
    if (event->type == api::WatchEventType::kError) {
      SIM_ASSERT(event->error != nullptr);
      const bool overload = event->error->reason == api::Reason::kTooManyRequests;
      co_return overload ? Next::kWatchAfterBackoff : Next::kListAgain;
    }
    ++received;
    take_event(*event);
  }
}

void Informer::take_event(const api::WatchEvent& event) {
  resource_version_ = event.resource_version;
  switch (event.type) {
    case api::WatchEventType::kAdded:
    case api::WatchEventType::kModified:
      store(event.object);
      return;
    case api::WatchEventType::kDeleted:
      remove(api::key_of(*event.object), event.object, false);
      return;
    case api::WatchEventType::kBookmark:
      return;
    case api::WatchEventType::kError:
    case api::WatchEventType::kEnd:
      break;
  }
  SIM_UNREACHABLE();
}

void Informer::take_list(const std::vector<api::ObjectPtr>& items) {
  std::set<api::ObjectKey> gone;
  for (const auto& [key, object] : cache_.objects()) gone.insert(key);
  for (const api::ObjectPtr& item : items) {
    gone.erase(api::key_of(*item));
    store(item);
  }
  for (const api::ObjectKey& key : gone) remove(key, cache_.get(key), true);
}

void Informer::store(const api::ObjectPtr& object) {
  const api::ObjectPtr before = cache_.set(object);
  for (const EventHandlers& handlers : handlers_) {
    if (before == nullptr) {
      if (handlers.on_add) handlers.on_add(object);
    } else if (before->metadata.resource_version != object->metadata.resource_version) {
      // An unchanged version comes with a new list only, and is for those who asked for a resync.
      if (handlers.on_update) handlers.on_update(before, object);
    }
  }
}

void Informer::remove(const api::ObjectKey& key, const api::ObjectPtr& last, bool tombstone) {
  if (cache_.erase(key) == nullptr) return;
  for (const EventHandlers& handlers : handlers_) {
    if (handlers.on_delete) handlers.on_delete(last, tombstone);
  }
}

sim::Task<void> wait_for_sync(sim::Runtime& runtime, std::vector<Informer*> informers) {
  const sim::Time begin = runtime.now();
  for (Informer* informer : informers) co_await informer->synced();
  const sim::Duration since_poll = (runtime.now() - begin) % kSyncPoll;
  if (since_poll.count() > 0) co_await runtime.sleep(kSyncPoll - since_poll);
}

}  // namespace sdbtwin::client
