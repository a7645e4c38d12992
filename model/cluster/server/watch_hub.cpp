#include "model/cluster/server/watch_hub.h"

#include <algorithm>

#include "model/api/errors.h"
#include "model/api/pod.h"
#include "model/api/unstructured.h"

namespace sdbtwin::cluster {

namespace {

using api::WatchEvent;
using api::WatchEventType;

constexpr std::string_view kNodeField = "spec.nodeName";
constexpr std::string_view kNameField = "metadata.name";
constexpr std::uint32_t kMillion = 1'000'000;
// A connection that stalls does so with one of its first events [us].
constexpr std::int64_t kStallWithinEvents = 50;

using namespace std::chrono_literals;

// The server's cacher: bookmarkFrequency, and how long before its end a stream gets its last one.
constexpr sim::Duration kBookmarkPeriod = 1min;
constexpr sim::Duration kBeforeTheEnd = 2s;

// --min-request-timeout: where the client names no time, the server draws one, up to the double.
constexpr std::int64_t kServerTimeoutSecondsMin = 1800;
constexpr std::int64_t kServerTimeoutSecondsMax = 3600;

sim::Time full_minute(sim::Time time) { return time - time.time_since_epoch() % kBookmarkPeriod; }

std::string_view node_of(const api::ObjectPtr& object) {
  if (object == nullptr || object->kind() != api::Kind::kPod) return {};
  return api::cast<api::Pod>(*object).spec->node_name;
}

}  // namespace

// --- Subscription -------------------------------------------------------------------------------

class Subscription::Reader final : public sim::FrameWaiter {
 public:
  explicit Reader(Subscription& subscription) noexcept
      : FrameWaiter(*subscription.reader_runtime_), subscription_(&subscription) {}
  ~Reader() override {
    if (subscription_->reader_ == this) subscription_->reader_ = nullptr;
  }

  bool await_ready() const noexcept { return subscription_->can_read(); }
  template <std::derived_from<sim::PromiseBase> P>
  void await_suspend(std::coroutine_handle<P> frame) {
    suspend(frame);
    subscription_->reader_ = this;
    subscription_->wake_reader();
  }
  void await_resume() const noexcept { subscription_->reader_ = nullptr; }

  void wake_at(sim::Time at) {
    if (armed() && at_ <= at) return;
    disarm();
    at_ = at;
    arm(at);
  }

