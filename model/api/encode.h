// Typed structs to JSON, by their tables. Internal to model/api; the public face is codec.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/api/codec.h"
#include "model/api/type_info.h"
#include "model/api/value.h"

namespace sdbtwin::api {

// Receives a document in order. One implementation writes text, one builds a Value.
class JsonSink {
 public:
  virtual ~JsonSink() = default;
  virtual void begin_object() = 0;
  virtual void key(std::string_view name) = 0;  // lives until its value has been received
  virtual void end_object() = 0;
  virtual void begin_array() = 0;
  virtual void end_array() = 0;
  virtual void null() = 0;
  virtual void boolean(bool value) = 0;
  virtual void integer(int64_t value) = 0;
  virtual void string(std::string_view value) = 0;
  virtual void value(const Value& value) = 0;
  virtual void raw(std::string_view json) = 0;  // one JSON value, by its bytes
};

class TextSink final : public JsonSink {
 public:
  void begin_object() override;
  void key(std::string_view name) override;
  void end_object() override;
  void begin_array() override;
  void end_array() override;
  void null() override;
  void boolean(bool value) override;
  void integer(int64_t value) override;
  void string(std::string_view value) override;
  void value(const Value& value) override;
  void raw(std::string_view json) override;

  std::string take() { return std::move(text_); }

 private:
  void separate();

  std::string text_;
  bool first_ = true;  // no comma before the next key or item
};

class ValueSink final : public JsonSink {
 public:
  void begin_object() override;
  void key(std::string_view name) override;
  void end_object() override;
  void begin_array() override;
  void end_array() override;
  void null() override;
  void boolean(bool value) override;
  void integer(int64_t value) override;
  void string(std::string_view value) override;
  void value(const Value& value) override;
  void raw(std::string_view json) override;

  Value take() { return std::move(result_); }

 private:
  struct Frame {
    bool is_object = false;
    std::string_view key;
    Value::Object members;
    Value::Array items;
  };
  void add(Value value);

  std::vector<Frame> frames_;
  Value result_;
};

void encode(const TypeInfo& type, const void* value, JsonSink& sink, const EncodeOptions& options);
// The members of a struct, without the braces.
void encode_members(const TypeInfo& type, const void* owner, JsonSink& sink,
                    const EncodeOptions& options);

}  // namespace sdbtwin::api
