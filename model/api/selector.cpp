#include "model/api/selector.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/api/errors.h"
#include "model/api/schema.h"
#include "model/api/table.h"

namespace sdbtwin::api {

const TypeInfo& LabelRequirement::type_info() {
  using T = LabelRequirement;
  static constexpr FieldInfo kFields[] = {
      field<&T::key>("key").always().need(),
      field<&T::operator_>("operator").always().need(),
      field<&T::values>("values"),
  };
  static constexpr TypeInfo kType = struct_type<T>("LabelSelectorRequirement", kFields);
  return kType;
}

const TypeInfo& LabelSelector::type_info() {
  using T = LabelSelector;
  static constexpr FieldInfo kFields[] = {
      field<&T::match_labels>("matchLabels"),
      field<&T::match_expressions>("matchExpressions"),
  };
  static constexpr TypeInfo kType = struct_type<T>("LabelSelector", kFields);
  return kType;
}

namespace {

bool matches(const LabelRequirement& requirement, const StringMap& labels) {
  const auto found = labels.find(requirement.key);
  const bool present = found != labels.end();
  switch (requirement.operator_) {
    case SelectorOperator::kIn:
      return present &&
             std::ranges::find(requirement.values, found->second) != requirement.values.end();
    case SelectorOperator::kNotIn:
      return !present ||
             std::ranges::find(requirement.values, found->second) == requirement.values.end();
    case SelectorOperator::kExists:
      return present;
    case SelectorOperator::kDoesNotExist:
      return !present;
    case SelectorOperator::kUnset:
      return false;
  }
  SIM_UNREACHABLE();
}

// Splits the text form of a selector into words, operators and brackets.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : rest_(text) {}

  // "" at the end.
  std::string_view next() {
    skip_blanks();
    if (rest_.empty()) return {};
    for (std::string_view sign : {"==", "!=", "=", "!", "(", ")", ","}) {
      if (rest_.starts_with(sign)) return take(sign.size());
    }
    return take(std::min(rest_.find_first_of("=!(), \t"), rest_.size()));
  }

  std::string_view peek() const {
    Lexer copy = *this;
    return copy.next();
  }

 private:
  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
  }
  std::string_view take(size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::string_view rest_;
};

bool is_word(std::string_view token) {
  return !token.empty() && std::string_view("=!(),").find(token.front()) == std::string_view::npos;
}

ApiError parse_error(std::string_view found, std::string_view wanted) {
  return errors::bad_request(
      fmt::format("unable to parse requirement: found '{}', expected: {}", found, wanted));
}

Result<std::vector<std::string>> parse_values(Lexer& lexer) {
  if (std::string_view token = lexer.next(); token != "(") return parse_error(token, "'('");
  std::vector<std::string> values;
  while (true) {
    std::string_view token = lexer.peek();
    if (is_word(token)) {
      values.emplace_back(lexer.next());
      token = lexer.peek();
    } else {
      values.emplace_back();  // "(a,)" and "()" hold an empty value
    }
    lexer.next();
    if (token == ")") break;
    if (token != ",") return parse_error(token, "',' or ')'");
  }
  std::ranges::sort(values);
  return values;
}

void add_equality(LabelSelector& selector, std::string key, std::string value) {
  auto [found, added] = selector.match_labels.emplace(key, value);
  if (added || found->second == value) return;
  LabelRequirement requirement;
  requirement.key = std::move(key);
  requirement.operator_ = SelectorOperator::kIn;
  requirement.values.push_back(std::move(value));
  selector.match_expressions.push_back(std::move(requirement));
}

// The operator and values behind a key.
Result<void> parse_requirement(Lexer& lexer, std::string key, LabelSelector& selector) {
  LabelRequirement requirement;
  requirement.key = key;
  const std::string_view token = lexer.peek();
  if (token.empty() || token == ",") {
    requirement.operator_ = SelectorOperator::kExists;
  } else if (token == "=" || token == "==" || token == "!=") {
    lexer.next();
    std::string value;
    if (is_word(lexer.peek())) value = lexer.next();
    if (token != "!=") {
      add_equality(selector, std::move(key), std::move(value));
      return {};
    }
    requirement.operator_ = SelectorOperator::kNotIn;
    requirement.values.push_back(std::move(value));
  } else if (token == "in" || token == "notin") {
    lexer.next();
    Result<std::vector<std::string>> values = parse_values(lexer);
    if (!values) return values.error();
    requirement.operator_ = token == "in" ? SelectorOperator::kIn : SelectorOperator::kNotIn;
    requirement.values = std::move(*values);
  } else {
    return parse_error(token, "in, notin, =, ==, !=, gt, lt");
  }
  selector.match_expressions.push_back(std::move(requirement));
  return {};
}

Result<void> check_selector_labels(const LabelSelector& selector) {
  auto refuse = [](std::string_view key, std::string_view why) {
    return errors::bad_request(
        fmt::format("unable to parse requirement: <nil>: Invalid value: \"{}\": {}", key, why));
  };
  for (const auto& [key, value] : selector.match_labels) {
    if (std::string_view why = check_qualified_name(key); !why.empty()) return refuse(key, why);
    if (std::string_view why = check_label_value(value); !why.empty()) return refuse(value, why);
  }
  for (const LabelRequirement& requirement : selector.match_expressions) {
    if (std::string_view why = check_qualified_name(requirement.key); !why.empty()) {
      return refuse(requirement.key, why);
    }
    for (const std::string& value : requirement.values) {
      if (std::string_view why = check_label_value(value); !why.empty()) return refuse(value, why);
    }
  }
  return {};
}

}  // namespace

