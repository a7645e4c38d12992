#include "model/api/value.h"

#include <array>
#include <charconv>

namespace sdbtwin::api {

Value::Value(std::string value)
    : type_(Type::kString), data_(std::make_shared<const std::string>(std::move(value))) {}
Value::Value(std::string_view value) : Value(std::string(value)) {}
Value::Value(const char* value) : Value(std::string(value)) {}
Value::Value(Array items)
    : type_(Type::kArray), data_(std::make_shared<const Array>(std::move(items))) {}
Value::Value(Object members)
    : type_(Type::kObject), data_(std::make_shared<const Object>(std::move(members))) {}

Value Value::array(std::initializer_list<Value> items) { return Value(Array(items)); }
Value Value::object(std::initializer_list<Member> members) { return Value(Object(members)); }

Value Value::number(std::string_view text) {
  int64_t integer = 0;
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, integer);
  if (error == std::errc() && stop == end && text != "-0") return Value(integer);
  Value value{std::string(text)};
  value.type_ = Type::kNumber;
  return value;
}

bool Value::as_bool() const {
  SIM_ASSERT(type_ == Type::kBool);
  return integer_ != 0;
}

int64_t Value::as_integer() const {
  SIM_ASSERT(type_ == Type::kInteger);
  return integer_;
}

const std::string& Value::text() const {
  SIM_ASSERT(type_ == Type::kString || type_ == Type::kNumber);
  return *static_cast<const std::string*>(data_.get());
}

const Value::Array& Value::items() const {
  SIM_ASSERT(type_ == Type::kArray);
  return *static_cast<const Array*>(data_.get());
}

const Value::Object& Value::members() const {
  SIM_ASSERT(type_ == Type::kObject);
  return *static_cast<const Object*>(data_.get());
}

size_t Value::size() const noexcept {
  if (type_ == Type::kArray) return static_cast<const Array*>(data_.get())->size();
  if (type_ == Type::kObject) return static_cast<const Object*>(data_.get())->size();
  return 0;
}

const Value* Value::find(std::string_view key) const {
  if (type_ != Type::kObject) return nullptr;
  auto found = members().find(key);
  return found == members().end() ? nullptr : &found->second;
}

const Value* Value::find_path(std::initializer_list<std::string_view> path) const {
  const Value* value = this;
  for (std::string_view key : path) {
    value = value->find(key);
    if (value == nullptr) return nullptr;
  }
  return value;
}

std::string_view Value::string_at(std::string_view key) const {
  const Value* member = find(key);
  return member != nullptr && member->is_string() ? std::string_view(member->text())
                                                  : std::string_view();
}

Value Value::with(std::string key, Value member) const {
  Object copy = is_null() ? Object() : members();
  copy.insert_or_assign(std::move(key), std::move(member));
  return Value(std::move(copy));
}

Value Value::without(std::string_view key) const {
  Object copy = is_null() ? Object() : members();
  if (auto found = copy.find(key); found != copy.end()) copy.erase(found);
  return Value(std::move(copy));
}

bool operator==(const Value& a, const Value& b) {
  if (a.type_ != b.type_) return false;
  switch (a.type_) {
    case Value::Type::kNull:
      return true;
    case Value::Type::kBool:
    case Value::Type::kInteger:
      return a.integer_ == b.integer_;
    case Value::Type::kNumber:
    case Value::Type::kString:
      return a.data_ == b.data_ || a.text() == b.text();
    case Value::Type::kArray:
      return a.data_ == b.data_ || a.items() == b.items();
    case Value::Type::kObject:
      return a.data_ == b.data_ || a.members() == b.members();
  }
  SIM_UNREACHABLE();
}

std::string_view to_string(Value::Type type) {
  switch (type) {
    case Value::Type::kNull:
      return "null";
    case Value::Type::kBool:
      return "boolean";
    case Value::Type::kInteger:
      return "integer";
    case Value::Type::kNumber:
      return "number";
    case Value::Type::kString:
      return "string";
    case Value::Type::kArray:
      return "array";
    case Value::Type::kObject:
      return "object";
  }
  SIM_UNREACHABLE();
}

namespace {

// Go's encoding/json: the short escapes, \u00xx for other control characters and for <, > and &,
// and U+2028, U+2029 (E2 80 A8, E2 80 A9 in UTF-8) by number.
void append_escaped(std::string& out, unsigned char byte) {
  constexpr char kHex[] = "0123456789abcdef";
  switch (byte) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
  }
}

constexpr std::array<bool, 256> kNeedsEscape = [] {
  std::array<bool, 256> needs{};
  for (std::size_t control = 0; control < 0x20; ++control) needs[control] = true;
  for (const unsigned char byte : {'"', '\\', '<', '>', '&'}) needs[byte] = true;
  return needs;
}();

}  // namespace

// What needs no escape is appended in one piece.
void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  size_t plain = 0;  // begin of what is not appended yet
  for (size_t index = 0; index < text.size(); ++index) {
    const auto byte = static_cast<unsigned char>(text[index]);
    if (kNeedsEscape[byte]) {
      out.append(text.substr(plain, index - plain));
      append_escaped(out, byte);
      plain = index + 1;
    } else if (byte == 0xE2 && text.substr(index + 1, 1) == "\x80" &&
               (text.substr(index + 2, 1) == "\xA8" || text.substr(index + 2, 1) == "\xA9")) {
      out.append(text.substr(plain, index - plain));
      out += text[index + 2] == '\xA8' ? "\\u2028" : "\\u2029";
      index += 2;
      plain = index + 1;
    }
  }
  out.append(text.substr(plain));
  out += '"';
}

void Value::dump_to(std::string& out) const {
  switch (type_) {
    case Type::kNull:
      out += "null";
      return;
    case Type::kBool:
      out += as_bool() ? "true" : "false";
      return;
    case Type::kInteger:
      out += std::to_string(integer_);
      return;
    case Type::kNumber:
      out += text();
      return;
    case Type::kString:
      append_json_string(out, text());
      return;
    case Type::kArray: {
      char separator = '[';
      for (const Value& item : items()) {
        out += separator;
        item.dump_to(out);
        separator = ',';
      }
      out += items().empty() ? "[]" : "]";
      return;
    }
    case Type::kObject: {
      char separator = '{';
      for (const auto& [key, member] : members()) {
        out += separator;
        append_json_string(out, key);
        out += ':';
        member.dump_to(out);
        separator = ',';
      }
      out += members().empty() ? "{}" : "}";
      return;
    }
  }
}

std::string Value::dump() const {
  std::string out;
  dump_to(out);
  return out;
}

}  // namespace sdbtwin::api
