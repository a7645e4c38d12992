#pragma once

// RootSet: the detached tasks of one runtime. Owns their frames. A root's first step is an event.
// A root that has ended is destroyed by reap(), after the event in which it ended, never inside it.

#include <list>
#include <vector>

#include "sim/core/task.h"
#include "sim/core/waiter.h"

namespace sdbtwin::sim {

class RootSet {
 public:
  RootSet() = default;
  ~RootSet() { destroy_all(); }
  RootSet(const RootSet&) = delete;
  RootSet& operator=(const RootSet&) = delete;

  void add(Runtime& runtime, Task<void> task);
  bool empty() const noexcept { return roots_.empty(); }
  std::size_t size() const noexcept { return roots_.size(); }

  bool has_ended() const noexcept { return has_ended_; }
  void reap();
  // Destroys every frame, the newest root first. Precondition: none of them is running.
  void destroy_all() noexcept;

  // What each suspended root is suspended in, oldest root first.
  std::vector<Waiter*> leaves();

 private:
  class Root final : public Waiter, public TaskOwner {
   public:
    Root(Runtime& runtime, RootSet& set, Task<void> task);
    void fire() override;
    void on_task_done() noexcept override;

   private:
    friend class RootSet;
    RootSet* set_;
    Task<void> task_;
    std::list<Root>::iterator self_;
  };

  bool has_ended_ = false;  // First: asked after every event.
  std::list<Root> roots_;
  std::vector<std::list<Root>::iterator> ended_;
};

}  // namespace sdbtwin::sim