bool LabelSelector::matches(const StringMap& labels) const {
  auto label = labels.begin();  // both maps are sorted: one walk over both
  for (const auto& [key, value] : match_labels) {
    int order = -1;
    while (label != labels.end() && (order = label->first.compare(key)) < 0) ++label;
    if (label == labels.end() || order != 0 || label->second != value) return false;
    ++label;
  }
  return std::ranges::all_of(match_expressions, [&](const LabelRequirement& requirement) {
    return api::matches(requirement, labels);
  });
}

Result<LabelSelector> LabelSelector::parse(std::string_view text) {
  LabelSelector selector;
  Lexer lexer(text);
  if (lexer.peek().empty()) return selector;
  while (true) {
    std::string_view token = lexer.next();
    if (token == "!") {
      token = lexer.next();
      if (!is_word(token)) return parse_error(token, "identifier");
      LabelRequirement requirement;
      requirement.key = token;
      requirement.operator_ = SelectorOperator::kDoesNotExist;
      selector.match_expressions.push_back(std::move(requirement));
    } else if (is_word(token)) {
      Result<void> parsed = parse_requirement(lexer, std::string(token), selector);
      if (!parsed) return parsed.error();
    } else {
      return parse_error(token, "!, identifier, or 'end of string'");
    }
    token = lexer.next();
    if (token.empty()) break;
    if (token != ",") return parse_error(token, "',' or 'end of string'");
  }
  Result<void> checked = check_selector_labels(selector);
  if (!checked) return checked.error();
  return selector;
}

std::string LabelSelector::to_text() const {
  std::string text;
  auto separate = [&text] {
    if (!text.empty()) text += ',';
  };
  for (const auto& [key, value] : match_labels) {
    separate();
    text += fmt::format("{}={}", key, value);
  }
  for (const LabelRequirement& requirement : match_expressions) {
    separate();
    switch (requirement.operator_) {
      case SelectorOperator::kIn:
        text += fmt::format("{} in ({})", requirement.key, fmt::join(requirement.values, ","));
        break;
      case SelectorOperator::kNotIn:
        text += fmt::format("{} notin ({})", requirement.key, fmt::join(requirement.values, ","));
        break;
      case SelectorOperator::kDoesNotExist:
        text += fmt::format("!{}", requirement.key);
        break;
      case SelectorOperator::kExists:
      case SelectorOperator::kUnset:
        text += requirement.key;
        break;
    }
  }
  return text;
}

Result<void> LabelSelector::check() const {
  std::vector<StatusCause> causes;
  size_t index = 0;
  for (const LabelRequirement& requirement : match_expressions) {
    const std::string path = fmt::format("matchExpressions[{}]", index++);
    switch (requirement.operator_) {
      case SelectorOperator::kIn:
      case SelectorOperator::kNotIn:
        if (requirement.values.empty()) {
          causes.push_back(field_error::required(
              path + ".values", "must be specified when `operator` is 'In' or 'NotIn'"));
        }
        break;
      case SelectorOperator::kExists:
      case SelectorOperator::kDoesNotExist:
        if (!requirement.values.empty()) {
          causes.push_back(
              field_error::forbidden(path + ".values",
                                     "may not be specified when `operator` is 'Exists' or "
                                     "'DoesNotExist'"));
        }
        break;
      case SelectorOperator::kUnset: {
        const Value* text = requirement.extra.find("operator");
        causes.push_back(field_error::invalid(path + ".operator",
                                              text == nullptr ? "\"\"" : text->dump(),
                                              "not a valid selector operator"));
        break;
      }
    }
  }
  if (causes.empty()) return {};
  return errors::invalid("", "LabelSelector", "", std::move(causes));
}

}  // namespace sdbtwin::api
