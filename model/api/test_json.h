// For tests: values and objects from JSON text that is expected to be well-formed.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "model/api/codec.h"
#include "model/api/value.h"

namespace sdbtwin::api {

inline Value parse(std::string_view text) {
  Result<Value> value = Value::parse(text);
  EXPECT_TRUE(value.ok()) << text;
  return value.ok() ? *value : Value();
}

inline ObjectPtr decode(std::string_view json) {
  Result<ObjectPtr> object = from_json(json);
  EXPECT_TRUE(object.ok()) << (object.ok() ? std::string(json) : object.error().message);
  return object.ok() ? *object : nullptr;
}

}  // namespace sdbtwin::api
