#include "sim/engine/scheduler.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "sim/core/assert.h"
#include "sim/engine/sim_runtime.h"

namespace sdbtwin::sim {

Waiter* Scheduler::next(Time limit) {
  limit = std::min(limit, Time::max() - Duration{1});  // For ever does not come.
  Slot slot;
  while (ties_ ? pop_permuted(limit, slot) : pop(limit, slot)) {
    Waiter* waiter = queue_.peek(slot);
    if (waiter == nullptr) {  // Withdrawn after it had become due.
      queue_.take(slot);
      continue;
    }
    auto& runtime = static_cast<SimRuntime&>(*waiter->runtime());
    switch (runtime.gate()) {
      case SimRuntime::Gate::kOpen:
        return queue_.take(slot);
      case SimRuntime::Gate::kPaused:
        runtime.held().push_back(slot);
        break;
      case SimRuntime::Gate::kClosed:
        queue_.take(slot);
        break;
    }
  }
  return nullptr;
}

bool Scheduler::pop(Time limit, Slot& slot) {
  Time time;
  if (!queue_.first(time) || time > limit) return false;
  now_ = time;
  slot = queue_.pop().slot;
  return true;
}

bool Scheduler::pop_permuted(Time limit, Slot& slot) {
  Time time;
  const auto due = [&] {
    return queue_.first(time) && time <= (ties_->due.empty() ? limit : now_);
  };
  while (due()) {
    if (ties_->due.empty()) now_ = time;
    const Slot next = queue_.pop().slot;
    Waiter* waiter = queue_.peek(next);
    const auto& runtime = static_cast<const SimRuntime&>(*waiter->runtime());
    ties_->due[runtime.process_id()].push_back(next);
  }
  if (ties_->due.empty()) return false;
  const auto chosen = std::next(ties_->due.begin(),
                                static_cast<std::ptrdiff_t>(ties_->rng.below(ties_->due.size())));
  slot = chosen->second.front();
  chosen->second.pop_front();
  if (chosen->second.empty()) ties_->due.erase(chosen);
  return true;
}

void Scheduler::advance_to(Time time) {
  SIM_ASSERT(time >= now_);
  now_ = time;
}

void Scheduler::resume(SimRuntime& runtime) {
  const std::vector<Slot> held = std::exchange(runtime.held(), {});
  for (const Slot slot : held) {
    if (queue_.peek(slot) == nullptr) {
      queue_.take(slot);
    } else {
      queue_.put_back(slot, now_);
    }
  }
}

void Scheduler::drop_held(SimRuntime& runtime) noexcept {
  for (const Slot slot : std::exchange(runtime.held(), {})) queue_.take(slot);
}

void Scheduler::permute_ties(std::uint64_t seed) {
  SIM_ASSERT(queue_.size() == 0);
  ties_.emplace(seed);
}

}  // namespace sdbtwin::sim
