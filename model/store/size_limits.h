#pragma once

// How large a request and an object may be (kubernetes.md 4.3). What is measured is what can be
// large: annotations, the data of ConfigMaps, Secrets and ControllerRevisions, and whole objects of
// kinds without a table. Only where these come to a tenth of a limit is the object written out and
// counted exactly, so that small writes pay nothing for it.

#include <cstddef>

#include "model/store/transaction.h"

namespace sdbtwin::store {

// kube-apiserver --max-request-bytes' built-in value, of a request's body.
inline constexpr std::size_t kBodyBytesMax = std::size_t{3} << 20;
// etcd --max-request-bytes' default, of what is stored.
inline constexpr std::size_t kStoredBytesMax = std::size_t{3} << 19;

// kRequestEntityTooLarge: the body of a POST or PUT.
api::Result<void> check_body_size(const api::Object& body);
// kInternalError in etcd's words: etcd refuses to store it.
api::Result<void> check_stored_size(const api::Object& object);

}  // namespace sdbtwin::store
