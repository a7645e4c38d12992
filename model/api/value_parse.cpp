#include "model/api/value_parse.h"

#include <fmt/format.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>

#include "model/api/errors.h"

namespace sdbtwin::api {

namespace {

// Deeper documents are refused: decoding recurses. Go's decoder stops at 10,000; real objects stay
// below 20 [us].
constexpr size_t kMaxDepth = 512;

// Builds a Value from nlohmann's SAX events. Its DOM is not used: it would turn numbers into
// doubles.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return add(Value()); }
  bool boolean(bool value) override { return add(Value(value)); }
  bool number_integer(int64_t value) override { return add(Value(value)); }
  bool number_unsigned(uint64_t value) override {
    if (std::in_range<int64_t>(value)) return add(Value(value));
    return add(Value::number(std::to_string(value)));
  }
  bool number_float(nlohmann::json::number_float_t, const std::string& text) override {
    return add(Value::number(text));
  }
  bool string(std::string& value) override { return add(Value(std::move(value))); }
  bool binary(nlohmann::json::binary_t&) override { return fail("binary value"); }

  bool start_object(size_t) override { return push(true); }
  bool start_array(size_t) override { return push(false); }
  bool key(std::string& name) override {
    frames_.back().key = std::move(name);
    return true;
  }
  bool end_object() override {
    Value object(std::move(frames_.back().members));
    frames_.pop_back();
    return add(std::move(object));
  }
  bool end_array() override {
    Value array(std::move(frames_.back().items));
    frames_.pop_back();
    return add(std::move(array));
  }
  bool parse_error(size_t, const std::string&, const nlohmann::json::exception& what) override {
    return fail(what.what());
  }

  std::string error;
  ParsedJson parsed;

 private:
  struct Frame {
    bool is_object = false;
    std::string key;
    Value::Object members;
    Value::Array items;
  };

  bool fail(std::string text) {
    error = std::move(text);
    return false;
  }

  bool push(bool is_object) {
    if (frames_.size() >= kMaxDepth) return fail("nested too deep");
    frames_.emplace_back().is_object = is_object;
    return true;
  }

  bool add(Value value) {
    if (frames_.empty()) {
      parsed.value = std::move(value);
      return true;
    }
    Frame& frame = frames_.back();
    if (!frame.is_object) {
      frame.items.push_back(std::move(value));
      return true;
    }
    if (frame.members.contains(frame.key)) parsed.duplicate_paths.push_back(path());
    frame.members.insert_or_assign(std::move(frame.key), std::move(value));
    return true;
  }

  std::string path() const {
    std::string text;
    for (const Frame& frame : frames_) {
      if (!frame.is_object) {
        text += fmt::format("[{}]", frame.items.size());
        continue;
      }
      if (!text.empty()) text += '.';
      text += frame.key;
    }
    return text;
  }

  std::vector<Frame> frames_;
};

// nlohmann's text without its prefix "[json.exception.parse_error.101] ".
std::string_view without_prefix(std::string_view text) {
  const size_t end = text.find("] ");
  return end == std::string_view::npos ? text : text.substr(end + 2);
}

}  // namespace

Result<ParsedJson> parse_json(std::string_view json) {
  Builder builder;
  if (!nlohmann::json::sax_parse(json, &builder)) {
    return errors::bad_request(fmt::format("json parse error: {}", without_prefix(builder.error)));
  }
  return std::move(builder.parsed);
}

Result<Value> Value::parse(std::string_view json) {
  Result<ParsedJson> parsed = parse_json(json);
  if (!parsed) return parsed.error();
  return std::move(parsed->value);
}

}  // namespace sdbtwin::api
