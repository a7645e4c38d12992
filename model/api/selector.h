// Label and field selectors. LabelSelector is metav1.LabelSelector (as in spec.selector) and also
// what the text form of a list request ("a=b,c in (x,y),!d") parses to. An empty selector matches
// everything. FieldSelector is the "metadata.name=x,spec.nodeName!=y" of list and watch requests.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/enum_names.h"
#include "model/api/kind.h"
#include "model/api/meta.h"
#include "model/api/result.h"

namespace sdbtwin::api {

class Object;

enum class SelectorOperator : uint8_t { kUnset, kIn, kNotIn, kExists, kDoesNotExist };
template <>
struct EnumNames<SelectorOperator> {
  static constexpr std::array<std::string_view, 5> kNames{"", "In", "NotIn", "Exists",
                                                          "DoesNotExist"};
};

struct LabelRequirement {
  std::string key;
  SelectorOperator operator_ = SelectorOperator::kUnset;
  std::vector<std::string> values;
  Opaque extra;

  bool operator==(const LabelRequirement&) const = default;
  static const TypeInfo& type_info();
};

struct LabelSelector {
  StringMap match_labels;
  std::vector<LabelRequirement> match_expressions;
  Opaque extra;

  LabelSelector() = default;
  explicit LabelSelector(StringMap labels) : match_labels(std::move(labels)) {}

  bool empty() const { return match_labels.empty() && match_expressions.empty(); }
  bool matches(const StringMap& labels) const;
  // The text form of a request; kBadRequest with the server's message.
  static Result<LabelSelector> parse(std::string_view text);
  std::string to_text() const;
  // metav1.LabelSelectorAsSelector's rules; a bad one is kInvalid.
  Result<void> check() const;

  bool operator==(const LabelSelector&) const = default;
  static const TypeInfo& type_info();
};

class FieldSelector {
 public:
  struct Term {
    std::string path;
    std::string value;
    bool negated = false;

    bool operator==(const Term&) const = default;
  };

  FieldSelector() = default;
  static Result<FieldSelector> parse(std::string_view text);
  static FieldSelector name(std::string name);  // metadata.name=...

  bool empty() const { return terms_.empty(); }
  const std::vector<Term>& terms() const { return terms_; }
  // The value that must be equal at `path`, or null.
  const std::string* exact(std::string_view path) const;
  // Precondition: check() passed for the object's kind.
  bool matches(const Object& object) const;
  // Which fields a kind can be selected by (kubernetes.md 4.7); else kBadRequest.
  Result<void> check(Kind kind) const;
  std::string to_text() const;

  bool operator==(const FieldSelector&) const = default;

 private:
  std::vector<Term> terms_;
};

}  // namespace sdbtwin::api
