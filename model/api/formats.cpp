// Name formats of apimachinery's validation package, without regular expressions.
#include <algorithm>
#include <cstddef>

#include "model/api/schema.h"

namespace sdbtwin::api {

namespace {

constexpr size_t kLabelMax = 63;       // apimachinery validation: DNS1123LabelMaxLength
constexpr size_t kSubdomainMax = 253;  // DNS1123SubdomainMaxLength

constexpr std::string_view kLabelTooLong = "must be no more than 63 characters";
constexpr std::string_view kSubdomainTooLong = "must be no more than 253 characters";
constexpr std::string_view kLabelForm =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
constexpr std::string_view kSubdomainForm =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
constexpr std::string_view kLabelValueForm =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  "
    "or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
constexpr std::string_view kNamePartEmpty = "name part must be non-empty";
constexpr std::string_view kPrefixPartEmpty = "prefix part must be non-empty";
constexpr std::string_view kNamePartForm =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_alphanumeric(char c) { return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z'); }

bool is_label(std::string_view text) {
  if (text.empty() || !is_lower_or_digit(text.front()) || !is_lower_or_digit(text.back())) {
    return false;
  }
  return std::ranges::all_of(text, [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

bool is_name_part(std::string_view text) {
  if (text.empty() || !is_alphanumeric(text.front()) || !is_alphanumeric(text.back())) {
    return false;
  }
  return std::ranges::all_of(
      text, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

}  // namespace

std::string_view check_dns1123_label(std::string_view text) {
  if (text.size() > kLabelMax) return kLabelTooLong;
  return is_label(text) ? std::string_view() : kLabelForm;
}

std::string_view check_dns1123_subdomain(std::string_view text) {
  if (text.size() > kSubdomainMax) return kSubdomainTooLong;
  while (true) {
    const size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return kSubdomainForm;
    if (dot == std::string_view::npos) return {};
    text.remove_prefix(dot + 1);
  }
}

std::string_view check_label_value(std::string_view text) {
  if (text.size() > kLabelMax) return kLabelTooLong;
  return text.empty() || is_name_part(text) ? std::string_view() : kLabelValueForm;
}

std::string_view check_qualified_name(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const std::string_view prefix = text.substr(0, slash);
    if (prefix.empty()) return kPrefixPartEmpty;
    if (std::string_view why = check_dns1123_subdomain(prefix); !why.empty()) return why;
    text.remove_prefix(slash + 1);
  }
  if (text.empty()) return kNamePartEmpty;
  if (text.size() > kLabelMax) return kLabelTooLong;
  return is_name_part(text) ? std::string_view() : kNamePartForm;
}

}  // namespace sdbtwin::api
