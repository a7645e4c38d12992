// RFC 6902 and RFC 7386 on plain values.
#include <charconv>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "model/api/errors.h"
#include "model/api/patch.h"

namespace sdbtwin::api {

namespace {

using Tokens = std::span<const std::string>;

// What the server answers when an operation cannot be applied, whatever the reason.
ApiError rejected() {
  ApiError error;
  error.reason = Reason::kInvalid;
  error.code = 422;
  error.message = "the server rejected our request due to an error in our request";
  return error;
}

std::optional<std::vector<std::string>> parse_pointer(std::string_view text) {
  std::vector<std::string> tokens;
  if (text.empty()) return tokens;
  if (text.front() != '/') return std::nullopt;
  for (char c : text) {
    if (c == '/') {
      tokens.emplace_back();
    } else {
      tokens.back() += c;
    }
  }
  for (std::string& token : tokens) {
    for (auto [escape, plain] : {std::pair("~1", '/'), std::pair("~0", '~')}) {
      for (size_t at = token.find(escape); at != std::string::npos;
           at = token.find(escape, at + 1)) {
        token.replace(at, 2, 1, plain);
      }
    }
  }
  return tokens;
}

// An index below `limit`, counted from the end when negative.
std::optional<size_t> parse_index(std::string_view token, size_t limit) {
  int64_t index = 0;
  const char* end = token.data() + token.size();
  auto [stop, error] = std::from_chars(token.data(), end, index);
  const bool leading_zero = token.size() > 1 && token.front() == '0';
  if (error != std::errc() || stop != end || leading_zero) return std::nullopt;
  if (index < 0) index += static_cast<int64_t>(limit);
  if (index < 0 || index >= static_cast<int64_t>(limit)) return std::nullopt;
  return static_cast<size_t>(index);
}

const Value* child(const Value& node, const std::string& token) {
  if (node.is_object()) return node.find(token);
  if (!node.is_array()) return nullptr;
  std::optional<size_t> index = parse_index(token, node.size());
  return index ? &node.items()[*index] : nullptr;
}

const Value* resolve(const Value& root, Tokens path) {
  const Value* node = &root;
  for (const std::string& token : path) {
    node = child(*node, token);
    if (node == nullptr) return nullptr;
  }
  return node;
}

Value with_child(const Value& node, const std::string& token, Value value) {
  if (node.is_object()) return node.with(token, std::move(value));
  Value::Array items = node.items();
  items[*parse_index(token, items.size())] = std::move(value);
  return Value(std::move(items));
}

// Rebuilds the nodes along `path`; `edit(parent, last token)` makes the new parent.
template <class Edit>
Result<Value> rebuild(const Value& node, Tokens path, Edit edit) {
  if (path.size() == 1) return edit(node, path.front());
  const Value* below = child(node, path.front());
  if (below == nullptr) return rejected();
  Result<Value> changed = rebuild(*below, path.subspan(1), edit);
  if (!changed) return changed;
  return with_child(node, path.front(), std::move(*changed));
}

Result<Value> add(const Value& root, Tokens path, const Value& value) {
  if (path.empty()) return value;
  return rebuild(root, path, [&](const Value& parent, const std::string& token) -> Result<Value> {
    if (parent.is_object()) return parent.with(token, value);
    if (!parent.is_array()) return rejected();
    Value::Array items = parent.items();
    std::optional<size_t> index =
        token == "-" ? items.size() : parse_index(token, items.size() + 1);
    if (!index) return rejected();
    items.insert(items.begin() + static_cast<std::ptrdiff_t>(*index), value);
    return Value(std::move(items));
  });
}

Result<Value> remove(const Value& root, Tokens path) {
  if (path.empty()) return rejected();
  return rebuild(root, path, [&](const Value& parent, const std::string& token) -> Result<Value> {
    if (child(parent, token) == nullptr) return rejected();
    if (parent.is_object()) return parent.without(token);
    Value::Array items = parent.items();
    const size_t index = *parse_index(token, items.size());
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(index));
    return Value(std::move(items));
  });
}

Result<Value> replace(const Value& root, Tokens path, const Value& value) {
  if (path.empty()) return value;
  return rebuild(root, path, [&](const Value& parent, const std::string& token) -> Result<Value> {
    if (child(parent, token) == nullptr) return rejected();
    return with_child(parent, token, value);
  });
}

Result<Value> copy_or_move(const Value& root, const Value& operation, Tokens path, bool is_move) {
  std::optional<std::vector<std::string>> from = parse_pointer(operation.string_at("from"));
  if (!from) return rejected();
  const Value* source = resolve(root, *from);
  if (source == nullptr) return rejected();
  const Value value = *source;
  if (!is_move) return add(root, path, value);
  Result<Value> without = remove(root, *from);
  if (!without) return without;
  return add(*without, path, value);
}

Result<Value> apply_operation(const Value& root, const Value& operation) {
  const std::string_view op = operation.string_at("op");
  std::optional<std::vector<std::string>> path = parse_pointer(operation.string_at("path"));
  if (operation.find("path") == nullptr || !path) return rejected();
  if (op == "remove") return remove(root, *path);
  if (op == "move" || op == "copy") return copy_or_move(root, operation, *path, op == "move");
  const Value* value = operation.find("value");
  if (value == nullptr) return rejected();
  if (op == "add") return add(root, *path, *value);
  if (op == "replace") return replace(root, *path, *value);
  if (op != "test") return rejected();
  const Value* actual = resolve(root, *path);
  if (actual == nullptr && value->is_null()) return root;
  if (actual == nullptr || !(*actual == *value)) {
    return rejected();
  }
  return root;
}

}  // namespace

Result<Value> json_patch(const Value& document, const Value& patch) {
  if (!patch.is_array()) return errors::bad_request("a JSON patch is a list of operations");
  Value result = document;
  for (const Value& operation : patch.items()) {
    if (!operation.is_object()) return errors::bad_request("an operation is an object");
    Result<Value> next = apply_operation(result, operation);
    if (!next) return next;
    result = std::move(*next);
  }
  return result;
}

Value merge_patch(const Value& document, const Value& patch) {
  if (!patch.is_object()) return patch;
  Value::Object result = document.is_object() ? document.members() : Value::Object();
  for (const auto& [key, member] : patch.members()) {
    if (member.is_null()) {
      result.erase(key);
      continue;
    }
    auto found = result.find(key);
    result.insert_or_assign(key,
                            merge_patch(found == result.end() ? Value() : found->second, member));
  }
  return Value(std::move(result));
}

Value make_merge_patch(const Value& from, const Value& to) {
  if (!from.is_object() || !to.is_object()) return to;
  Value::Object patch;
  for (const auto& [key, member] : from.members()) {
    if (to.find(key) == nullptr) patch.emplace(key, Value());
  }
  for (const auto& [key, member] : to.members()) {
    const Value* before = from.find(key);
    if (before == nullptr) {
      patch.emplace(key, member);
    } else if (!(*before == member)) {
      patch.emplace(key, make_merge_patch(*before, member));
    }
  }
  return Value(std::move(patch));
}

}  // namespace sdbtwin::api
