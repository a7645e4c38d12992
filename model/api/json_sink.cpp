#include <string>
#include <utility>

#include "model/api/encode.h"
#include "sim/core/assert.h"

namespace sdbtwin::api {

void TextSink::separate() {
  if (!first_) text_ += ',';
  first_ = false;
}

void TextSink::begin_object() {
  separate();
  text_ += '{';
  first_ = true;
}

void TextSink::key(std::string_view name) {
  separate();
  append_json_string(text_, name);
  text_ += ':';
  first_ = true;
}

void TextSink::end_object() {
  text_ += '}';
  first_ = false;
}

void TextSink::begin_array() {
  separate();
  text_ += '[';
  first_ = true;
}

void TextSink::end_array() {
  text_ += ']';
  first_ = false;
}

void TextSink::null() { raw("null"); }
void TextSink::boolean(bool value) { raw(value ? "true" : "false"); }
void TextSink::integer(int64_t value) { raw(std::to_string(value)); }

void TextSink::string(std::string_view value) {
  separate();
  append_json_string(text_, value);
}

void TextSink::value(const Value& value) {
  separate();
  value.dump_to(text_);
}

void TextSink::raw(std::string_view json) {
  separate();
  text_ += json;
}

void ValueSink::add(Value value) {
  if (frames_.empty()) {
    result_ = std::move(value);
  } else if (frames_.back().is_object) {
    frames_.back().members.insert_or_assign(std::string(frames_.back().key), std::move(value));
  } else {
    frames_.back().items.push_back(std::move(value));
  }
}

void ValueSink::begin_object() { frames_.emplace_back().is_object = true; }
void ValueSink::key(std::string_view name) { frames_.back().key = name; }

void ValueSink::end_object() {
  Value object(std::move(frames_.back().members));
  frames_.pop_back();
  add(std::move(object));
}

void ValueSink::begin_array() { frames_.emplace_back(); }

void ValueSink::end_array() {
  Value array(std::move(frames_.back().items));
  frames_.pop_back();
  add(std::move(array));
}

void ValueSink::null() { add(Value()); }
void ValueSink::boolean(bool value) { add(Value(value)); }
void ValueSink::integer(int64_t value) { add(Value(value)); }
void ValueSink::string(std::string_view value) { add(Value(value)); }
void ValueSink::value(const Value& value) { add(value); }

void ValueSink::raw(std::string_view json) {
  Result<Value> parsed = Value::parse(json);
  SIM_ASSERT(parsed.ok());
  add(*parsed);
}

}  // namespace sdbtwin::api
