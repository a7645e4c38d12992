#include "controller/kit/event_recorder.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace sdbtwin::kit {
namespace {

constexpr std::size_t kQueueLimit = 1000;  // kubernetes.md 5.3

}  // namespace

std::string_view to_string(EventType type) {
  switch (type) {
    case EventType::kNormal:
      return "Normal";
    case EventType::kWarning:
      return "Warning";
  }
  SIM_UNREACHABLE();
}

EventRecorder::EventRecorder(sim::Runtime& runtime, api::Client& client, std::string component)
    : runtime_(runtime), client_(client), component_(std::move(component)) {}

void EventRecorder::start() { runtime_.spawn(send_all()); }

void EventRecorder::record(const api::Object& about, EventType type, std::string_view reason,
                           std::string message) {
  if (queue_.size() >= kQueueLimit) {
    ++dropped_;
    return;
  }
  const api::Timestamp now = api::ClusterTime::at(runtime_.now());
  auto event = std::make_shared<api::Event>();
  // client-go names an Event after its object and the time; the counter keeps two of one instant
  // apart.
  event->metadata.name =
      fmt::format("{}.{:x}{:04x}", about.metadata.name, runtime_.now().time_since_epoch().count(),
                  sequence_++ & 0xffff);
  event->metadata.namespace_ = about.metadata.namespace_;
  event->involved_object.kind = api::kind_name_of(about);
  event->involved_object.api_version = api::api_version_of(about);
  event->involved_object.namespace_ = about.metadata.namespace_;
  event->involved_object.name = about.metadata.name;
  event->involved_object.uid = about.metadata.uid;
  event->involved_object.resource_version = std::to_string(about.metadata.resource_version);
  event->type = to_string(type);
  event->reason = reason;
  event->message = std::move(message);
  event->source.component = component_;
  event->first_timestamp = now;
  event->last_timestamp = now;
  event->count = 1;
  queue_.send(api::ObjectPtr(std::move(event)));
}

sim::Task<void> EventRecorder::send_all() {
  while (true) {
    std::optional<api::ObjectPtr> event = co_await queue_.receive();
    if (!event) co_return;
    auto sent = co_await client_.call(api::Request::create(std::move(*event)));
    if (!sent) ++dropped_;  // One try: a lost Event harms nobody.
  }
}

}  // namespace sdbtwin::kit
