// Machinery: the cluster's own processes and the factories that (re)build them. Each factory takes
// what the process needs and nothing else; a process gets a client of its own each time it starts.
//
// Who composes a run owns everything that is named by reference here and keeps it alive longer than
// the processes: the Timings, the NodeMachines, the DiskArray, the ImageRegistry, the ApiEndpoint.
// Process names are stable: faults, traces and random streams go by them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "model/api/client.h"
#include "model/cluster/controllers/volume_binder.h"
#include "model/cluster/node/disk_array.h"
#include "model/cluster/node/image_registry.h"
#include "model/cluster/node/kubelet.h"
#include "model/cluster/node/node_machine.h"
#include "model/cluster/petset/petset_controller.h"
#include "model/cluster/timing/timings.h"
#include "sim/engine/process.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::cluster {

class ApiEndpoint;

inline constexpr std::string_view kPetSetControllerName = "petset-controller";
inline constexpr std::string_view kSchedulerName = "kube-scheduler";
inline constexpr std::string_view kGarbageCollectorName = "garbage-collector";
inline constexpr std::string_view kDisruptionControllerName = "disruption-controller";
inline constexpr std::string_view kVolumeBinderName = "persistent-volume-binder";
inline constexpr std::string_view kClaimProtectorName = "pvc-protection-controller";
inline constexpr std::string_view kAttachDetachName = "attachdetach-controller";
// Those three act on what heartbeats say.
inline constexpr std::string_view kNodeLifecycleName = "node-lifecycle-controller";
inline constexpr std::string_view kTaintEvictionName = "taint-eviction-controller";
inline constexpr std::string_view kPodGarbageCollectorName = "pod-garbage-collector";
std::string kubelet_name(std::string_view node);  // "kubelet/<node>"

std::unique_ptr<sim::Actor> make_petset_controller(
    sim::Runtime& runtime, std::unique_ptr<api::Client> client,
    const PetSetControllerOptions& options = PetSetControllerOptions{});
std::unique_ptr<sim::Actor> make_scheduler(sim::Runtime& runtime,
                                           std::unique_ptr<api::Client> client,
                                           const Timings& timings);
std::unique_ptr<sim::Actor> make_garbage_collector(sim::Runtime& runtime,
                                                   std::unique_ptr<api::Client> client,
                                                   const Timings& timings);
std::unique_ptr<sim::Actor> make_disruption_controller(sim::Runtime& runtime,
                                                       std::unique_ptr<api::Client> client);
std::unique_ptr<sim::Actor> make_volume_binder(
    sim::Runtime& runtime, std::unique_ptr<api::Client> client, DiskArray& disks,
    const Timings& timings, const VolumeBinderOptions& options = VolumeBinderOptions{});
std::unique_ptr<sim::Actor> make_claim_protector(sim::Runtime& runtime,
                                                 std::unique_ptr<api::Client> client);
std::unique_ptr<sim::Actor> make_attach_detach_controller(sim::Runtime& runtime,
                                                          std::unique_ptr<api::Client> client,
                                                          DiskArray& disks, const Timings& timings);
std::unique_ptr<sim::Actor> make_kubelet(sim::Runtime& runtime, std::unique_ptr<api::Client> client,
                                         NodeMachine& machine, DiskArray& disks,
                                         const ImageRegistry& registry, const Timings& timings,
                                         const KubeletOptions& options = KubeletOptions{});
// The controllers that watch over nodes.
std::unique_ptr<sim::Actor> make_node_lifecycle(sim::Runtime& runtime,
                                                std::unique_ptr<api::Client> client);
std::unique_ptr<sim::Actor> make_taint_eviction(sim::Runtime& runtime,
                                                std::unique_ptr<api::Client> client);
std::unique_ptr<sim::Actor> make_pod_garbage_collector(sim::Runtime& runtime,
                                                       std::unique_ptr<api::Client> client);

struct MachineryOptions {
  PetSetControllerOptions petset;
  VolumeBinderOptions volumes;
  // The kubelets have heartbeats, so there are those who watch them.
  bool heartbeats = false;
};

// Adds the cluster-wide processes (not the kubelets) to the simulation, in a fixed order. They are
// not started.
void add_control_plane(sim::Simulation& simulation, ApiEndpoint& endpoint, DiskArray& disks,
                       const Timings& timings, const MachineryOptions& options = {});
sim::Process& add_kubelet(sim::Simulation& simulation, ApiEndpoint& endpoint, NodeMachine& machine,
                          DiskArray& disks, const ImageRegistry& registry, const Timings& timings,
                          const KubeletOptions& options = KubeletOptions{});

}  // namespace sdbtwin::cluster
