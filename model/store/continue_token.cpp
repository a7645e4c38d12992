#include "model/store/continue_token.h"

#include <fmt/format.h>

#include <optional>

#include "model/api/errors.h"
#include "model/api/value.h"

namespace sdbtwin::store {

namespace {

constexpr std::string_view kVersion = "meta.k8s.io/v1";
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string base64url(std::string_view bytes) {
  std::string text;
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const char byte : bytes) {
    buffer = (buffer << 8) | static_cast<unsigned char>(byte);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += kAlphabet[(buffer >> bits) & 63];
    }
  }
  if (bits > 0) text += kAlphabet[(buffer << (6 - bits)) & 63];
  return text;
}

// The position of the first byte that is not base64url, in `bad`.
std::optional<std::string> from_base64url(std::string_view text, std::size_t& bad) {
  std::string bytes;
  std::uint32_t buffer = 0;
  int bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t digit = kAlphabet.find(text[i]);
    if (digit == std::string_view::npos) {
      bad = i;
      return std::nullopt;
    }
    buffer = (buffer << 6) | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>((buffer >> bits) & 255);
  }
  return bytes;
}

api::ApiError not_valid(std::string_view why) {
  return api::errors::bad_request(
      fmt::format("invalid continue token: continue key is not valid: {}", why));
}

// A byte as Go shows it in a message: the character of that code.
std::string quoted_byte(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  if (code < 0x80) return std::string(1, byte);
  return {static_cast<char>(0xc0 | (code >> 6)), static_cast<char>(0x80 | (code & 0x3f))};
}

}  // namespace

std::string ContinueToken::encode() const {
  std::string json =
      fmt::format(R"({{"v":"{}","rv":{},"start":)", kVersion, static_cast<std::int64_t>(revision));
  api::append_json_string(json, start);
  json += '}';
  return base64url(json);
}

api::Result<ContinueToken> ContinueToken::decode(std::string_view text) {
  std::size_t bad = 0;
  const std::optional<std::string> json = from_base64url(text, bad);
  if (!json) return not_valid(fmt::format("illegal base64 data at input byte {}", bad));
  if (json->empty() || json->front() != '{') {
    if (json->empty()) return not_valid("unexpected end of JSON input");
    return not_valid(fmt::format("invalid character '{}' looking for beginning of value",
                                 quoted_byte(json->front())));
  }
  const api::Result<api::Value> value = api::Value::parse(*json);
  if (!value) return not_valid("invalid JSON");
  const api::Value* rv = value->find("rv");
  if (value->string_at("v") != kVersion || rv == nullptr || !rv->is_integer() ||
      rv->as_integer() == 0 || rv->as_integer() < -1) {
    return not_valid("incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
  }
  ContinueToken token;
  token.revision = static_cast<std::uint64_t>(rv->as_integer());
  token.start = value->string_at("start");
  if (token.start.empty() || token.start.front() != '/') {
    return not_valid("encoded start key empty (version meta.k8s.io/v1)");
  }
  return token;
}

std::string ContinueToken::start_after(const api::ObjectKey& last, const std::string& namespace_) {
  std::string start = "/";
  if (namespace_.empty() && !last.namespace_.empty()) start += last.namespace_ + "/";
  return start + last.name + '\0';
}

api::ObjectKey ContinueToken::first_key(const std::string& namespace_) const {
  const std::string path = start.substr(1);
  if (!namespace_.empty()) return api::ObjectKey(namespace_, path);
  const std::size_t slash = path.find('/');
  if (slash == std::string::npos) return api::ObjectKey("", path);
  return api::ObjectKey(path.substr(0, slash), path.substr(slash + 1));
}

}  // namespace sdbtwin::store
