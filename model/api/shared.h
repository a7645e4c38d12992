// Shared<T>: an immutable part that versions of an object have in common, copied when edited.
//
// `*x` and `x->` read; `x.edit()` gives a T& that nobody else sees (a copy is made if the part is
// shared). A default-constructed Shared is an empty T without an allocation. == is deep with a
// pointer short cut. Keep no reference from edit() across a copy of the Shared.
#pragma once

#include <memory>
#include <utility>

namespace sdbtwin::api {

template <class T>
class Shared {
 public:
  Shared() = default;
  Shared(T value) : part_(std::make_shared<T>(std::move(value))) {}  // NOLINT: reads as a T

  const T& operator*() const { return part_ ? *part_ : empty(); }
  const T* operator->() const { return &**this; }

  T& edit() {
    if (!part_) {
      part_ = std::make_shared<T>();
    } else if (part_.use_count() > 1) {
      part_ = std::make_shared<T>(*part_);
    }
    return *part_;
  }

  // Whether both are the very same part (also: both never set). Equal parts may not be shared.
  bool same(const Shared& other) const noexcept { return part_ == other.part_; }

  friend bool operator==(const Shared& a, const Shared& b) { return a.same(b) || *a == *b; }

 private:
  static const T& empty() {
    static const T kEmpty{};
    return kEmpty;
  }

  std::shared_ptr<T> part_;
};

}  // namespace sdbtwin::api
