// The names of the processes of a run. They are stable: traces, random streams, fault plans and
// scenario files use them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sdbtwin::scenarios {

inline constexpr std::string_view kApiServer = "kube-apiserver";
inline constexpr std::string_view kPetSetController = "petset-controller";
inline constexpr std::string_view kScheduler = "kube-scheduler";
inline constexpr std::string_view kKubeletPrefix = "kubelet/";  // + node
inline constexpr std::string_view kGarbageCollector = "garbage-collector";
inline constexpr std::string_view kDisruptionController = "disruption-controller";
inline constexpr std::string_view kVolumeBinder = "persistent-volume-binder";
inline constexpr std::string_view kClaimProtector = "pvc-protection-controller";
inline constexpr std::string_view kNodeLifecycle = "node-lifecycle-controller";
inline constexpr std::string_view kTaintEviction = "taint-eviction-controller";
inline constexpr std::string_view kPodGarbageCollector = "pod-garbage-collector";
inline constexpr std::string_view kAttachDetach = "attachdetach-controller";
inline constexpr std::string_view kSinglestore = "singlestore";
inline constexpr std::string_view kProvisioner = "provisioner";
inline constexpr std::string_view kOpsManager = "ops-manager";
inline constexpr std::string_view kUserProcess = "user";

// Where the operators live, and their leases with them: KubeDB's charts' default.
inline constexpr std::string_view kOperatorNamespace = "kubedb";

// "ops-manager" for the first replica of it, then "ops-manager/1", ...
std::string replica_name(std::string_view operator_name, std::int32_t index);

// Those that write to the API server.
std::vector<std::string> client_processes();
// Those that a fault may kill or pause: the ones that can be rebuilt from what is written.
std::vector<std::string> mortal_processes();
// True for a name of `names`, for kubelet/<anything> where they hold kubelet/<node>, for replicas
// of operators and for "leader of <operator>".
bool names_process(std::string_view name, const std::vector<std::string>& names);

}  // namespace sdbtwin::scenarios
