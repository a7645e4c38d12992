#pragma once

// TimerQueue: armed waiters in the order of (time, order of arming). Shared by virtual and real
// time. A 4-ary heap of 16-byte entries, beside it a FIFO for what is due at the moment of arming,
// merged by the same key. Disarming is O(1): the entry stays behind, empty, and is skipped; the
// heap is rebuilt when most of it is empty. Owns no waiter; what is still armed when it is
// destroyed never fires. An event leaves in two steps: pop() takes it out of the order, take()
// frees its place. Between them it can be held (a paused process), and is still withdrawn when its
// waiter dies.

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include "sim/core/time.h"
#include "sim/core/waiter.h"

namespace sdbtwin::sim {

namespace detail {

// Lets the four children of a heap entry share one cache line.
template <class T>
struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::align_val_t kAlignment{64};

  CacheLineAllocator() noexcept = default;
  template <class U>
  explicit CacheLineAllocator(const CacheLineAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), kAlignment));
  }
  void deallocate(T* pointer, std::size_t) noexcept { ::operator delete(pointer, kAlignment); }

  friend bool operator==(const CacheLineAllocator&, const CacheLineAllocator&) { return true; }
};

}  // namespace detail

class TimerQueue {
 public:
  using Slot = std::uint32_t;

  struct Due {
    Time time;
    Slot slot;
  };

  TimerQueue();
  ~TimerQueue();
  TimerQueue(const TimerQueue&) = delete;
  TimerQueue& operator=(const TimerQueue&) = delete;

  // Preconditions: the waiter is not armed; `now` never goes back.
  void arm(Waiter& waiter, Time at, Time now);
  void disarm(Waiter& waiter) noexcept;

  // The time of the first event, in `time`. False: there is none.
  bool first(Time& time);
  // Precondition: first() has returned true and nothing has been armed or disarmed since.
  Due pop();
  // The waiter of a popped event, which is now disarmed; nullptr: it was withdrawn meanwhile.
  Waiter* take(Slot slot) noexcept;
  // The same without letting go of it.
  Waiter* peek(Slot slot) const noexcept { return slots_[slot]; }
  // Puts a popped event back, last among those of `now`.
  void put_back(Slot slot, Time now);

  // Armed waiters, held ones included.
  std::size_t size() const noexcept { return live_; }
  // Places in use or kept for use.
  std::size_t places() const noexcept { return slots_.size(); }

 private:
  __extension__ using Key = unsigned __int128;
  using Keys = std::vector<Key, detail::CacheLineAllocator<Key>>;

  // (time, sequence, slot) as one number, so that the order is one comparison.
  static constexpr int kSlotBits = 24;  // 16 million armed waiters [us].
  static constexpr std::uint64_t kMaxSequence = std::uint64_t{1} << (64 - kSlotBits);
  static constexpr std::size_t kRoot = 3;  // Children of one entry share a line.

  static Slot slot_of(Key key) noexcept {
    return static_cast<Slot>(static_cast<std::uint64_t>(key) & ((1U << kSlotBits) - 1));
  }
  static Time time_of(Key key) noexcept {
    return Time(Duration(static_cast<std::int64_t>(static_cast<std::uint64_t>(key >> 64))));
  }
  static std::size_t first_child(std::size_t i) noexcept { return 4 * (i - kRoot) + kRoot + 1; }
  static std::size_t parent(std::size_t i) noexcept { return (i - kRoot - 1) / 4 + kRoot; }

  Key make_key(Time at, Slot slot);
  Slot claim(Waiter& waiter);
  void release(Slot slot) noexcept { free_slots_.push_back(slot); }
  bool dead(Key key) const noexcept { return slots_[slot_of(key)] == nullptr; }
  void insert(Slot slot, Time at, Time now);
  void drop_dead(Key key) noexcept;
  void compact();

  bool heap_empty() const noexcept { return heap_.size() == kRoot; }
  void heap_push(Key key);
  void heap_pop() noexcept { top_vacant_ = true; }
  void prefetch_next() const noexcept;
  void fill_top() noexcept;
  void sift_down(std::size_t i, Key key) noexcept;

  bool fifo_empty() const noexcept { return fifo_begin_ == fifo_.size(); }
  void fifo_pop() noexcept;

  Keys heap_;  // The first kRoot entries are unused.
  Keys fifo_;
  std::size_t fifo_begin_ = 0;
  std::vector<Waiter*> slots_;  // nullptr: withdrawn, or free.
  std::vector<Slot> free_slots_;
  std::uint64_t sequence_ = 0;
  std::size_t live_ = 0;
  std::size_t dead_ = 0;       // Slots that are withdrawn and not yet free.
  std::size_t dead_kept_ = 0;  // Those of them that the last compact() had to keep.
  bool top_vacant_ = false;    // The root was popped; the next push may take its place at once.
  bool first_is_fifo_ = false;
};

}  // namespace sdbtwin::sim
