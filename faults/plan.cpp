#include "faults/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "faults/match.h"

namespace sdbtwin::faults {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;  // clang 14 deduces none for aggregates

std::string describe_moment(const Moment& moment) {
  return std::visit(
      Overloaded{
          [](const AtTime& m) { return "at " + sim::format_duration(m.at); },
          [](const ConditionBecomes& m) {
            return fmt::format("when {} of {} becomes {}", m.type, describe(m.object), m.status);
          },
          [](const PhaseBecomes& m) {
            return fmt::format("when {} becomes {}", describe(m.object), m.phase);
          },
          [](const ObjectIsWritten& m) {
            std::string text = fmt::format("when {} is written", describe(m.object));
            if (!m.actor.empty()) text += " by " + m.actor;
            if (m.verb) text += fmt::format(" ({})", to_string(*m.verb));
            return text;
          },
          [](const ObjectIsGone& m) { return fmt::format("when {} is gone", describe(m.object)); }},
      moment);
}

std::string describe_request(const RequestPattern& request) {
  std::string text = request.verb ? std::string(to_string(*request.verb)) : "write";
  if (request.subresource && *request.subresource != api::Subresource::kNone) {
    text += fmt::format(" {}", to_string(*request.subresource));
  }
  text += " of " + describe(request.object);
  if (!request.actor.empty()) text += " by " + request.actor;
  return text;
}

}  // namespace

bool ObjectPattern::matches(api::Kind object_kind, std::string_view object_namespace,
                            std::string_view object_name) const {
  return (!kind || *kind == object_kind) &&
         (namespace_.empty() || glob_match(namespace_, object_namespace)) &&
         (name.empty() || glob_match(name, object_name));
}

std::string describe(const ObjectPattern& pattern) {
  std::string text = pattern.kind ? std::string(to_string(*pattern.kind)) : "any object";
  if (!pattern.namespace_.empty() || !pattern.name.empty()) text += ' ';
  if (!pattern.namespace_.empty()) text += pattern.namespace_ + "/";
  text += pattern.name.empty() && !pattern.namespace_.empty() ? "*" : pattern.name;
  return text;
}

std::string describe(const Trigger& trigger) {
  std::string text = describe_moment(trigger.moment);
  if (trigger.occurrence > 1) text += fmt::format(", time {}", trigger.occurrence);
  if (trigger.delay > sim::Duration::zero()) {
    text += fmt::format(", {} later", sim::format_duration(trigger.delay));
  }
  return text;
}

void sort(FaultPlan& plan) { std::sort(plan.faults.begin(), plan.faults.end()); }

std::string_view kind_name(const Fault& fault) { return kFaultKinds[fault.index()].name; }

std::string describe(const Fault& fault) {
  return std::visit(
      Overloaded{[](const ProcessKill& f) {
                   return f.restart_after ? fmt::format("kill {}, restart after {}", f.process,
                                                        sim::format_duration(*f.restart_after))
                                          : fmt::format("kill {} for good", f.process);
                 },
                 [](const ProcessPause& f) {
                   return fmt::format("pause {} for {}", f.process,
                                      sim::format_duration(f.duration));
                 },
                 [](const HoldWrite& f) {
                   std::string text = "hold the next " + describe_request(f.request);
                   if (f.duration) text += " for " + sim::format_duration(*f.duration);
                   if (f.until) text += " until " + describe(*f.until);
                   return text;
                 },
                 [](const LoseAnswer& f) {
                   return "lose the answer of the next " + describe_request(f.request);
                 }},
      fault);
}

}  // namespace sdbtwin::faults
