// Base64 (RFC 4648, padded), as encoding/json writes []byte.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sdbtwin::api {

std::string base64_encode(std::string_view bytes);
std::optional<std::string> base64_decode(std::string_view text);  // nullopt: not base64

}  // namespace sdbtwin::api
