#include "model/singlestore/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "model/singlestore/client.h"
#include "model/singlestore/fleet_member.h"
#include "model/singlestore/version.h"
#include "sim/core/assert.h"

namespace sdbtwin::singlestore {
namespace {

constexpr std::string_view kEngineContainer = "singlestore";                   // 6.7
constexpr std::string_view kCoordinatorContainer = "singlestore-coordinator";  // 6.7
constexpr std::string_view kInstanceLabel = "app.kubernetes.io/instance";      // kubedb.md 2.1
constexpr std::string_view kPasswordVariable = "ROOT_PASSWORD";                // kubedb.md 2.3
constexpr int kExitSuccess = 0;
constexpr int kExitFailure = 1;
// From the start of memsqld until it finds its data directory locked by another process. [us]
constexpr sim::Duration kLockedOut = std::chrono::seconds(1);
constexpr int kExitTerminated = 143;  // 128 + SIGTERM

std::string value_of(const std::map<std::string, std::string>& map, std::string_view key) {
  const auto found = map.find(std::string(key));
  return found == map.end() ? std::string() : found->second;
}

// The data disk: the claim template is named `data` (kubedb.md 2.1). A pod without claims keeps its
// data as long as it exists.
std::string disk_of(const cluster::ContainerInstance& instance) {
  for (const cluster::MountedVolume& volume : instance.volumes) {
    if (volume.claim.rfind("data-", 0) == 0) return volume.volume;
  }
  if (!instance.volumes.empty()) return instance.volumes.front().volume;
  return fmt::format("ephemeral/{}", instance.pod_uid);
}

}  // namespace

const Settings& FleetSettings::of(const std::string& namespace_, const std::string& name) const {
  const auto found = by_cluster.find(key_of(namespace_, name));
  return found == by_cluster.end() ? defaults : found->second;
}

// `<db>[-<suffix>]-aggregator-<n>`, `<db>[-<suffix>]-leaf-<n>` (kubedb.md 2.1). The label tells the
// cluster where a suffix hides it.
std::optional<PodRole> pod_role(std::string_view pod,
                                const std::map<std::string, std::string>& labels) {
  const std::size_t dash = pod.rfind('-');
  if (dash == std::string_view::npos || dash + 1 == pod.size()) return std::nullopt;
  const std::string_view digits = pod.substr(dash + 1);
  if (digits.size() > 6) return std::nullopt;
  PodRole role;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    role.ordinal = role.ordinal * 10 + (c - '0');
  }
  std::string_view owner = pod.substr(0, dash);
  const std::string_view suffixes[] = {"-aggregator", "-leaf"};
  const bool aggregator = ends_with(owner, suffixes[0]);
  if (!aggregator && !ends_with(owner, suffixes[1])) return std::nullopt;
  role.kind = aggregator ? NodeKind::kAggregator : NodeKind::kLeaf;
  owner.remove_suffix(suffixes[aggregator ? 0 : 1].size());
  role.cluster = value_of(labels, kInstanceLabel);
  if (role.cluster.empty()) role.cluster = std::string(owner);
  return role;
}

Fleet::Fleet(sim::Runtime& runtime, FleetSettings settings)
    : runtime_(runtime),
      settings_(std::move(settings)),
      link_(std::make_shared<FleetLink>(FleetLink{this})) {}

Fleet::~Fleet() { link_->fleet = nullptr; }

std::unique_ptr<sql::DatabaseClient> Fleet::client_for(sim::Runtime& client_runtime,
                                                       std::string name) {
  return make_fleet_client(client_runtime, std::move(name), link_,
                           settings_.defaults.timings.one_way);
}

Fleet::Member& Fleet::member_of(const std::string& namespace_, const std::string& name) {
  std::unique_ptr<Member>& member = members_[key_of(namespace_, name)];
  if (member == nullptr) {
    member = std::make_unique<Member>(*this, namespace_, name, settings_.of(namespace_, name));
    services_[fmt::format("{}.{}.svc", name, namespace_)] = member.get();
  }
  return *member;
}

const DatabaseCluster* Fleet::find(const std::string& namespace_, const std::string& name) const {
  const auto found = members_.find(key_of(namespace_, name));
  return found == members_.end() ? nullptr : &found->second->cluster();
}

std::vector<const DatabaseCluster*> Fleet::clusters() const {
  std::vector<const DatabaseCluster*> all;
  for (const auto& [key, member] : members_) all.push_back(&member->cluster());
  return all;
}

// ---- containers ----

