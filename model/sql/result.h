// A value or an SqlError; the only way in which the database layer reports failure.
//
// Asking a failed result for its value, or a good one for its error, is a programmer error and
// aborts. The caller owns the value.
#pragma once

#include <utility>
#include <variant>

#include "model/sql/error.h"
#include "sim/core/assert.h"

namespace sdbtwin::sql {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}         // NOLINT
  Result(SqlError error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  const T& value() const& {
    SIM_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    SIM_ASSERT(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  const T& operator*() const& { return value(); }
  const T* operator->() const { return &value(); }

  const SqlError& error() const {
    SIM_ASSERT(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, SqlError> state_;
};

}  // namespace sdbtwin::sql
