// Lease (coordination.k8s.io/v1): leader election and node heartbeats.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "model/api/object.h"

namespace sdbtwin::api {

struct LeaseSpec {
  std::optional<std::string> holder_identity;
  std::optional<int32_t> lease_duration_seconds;
  std::optional<MicroTime> acquire_time;
  std::optional<MicroTime> renew_time;
  std::optional<int32_t> lease_transitions;
  Opaque extra;

  bool operator==(const LeaseSpec&) const = default;
  static const TypeInfo& type_info();
};

struct Lease final : Object {
  static constexpr Kind kKind = Kind::kLease;
  Shared<LeaseSpec> spec;
  Opaque extra;

  Lease() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

}  // namespace sdbtwin::api
