#pragma once

// WorkQueue: client-go's rate limiting work queue (kubernetes.md 5.2).
// Set semantics: a key added many times is handed out once. A key that is being processed is never
// handed to a second worker; added meanwhile, it is queued again at done(). add_after keeps the
// earliest time per key. add does not touch a key's back-off and takes effect at once.
// First in, first out. Workers are woken one per key, as events, never from inside add().
// Belongs to one process and lives in its actor; dies with it.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "model/client/rate_limiter.h"
#include "sim/core/runtime.h"
#include "sim/core/waiter.h"

namespace sdbtwin::client {

template <class Key>
class WorkQueue {
 public:
  class Getter;

  explicit WorkQueue(sim::Runtime& runtime, const RateLimits& limits = RateLimits{})
      : runtime_(&runtime), limiter_(limits), alarm_(*this) {}
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;
  ~WorkQueue() {
    while (sim::Waiter* waiter = woken_.front()) {
      static_cast<Getter*>(waiter)->queue_ = nullptr;
      woken_.remove(*waiter);
    }
  }

  void add(const Key& key) {
    if (closed_) return;
    State& state = keys_[key];
    if (state.dirty) return;
    state.dirty = true;
    if (state.processing) return;
    ready_.push_back(key);
    wake_one();
  }

  // Effect: add(key) after `delay`, or earlier if it already waits for an earlier time.
  void add_after(const Key& key, sim::Duration delay) {
    if (closed_) return;
    if (delay.count() <= 0) return add(key);
    const sim::Time at = runtime_->now() + delay;
    const auto [waits, fresh] = waiting_.try_emplace(key, Due{at, sequence_});
    if (!fresh) {
      if (waits->second.at <= at) return;
      due_.erase(waits->second);
      waits->second = Due{at, sequence_};
    }
    ++sequence_;
    due_.emplace(waits->second, key);
    set_alarm();
  }

  // Effect: add_after the wait that the rate limits give the key, which counts as a failure of it.
  void add_rate_limited(const Key& key) {
    if (closed_) return;
    add_after(key, limiter_.when(key, runtime_->now()));
  }
  // Effect: the key's failures are forgotten. It stays queued if it is.
  void forget(const Key& key) { limiter_.forget(key); }
  std::uint32_t failures(const Key& key) const { return limiter_.failures(key); }

  // Each key that get() yields is given back with done(), or it will never be handed out again.
  // Precondition: get() has yielded the key, and it has not been given back since.
  void done(const Key& key) {
    const auto found = keys_.find(key);
    SIM_ASSERT(found != keys_.end() && found->second.processing);
    found->second.processing = false;
    --processing_;
    if (!found->second.dirty) {
      keys_.erase(found);
      return;
    }
    ready_.push_back(key);
    wake_one();
  }

  // Effect: nothing is added any more; get() yields what is queued, then nullopt.
  void close() {
    closed_ = true;
    waiting_.clear();
    due_.clear();
    set_alarm();
    while (wake_one()) {
    }
  }
  bool closed() const noexcept { return closed_; }

  std::size_t size() const noexcept { return ready_.size(); }       // may be handed out now
  std::size_t waiting() const noexcept { return waiting_.size(); }  // by add_after
  std::size_t processing() const noexcept { return processing_; }   // handed out, not done
  bool idle() const noexcept { return keys_.empty() && waiting_.empty(); }

  // co_await queue.get() -> std::optional<Key>; nullopt: closed and drained.
  Getter get() noexcept { return Getter(*this); }

 private:
  struct State {
    bool dirty = false;
    bool processing = false;
  };
  struct Due {
    sim::Time at;
    std::uint64_t sequence;
    auto operator<=>(const Due&) const = default;
  };
  class Alarm final : public sim::Waiter {
   public:
    explicit Alarm(WorkQueue& queue) : Waiter(*queue.runtime_), queue_(&queue) {}
    void fire() override { queue_->on_alarm(); }
    void set(std::optional<sim::Time> at) {
      if (armed() && at_ == at) return;
      disarm();
      at_ = at;
      if (at) arm(*at);
    }

   private:
    WorkQueue* queue_;
    std::optional<sim::Time> at_;
  };

  void set_alarm() {
    alarm_.set(due_.empty() ? std::nullopt : std::optional(due_.begin()->first.at));
  }
  void on_alarm() {
    while (!due_.empty() && due_.begin()->first.at <= runtime_->now()) {
      const Key key = due_.begin()->second;
      due_.erase(due_.begin());
      waiting_.erase(key);
      add(key);
    }
    set_alarm();
  }

  bool nothing_to_get() const noexcept { return ready_.empty() && !closed_; }

  bool wake_one() {
    sim::Waiter* waiter = getters_.front();
    if (waiter == nullptr) return false;
    waiter->wake();
    woken_.push_back(*waiter);
    return true;
  }

  std::optional<Key> take() {
    if (ready_.empty()) return std::nullopt;
    Key key = std::move(ready_.front());
    ready_.pop_front();
    State& state = keys_[key];
    state.dirty = false;
    state.processing = true;
    ++processing_;
    return key;
  }

  sim::Runtime* runtime_;
  RateLimiter<Key> limiter_;
  std::deque<Key> ready_;
  std::map<Key, State> keys_;  // those that are queued or processed
  std::map<Key, Due> waiting_;
  std::map<Due, Key> due_;
  Alarm alarm_;
  sim::WaitList getters_;
  sim::WaitList woken_;  // have an event to run
  std::uint64_t sequence_ = 0;
  std::size_t processing_ = 0;
  bool closed_ = false;
};

template <class Key>
class WorkQueue<Key>::Getter final : public sim::FrameWaiter {
 public:
  explicit Getter(WorkQueue& queue) noexcept : queue_(&queue) {}
  ~Getter() override {
    // Woken for a key, and dies before it runs: the next worker gets it.
    if (queue_ == nullptr || !armed()) return;
    disarm();
    queue_->woken_.remove(*this);
    if (!queue_->ready_.empty()) queue_->wake_one();
  }

  bool await_ready() const noexcept { return !queue_->nothing_to_get(); }
  template <std::derived_from<sim::PromiseBase> P>
  void await_suspend(std::coroutine_handle<P> frame) noexcept {
    suspend(frame);
    queue_->getters_.push_back(*this);
  }
  std::optional<Key> await_resume() { return queue_->take(); }

  void fire() override {
    if (queue_ == nullptr) return;
    queue_->woken_.remove(*this);
    if (queue_->nothing_to_get()) {
      queue_->getters_.push_back(*this);  // somebody else was quicker
      return;
    }
    FrameWaiter::fire();
  }

 private:
  friend class WorkQueue;
  WorkQueue* queue_;
};

}  // namespace sdbtwin::client
