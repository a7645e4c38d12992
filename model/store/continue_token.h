#pragma once

// The continue token of a paged list: base64url of {"v":"meta.k8s.io/v1","rv":N,"start":"/name\0"},
// byte for byte as the API server makes it.

#include <cstdint>
#include <string>
#include <string_view>

#include "model/api/object.h"
#include "model/api/result.h"

namespace sdbtwin::store {

struct ContinueToken {
  // On the wire -1: whatever the state is when it is used.
  static constexpr std::uint64_t kPresent = ~std::uint64_t{0};

  std::uint64_t revision = 0;
  std::string start;  // the first key that may follow, below the key of the list

  std::string encode() const;
  // kBadRequest: it is none.
  static api::Result<ContinueToken> decode(std::string_view text);

  // Where a list goes on after `last`. `namespace_` empty: a list of all namespaces.
  static std::string start_after(const api::ObjectKey& last, const std::string& namespace_);
  // The key from which to go on.
  api::ObjectKey first_key(const std::string& namespace_) const;
};

}  // namespace sdbtwin::store
