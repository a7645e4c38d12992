#include "model/store/rules.h"

#include <utility>

#include "model/api/core.h"
#include "model/api/policy.h"
#include "model/api/schema.h"
#include "model/store/pod_rules.h"

namespace sdbtwin::store {

namespace {

constexpr std::string_view kNamespaceLabel = "kubernetes.io/metadata.name";

// The server moves stringData into data; it is never stored.
void fold_string_data(api::Secret& secret) {
  if (secret.string_data->empty()) return;
  api::BytesMap& data = secret.data.edit();
  for (const auto& [key, value] : *secret.string_data) data[key] = api::Bytes{value};
  secret.string_data = api::StringMap();
}

void prepare_namespace(api::Namespace& namespace_) {
  fill_defaults(namespace_);  // again: the name may have been generated
  api::NamespaceSpec spec;
  spec.finalizers.emplace_back("kubernetes");
  namespace_.spec = std::move(spec);
  api::NamespaceStatus status;
  status.phase = api::NamespacePhase::kActive;
  namespace_.status = std::move(status);
}

void prepare_claim(api::PersistentVolumeClaim& claim) {
  api::PersistentVolumeClaimStatus status;
  status.phase = api::ClaimPhase::kPending;
  claim.status = std::move(status);
}

void prepare_volume(api::PersistentVolume& volume) {
  api::PersistentVolumeStatus status;
  status.phase = api::VolumePhase::kPending;
  volume.status = std::move(status);
}

void prepare_service(Transaction& transaction, api::Service& service) {
  service.status = api::Value::object({{"loadBalancer", api::Value::object({})}});
  if (service.spec->type == "ExternalName" || !service.spec->cluster_ip.empty()) return;
  if (!transaction.dry_run()) {
    service.spec.edit().cluster_ip = transaction.ids().next_cluster_ip();
  }
}

Causes check_budget_spec(const api::PodDisruptionBudget& budget) {
  if (!budget.spec->min_available || !budget.spec->max_unavailable) return {};
  return {api::field_error::invalid("spec", "{}",
                                    "minAvailable and maxUnavailable cannot be both set")};
}

template <class T>
void keep_immutable(const char* path, const T& next, const T& before, Causes& causes) {
  if (!before.immutable.value_or(false)) return;
  if (!next.immutable.value_or(false)) {
    causes.push_back(
        api::field_error::forbidden("immutable", "field is immutable when `immutable` is set"));
  }
  if (next.data == before.data) return;
  causes.push_back(api::field_error::forbidden(path, "field is immutable when `immutable` is set"));
}

}  // namespace

void fill_defaults(api::Object& object) {
  if (object.kind() != api::Kind::kNamespace) return;
  api::ObjectMeta& meta = object.metadata;
  if (meta.name.empty() || api::label_of(meta, kNamespaceLabel) == meta.name) return;
  meta.labels.edit()[std::string(kNamespaceLabel)] = meta.name;
}

void prepare_create(Transaction& transaction, api::Object& object) {
  switch (object.kind()) {
    case api::Kind::kPod:
      return prepare_pod(api::cast<api::Pod>(object));
    case api::Kind::kNamespace:
      return prepare_namespace(api::cast<api::Namespace>(object));
    case api::Kind::kPersistentVolumeClaim:
      return prepare_claim(api::cast<api::PersistentVolumeClaim>(object));
    case api::Kind::kPersistentVolume:
      return prepare_volume(api::cast<api::PersistentVolume>(object));
    case api::Kind::kService:
      return prepare_service(transaction, api::cast<api::Service>(object));
    case api::Kind::kSecret:
      return fold_string_data(api::cast<api::Secret>(object));
    case api::Kind::kNode:  // A kubelet registers its node together with its status.
      return;
    case api::Kind::kPetSet:
    case api::Kind::kControllerRevision:
    case api::Kind::kConfigMap:
    case api::Kind::kStorageClass:
    case api::Kind::kPodDisruptionBudget:
    case api::Kind::kEvent:
    case api::Kind::kLease:
    case api::Kind::kServiceAccount:
    case api::Kind::kRole:
    case api::Kind::kRoleBinding:
    case api::Kind::kAppBinding:
    case api::Kind::kSinglestore:
    case api::Kind::kSinglestoreOpsRequest:
    case api::Kind::kSinglestoreVersion:
    case api::Kind::kPriorityClass:
    case api::Kind::kUnstructured:
      if (transaction.resource().status_subresource) api::clear_part(object, "status");
      return;
  }
  SIM_UNREACHABLE();
}

void prepare_update(const Resource& resource, api::Object& next, const api::Object& before) {
  if (resource.status_subresource) api::copy_part(next, before, "status");
  if (next.kind() == api::Kind::kSecret) fold_string_data(api::cast<api::Secret>(next));
  if (next.kind() == api::Kind::kNamespace && !api::is_deleting(before.metadata)) {
    // While it is being deleted, a PUT stands for the finalize endpoint.
    api::copy_part(next, before, "spec");
  }
  if (next.kind() == api::Kind::kService) {
    auto& service = api::cast<api::Service>(next);
    const auto& old = api::cast<api::Service>(before);
    if (service.spec->cluster_ip.empty() && service.spec->type != "ExternalName") {
      service.spec.edit().cluster_ip = old.spec->cluster_ip;
    }
  }
}

std::shared_ptr<api::Object> with_status(const Resource& resource, const api::Object& asked,
                                         const api::Object& before) {
  std::shared_ptr<api::Object> next = before.clone();
  api::copy_part(*next, asked, "status");
  if (resource.custom) return next;  // Custom resources: the status and nothing else.
  next->metadata.labels = asked.metadata.labels;
  next->metadata.annotations = asked.metadata.annotations;
  next->metadata.finalizers = asked.metadata.finalizers;
  if (resource.kind != api::Kind::kPod) {
    next->metadata.owner_references = asked.metadata.owner_references;
    return next;
  }
  auto& pod = api::cast<api::Pod>(*next);
  if (pod.status->qos_class == api::QosClass::kUnset) {
    pod.status.edit().qos_class = api::cast<api::Pod>(before).status->qos_class;
  }
  return next;
}

Causes check_create(const api::Object& object) {
  if (object.kind() == api::Kind::kPodDisruptionBudget) {
    return check_budget_spec(api::cast<api::PodDisruptionBudget>(object));
  }
  return {};
}

Causes check_update(const api::Object& next, const api::Object& before) {
  Causes causes;
  if (next.kind() == api::Kind::kPod) {
    return check_pod_update(api::cast<api::Pod>(next), api::cast<api::Pod>(before));
  }
  if (next.kind() == api::Kind::kPodDisruptionBudget) {
    return check_budget_spec(api::cast<api::PodDisruptionBudget>(next));
  }
  if (next.kind() == api::Kind::kSecret) {
    const auto& old = api::cast<api::Secret>(before);
    keep_immutable("data", api::cast<api::Secret>(next), old, causes);
  }
  if (next.kind() == api::Kind::kConfigMap) {
    const auto& old = api::cast<api::ConfigMap>(before);
    keep_immutable("data", api::cast<api::ConfigMap>(next), old, causes);
  }
  return causes;
}

bool content_differs(const Resource& resource, const api::Object& next, const api::Object& before) {
  if (resource.status_subresource) return !api::equal_except(next, before, {"metadata", "status"});
  return !api::equal_except(next, before, {"metadata"});
}

bool creates_on_update(api::Kind kind) {
  return kind == api::Kind::kLease || kind == api::Kind::kEvent || kind == api::Kind::kRole ||
         kind == api::Kind::kRoleBinding;
}

bool returns_deleted_object(api::Kind kind) {
  return kind == api::Kind::kPod || kind == api::Kind::kPersistentVolumeClaim ||
         kind == api::Kind::kPersistentVolume || kind == api::Kind::kService ||
         kind == api::Kind::kServiceAccount;
}

}  // namespace sdbtwin::store
