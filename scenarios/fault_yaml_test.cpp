// Goal: what write_faults() writes, read_faults() reads back equal.
// Method: random plans over all kinds of moments and faults, through YAML text and back.
#include "scenarios/fault_yaml.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace sdbtwin::scenarios {
namespace {

template <class T>
T pick(std::vector<T> values) {
  return *rc::gen::elementOf(std::move(values));
}

sim::Duration duration() {
  return sim::Duration(*rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000));
}

faults::ObjectPattern object() {
  faults::ObjectPattern pattern;
  if (*rc::gen::arbitrary<bool>()) {
    pattern.kind = pick<api::Kind>({api::Kind::kPod, api::Kind::kPetSet, api::Kind::kSinglestore});
  }
  pattern.namespace_ = pick<std::string>({"", "demo", "*"});
  pattern.name = pick<std::string>({"", "sdb-leaf-0", "sdb-*", "a \"quoted\" \\ name: x"});
  return pattern;
}

std::optional<api::Verb> verb() {
  return pick<std::optional<api::Verb>>({std::nullopt, api::Verb::kCreate, api::Verb::kUpdate,
                                         api::Verb::kPatch, api::Verb::kDelete});
}

std::optional<api::Subresource> subresource() {
  return pick<std::optional<api::Subresource>>({std::nullopt, api::Subresource::kNone,
                                                api::Subresource::kStatus,
                                                api::Subresource::kEviction});
}

std::string actor() {
  return pick<std::string>({"", "provisioner", "ops-manager", "kubelet/node-0"});
}

faults::Trigger state_or_time() {
  faults::Trigger trigger;
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      trigger.moment = faults::AtTime{duration()};
      return trigger;
    case 1:
      trigger.moment =
          faults::ConditionBecomes{object(), "Paused", pick<std::string>({"True", "False"})};
      break;
    case 2:
      trigger.moment = faults::PhaseBecomes{object(), "Ready"};
      break;
    case 3:
      trigger.moment = faults::ObjectIsWritten{object(), actor(), verb(), subresource()};
      break;
    default:
      trigger.moment = faults::ObjectIsGone{object()};
  }
  trigger.occurrence = *rc::gen::inRange(1, 9);
  trigger.delay = duration();
  return trigger;
}

faults::RequestPattern request() { return {actor(), object(), verb(), subresource()}; }

faults::Fault fault() {
  switch (*rc::gen::inRange(0, 4)) {
    case 0: {
      faults::ProcessKill kill{"provisioner", {}};
      if (*rc::gen::arbitrary<bool>()) kill.restart_after = duration();
      return kill;
    }
    case 1:
      return faults::ProcessPause{"kubelet/node-1", duration()};
    case 2: {
      faults::HoldWrite hold{request(), {}, {}};
      if (*rc::gen::arbitrary<bool>()) hold.duration = duration();
      if (!hold.duration || *rc::gen::arbitrary<bool>()) hold.until = state_or_time();
      return hold;
    }
    default:
      return faults::LoseAnswer{request()};
  }
}

RC_GTEST_PROP(FaultYaml, APlanSurvivesItsText, ()) {
  faults::FaultPlan plan;
  const int count = *rc::gen::inRange(0, 6);
  for (int i = 0; i < count; ++i) {
    plan.faults.push_back({state_or_time(), fault(), "fault number " + std::to_string(i)});
  }
  sort(plan);

  auto source = std::make_shared<SourceFile>();
  source->path = "plan.yaml";
  source->text = write_faults(plan);
  Problems problems;
  const auto documents = parse_yaml(source, problems);
  RC_ASSERT(documents.has_value());
  MapReader reader(documents->front(), documents->front().root, "spec", problems);
  const faults::FaultPlan again = read_faults(reader);
  reader.finish();
  if (!problems.empty()) RC_FAIL(to_text(problems.all().front()) + source->text);
  RC_ASSERT(again == plan);
}

}  // namespace
}  // namespace sdbtwin::scenarios
