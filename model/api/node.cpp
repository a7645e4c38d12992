#include "model/api/core.h"
#include "model/api/table.h"

namespace sdbtwin::api {

const TypeInfo& Taint::type_info() {
  using T = Taint;
  static constexpr FieldInfo kFields[] = {
      field<&T::key>("key").always().need(),
      field<&T::value>("value"),
      field<&T::effect>("effect").always().need(),
      field<&T::time_added>("timeAdded"),
  };
  static constexpr TypeInfo kType = struct_type<T>("Taint", kFields);
  return kType;
}

const TypeInfo& NodeSpec::type_info() {
  using T = NodeSpec;
  static constexpr FieldInfo kFields[] = {
      known("podCIDR"),
      known("podCIDRs"),
      field<&T::provider_id>("providerID"),
      field<&T::unschedulable>("unschedulable"),
      field<&T::taints>("taints"),
      known("configSource"),
      known("externalID"),
  };
  static constexpr TypeInfo kType = struct_type<T>("NodeSpec", kFields);
  return kType;
}

const TypeInfo& NodeAddress::type_info() {
  using T = NodeAddress;
  static constexpr FieldInfo kFields[] = {
      field<&T::type>("type").always(),
      field<&T::address>("address").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("NodeAddress", kFields);
  return kType;
}

const TypeInfo& AttachedVolume::type_info() {
  using T = AttachedVolume;
  static constexpr FieldInfo kFields[] = {
      field<&T::name>("name").always(),
      field<&T::device_path>("devicePath").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("AttachedVolume", kFields);
  return kType;
}

const TypeInfo& NodeStatus::type_info() {
  using T = NodeStatus;
  static constexpr FieldInfo kFields[] = {
      field<&T::capacity>("capacity"),
      field<&T::allocatable>("allocatable"),
      known("phase"),
      field<&T::conditions>("conditions").list_map("type"),
      field<&T::addresses>("addresses").list_map("type"),
      known("daemonEndpoints"),
      known("nodeInfo"),
      known("images"),
      field<&T::volumes_in_use>("volumesInUse"),
      field<&T::volumes_attached>("volumesAttached"),
      known("config"),
      known("runtimeHandlers"),
      known("features"),
  };
  static constexpr TypeInfo kType = struct_type<T>("NodeStatus", kFields);
  return kType;
}

const TypeInfo& Node::type_info() {
  using T = Node;
  static constexpr FieldInfo kFields[] = {
      field<&T::spec>("spec").always(),
      field<&T::status>("status").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("Node", kFields);
  return kType;
}

std::shared_ptr<Object> Node::clone() const { return clone_of(*this); }

}  // namespace sdbtwin::api
