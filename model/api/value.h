// Value: an immutable JSON value for what the model does not type (opaque fields, patch bodies,
// unknown kinds). Subtrees are shared, so a copy costs one reference count.
//
// Guarantees: object keys are sorted; a number that is not an int64 keeps its text (never a
// double); == is deep, with a short cut for shared subtrees. "Editing" makes a new Value.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/api/result.h"

namespace sdbtwin::api {

class Value {
 public:
  enum class Type : uint8_t { kNull, kBool, kInteger, kNumber, kString, kArray, kObject };
  using Array = std::vector<Value>;
  using Object = std::map<std::string, Value, std::less<>>;
  using Member = std::pair<const std::string, Value>;

  Value() = default;        // null
  Value(std::nullptr_t) {}  // NOLINT(google-explicit-constructor): JSON literals read as such
  template <std::same_as<bool> B>
  Value(B value) : type_(Type::kBool), integer_(value) {}  // NOLINT(google-explicit-constructor)
  template <std::integral I>
  requires(!std::same_as<I, bool>) Value(I value)  // NOLINT(google-explicit-constructor)
      : type_(Type::kInteger), integer_(static_cast<int64_t>(value)) {}
  Value(std::string value);       // NOLINT(google-explicit-constructor)
  Value(std::string_view value);  // NOLINT(google-explicit-constructor)
  Value(const char* value);       // NOLINT(google-explicit-constructor)
  Value(Array items);             // NOLINT(google-explicit-constructor)
  Value(Object members);          // NOLINT(google-explicit-constructor)

  static Value array(std::initializer_list<Value> items);
  static Value object(std::initializer_list<Member> members);
  // A number by its text, as JSON writes it; an integer that fits int64 becomes kInteger.
  static Value number(std::string_view text);

  // Syntax errors are kBadRequest and name the byte; duplicate keys: the last one wins.
  static Result<Value> parse(std::string_view json);
  // Compact, keys sorted, escaped as Go's encoding/json does (also <, > and &).
  std::string dump() const;
  void dump_to(std::string& out) const;

  Type type() const noexcept { return type_; }
  bool is_null() const noexcept { return type_ == Type::kNull; }
  bool is_bool() const noexcept { return type_ == Type::kBool; }
  bool is_integer() const noexcept { return type_ == Type::kInteger; }
  bool is_string() const noexcept { return type_ == Type::kString; }
  bool is_array() const noexcept { return type_ == Type::kArray; }
  bool is_object() const noexcept { return type_ == Type::kObject; }

  // Readers of one type; precondition (SIM_ASSERT): that type.
  bool as_bool() const;
  int64_t as_integer() const;
  const std::string& text() const;  // kString or kNumber
  const Array& items() const;
  const Object& members() const;

  size_t size() const noexcept;  // of an array or object, else 0
  // The member, or null when this is not an object or has none of that name.
  const Value* find(std::string_view key) const;
  // The same along a path of member names.
  const Value* find_path(std::initializer_list<std::string_view> path) const;
  // The text of a string member, or "".
  std::string_view string_at(std::string_view key) const;

  // A new object with one member set or removed. Precondition: object or null (= empty object).
  Value with(std::string key, Value member) const;
  Value without(std::string_view key) const;

  friend bool operator==(const Value& a, const Value& b);

 private:
  Type type_ = Type::kNull;
  int64_t integer_ = 0;  // kBool, kInteger
  std::shared_ptr<const void> data_;
};

std::string_view to_string(Value::Type type);  // "string", "object", ... for messages

// JSON string literal with Go's escapes, appended to `out`.
void append_json_string(std::string& out, std::string_view text);

}  // namespace sdbtwin::api
