#include "model/client/event_recorder.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace sdbtwin::client {
namespace {

using namespace std::chrono_literals;

// client-go 0.34 tools/record (kubernetes.md 5.3).
constexpr sim::Duration kGather = 1s;  // [us]
constexpr size_t kQueueMax = 1000;
constexpr int kTriesMax = 12;
constexpr sim::Duration kRetryWait = 10s;
constexpr int64_t kBurst = 25;
constexpr sim::Duration kRefill = 300s;
// The LRU caches of the correlator; dropping all of them merely makes new Events.
constexpr size_t kKnownMax = 4096;

std::string_view text_of(EventType type) {
  switch (type) {
    case EventType::kNormal:
      return "Normal";
    case EventType::kWarning:
      return "Warning";
  }
  return "";
}

bool worth_a_retry(api::Reason reason) {
  return reason == api::Reason::kConnectionLost || reason == api::Reason::kTimeout ||
         reason == api::Reason::kServiceUnavailable;
}

}  // namespace

EventRecorder::EventRecorder(sim::Runtime& runtime, api::Client& client, std::string component)
    : runtime_(&runtime), client_(&client), component_(std::move(component)) {}

void EventRecorder::record(const api::Object& about, EventType type, std::string reason,
                           std::string message) {
  Key key(about.metadata.uid, type, std::move(reason), std::move(message));
  const auto known = place_.find(key);
  if (known != place_.end()) {
    Entry& entry = waiting_[known->second];
    ++entry.count;
    entry.time = runtime_->now();
    return;
  }
  if (waiting_.size() >= kQueueMax) return;
  Entry entry;
  entry.about.api_version = api::api_version_of(about);
  entry.about.kind = api::kind_name_of(about);
  entry.about.namespace_ = about.metadata.namespace_;
  entry.about.name = about.metadata.name;
  entry.about.uid = about.metadata.uid;
  entry.about.resource_version = std::to_string(about.metadata.resource_version);
  entry.time = runtime_->now();
  entry.key = key;
  place_.emplace(std::move(key), waiting_.size());
  waiting_.push_back(std::move(entry));
  if (running_) return;
  running_ = true;
  runtime_->spawn(run());
}

sim::Task<void> EventRecorder::run() {
  while (!waiting_.empty()) {
    co_await runtime_->sleep(kGather);
    place_.clear();
    std::vector<Entry> entries = std::exchange(waiting_, {});
    for (Entry& entry : entries) {
      if (allowed(std::get<0>(entry.key), entry.time)) co_await write(std::move(entry));
    }
  }
  running_ = false;
}

bool EventRecorder::allowed(const std::string& uid, sim::Time now) {
  if (budgets_.size() > kKnownMax) budgets_.clear();
  TokenBucket& bucket = budgets_.try_emplace(uid, TokenBucket(kRefill, kBurst)).first->second;
  TokenBucket after = bucket;
  if (after.reserve(now) > sim::Duration::zero()) return false;
  bucket = after;
  return true;
}

sim::Task<void> EventRecorder::write(Entry entry) {
  for (int tries = 1; tries <= kTriesMax; ++tries) {
    const api::Result<api::Response> result = co_await send(entry);
    if (result) co_return;
    if (api::is(result, api::Reason::kNotFound)) {
      known_.erase(entry.key);  // The Event is gone: a new one.
    } else if (worth_a_retry(result.error().reason)) {
      co_await runtime_->sleep(kRetryWait);
    } else {
      co_return;  // The server has refused it: it is dropped.
    }
  }
}

sim::Task<api::Result<api::Response>> EventRecorder::send(const Entry& entry) {
  if (known_.size() > kKnownMax) known_.clear();
  Known& known = known_[entry.key];
  const std::string namespace_ =
      entry.about.namespace_.empty() ? std::string("default") : entry.about.namespace_;
  if (known.count == 0) {
    std::string name = fmt::format("{}.{:x}{:04x}", entry.about.name,
                                   entry.time.time_since_epoch().count(), named_++ & 0xffff);
    known.name = name;
    known.count = entry.count;
    api::Request request = api::Request::create(make(entry, std::move(name)));
    return client_->call(std::move(request));
  }
  known.count += entry.count;
  const std::string last = api::to_string(api::ClusterTime::at(entry.time));
  const api::Value body = api::Value::object({{"count", known.count}, {"lastTimestamp", last}});
  api::ObjectRef ref(api::Kind::kEvent, namespace_, known.name);
  api::Request request = api::Request::patch(std::move(ref), api::PatchType::kMerge, body);
  return client_->call(std::move(request));
}

api::ObjectPtr EventRecorder::make(const Entry& entry, std::string name) const {
  auto event = std::make_shared<api::Event>();
  event->metadata.name = std::move(name);
  event->metadata.namespace_ =
      entry.about.namespace_.empty() ? std::string("default") : entry.about.namespace_;
  event->involved_object = entry.about;
  event->type = text_of(std::get<1>(entry.key));
  event->reason = std::get<2>(entry.key);
  event->message = std::get<3>(entry.key);
  event->source.component = component_;
  event->reporting_component = component_;
  event->first_timestamp = api::ClusterTime::at(entry.time);
  event->last_timestamp = event->first_timestamp;
  event->count = entry.count;
  return event;
}

}  // namespace sdbtwin::client
