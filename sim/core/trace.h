#pragma once

// The trace: everything that happened in a run, as a sequence of typed events.
// An event is a plain struct, declared where it happens:
//   struct PodBound {
//     static constexpr std::string_view kName = "pod-bound";
//     std::string pod;
//     std::int64_t rank;
//     template <class V> void visit(V& v) const { v("pod", pod); v("rank", rank); }
//   };
// visit() is the one table from which digest, JSON and text follow. Fields: integers, bool,
// strings, Time, Duration, and enums with a to_string found by argument-dependent lookup. Members
// that are not visited are for observers in this process only. Two runs are the same run exactly
// when their digests are equal.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <vector>

#include "sim/core/hash.h"
#include "sim/core/time.h"

namespace sdbtwin::sim {

// Reads the fields of any event, in their order.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;
  virtual void field(std::string_view name, std::int64_t value) = 0;
  virtual void field(std::string_view name, std::uint64_t value) = 0;
  virtual void field(std::string_view name, bool value) = 0;
  virtual void field(std::string_view name, std::string_view value) = 0;
  virtual void field(std::string_view name, Time value) = 0;
  virtual void field(std::string_view name, Duration value) = 0;
};

namespace detail {

template <class T>
concept TextField = std::is_convertible_v<const T&, std::string_view>;

// Reduces a field's type to one of the six that a Sink takes. This is the `v` of visit(v).
template <class Sink>
class FieldReducer {
 public:
  explicit FieldReducer(Sink& sink) noexcept : sink_(&sink) {}

  template <class T>
  void operator()(std::string_view name, const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      sink_->field(name, value);
    } else if constexpr (std::is_enum_v<T>) {
      const auto& text = to_string(value);
      sink_->field(name, std::string_view(text));
    } else if constexpr (std::signed_integral<T>) {
      sink_->field(name, static_cast<std::int64_t>(value));
    } else if constexpr (std::unsigned_integral<T>) {
      sink_->field(name, static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_same_v<T, Time>) {
      sink_->field(name, value);
    } else if constexpr (std::is_convertible_v<const T&, Duration>) {
      sink_->field(name, Duration(value));
    } else {
      static_assert(TextField<T>, "a trace field is an integer, bool, text, time or named enum");
      sink_->field(name, std::string_view(value));
    }
  }

 private:
  Sink* sink_;
};

// Field names are not hashed: the type's name stands for them.
class DigestSink {
 public:
  explicit DigestSink(Digest& digest) noexcept : digest_(&digest) {}
  void field(std::string_view, std::int64_t value) noexcept { add(value); }
  void field(std::string_view, std::uint64_t value) noexcept { digest_->add(value); }
  void field(std::string_view, bool value) noexcept { digest_->add(std::uint64_t{value}); }
  void field(std::string_view, std::string_view value) noexcept { digest_->add(value); }
  void field(std::string_view, Time value) noexcept { add(value.time_since_epoch().count()); }
  void field(std::string_view, Duration value) noexcept { add(value.count()); }

 private:
  void add(std::int64_t value) noexcept { digest_->add(static_cast<std::uint64_t>(value)); }
  Digest* digest_;
};

struct AnyVisitor {
  template <class T>
  void operator()(std::string_view, const T&) {}
};

}  // namespace detail

template <class E>
concept TraceableEvent = requires(const E& event, detail::AnyVisitor& visitor) {
  { E::kName } -> std::convertible_to<std::string_view>;
  event.visit(visitor);
};

// What the trace knows of a type of event. One object per type: compare addresses for equality.
struct EventType {
  std::string_view name;
  std::uint64_t name_hash;
  std::size_t size;
  std::size_t alignment;
  void (*digest)(const void* payload, Digest& digest);
  void (*visit)(const void* payload, FieldVisitor& visitor);
  void (*copy)(const void* payload, void* storage);
  void (*destroy)(void* payload) noexcept;
};

namespace detail {

template <class E>
struct EventTypeOf {
  static void digest(const void* payload, Digest& digest) {
    DigestSink sink(digest);
    FieldReducer<DigestSink> reducer(sink);
    static_cast<const E*>(payload)->visit(reducer);
  }
  static void visit(const void* payload, FieldVisitor& visitor) {
    FieldReducer<FieldVisitor> reducer(visitor);
    static_cast<const E*>(payload)->visit(reducer);
  }
  static void copy(const void* payload, void* storage) {
    ::new (storage) E(*static_cast<const E*>(payload));
  }
  static void destroy(void* payload) noexcept { static_cast<E*>(payload)->~E(); }
};

}  // namespace detail

template <class E>
inline constexpr EventType kEventType{.name = E::kName,
                                      .name_hash = hash64(E::kName),
                                      .size = sizeof(E),
                                      .alignment = alignof(E),
                                      .digest = &detail::EventTypeOf<E>::digest,
                                      .visit = &detail::EventTypeOf<E>::visit,
                                      .copy = &detail::EventTypeOf<E>::copy,
                                      .destroy = &detail::EventTypeOf<E>::destroy};

// One event. Valid during on_event only; to keep it, copy what is needed (see TraceRing).
struct TraceEvent {
  std::uint64_t sequence;
  Time time;
  std::uint32_t process_id;
  std::string_view process;
  const EventType* type;
  const void* payload;

  // nullptr: an event of another type.
  template <class E>
  const E* get_if() const noexcept {
    return type == &kEventType<E> ? static_cast<const E*>(payload) : nullptr;
  }
};

inline void visit_fields(const TraceEvent& event, FieldVisitor& visitor) {
  event.type->visit(event.payload, visitor);
}

class TraceObserver {
 public:
  virtual ~TraceObserver() = default;
  // Called once per event, in the order of sequence. May trace: that event follows when all
  // observers have seen this one.
  virtual void on_event(const TraceEvent& event) = 0;
};

// Who traces.
struct TraceSource {
  std::uint32_t process_id;
  std::string_view process;  // Lives as long as the trace.
  std::uint64_t process_hash;
};

class Trace {
 public:
  Trace();
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  // Observers are called in the order of their addition; they outlive the trace, or are removed.
  // Precondition of both: no event is being delivered.
  void add_observer(TraceObserver& observer);
  void remove_observer(TraceObserver& observer);

  void emit(const TraceSource& source, Time time, const EventType& type, const void* payload);

  // Over sequence, time, process, type and fields of all events so far.
  std::uint64_t digest() const noexcept { return digest_.value(); }
  std::uint64_t count() const noexcept { return count_; }
  // An event is being delivered to observers.
  bool delivering() const noexcept { return delivering_; }

 private:
  class StoredEvent;

  void deliver(const TraceEvent& event);

  Digest digest_;
  std::uint64_t count_ = 0;
  bool delivering_ = false;
  std::vector<TraceObserver*> observers_;
  std::deque<std::unique_ptr<StoredEvent>> delayed_;
};

}  // namespace sdbtwin::sim
