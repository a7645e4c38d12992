#pragma once

// Channel<T>: an unbounded queue between tasks, of one process or of several.
// Items are received in the order in which they were sent, and receivers are served in the order in
// which they came. An item that was handed to a receiver which dies before it runs goes back to the
// front: it is never lost with the receiver. After close() receivers drain what is left, then get
// nullopt. A Channel may be destroyed while somebody waits; those tasks stay asleep.

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "sim/core/waiter.h"

namespace sdbtwin::sim {

template <class T>
class Channel {
 public:
  class Receiver;

  Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel() {
    // Receivers that hold an item keep it; they must not give it back to a channel that is gone.
    while (Waiter* waiter = handed_.front()) {
      static_cast<Receiver*>(waiter)->channel_ = nullptr;
      handed_.remove(*waiter);
    }
  }

  // False: the channel is closed and the item was dropped.
  bool send(T item) {
    if (closed_) return false;
    items_.push_back(Entry{sent_++, std::move(item)});
    serve();
    return true;
  }

  void close() {
    closed_ = true;
    waiting_.wake_all();  // Whoever still waits found the channel empty.
  }

  bool closed() const noexcept { return closed_; }
  // Items that no receiver has been given yet.
  std::size_t size() const noexcept { return items_.size(); }

  // co_await channel.receive() -> std::optional<T>; nullopt: closed and drained.
  Receiver receive() noexcept { return Receiver(*this); }

 private:
  struct Entry {
    std::uint64_t order;
    T item;
  };

  void serve() {
    while (!items_.empty() && !waiting_.empty()) {
      auto& receiver = *static_cast<Receiver*>(waiting_.front());
      receiver.take(*this);
      receiver.wake();
      handed_.push_back(receiver);
    }
  }

  void give_back(Entry entry) {
    auto place = items_.begin();
    while (place != items_.end() && place->order < entry.order) ++place;
    items_.insert(place, std::move(entry));
    serve();
  }

  std::deque<Entry> items_;
  WaitList waiting_;
  WaitList handed_;  // Have an item and an event to run, in the order of handing.
  std::uint64_t sent_ = 0;
  bool closed_ = false;
};

template <class T>
class Channel<T>::Receiver final : public FrameWaiter {
 public:
  explicit Receiver(Channel& channel) noexcept : channel_(&channel) {}
  ~Receiver() override {
    // Listed with an item: it was handed over, and the frame dies before it has run.
    if (channel_ == nullptr || !entry_ || !listed()) return;
    channel_->handed_.remove(*this);
    channel_->give_back(std::move(*entry_));
  }

  bool await_ready() {
    if (channel_->items_.empty()) return channel_->closed_;
    take(*channel_);
    return true;
  }
  template <std::derived_from<PromiseBase> P>
  void await_suspend(std::coroutine_handle<P> frame) noexcept {
    suspend(frame);
    channel_->waiting_.push_back(*this);
  }
  std::optional<T> await_resume() {
    if (channel_ != nullptr) channel_->handed_.remove(*this);
    if (!entry_) return std::nullopt;
    return std::optional<T>(std::move(entry_->item));
  }

 private:
  friend class Channel;

  void take(Channel& channel) {
    entry_.emplace(std::move(channel.items_.front()));
    channel.items_.pop_front();
  }

  Channel* channel_;
  std::optional<Entry> entry_;
};

}  // namespace sdbtwin::sim
