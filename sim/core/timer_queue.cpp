#include "sim/core/timer_queue.h"

#include <algorithm>

#include "sim/core/assert.h"

namespace sdbtwin::sim {

TimerQueue::TimerQueue() : heap_(kRoot) {}

TimerQueue::~TimerQueue() {
  for (Waiter* waiter : slots_) {
    if (waiter != nullptr) waiter->slot_ = Waiter::kNoSlot;
  }
}

TimerQueue::Key TimerQueue::make_key(Time at, Slot slot) {
  SIM_ASSERT(at >= Time{});
  SIM_ASSERT(sequence_ < kMaxSequence);
  const auto time = static_cast<std::uint64_t>(at.time_since_epoch().count());
  const std::uint64_t low = (sequence_++ << kSlotBits) | slot;
  return (Key{time} << 64) | low;
}

TimerQueue::Slot TimerQueue::claim(Waiter& waiter) {
  SIM_ASSERT(!waiter.armed());
  Slot slot;
  if (free_slots_.empty()) {
    slot = static_cast<Slot>(slots_.size());
    SIM_ASSERT(slot < (Slot{1} << kSlotBits));
    slots_.push_back(&waiter);
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
    slots_[slot] = &waiter;
  }
  waiter.slot_ = slot;
  ++live_;
  return slot;
}

void TimerQueue::insert(Slot slot, Time at, Time now) {
  if (at > now) {
    heap_push(make_key(at, slot));
  } else {
    fifo_.push_back(make_key(now, slot));
  }
}

void TimerQueue::arm(Waiter& waiter, Time at, Time now) { insert(claim(waiter), at, now); }

void TimerQueue::put_back(Slot slot, Time now) { insert(slot, now, now); }

void TimerQueue::disarm(Waiter& waiter) noexcept {
  if (!waiter.armed()) return;
  slots_[waiter.slot_] = nullptr;
  waiter.slot_ = Waiter::kNoSlot;
  --live_;
  ++dead_;
  constexpr std::size_t kWorthIt = 64;  // [us] Small queues are popped clean anyway.
  const std::size_t removable = dead_ - dead_kept_;
  if (removable > kWorthIt && removable > (heap_.size() + fifo_.size() - fifo_begin_) / 2)
    compact();
}

Waiter* TimerQueue::take(Slot slot) noexcept {
  Waiter* waiter = slots_[slot];
  if (waiter == nullptr) {
    --dead_;
  } else {
    slots_[slot] = nullptr;
    waiter->slot_ = Waiter::kNoSlot;
    --live_;
  }
  release(slot);
  return waiter;
}

void TimerQueue::drop_dead(Key key) noexcept {
  --dead_;
  release(slot_of(key));
}

bool TimerQueue::first(Time& time) {
  while (!fifo_empty() && dead(fifo_[fifo_begin_])) {
    drop_dead(fifo_[fifo_begin_]);
    fifo_pop();
  }
  if (top_vacant_) fill_top();
  while (!heap_empty() && dead(heap_[kRoot])) {
    drop_dead(heap_[kRoot]);
    fill_top();
  }
  if (fifo_empty() && heap_empty()) return false;
  first_is_fifo_ = heap_empty() || (!fifo_empty() && fifo_[fifo_begin_] < heap_[kRoot]);
  time = time_of(first_is_fifo_ ? fifo_[fifo_begin_] : heap_[kRoot]);
  return true;
}

TimerQueue::Due TimerQueue::pop() {
  const Key key = first_is_fifo_ ? fifo_[fifo_begin_] : heap_[kRoot];
  if (first_is_fifo_) {
    fifo_pop();
  } else {
    heap_pop();
  }
  prefetch_next();
  return Due{time_of(key), slot_of(key)};
}

// The frame that is resumed next is most likely not in the cache: ask for it while this one runs.
void TimerQueue::prefetch_next() const noexcept {
  if (heap_.size() < kRoot + 5) return;
  const Key* child = heap_.data() + kRoot + 1;
  const Key left = std::min(child[0], child[1]);
  const Key right = std::min(child[2], child[3]);
  // An address is all that is used: the entry may be withdrawn, and the frame lies around its
  // waiter.
  const auto address = reinterpret_cast<std::uintptr_t>(slots_[slot_of(std::min(left, right))]);
  __builtin_prefetch(reinterpret_cast<const void*>(address - 128));
  __builtin_prefetch(reinterpret_cast<const void*>(address - 64));
  __builtin_prefetch(reinterpret_cast<const void*>(address));
  __builtin_prefetch(reinterpret_cast<const void*>(address + 64));
}

void TimerQueue::fifo_pop() noexcept {
  ++fifo_begin_;
  if (fifo_begin_ == fifo_.size()) {
    fifo_.clear();
    fifo_begin_ = 0;
  } else if (fifo_begin_ >= 1024 && fifo_begin_ * 2 > fifo_.size()) {
    fifo_.erase(fifo_.begin(), fifo_.begin() + static_cast<std::ptrdiff_t>(fifo_begin_));
    fifo_begin_ = 0;
  }
}

void TimerQueue::heap_push(Key key) {
  if (top_vacant_) {
    top_vacant_ = false;
    sift_down(kRoot, key);
    return;
  }
  std::size_t i = heap_.size();
  heap_.push_back(key);
  while (i > kRoot) {
    const std::size_t up = parent(i);
    if (heap_[up] < key) break;
    heap_[i] = heap_[up];
    i = up;
  }
  heap_[i] = key;
}

void TimerQueue::fill_top() noexcept {
  top_vacant_ = false;
  const Key last = heap_.back();
  heap_.pop_back();
  if (!heap_empty()) sift_down(kRoot, last);
}

void TimerQueue::sift_down(std::size_t i, Key key) noexcept {
  const std::size_t size = heap_.size();
  Key* const heap = heap_.data();
  for (;;) {
    const std::size_t child = first_child(i);
    std::size_t least = child;
    if (child + 4 <= size) {
      const std::size_t left = heap[child + 1] < heap[child] ? child + 1 : child;
      const std::size_t right = heap[child + 3] < heap[child + 2] ? child + 3 : child + 2;
      least = heap[right] < heap[left] ? right : left;
    } else {
      if (child >= size) break;
      for (std::size_t k = child + 1; k < size; ++k) {
        if (heap[k] < heap[least]) least = k;
      }
    }
    if (key < heap[least]) break;
    heap[i] = heap[least];
    i = least;
  }
  heap[i] = key;
}

void TimerQueue::compact() {
  if (top_vacant_) fill_top();
  const auto keep_live = [this](Keys& keys, std::size_t begin, std::size_t to) {
    for (std::size_t i = begin; i < keys.size(); ++i) {
      if (dead(keys[i])) {
        drop_dead(keys[i]);
      } else {
        keys[to++] = keys[i];
      }
    }
    keys.resize(to);
  };
  keep_live(fifo_, fifo_begin_, 0);
  fifo_begin_ = 0;
  keep_live(heap_, kRoot, kRoot);
  if (heap_.size() > kRoot + 1) {
    for (std::size_t i = parent(heap_.size() - 1) + 1; i-- > kRoot;) sift_down(i, heap_[i]);
  }
  dead_kept_ = dead_;
}

}  // namespace sdbtwin::sim
