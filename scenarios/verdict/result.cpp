#include "scenarios/verdict/result.h"

#include <fmt/format.h>

namespace sdbtwin::scenarios {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kViolated:
      return "violated";
    case Verdict::kStuck:
      return "stuck";
    case Verdict::kExpectationFailed:
      return "expectation-failed";
    case Verdict::kVacuous:
      return "vacuous";
    case Verdict::kPassed:
      return "passed";
  }
  return "?";
}

std::string_view to_string(TimelineEntry::Category category) {
  switch (category) {
    case TimelineEntry::Category::kUser:
      return "user";
    case TimelineEntry::Category::kRequest:
      return "request";
    case TimelineEntry::Category::kStep:
      return "step";
    case TimelineEntry::Category::kPod:
      return "pod";
    case TimelineEntry::Category::kGate:
      return "gate";
    case TimelineEntry::Category::kFault:
      return "fault";
    case TimelineEntry::Category::kDatabase:
      return "database";
    case TimelineEntry::Category::kViolation:
      return "violation";
  }
  return "?";
}

std::string digest_text(std::uint64_t digest) { return fmt::format("{:016x}", digest); }

}  // namespace sdbtwin::scenarios
