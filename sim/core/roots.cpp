#include "sim/core/roots.h"

#include <utility>

#include "sim/core/runtime.h"

namespace sdbtwin::sim {

RootSet::Root::Root(Runtime& runtime, RootSet& set, Task<void> task)
    : Waiter(runtime), set_(&set), task_(std::move(task)) {}

void RootSet::Root::fire() { task_.start(*runtime(), this); }

void RootSet::Root::on_task_done() noexcept {
  set_->ended_.push_back(self_);
  set_->has_ended_ = true;
}

void RootSet::add(Runtime& runtime, Task<void> task) {
  SIM_ASSERT(task.valid());
  Root& root = roots_.emplace_back(runtime, *this, std::move(task));
  root.self_ = std::prev(roots_.end());
  root.wake();
}

void RootSet::reap() {
  // Destructors of parameters may spawn, which adds a root but ends none.
  for (const auto root : ended_) roots_.erase(root);
  ended_.clear();
  has_ended_ = false;
}

void RootSet::destroy_all() noexcept {
  while (!roots_.empty()) roots_.pop_back();
  ended_.clear();
  has_ended_ = false;
}

std::vector<Waiter*> RootSet::leaves() {
  std::vector<Waiter*> found;
  for (Root& root : roots_) {
    if (root.armed() || root.task_.done()) continue;  // Not begun, or ended.
    Waiter* leaf = root.task_.promise().leaf();
    if (leaf != nullptr) found.push_back(leaf);
  }
  return found;
}

}  // namespace sdbtwin::sim
