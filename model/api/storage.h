// StorageClass (storage.k8s.io/v1). Claims and volumes: core.h.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/core.h"
#include "model/api/object.h"

namespace sdbtwin::api {

enum class VolumeBindingMode : uint8_t { kUnset, kImmediate, kWaitForFirstConsumer };
template <>
struct EnumNames<VolumeBindingMode> {
  static constexpr std::array<std::string_view, 3> kNames{"", "Immediate", "WaitForFirstConsumer"};
};

struct StorageClass final : Object {
  static constexpr Kind kKind = Kind::kStorageClass;
  std::string provisioner;
  StringMap parameters;
  ReclaimPolicy reclaim_policy = ReclaimPolicy::kUnset;
  std::optional<bool> allow_volume_expansion;
  VolumeBindingMode volume_binding_mode = VolumeBindingMode::kUnset;
  Opaque extra;

  StorageClass() : Object(kKind) {}
  std::shared_ptr<Object> clone() const override;
  static const TypeInfo& type_info();
};

}  // namespace sdbtwin::api
