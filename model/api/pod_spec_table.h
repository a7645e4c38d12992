// The field table of PodSpec, for PodSpec itself and for a struct that derives from it.
#pragma once

#include "model/api/pod_spec.h"
#include "model/api/table.h"

namespace sdbtwin::api {

template <class Owner>
inline constexpr FieldInfo kPodSpecFields[] = {
    field<&PodSpec::volumes, Owner>("volumes").list_map("name"),
    field<&PodSpec::init_containers, Owner>("initContainers").list_map("name"),
    field<&PodSpec::containers, Owner>("containers").list_map("name").always().need(),
    known("ephemeralContainers").list_map("name"),
    // Defaults of pods: core/v1 defaults, seen in recorded/petset.
    field<&PodSpec::restart_policy, Owner>("restartPolicy").built_in_default(R"("Always")"),
    field<&PodSpec::termination_grace_period_seconds, Owner>("terminationGracePeriodSeconds")
        .built_in_default("30"),
    field<&PodSpec::active_deadline_seconds, Owner>("activeDeadlineSeconds"),
    field<&PodSpec::dns_policy, Owner>("dnsPolicy").built_in_default(R"("ClusterFirst")"),
    field<&PodSpec::node_selector, Owner>("nodeSelector"),
    field<&PodSpec::service_account_name, Owner>("serviceAccountName"),
    field<&PodSpec::service_account, Owner>("serviceAccount"),
    field<&PodSpec::automount_service_account_token, Owner>("automountServiceAccountToken"),
    field<&PodSpec::node_name, Owner>("nodeName"),
    field<&PodSpec::host_network, Owner>("hostNetwork"),
    known("hostPID"),
    known("hostIPC"),
    known("shareProcessNamespace"),
    field<&PodSpec::security_context, Owner>("securityContext").built_in_default("{}"),
    field<&PodSpec::image_pull_secrets, Owner>("imagePullSecrets").list_map("name"),
    field<&PodSpec::hostname, Owner>("hostname"),
    field<&PodSpec::subdomain, Owner>("subdomain"),
    field<&PodSpec::affinity, Owner>("affinity"),
    field<&PodSpec::scheduler_name, Owner>("schedulerName")
        .built_in_default(R"("default-scheduler")"),
    field<&PodSpec::tolerations, Owner>("tolerations"),
    known("hostAliases").list_map("ip"),
    field<&PodSpec::priority_class_name, Owner>("priorityClassName"),
    field<&PodSpec::priority, Owner>("priority"),
    known("dnsConfig"),
    field<&PodSpec::readiness_gates, Owner>("readinessGates"),
    known("runtimeClassName"),
    field<&PodSpec::enable_service_links, Owner>("enableServiceLinks").built_in_default("true"),
    field<&PodSpec::preemption_policy, Owner>("preemptionPolicy"),
    known("overhead"),
    field<&PodSpec::topology_spread_constraints, Owner>("topologySpreadConstraints")
        .list_map("topologyKey,whenUnsatisfiable"),
    known("setHostnameAsFQDN"),
    known("os"),
    known("hostUsers"),
    known("schedulingGates").list_map("name"),
    known("resourceClaims").list_map("name"),
    known("resources"),
    known("hostnameOverride"),
};

}  // namespace sdbtwin::api
