#include "model/api/common_kinds.h"

#include <algorithm>
#include <array>
#include <string>

namespace sdbtwin::api {

namespace {

constexpr bool kNamespaced = true;
constexpr bool kCluster = false;

constexpr std::string_view kAdmission = "admissionregistration.k8s.io";
constexpr std::string_view kFlowControl = "flowcontrol.apiserver.k8s.io";
constexpr std::string_view kRbac = "rbac.authorization.k8s.io";
constexpr std::string_view kSnapshot = "snapshot.storage.k8s.io";
constexpr std::string_view kStorage = "storage.k8s.io";
constexpr std::string_view kCatalogue = "catalog.kubedb.com";

constexpr std::array kKinds{
    CommonKind{"", "Endpoints", "endpoints", kNamespaced},
    CommonKind{"", "LimitRange", "limitranges", kNamespaced},
    CommonKind{"", "PodTemplate", "podtemplates", kNamespaced},
    CommonKind{"", "ReplicationController", "replicationcontrollers", kNamespaced},
    CommonKind{"", "ResourceQuota", "resourcequotas", kNamespaced},
    CommonKind{"apps", "DaemonSet", "daemonsets", kNamespaced},
    CommonKind{"apps", "Deployment", "deployments", kNamespaced},
    CommonKind{"apps", "ReplicaSet", "replicasets", kNamespaced},
    CommonKind{"apps", "StatefulSet", "statefulsets", kNamespaced},
    CommonKind{"batch", "CronJob", "cronjobs", kNamespaced},
    CommonKind{"batch", "Job", "jobs", kNamespaced},
    CommonKind{"autoscaling", "HorizontalPodAutoscaler", "horizontalpodautoscalers", kNamespaced},
    CommonKind{"discovery.k8s.io", "EndpointSlice", "endpointslices", kNamespaced},
    CommonKind{"networking.k8s.io", "Ingress", "ingresses", kNamespaced},
    CommonKind{"networking.k8s.io", "IngressClass", "ingressclasses", kCluster},
    CommonKind{"networking.k8s.io", "NetworkPolicy", "networkpolicies", kNamespaced},
    CommonKind{kRbac, "ClusterRole", "clusterroles", kCluster},
    CommonKind{kRbac, "ClusterRoleBinding", "clusterrolebindings", kCluster},
    CommonKind{kStorage, "CSIDriver", "csidrivers", kCluster},
    CommonKind{kStorage, "CSINode", "csinodes", kCluster},
    CommonKind{kStorage, "CSIStorageCapacity", "csistoragecapacities", kNamespaced},
    CommonKind{kStorage, "StorageClass", "storageclasses", kCluster},
    CommonKind{kStorage, "VolumeAttachment", "volumeattachments", kCluster},
    CommonKind{kStorage, "VolumeAttributesClass", "volumeattributesclasses", kCluster},
    CommonKind{kSnapshot, "VolumeSnapshot", "volumesnapshots", kNamespaced},
    CommonKind{kSnapshot, "VolumeSnapshotClass", "volumesnapshotclasses", kCluster},
    CommonKind{kSnapshot, "VolumeSnapshotContent", "volumesnapshotcontents", kCluster},
    CommonKind{"scheduling.k8s.io", "PriorityClass", "priorityclasses", kCluster},
    CommonKind{"node.k8s.io", "RuntimeClass", "runtimeclasses", kCluster},
    CommonKind{"certificates.k8s.io", "CertificateSigningRequest", "certificatesigningrequests",
               kCluster},
    CommonKind{"apiregistration.k8s.io", "APIService", "apiservices", kCluster},
    CommonKind{"apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions",
               kCluster},
    CommonKind{kAdmission, "MutatingWebhookConfiguration", "mutatingwebhookconfigurations",
               kCluster},
    CommonKind{kAdmission, "ValidatingWebhookConfiguration", "validatingwebhookconfigurations",
               kCluster},
    CommonKind{kAdmission, "ValidatingAdmissionPolicy", "validatingadmissionpolicies", kCluster},
    CommonKind{kAdmission, "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings",
               kCluster},
    CommonKind{kFlowControl, "FlowSchema", "flowschemas", kCluster},
    CommonKind{kFlowControl, "PriorityLevelConfiguration", "prioritylevelconfigurations", kCluster},
    CommonKind{"apps.k8s.appscode.com", "PlacementPolicy", "placementpolicies", kCluster},
    CommonKind{"cert-manager.io", "Certificate", "certificates", kNamespaced},
    CommonKind{"cert-manager.io", "ClusterIssuer", "clusterissuers", kCluster},
    CommonKind{"cert-manager.io", "Issuer", "issuers", kNamespaced},
    CommonKind{"monitoring.coreos.com", "PodMonitor", "podmonitors", kNamespaced},
    CommonKind{"monitoring.coreos.com", "PrometheusRule", "prometheusrules", kNamespaced},
    CommonKind{"monitoring.coreos.com", "ServiceMonitor", "servicemonitors", kNamespaced},
};

}  // namespace

std::span<const CommonKind> common_kinds() { return kKinds; }

const CommonKind* find_common_kind(std::string_view group, std::string_view name) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](const CommonKind& kind) {
    return kind.group == group && kind.name == name;
  });
  return found == kKinds.end() ? nullptr : &*found;
}

UnstructuredType untyped_kind(std::string_view group, std::string_view version,
                              std::string_view name) {
  UnstructuredType type;
  type.group = group;
  type.version = version;
  type.name = name;
  const CommonKind* known = find_common_kind(group, name);
  type.plural = known == nullptr ? guess_plural(name) : std::string(known->plural);
  type.namespaced = known == nullptr ? group != kCatalogue : known->namespaced;
  return type;
}

}  // namespace sdbtwin::api
