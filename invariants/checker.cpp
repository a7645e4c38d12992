#include "invariants/checker.h"

#include <algorithm>

#include "invariants/registry.h"

namespace sdbtwin::invariants {

void Context::violated(std::string message) {
  for (const Violation& known : violations_) {
    if (known.invariant == invariant_) return;
  }
  violations_.push_back({std::string(invariant_), std::move(message), now_, event_, kind_});
}

Checker::Checker(const Settings& settings, const Truth& truth,
                 const std::vector<std::string>& disabled)
    : settings_(settings), context_(settings_, view_, truth, violations_) {
  for (const Registration& entry : registry()) {
    if (std::find(disabled.begin(), disabled.end(), entry.name) != disabled.end()) {
      idle_.push_back({std::string(entry.name), false, "switched off by the scenario", 0, {}});
      continue;
    }
    std::unique_ptr<Invariant> invariant = entry.make();
    if (const auto reason = invariant->inapplicable(settings_)) {
      idle_.push_back({std::string(entry.name), false, *reason, 0, {}});
      continue;
    }
    const std::size_t index = running_.size();
    for (const api::Kind kind : invariant->kinds()) {
      by_kind_[static_cast<std::size_t>(kind)].push_back(index);
    }
    for (const sim::EventType* type : invariant->events()) {
      const auto known = std::find_if(by_event_.begin(), by_event_.end(),
                                      [&](const auto& row) { return row.first == type; });
      if (known == by_event_.end()) {
        by_event_.push_back({type, {index}});
      } else {
        known->second.push_back(index);
      }
    }
    running_.push_back({entry.name, entry.kind, std::move(invariant)});
  }
}

void Checker::call(Running& running) {
  context_.invariant_ = running.name;
  context_.kind_ = running.kind;
}

bool Checker::judges(std::string_view invariant) const {
  return std::any_of(running_.begin(), running_.end(),
                     [&](const Running& running) { return running.name == invariant; });
}

void Checker::on_event(const sim::TraceEvent& event) {
  context_.now_ = event.time;
  context_.event_ = event.sequence;
  if (const auto* write = event.get_if<cluster::ObjectWritten>()) {
    view_.apply(*write, event.time);
    for (const std::size_t index : by_kind_[static_cast<std::size_t>(write->kind)]) {
      call(running_[index]);
      running_[index].invariant->on_write(*write, context_);
    }
    return;
  }
  for (const auto& [type, indices] : by_event_) {
    if (type != event.type) continue;
    for (const std::size_t index : indices) {
      call(running_[index]);
      running_[index].invariant->on_event(event, context_);
    }
  }
}

void Checker::finish(sim::Time now) {
  context_.now_ = now;
  for (Running& running : running_) {
    call(running);
    running.invariant->at_end(context_);
  }
}

std::vector<InvariantResult> Checker::results() const {
  std::vector<InvariantResult> out;
  for (const Running& running : running_) {
    out.push_back({std::string(running.name), true, "", running.invariant->checks(),
                   running.invariant->margins(settings_)});
  }
  out.insert(out.end(), idle_.begin(), idle_.end());
  return out;
}

}  // namespace sdbtwin::invariants