void Fleet::started(const cluster::ContainerInstance& instance, cluster::ContainerHost& host) {
  SIM_ASSERT(containers_.count(instance.id) == 0);
  Container container;
  container.host = &host;
  container.pod_key = key_of(instance.namespace_, instance.pod);
  const std::optional<PodRole> role = pod_role(instance.pod, instance.labels);
  if (role &&
      (instance.container == kEngineContainer || instance.container == kCoordinatorContainer)) {
    container.kind = instance.container == kEngineContainer ? ContainerKind::kEngine
                                                            : ContainerKind::kCoordinator;
    container.member = &member_of(instance.namespace_, role->cluster);
    container.identity.kind = role->kind;
    container.identity.ordinal = role->ordinal;
    container.identity.pod = instance.pod;
    container.identity.host =
        fmt::format("{}.{}-pods.{}.svc", instance.pod, role->cluster, instance.namespace_);
    hosts_[container.identity.host] = container.member;
  }
  Pod& pod = pods_[container.pod_key];
  pod.name = instance.pod;
  pod.kubernetes_node = instance.node;
  pod.containers += 1;
  if (container.member != nullptr) pod.member = container.member;
  Container& kept = containers_[instance.id] = std::move(container);
  if (kept.kind == ContainerKind::kEngine) {
    kept.volume = disk_of(instance);
    // Of an earlier pod of this name that lives on.
    const bool held =
        pod.containers > 1 && std::ranges::any_of(containers_, [&](const auto& entry) {
          const Container& other = entry.second;
          return entry.first != instance.id && other.kind == ContainerKind::kEngine &&
                 other.pod_key == kept.pod_key && other.volume == kept.volume && !other.locked_out;
        });
    if (pod.engine != 0) {
      pod.engine = 0;
      kept.member->change([&kept](DatabaseCluster& cluster, sim::Time now) {
        cluster.stop(kept.identity.pod, now);
      });
    }
    if (held) {
      kept.locked_out = true;
      runtime_.spawn(end_later(instance.id, kLockedOut, kExitFailure));
      return;
    }
    pod.engine = instance.id;
    start_engine(kept, instance);
    apply_black_hole(pod);
  } else if (kept.kind == ContainerKind::kCoordinator) {
    pod.coordinator = instance.id;
    kept.member->change([&kept](DatabaseCluster& cluster, sim::Time now) {
      cluster.set_coordinator(kept.identity, true, now);
    });
  }
}

void Fleet::start_engine(Container& container, const cluster::ContainerInstance& instance) {
  ProcessStart with;
  with.volume = container.volume;
  with.version = engine_version(instance.image);
  with.password = value_of(instance.env, kPasswordVariable);
  with.until_connectable = container.member->draw_start_time();
  container.member->change([&](DatabaseCluster& cluster, sim::Time now) {
    cluster.start(container.identity, with, now);
  });
}

void Fleet::sigterm(std::uint64_t instance_id) {
  const auto found = containers_.find(instance_id);
  if (found == containers_.end() || found->second.ending) return;
  Container& container = found->second;
  std::optional<sim::Duration> delay;
  int exit_code = kExitSuccess;  // the node image's script exits with 0 (6.5)
  switch (container.kind) {
    case ContainerKind::kEngine:
      delay = container.member->cluster().settings().stop.engine;
      break;
    case ContainerKind::kCoordinator:
      delay = container.member->cluster().settings().stop.coordinator;
      break;
    case ContainerKind::kOther:
      delay = sim::Duration(0);
      exit_code = kExitTerminated;
      break;
  }
  if (!delay) return;
  container.ending = true;
  runtime_.spawn(end_later(instance_id, *delay, exit_code));
}

void Fleet::killed(std::uint64_t instance_id) { gone(instance_id); }

sim::Task<void> Fleet::end_later(std::uint64_t instance_id, sim::Duration delay, int exit_code) {
  co_await runtime_.sleep(delay);
  end(instance_id, exit_code);
}

void Fleet::end(std::uint64_t instance_id, int exit_code) {
  const auto found = containers_.find(instance_id);
  if (found == containers_.end()) return;
  cluster::ContainerHost& host = *found->second.host;
  gone(instance_id);
  host.exited(instance_id, exit_code);
}

void Fleet::gone(std::uint64_t instance_id) {
  const auto found = containers_.find(instance_id);
  if (found == containers_.end()) return;
  const Container container = std::move(found->second);
  containers_.erase(found);
  Pod& pod = pods_.at(container.pod_key);
  pod.containers -= 1;
  // One that the name does not lead to has no part in the database.
  const bool known = pod.engine == instance_id || pod.coordinator == instance_id;
  if (!known) return;
  if (pod.engine == instance_id) pod.engine = 0;
  if (pod.coordinator == instance_id) pod.coordinator = 0;
  if (container.kind == ContainerKind::kEngine) {
    container.member->change([&container](DatabaseCluster& cluster, sim::Time now) {
      cluster.stop(container.identity.pod, now);
    });
  } else if (container.kind == ContainerKind::kCoordinator) {
    container.member->change([&container](DatabaseCluster& cluster, sim::Time now) {
      cluster.set_coordinator(container.identity, false, now);
    });
  }
}

cluster::ProbeOutcome Fleet::probe(std::uint64_t instance_id, const api::Probe& /*probe*/) const {
  const auto found = containers_.find(instance_id);
  if (found == containers_.end()) return cluster::ProbeOutcome::kFailure;
  const Container& container = found->second;
  if (container.kind != ContainerKind::kEngine) return cluster::ProbeOutcome::kSuccess;
  if (container.locked_out) return cluster::ProbeOutcome::kFailure;
  if (pods_.at(container.pod_key).engine != instance_id) return cluster::ProbeOutcome::kSuccess;
  const Node* node = container.member->cluster().state().find_pod(container.identity.pod);
  // Connectable comes before recovered and attached (6.5).
  return node->running() ? cluster::ProbeOutcome::kSuccess : cluster::ProbeOutcome::kFailure;
}

}  // namespace sdbtwin::singlestore
