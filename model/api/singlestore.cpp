#include "model/api/singlestore.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "model/api/pod_spec_table.h"
#include "model/api/table.h"

namespace sdbtwin::api {

const TypeInfo& OffshootMeta::type_info() {
  using T = OffshootMeta;
  static constexpr FieldInfo kFields[] = {
      field<&T::labels>("labels"),
      field<&T::annotations>("annotations"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ObjectMeta", kFields);
  return kType;
}

namespace {

// PodSpec's members that the CRD's podTemplate does not have: the operator decides them.
constexpr std::array kNotInOffshoot = {
    std::string_view("affinity"),
    std::string_view("hostname"),
    std::string_view("hostnameOverride"),
    std::string_view("resourceClaims"),
    std::string_view("resources"),
    std::string_view("schedulingGates"),
    std::string_view("serviceAccount"),
    std::string_view("subdomain"),
    std::string_view("topologySpreadConstraints"),
};

std::vector<FieldInfo> offshoot_fields() {
  std::vector<FieldInfo> fields;
  for (FieldInfo info : kPodSpecFields<OffshootPodSpec>) {
    if (std::ranges::find(kNotInOffshoot, info.name) != kNotInOffshoot.end()) continue;
    if (info.name == "containers") {
      info.required = false;
      info.presence = Presence::kOmitEmpty;
    }
    fields.push_back(info);
  }
  fields.push_back(field<&OffshootPodSpec::pod_placement_policy>("podPlacementPolicy")
                       .crd_default(R"({"name":"default"})"));
  return fields;
}

}  // namespace

const TypeInfo& OffshootPodSpec::type_info() {
  static const std::vector<FieldInfo> kFields = offshoot_fields();
  static const TypeInfo kType = struct_type<OffshootPodSpec>("PodSpec", kFields);
  return kType;
}

const TypeInfo& OffshootPodTemplate::type_info() {
  using T = OffshootPodTemplate;
  static constexpr FieldInfo kFields[] = {
      field<&T::metadata>("metadata").always(),
      field<&T::controller>("controller").always(),
      field<&T::spec>("spec").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("PodTemplateSpec", kFields);
  return kType;
}

const TypeInfo& ConfigurationSpec::type_info() {
  using T = ConfigurationSpec;
  static constexpr FieldInfo kFields[] = {
      field<&T::secret_name>("secretName"),
      field<&T::inline_>("inline"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ConfigurationSpec", kFields);
  return kType;
}

const TypeInfo& SinglestoreNode::type_info() {
  using T = SinglestoreNode;
  static constexpr FieldInfo kFields[] = {
      field<&T::replicas>("replicas"),
      field<&T::suffix>("suffix"),
      field<&T::configuration>("configuration"),
      field<&T::pod_template>("podTemplate"),
      field<&T::storage>("storage"),
  };
  static constexpr TypeInfo kType = struct_type<T>("SinglestoreNode", kFields);
  return kType;
}

const TypeInfo& SinglestoreTopology::type_info() {
  using T = SinglestoreTopology;
  static constexpr FieldInfo kFields[] = {
      field<&T::aggregator>("aggregator"),
      field<&T::leaf>("leaf"),
  };
  static constexpr TypeInfo kType = struct_type<T>("SinglestoreTopology", kFields);
  return kType;
}

const TypeInfo& SecretReference::type_info() {
  using T = SecretReference;
  static constexpr FieldInfo kFields[] = {
      field<&T::api_group>("apiGroup").crd_default(R"("")"),
      field<&T::kind>("kind").need().crd_default(R"("Secret")"),
      field<&T::name>("name").need(),
      field<&T::secret_store_name>("secretStoreName"),
      field<&T::rotate_after>("rotateAfter"),
      field<&T::active_from>("activeFrom"),
      field<&T::externally_managed>("externallyManaged"),
  };
  static constexpr TypeInfo kType = struct_type<T>("SecretReference", kFields);
  return kType;
}

const TypeInfo& ServiceTemplate::type_info() {
  using T = ServiceTemplate;
  static constexpr FieldInfo kFields[] = {
      field<&T::alias>("alias").crd_enum().always().need(),
      field<&T::metadata>("metadata").always(),
      field<&T::spec>("spec"),
  };
  static constexpr TypeInfo kType = struct_type<T>("NamedServiceTemplateSpec", kFields);
  return kType;
}

const TypeInfo& HealthChecker::type_info() {
  using T = HealthChecker;
  static constexpr FieldInfo kFields[] = {
      field<&T::period_seconds>("periodSeconds").crd_default("10"),
      field<&T::timeout_seconds>("timeoutSeconds").crd_default("10"),
      field<&T::failure_threshold>("failureThreshold").crd_default("1"),
      field<&T::disable_write_check>("disableWriteCheck"),
  };
  static constexpr TypeInfo kType = struct_type<T>("HealthCheckSpec", kFields);
  return kType;
}

const TypeInfo& AutoOps::type_info() {
  using T = AutoOps;
  static constexpr FieldInfo kFields[] = {
      field<&T::disabled>("disabled"),
  };
  static constexpr TypeInfo kType = struct_type<T>("AutoOpsSpec", kFields);
  return kType;
}

const TypeInfo& SinglestoreSpec::type_info() {
  using T = SinglestoreSpec;
  static constexpr FieldInfo kFields[] = {
      field<&T::auto_ops>("autoOps"),
      field<&T::version>("version"),
      field<&T::topology>("topology"),
      field<&T::storage_type>("storageType").crd_enum(),
      field<&T::storage>("storage"),
      field<&T::init>("init"),
      field<&T::license_secret>("licenseSecret").need(),
      field<&T::auth_secret>("authSecret"),
      field<&T::configuration>("configuration"),
      field<&T::pod_template>("podTemplate"),
      field<&T::tls>("tls"),
      field<&T::service_templates>("serviceTemplates"),
      field<&T::halted>("halted"),
      field<&T::deletion_policy>("deletionPolicy").crd_enum(),
      field<&T::health_checker>("healthChecker").always().crd_default("{}"),
      field<&T::monitor>("monitor"),
  };
  static constexpr TypeInfo kType = struct_type<T>("SinglestoreSpec", kFields);
  return kType;
}

const TypeInfo& SinglestoreStatus::type_info() {
  using T = SinglestoreStatus;
  static constexpr FieldInfo kFields[] = {
      field<&T::phase>("phase").crd_enum(),
      field<&T::observed_generation>("observedGeneration"),
      field<&T::conditions>("conditions"),
  };
  static constexpr TypeInfo kType = struct_type<T>("SinglestoreStatus", kFields);
  return kType;
}

const TypeInfo& Singlestore::type_info() {
  using T = Singlestore;
  static constexpr FieldInfo kFields[] = {
      field<&T::spec>("spec").always(),
      field<&T::status>("status").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("Singlestore", kFields);
  return kType;
}

std::shared_ptr<Object> Singlestore::clone() const { return clone_of(*this); }

const TypeInfo& AppServiceReference::type_info() {
  using T = AppServiceReference;
  static constexpr FieldInfo kFields[] = {
      field<&T::scheme>("scheme").always(),
      field<&T::namespace_>("namespace"),
      field<&T::name>("name").always(),
      field<&T::port>("port").always(),
      field<&T::path>("path"),
      field<&T::query>("query"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ServiceReference", kFields);
  return kType;
}

const TypeInfo& AppClientConfig::type_info() {
  using T = AppClientConfig;
  static constexpr FieldInfo kFields[] = {
      field<&T::url>("url"), field<&T::service>("service"),  known("caBundle"),
      known("serverName"),   known("insecureSkipTLSVerify"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ClientConfig", kFields);
  return kType;
}

const TypeInfo& TypedReference::type_info() {
  using T = TypedReference;
  static constexpr FieldInfo kFields[] = {
      field<&T::api_group>("apiGroup"),
      field<&T::kind>("kind"),
      field<&T::namespace_>("namespace"),
      field<&T::name>("name").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("TypedObjectReference", kFields);
  return kType;
}

const TypeInfo& AppBindingSpec::type_info() {
  using T = AppBindingSpec;
  static constexpr FieldInfo kFields[] = {
      field<&T::type>("type"),
      field<&T::version>("version"),
      field<&T::app_ref>("appRef"),
      field<&T::client_config>("clientConfig").always().need(),
      field<&T::secret>("secret"),
      known("secretTransforms"),
      field<&T::parameters>("parameters"),
      field<&T::tls_secret>("tlsSecret"),
  };
  static constexpr TypeInfo kType = struct_type<T>("AppBindingSpec", kFields);
  return kType;
}

const TypeInfo& AppBinding::type_info() {
  using T = AppBinding;
  static constexpr FieldInfo kFields[] = {
      field<&T::spec>("spec").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("AppBinding", kFields);
  return kType;
}

std::shared_ptr<Object> AppBinding::clone() const { return clone_of(*this); }

}  // namespace sdbtwin::api
