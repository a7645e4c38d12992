// Kubernetes' string-like numbers. Each keeps the text it was read from, so that "0.5" stays "0.5"
// and "1000m" stays "1000m"; the numeric readers are exact or say that they cannot be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sim/core/time.h"

namespace sdbtwin::api {

// resource.Quantity: "2Gi", "600m", "0.5", "1e3". == compares the text, as stored objects do;
// compare() the amounts.
struct Quantity {
  std::string text;

  Quantity() = default;
  Quantity(std::string value) : text(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Quantity(const char* value) : text(value) {}             // NOLINT(google-explicit-constructor)
  Quantity(std::string_view value) : text(value) {}        // NOLINT(google-explicit-constructor)
  static Quantity from_milli(int64_t milli);               // "600m", "2"
  static Quantity from_bytes(int64_t bytes);               // "2Gi" when exact, else digits

  bool empty() const noexcept { return text.empty(); }
  bool valid() const;  // by the grammar of resource.Quantity
  // Thousandths, rounded up as Kubernetes does; nullopt: not a quantity, or out of int64.
  std::optional<int64_t> milli() const;
  // Whole units, rounded up.
  std::optional<int64_t> value() const;

  bool operator==(const Quantity&) const = default;
};

// Negative, 0, positive. Precondition: both valid.
int compare(const Quantity& a, const Quantity& b);

// intstr.IntOrString: 3 or "25%".
struct IntOrString {
  std::optional<std::string> text;  // set: the string form
  int32_t number = 0;

  IntOrString() = default;
  IntOrString(int32_t value) : number(value) {}               // NOLINT(google-explicit-constructor)
  IntOrString(std::string value) : text(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  IntOrString(const char* value) : text(value) {}             // NOLINT(google-explicit-constructor)

  // The number, or the percentage of `total` rounded down or up (intstr's GetScaledValue...);
  // nullopt when the text is not "N%".
  std::optional<int64_t> scaled_down(int64_t total) const;
  std::optional<int64_t> scaled_up(int64_t total) const;
  std::string to_text() const;

  bool operator==(const IntOrString&) const = default;
};

// metav1.Duration: "10m". The text is kept as the user wrote it.
struct DurationText {
  std::string text;

  DurationText() = default;
  DurationText(std::string value)
      : text(std::move(value)) {}                   // NOLINT(google-explicit-constructor)
  DurationText(const char* value) : text(value) {}  // NOLINT(google-explicit-constructor)

  bool empty() const noexcept { return text.empty(); }
  std::optional<sim::Duration> value() const;  // nullopt: empty or not a duration

  bool operator==(const DurationText&) const = default;
};

}  // namespace sdbtwin::api
