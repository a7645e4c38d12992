#include "model/api/result.h"

#include <array>
#include <cstddef>

namespace sdbtwin::api {

namespace {

constexpr std::array<std::string_view, 19> kReasonNames{
    "NotFound",
    "AlreadyExists",
    "Conflict",
    "Invalid",
    "BadRequest",
    "Unauthorized",
    "Forbidden",
    "Expired",
    "Gone",
    "TooManyRequests",
    "ServerTimeout",
    "Timeout",
    "InternalError",
    "MethodNotAllowed",
    "NotAcceptable",
    "UnsupportedMediaType",
    "RequestEntityTooLarge",
    "ServiceUnavailable",
    "ConnectionLost",
};

}  // namespace

std::string_view to_string(Reason reason) { return kReasonNames[static_cast<size_t>(reason)]; }

std::optional<Reason> parse_reason(std::string_view text) {
  for (size_t index = 0; index < kReasonNames.size(); ++index) {
    if (kReasonNames[index] == text) return static_cast<Reason>(index);
  }
  return std::nullopt;
}

}  // namespace sdbtwin::api