 private:
  Subscription* subscription_;
  sim::Time at_{};
};

Subscription::Subscription(std::uint64_t id, const Identity& client, sim::Runtime& reader,
                           api::WatchRequest request, store::Selection selection, sim::Rng rng)
    : id_(id),
      client_(&client),
      reader_runtime_(&reader),
      request_(std::move(request)),
      selection_(std::move(selection)),
      rng_(rng) {}

Subscription::~Subscription() {
  if (hub_ != nullptr) hub_->unsubscribe(*this);
}

sim::Task<api::Result<WatchEvent>> Subscription::next() {
  Reader reader(*this);
  co_await reader;
  if (arrivals_.empty()) co_return api::errors::connection_lost("the watch connection was lost");
  WatchEvent event = std::move(arrivals_.front().event);
  arrivals_.pop_front();
  read_ = event.resource_version;
  if (interceptors_ != nullptr) {
    for (RequestInterceptor* interceptor : *interceptors_) interceptor->delivered(info(), event);
  }
  co_return event;
}

void Subscription::send(WatchEvent event, sim::Time due) {
  last_due_ = std::max(last_due_, due);
  arrivals_.push_back(Arrival{last_due_, std::move(event)});
  wake_reader();
}

std::optional<std::uint64_t> Subscription::break_off() {
  std::optional<std::uint64_t> lost;
  while (!arrivals_.empty() && arrivals_.back().due > reader_runtime_->now()) {
    lost = arrivals_.back().event.resource_version;
    arrivals_.pop_back();
  }
  stalled_.clear();
  broken_ = true;
  wake_reader();
  return lost;
}

void Subscription::arrive(WatchEvent event) {
  arrivals_.push_back(Arrival{reader_runtime_->now(), std::move(event)});
  wake_reader();
}

bool Subscription::can_read() const noexcept {
  return arrivals_.empty() ? broken_ : arrivals_.front().due <= reader_runtime_->now();
}

void Subscription::wake_reader() {
  if (reader_ == nullptr) return;
  if (!arrivals_.empty()) {
    reader_->wake_at(arrivals_.front().due);
  } else if (broken_) {
    reader_->wake_at(reader_runtime_->now());
  }
}

// --- WatchHub -----------------------------------------------------------------------------------

WatchHub::~WatchHub() { break_streams({}); }

WatchHub::Resource& WatchHub::resource_of(api::Kind kind, const std::string& untyped) {
  if (kind != api::Kind::kUnstructured) return typed_[static_cast<std::size_t>(kind)];
  return untyped_[untyped];
}

WatchHub::Resource& WatchHub::resource_of(const api::Object& object) {
  if (object.kind() != api::Kind::kUnstructured) return resource_of(object.kind(), {});
  const auto& untyped = api::cast<api::Unstructured>(object);
  const api::UnstructuredType& type = *untyped.unstructured_type;
  return untyped_[api::untyped_name(type.api_version(), type.name)];
}

WatchHub::Streams& WatchHub::place_of(const Subscription& subscription) {
  const api::WatchRequest& request = subscription.request_;
  Resource& resource = resource_of(request.kind, request.untyped);
  const api::FieldSelector& fields = subscription.selection_.fields();
  if (const std::string* name = fields.exact(kNameField)) return resource.by_name[*name];
  const std::string* node = fields.exact(kNodeField);
  if (node != nullptr && !node->empty()) return resource.by_node[*node];
  return resource.by_namespace[request.namespace_];
}

void WatchHub::subscribe(Subscription& subscription, const store::WatchStart& start,
                         const store::ChangeLog& log, std::uint64_t until, sim::Time opened) {
  subscription.hub_ = this;
  subscription.interceptors_ = interceptors_;
  subscription.last_due_ = opened;
  subscription.opened_ = opened;
  subscription.revision_ = start.revision;
  subscription.read_ = start.revision;
  note_revision(until);
  if (options_.watch_timeouts) {
    std::int64_t seconds = subscription.request_.timeout_seconds;
    if (seconds <= 0) {
      seconds = subscription.rng_.between(kServerTimeoutSecondsMin, kServerTimeoutSecondsMax);
    }
    subscription.ends_ = server_->now() + std::chrono::seconds(seconds);
  }
  if (latency_->watch_stalls_per_million > 0) plan_stall(subscription);
  place_of(subscription).push_back(&subscription);
  ++count_;
  for (const api::ObjectPtr& object : start.initial) {
    subscription.send(WatchEvent(WatchEventType::kAdded, object), opened);
  }
  if (subscription.request_.send_initial_events) {
    WatchEvent end = WatchEvent::bookmark(start.revision);
    end.initial_events_end = true;
    subscription.send(std::move(end), opened);
  }
  for (std::size_t i = start.next; i < log.size() && log.at(i).revision <= until; ++i) {
    Change change{&log.at(i), nullptr};
    offer(subscription, change);
  }
  drop_doomed();
}

// From a stream of its own, so that connections that do not stall are as they were.
void WatchHub::plan_stall(Subscription& subscription) const {
  sim::Rng rng = subscription.rng_.stream("stall");
  const auto stalls = static_cast<std::uint32_t>(latency_->watch_stalls_per_million);
  if (!rng.chance(stalls, kMillion)) return;
  subscription.stalls_in_ = rng.between(1, kStallWithinEvents);
  subscription.stall_ = latency_->watch_stall.sample(rng);
}

void WatchHub::refuse(Subscription& subscription, api::ApiError error, sim::Time opened) {
  subscription.send(WatchEvent::failed(std::move(error)), opened);
  subscription.broken_ = true;
}

void WatchHub::unsubscribe(Subscription& subscription) {
  Streams& streams = place_of(subscription);
  const auto found = std::find(streams.begin(), streams.end(), &subscription);
  SIM_ASSERT(found != streams.end());
  streams.erase(found);
  subscription.hub_ = nullptr;
  --count_;
}

void WatchHub::publish(const store::Delta& delta) {
  const api::Object& object = *delta.object;
  Resource& resource = resource_of(object);
  Change change{&delta, nullptr};
  visit(resource.by_namespace, "", change);
  if (!object.metadata.namespace_.empty()) {
    visit(resource.by_namespace, object.metadata.namespace_, change);
  }
  visit(resource.by_name, object.metadata.name, change);
  if (!resource.by_node.empty()) {
    const std::string_view before = node_of(delta.before);
    const std::string_view after = node_of(delta.object);
    if (!before.empty()) visit(resource.by_node, before, change);
    if (!after.empty() && after != before) visit(resource.by_node, after, change);
  }
  note_revision(delta.revision);
  drop_doomed();
}

void WatchHub::visit(const Index& index, std::string_view value, Change& change) {
  const auto found = index.find(value);
  if (found == index.end()) return;
  for (Subscription* subscription : found->second) offer(*subscription, change);
}

void WatchHub::offer(Subscription& subscription, Change& change) {
  ++visits_;
  const store::Delta& delta = *change.delta;
  if (delta.revision <= subscription.revision_) return;
  const store::Selection& selection = subscription.selection_;
  const bool was = delta.before != nullptr && selection.matches(*delta.before);
  const bool is = delta.type != store::DeltaType::kDeleted && selection.matches(*delta.object);
  if ((was || is) && ended_by_timeout(subscription)) return;
  subscription.revision_ = delta.revision;
  if (is) {
    const WatchEventType type = was ? WatchEventType::kModified : WatchEventType::kAdded;
    deliver(subscription, WatchEvent(type, delta.object));
  } else if (was) {
    deliver(subscription, WatchEvent(WatchEventType::kDeleted, last_state(change)));
  }
}

// Whoever can no longer see an object is shown its last visible state with the new revision.
const api::ObjectPtr& WatchHub::last_state(Change& change) {
  const store::Delta& delta = *change.delta;
  if (delta.type == store::DeltaType::kDeleted) return delta.object;
  if (change.left == nullptr) {
    const std::shared_ptr<api::Object> left = delta.before->clone();
    left->metadata.resource_version = delta.revision;
    change.left = left;
  }
  return change.left;
}

void WatchHub::deliver(Subscription& subscription, WatchEvent event) {
  if (subscription.hub_ == nullptr || subscription.broken_) return;
  if (too_slow(subscription)) return finish(subscription, WatchEvent::end());
  if (subscription.held_) {
    subscription.stalled_.push_back(std::move(event));
    return;
  }
  sim::Duration extra(0);
  for (RequestInterceptor* interceptor : *interceptors_) {
    const Verdict verdict = interceptor->before_deliver(subscription.info(), event);
    switch (verdict.action()) {
      case Verdict::Action::kProceed:
        continue;
      case Verdict::Action::kDelay:
        extra = verdict.delay();
        break;
      case Verdict::Action::kHold:
        subscription.held_ = true;
        subscription.stalled_.push_back(std::move(event));
        return;
      case Verdict::Action::kFail:
      case Verdict::Action::kLose:
        break_off(subscription);
        return;
    }
    break;
  }
  transmit(subscription, std::move(event), extra);
}

bool WatchHub::too_slow(const Subscription& subscription) const {
  const std::size_t unread = subscription.arrivals_.size() + subscription.stalled_.size();
  if (options_.watch_backlog_max == 0 || unread < options_.watch_backlog_max) return false;
  // What is still on its way has not been left unread by anybody.
  return subscription.held_ || subscription.arrivals_.front().due < server_->now();
}

void WatchHub::transmit(Subscription& subscription, WatchEvent event, sim::Duration extra) {
  sim::Duration delay = latency_->sample_delivery(subscription.rng_) + extra;
  if (subscription.stalls_in_ > 0 && --subscription.stalls_in_ == 0) delay += subscription.stall_;
  subscription.send(std::move(event), server_->now() + delay);
}

bool WatchHub::ended_by_timeout(Subscription& subscription) {
  if (!subscription.ends_ || server_->now() < *subscription.ends_) return false;
  const sim::Time sent = *subscription.ends_ - kBeforeTheEnd;
  const std::uint64_t revision = revision_at(sent);
  if (subscription.request_.bookmarks && revision > subscription.reached()) {
    subscription.send(WatchEvent::bookmark(revision), sent);
  }
  finish(subscription, WatchEvent::end());
  return true;
}

void WatchHub::finish(Subscription& subscription, WatchEvent last) {
  subscription.stalled_.clear();
  transmit(subscription, std::move(last), sim::Duration(0));
  subscription.broken_ = true;
  doomed_.push_back(&subscription);
}

void WatchHub::note_revision(std::uint64_t revision) {
  const sim::Time now = server_->now();
  if (now >= minute_ + kBookmarkPeriod) {
    minute_ = full_minute(now);
    revision_at_minute_ = revision_;
  }
  published_at_ = now;
  revision_ = std::max(revision_, revision);
}

std::uint64_t WatchHub::revision_at(sim::Time time) const {
  const std::uint64_t revision = time >= published_at_ ? revision_
                                 : time >= minute_     ? revision_at_minute_
                                                       : 0;
  return std::min(revision, bookmarks_until_.value_or(revision));
}

void WatchHub::break_off(Subscription& subscription) {
  const bool held = subscription.held_;
  const std::optional<std::uint64_t> lost = subscription.break_off();
  doomed_.push_back(&subscription);
  if (!subscription.request_.bookmarks || held) return;
  const sim::Time sent = full_minute(server_->now());
  if (sent < subscription.opened_) return;
  const std::uint64_t revision = revision_at(sent);
  // What was before the bookmark on its way, and is lost, has taken the bookmark with it.
  if (revision <= subscription.reached() || (lost && *lost <= revision)) return;
  subscription.arrive(WatchEvent::bookmark(revision));
}

void WatchHub::drop_doomed() {
  for (Subscription* subscription : doomed_) {
    if (subscription->hub_ != nullptr) unsubscribe(*subscription);
  }
  doomed_.clear();
}

bool WatchHub::release(std::uint64_t id) {
  bool found = false;
  for_each([&](Subscription& subscription) {
    if (subscription.id_ != id || !subscription.held_) return;
    found = true;
    resume(subscription);
  });
  drop_doomed();
  return found;
}

void WatchHub::release_all() {
  for_each([&](Subscription& subscription) {
    if (subscription.held_) resume(subscription);
  });
  drop_doomed();
}

void WatchHub::resume(Subscription& subscription) {
  subscription.held_ = false;
  std::vector<WatchEvent> stalled = std::move(subscription.stalled_);
  subscription.stalled_.clear();
  if (stalled.empty()) return;
  // The first one has been asked about; the others have not.
  transmit(subscription, std::move(stalled.front()), sim::Duration(0));
  for (std::size_t i = 1; i < stalled.size(); ++i) deliver(subscription, std::move(stalled[i]));
}

void WatchHub::break_streams(std::string_view process) {
  for_each([&](Subscription& subscription) {
    if (!process.empty() && subscription.client_->process != process) return;
    break_off(subscription);
  });
  drop_doomed();
}

void WatchHub::catch_up(const store::Store& store, std::uint64_t revision) {
  for (std::size_t kind = 0; kind < api::kTypedKindCount; ++kind) {
    catch_up_with(store.table(static_cast<api::Kind>(kind)), typed_[kind], revision);
  }
  for (auto& [untyped, resource] : untyped_) {
    catch_up_with(store.table(api::Kind::kUnstructured, untyped), resource, revision);
  }
  drop_doomed();
}

void WatchHub::catch_up_with(const store::Table& table, Resource& resource,
                             std::uint64_t revision) {
  if (table.log.complete_since() > revision) {
    for_each_of(resource, [&](Subscription& subscription) {
      finish(subscription, WatchEvent::failed(api::errors::too_old_resource_version(
                               revision, table.log.complete_since())));
    });
    return;
  }
  for (std::size_t i = table.log.first_after(revision); i < table.log.size(); ++i) {
    publish(table.log.at(i));
  }
}

template <class F>
void WatchHub::for_each_of(Resource& resource, const F& f) {
  for (Index* index : {&resource.by_namespace, &resource.by_name, &resource.by_node}) {
    for (auto& [value, streams] : *index) {
      for (Subscription* subscription : streams) f(*subscription);
    }
  }
}

template <class F>
void WatchHub::for_each(const F& f) {
  for (Resource& resource : typed_) for_each_of(resource, f);
  for (auto& [untyped, resource] : untyped_) for_each_of(resource, f);
}

}  // namespace sdbtwin::cluster
