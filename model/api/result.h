// Errors as values. ApiError is what an API server (or the connection to it) answers instead of an
// object; Result<T> is a T or an ApiError. The factories that make the real messages: errors.h.
//
// A Result is never empty: it is made from a value or from an error. Reading the value of an error
// is a programmer error (SIM_ASSERT). Errors are shared and immutable, so a Result copies cheaply.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/core/assert.h"

namespace sdbtwin::api {

// metav1.StatusReason, and one reason of our own for what a client sees of a broken connection.
enum class Reason : uint8_t {
  kNotFound,
  kAlreadyExists,
  kConflict,
  kInvalid,
  kBadRequest,
  kUnauthorized,
  kForbidden,
  kExpired,
  kGone,
  kTooManyRequests,
  kServerTimeout,
  kTimeout,
  kInternalError,
  kMethodNotAllowed,
  kNotAcceptable,
  kUnsupportedMediaType,
  kRequestEntityTooLarge,
  kServiceUnavailable,
  kConnectionLost,  // client side only: nobody knows whether the request was applied
};

std::string_view to_string(Reason reason);  // As in Status.reason: "NotFound", ...
std::optional<Reason> parse_reason(std::string_view text);

// metav1.StatusCause.
struct StatusCause {
  std::string type;     // "FieldValueInvalid", ... (JSON name: reason)
  std::string message;  // text after "field: "
  std::string field;    // "spec.topology.leaf.replicas"

  bool operator==(const StatusCause&) const = default;
};

// metav1.Status with status "Failure".
struct ApiError {
  Reason reason = Reason::kInternalError;
  int code = 500;  // HTTP status; 0 for kConnectionLost
  std::string message;
  std::string name;
  std::string group;
  std::string plural;  // details.kind: the resource's plural, but the Kind for kInvalid
  std::string uid;
  std::vector<StatusCause> causes;
  int retry_after_seconds = 0;
  std::string
      continue_token;  // of an expired list: goes on in the present state (metadata.continue)

  bool operator==(const ApiError&) const = default;
};

// The error of a Result, to be passed on as the Result of another type without a copy.
class Failure {
 public:
  explicit Failure(std::shared_ptr<const ApiError> error) : error_(std::move(error)) {}

 private:
  template <class T>
  friend class Result;

  std::shared_ptr<const ApiError> error_;
};

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  template <class U = T>
  requires(std::convertible_to<U&&, T> && !std::same_as<std::remove_cvref_t<U>, Result> &&
           !std::same_as<std::remove_cvref_t<U>, ApiError> &&
           !std::same_as<std::remove_cvref_t<U>, Failure>) Result(U&& value)
      : value_(std::forward<U>(value)) {}  // NOLINT(google-explicit-constructor)
  Result(ApiError error)                   // NOLINT(google-explicit-constructor)
      : error_(std::make_shared<const ApiError>(std::move(error))) {}
  Result(Failure failure) : error_(std::move(failure.error_)) {}  // NOLINT: as an error is

  bool ok() const noexcept { return value_.has_value(); }
  explicit operator bool() const noexcept { return ok(); }

  const T& value() const& {
    SIM_ASSERT(ok());
    return *value_;
  }
  T& value() & {
    SIM_ASSERT(ok());
    return *value_;
  }
  T&& value() && {
    SIM_ASSERT(ok());
    return *std::move(value_);
  }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  const ApiError& error() const {
    SIM_ASSERT(!ok());
    return *error_;
  }
  Failure failure() const {
    SIM_ASSERT(!ok());
    return Failure(error_);
  }

 private:
  std::optional<T> value_;
  std::shared_ptr<const ApiError> error_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;     // success
  Result(ApiError error)  // NOLINT(google-explicit-constructor)
      : error_(std::make_shared<const ApiError>(std::move(error))) {}
  Result(Failure failure) : error_(std::move(failure.error_)) {}  // NOLINT: as an error is

  bool ok() const noexcept { return error_ == nullptr; }
  explicit operator bool() const noexcept { return ok(); }
  const ApiError& error() const {
    SIM_ASSERT(!ok());
    return *error_;
  }
  Failure failure() const {
    SIM_ASSERT(!ok());
    return Failure(error_);
  }

 private:
  std::shared_ptr<const ApiError> error_;
};

// True when the call failed for this reason; reads well in `if (is(result, Reason::kNotFound))`.
template <class T>
bool is(const Result<T>& result, Reason reason) {
  return !result.ok() && result.error().reason == reason;
}

}  // namespace sdbtwin::api
