// Triggers and moments in words.
#include <fmt/format.h>

#include "faults/trigger.h"

namespace sdbtwin::faults {
namespace {

// " by provisioner", or nothing.
std::string by(const std::string& process) { return process.empty() ? "" : " by " + process; }

std::string_view point_text(RequestPoint point) {
  switch (point) {
    case RequestPoint::kSent:
      return "is sent";
    case RequestPoint::kBeforeApply:
      return "has reached the server";
    case RequestPoint::kAppliedUnanswered:
      return "is applied and not answered";
  }
  return {};
}

}  // namespace

std::string describe(const AtTime& moment) { return "at " + sim::format_duration(moment.at); }

std::string describe(const ConditionBecomes& moment) {
  return fmt::format("when {} of {} becomes {}", moment.type, describe(moment.object),
                     moment.status);
}

std::string describe(const PhaseBecomes& moment) {
  return fmt::format("when {} becomes {}", describe(moment.object), moment.phase);
}

std::string describe(const ObjectIsWritten& moment) {
  std::string text = fmt::format("when {} is written", describe(moment.object)) + by(moment.actor);
  if (moment.verb) text += fmt::format(" ({})", to_string(*moment.verb));
  return text;
}

std::string describe(const ObjectIsGone& moment) {
  return fmt::format("when {} is gone", describe(moment.object));
}

std::string describe(const PodBecomes& moment) {
  const std::string_view word = word_of(moment.becomes, kPodWords);
  return fmt::format(
      "when the pod of {} {} {}", to_string(moment.target),
      moment.becomes == PodWord::kGone || moment.becomes == PodWord::kCreated ? "is" : "becomes",
      word);
}

std::string describe(const ContainerBecomes& moment) {
  return fmt::format("when container {} of {} has {}", moment.container, to_string(moment.target),
                     word_of(moment.becomes, kContainerWords));
}

std::string describe(const NodeBecomes& moment) {
  return fmt::format("when {} becomes {}", to_string(moment.target),
                     word_of(moment.becomes, kNodeWords));
}

std::string describe(const CopyBecomes& moment) {
  return fmt::format("when {} {} becomes {}", moment.target.is_copy() ? "the copy" : "a copy on",
                     to_string(moment.target), word_of(moment.becomes, kCopyWords));
}

std::string describe(const PartitionBecomes& moment) {
  return fmt::format("when partition {} becomes {}", to_string(moment.partition),
                     word_of(moment.becomes, kPartitionWords));
}

std::string describe(const RequestPasses& moment) {
  return fmt::format("when {} {}", describe(moment.request), point_text(moment.point));
}

std::string describe(const EventPasses& moment) {
  std::string text = "when " + describe(moment.object);
  if (moment.type) text += fmt::format(" {}", word_of(*moment.type, kWatchEventTypes));
  if (!moment.condition.empty()) {
    text += fmt::format(" with {} {}", moment.condition, moment.status);
  }
  text += moment.point == EventPoint::kDelivered ? " is seen" : " is about to be sent";
  if (moment.process.empty()) return text;
  return text + (moment.point == EventPoint::kDelivered ? " by " : " to ") + moment.process;
}

std::string describe(const QueryIsAnswered& moment) {
  std::string text =
      "when " + (moment.statement.empty() ? "a statement" : moment.statement) + by(moment.process);
  return text + " is answered" + (moment.outcome.empty() ? "" : " with " + moment.outcome);
}

std::string describe(const Trigger& trigger) {
  std::string text =
      std::visit([](const auto& moment) { return describe(moment); }, trigger.moment);
  if (trigger.occurrence > 1) text += fmt::format(", time {}", trigger.occurrence);
  if (trigger.delay > sim::Duration::zero()) {
    text += fmt::format(", {} later", sim::format_duration(trigger.delay));
  }
  return text;
}

}  // namespace sdbtwin::faults
