#include "model/api/core.h"

#include "model/api/table.h"

namespace sdbtwin::api {

const TypeInfo& ObjectReference::type_info() {
  using T = ObjectReference;
  static constexpr FieldInfo kFields[] = {
      field<&T::kind>("kind"),
      field<&T::namespace_>("namespace"),
      field<&T::name>("name"),
      field<&T::uid>("uid"),
      field<&T::api_version>("apiVersion"),
      field<&T::resource_version>("resourceVersion"),
      field<&T::field_path>("fieldPath"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ObjectReference", kFields);
  return kType;
}

const TypeInfo& NamespaceSpec::type_info() {
  using T = NamespaceSpec;
  static constexpr FieldInfo kFields[] = {
      field<&T::finalizers>("finalizers"),
  };
  static constexpr TypeInfo kType = struct_type<T>("NamespaceSpec", kFields);
  return kType;
}

const TypeInfo& NamespaceStatus::type_info() {
  using T = NamespaceStatus;
  static constexpr FieldInfo kFields[] = {
      field<&T::phase>("phase"),
      known("conditions").list_map("type"),
  };
  static constexpr TypeInfo kType = struct_type<T>("NamespaceStatus", kFields);
  return kType;
}

const TypeInfo& Namespace::type_info() {
  using T = Namespace;
  static constexpr FieldInfo kFields[] = {
      field<&T::spec>("spec").always(),
      field<&T::status>("status").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("Namespace", kFields);
  return kType;
}

std::shared_ptr<Object> Namespace::clone() const { return clone_of(*this); }

const TypeInfo& ServicePort::type_info() {
  using T = ServicePort;
  static constexpr FieldInfo kFields[] = {
      field<&T::name>("name"),
      field<&T::protocol>("protocol").built_in_default(R"("TCP")"),
      field<&T::app_protocol>("appProtocol"),
      field<&T::port>("port").always().need(),
      field<&T::target_port>("targetPort").always(),
      field<&T::node_port>("nodePort"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ServicePort", kFields);
  return kType;
}

const TypeInfo& ServiceSpec::type_info() {
  using T = ServiceSpec;
  static constexpr FieldInfo kFields[] = {
      field<&T::ports>("ports").list_map("port,protocol"),
      field<&T::selector>("selector"),
      field<&T::cluster_ip>("clusterIP"),
      known("clusterIPs"),
      field<&T::type>("type").built_in_default(R"("ClusterIP")"),
      known("externalIPs"),
      known("sessionAffinity"),
      known("loadBalancerIP"),
      known("loadBalancerSourceRanges"),
      known("externalName"),
      known("externalTrafficPolicy"),
      known("healthCheckNodePort"),
      field<&T::publish_not_ready_addresses>("publishNotReadyAddresses"),
      known("sessionAffinityConfig"),
      known("ipFamilies"),
      known("ipFamilyPolicy"),
      known("allocateLoadBalancerNodePorts"),
      known("loadBalancerClass"),
      known("internalTrafficPolicy"),
      known("trafficDistribution"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ServiceSpec", kFields);
  return kType;
}

const TypeInfo& Service::type_info() {
  using T = Service;
  static constexpr FieldInfo kFields[] = {
      field<&T::spec>("spec").always(),
      field<&T::status>("status").built_in_default(R"({"loadBalancer":{}})"),
  };
  static constexpr TypeInfo kType = struct_type<T>("Service", kFields);
  return kType;
}

std::shared_ptr<Object> Service::clone() const { return clone_of(*this); }

const TypeInfo& Secret::type_info() {
  using T = Secret;
  static constexpr FieldInfo kFields[] = {
      field<&T::immutable>("immutable"),
      field<&T::data>("data"),
      field<&T::string_data>("stringData"),
      field<&T::type>("type").immutable().built_in_default(R"("Opaque")"),
  };
  static constexpr TypeInfo kType = struct_type<T>("Secret", kFields);
  return kType;
}

std::shared_ptr<Object> Secret::clone() const { return clone_of(*this); }

const TypeInfo& ConfigMap::type_info() {
  using T = ConfigMap;
  static constexpr FieldInfo kFields[] = {
      field<&T::immutable>("immutable"),
      field<&T::data>("data"),
      field<&T::binary_data>("binaryData"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ConfigMap", kFields);
  return kType;
}

std::shared_ptr<Object> ConfigMap::clone() const { return clone_of(*this); }

const TypeInfo& ServiceAccount::type_info() {
  using T = ServiceAccount;
  static constexpr FieldInfo kFields[] = {
      field<&T::secrets>("secrets").list_map("name"),
      field<&T::image_pull_secrets>("imagePullSecrets"),
      field<&T::automount_service_account_token>("automountServiceAccountToken"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ServiceAccount", kFields);
  return kType;
}

std::shared_ptr<Object> ServiceAccount::clone() const { return clone_of(*this); }

const TypeInfo& EventSource::type_info() {
  using T = EventSource;
  static constexpr FieldInfo kFields[] = {
      field<&T::component>("component"),
      field<&T::host>("host"),
  };
  static constexpr TypeInfo kType = struct_type<T>("EventSource", kFields);
  return kType;
}

const TypeInfo& Event::type_info() {
  using T = Event;
  static constexpr FieldInfo kFields[] = {
      field<&T::involved_object>("involvedObject").always().need(),
      field<&T::reason>("reason"),
      field<&T::message>("message"),
      field<&T::source>("source").always(),
      field<&T::first_timestamp>("firstTimestamp").always(),
      field<&T::last_timestamp>("lastTimestamp").always(),
      field<&T::count>("count"),
      field<&T::type>("type"),
      field<&T::event_time>("eventTime").always(),
      known("series"),
      field<&T::action>("action"),
      known("related"),
      field<&T::reporting_component>("reportingComponent").always(),
      field<&T::reporting_instance>("reportingInstance").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("Event", kFields);
  return kType;
}

std::shared_ptr<Object> Event::clone() const { return clone_of(*this); }

}  // namespace sdbtwin::api
