// Opaque: what a typed struct read from JSON but does not model, so that it round-trips unchanged.
// Every modelled struct ends with `Opaque extra`. It holds
//   fields  - unknown fields; also known ones whose JSON the typed member cannot show: an explicit
//             empty value of a custom resource ("halted": false), a value outside an enum;
//   absent  - fields that are always written but were not there (custom resources only).
// A typed member that is not zero wins over both. Shared; null when there is nothing to keep.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "model/api/value.h"

namespace sdbtwin::api {

class Opaque {
 public:
  bool empty() const noexcept { return content_ == nullptr; }
  const Value* find(std::string_view field) const;
  bool is_absent(std::string_view field) const;
  const Value::Object& fields() const;
  const std::set<std::string, std::less<>>& absent() const;

  void set(std::string field, Value value);
  void set_absent(std::string field);
  void erase(std::string_view field);  // from both

  // As stored; objects compare by what they encode (equal() in object.h).
  friend bool operator==(const Opaque& a, const Opaque& b);

 private:
  struct Content {
    Value::Object fields;
    std::set<std::string, std::less<>> absent;
  };
  template <class Edit>
  void change(Edit edit);

  std::shared_ptr<const Content> content_;
};

}  // namespace sdbtwin::api
