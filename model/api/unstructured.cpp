#include "model/api/unstructured.h"

#include <cctype>

namespace sdbtwin::api {

Unstructured::Unstructured(UnstructuredType type)
    : Object(kKind),
      unstructured_type(std::make_shared<const UnstructuredType>(std::move(type))),
      body(Value::Object()) {}

std::shared_ptr<Object> Unstructured::clone() const {
  return std::make_shared<Unstructured>(*this);
}

std::string untyped_name(std::string_view api_version, std::string_view kind) {
  std::string name(api_version);
  return name.append("/").append(kind);
}

std::pair<std::string, std::string> split_untyped_name(std::string_view untyped) {
  const size_t slash = untyped.rfind('/');
  if (slash == std::string_view::npos) return {"", std::string(untyped)};
  return {std::string(untyped.substr(0, slash)), std::string(untyped.substr(slash + 1))};
}

std::string guess_plural(std::string_view kind) {
  std::string plural;
  for (char c : kind) {
    plural += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (plural.ends_with('s')) return plural + "es";
  if (plural.ends_with('y')) {
    plural.pop_back();
    return plural + "ies";
  }
  return plural + "s";
}

}  // namespace sdbtwin::api
