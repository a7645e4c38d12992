#include "model/cluster/machinery.h"

#include <utility>

#include "model/cluster/controllers/attach_detach_controller.h"
#include "model/cluster/controllers/claim_protector.h"
#include "model/cluster/controllers/disruption_controller.h"
#include "model/cluster/controllers/garbage_collector.h"
#include "model/cluster/controllers/node_lifecycle.h"
#include "model/cluster/controllers/pod_garbage_collector.h"
#include "model/cluster/controllers/taint_eviction.h"
#include "model/cluster/node/kubelet.h"
#include "model/cluster/scheduler/kube_scheduler.h"
#include "model/cluster/server/api_server_client.h"

namespace sdbtwin::cluster {

using sim::Actor;
using sim::Runtime;

using ClientPtr = std::unique_ptr<api::Client>;

std::string kubelet_name(std::string_view node) { return "kubelet/" + std::string(node); }

std::unique_ptr<Actor> make_petset_controller(Runtime& runtime, ClientPtr client,
                                              const PetSetControllerOptions& options) {
  return std::make_unique<PetSetController>(runtime, std::move(client), options);
}

std::unique_ptr<Actor> make_scheduler(Runtime& runtime, ClientPtr client, const Timings& timings) {
  return std::make_unique<KubeScheduler>(runtime, std::move(client), timings);
}

std::unique_ptr<Actor> make_garbage_collector(Runtime& runtime, ClientPtr client,
                                              const Timings& timings) {
  return std::make_unique<GarbageCollector>(runtime, std::move(client), timings);
}

std::unique_ptr<Actor> make_disruption_controller(Runtime& runtime, ClientPtr client) {
  return std::make_unique<DisruptionController>(runtime, std::move(client));
}

std::unique_ptr<Actor> make_volume_binder(Runtime& runtime, ClientPtr client, DiskArray& disks,
                                          const Timings& timings,
                                          const VolumeBinderOptions& options) {
  return std::make_unique<VolumeBinder>(runtime, std::move(client), disks, timings, options);
}

std::unique_ptr<Actor> make_claim_protector(Runtime& runtime, ClientPtr client) {
  return std::make_unique<ClaimProtector>(runtime, std::move(client));
}

std::unique_ptr<Actor> make_attach_detach_controller(Runtime& runtime, ClientPtr client,
                                                     DiskArray& disks, const Timings& timings) {
  return std::make_unique<AttachDetachController>(runtime, std::move(client), disks, timings);
}

std::unique_ptr<Actor> make_kubelet(Runtime& runtime, ClientPtr client, NodeMachine& machine,
                                    DiskArray& disks, const ImageRegistry& registry,
                                    const Timings& timings, const KubeletOptions& options) {
  return std::make_unique<Kubelet>(runtime, std::move(client), machine, disks, registry, timings,
                                   options);
}

std::unique_ptr<Actor> make_node_lifecycle(Runtime& runtime, ClientPtr client) {
  return std::make_unique<NodeLifecycleController>(runtime, std::move(client));
}

std::unique_ptr<Actor> make_taint_eviction(Runtime& runtime, ClientPtr client) {
  return std::make_unique<TaintEvictionController>(runtime, std::move(client));
}

std::unique_ptr<Actor> make_pod_garbage_collector(Runtime& runtime, ClientPtr client) {
  return std::make_unique<PodGarbageCollector>(runtime, std::move(client));
}

void add_control_plane(sim::Simulation& simulation, ApiEndpoint& endpoint, DiskArray& disks,
                       const Timings& timings, const MachineryOptions& options) {
  const auto add = [&](std::string_view name, auto make) {
    simulation.add_process(std::string(name), [&endpoint, name, make](Runtime& runtime) {
      return make(runtime, endpoint.rest_client_for(runtime, std::string(name)));
    });
  };
  add(kPetSetControllerName, [options](Runtime& runtime, ClientPtr client) {
    return make_petset_controller(runtime, std::move(client), options.petset);
  });
  add(kSchedulerName, [&timings](Runtime& runtime, ClientPtr client) {
    return make_scheduler(runtime, std::move(client), timings);
  });
  add(kGarbageCollectorName, [&timings](Runtime& runtime, ClientPtr client) {
    return make_garbage_collector(runtime, std::move(client), timings);
  });
  add(kDisruptionControllerName, [](Runtime& runtime, ClientPtr client) {
    return make_disruption_controller(runtime, std::move(client));
  });
  add(kVolumeBinderName, [&disks, &timings, options](Runtime& runtime, ClientPtr client) {
    return make_volume_binder(runtime, std::move(client), disks, timings, options.volumes);
  });
  add(kClaimProtectorName, [](Runtime& runtime, ClientPtr client) {
    return make_claim_protector(runtime, std::move(client));
  });
  add(kAttachDetachName, [&disks, &timings](Runtime& runtime, ClientPtr client) {
    return make_attach_detach_controller(runtime, std::move(client), disks, timings);
  });
  if (!options.heartbeats) return;
  add(kNodeLifecycleName, [](Runtime& runtime, ClientPtr client) {
    return make_node_lifecycle(runtime, std::move(client));
  });
  add(kTaintEvictionName, [](Runtime& runtime, ClientPtr client) {
    return make_taint_eviction(runtime, std::move(client));
  });
  add(kPodGarbageCollectorName, [](Runtime& runtime, ClientPtr client) {
    return make_pod_garbage_collector(runtime, std::move(client));
  });
}

sim::Process& add_kubelet(sim::Simulation& simulation, ApiEndpoint& endpoint, NodeMachine& machine,
                          DiskArray& disks, const ImageRegistry& registry, const Timings& timings,
                          const KubeletOptions& options) {
  const std::string name = kubelet_name(machine.name());
  return simulation.add_process(
      name, [&endpoint, &machine, &disks, &registry, &timings, options, name](Runtime& runtime) {
        return make_kubelet(runtime, endpoint.rest_client_for(runtime, name), machine, disks,
                            registry, timings, options);
      });
}

}  // namespace sdbtwin::cluster
