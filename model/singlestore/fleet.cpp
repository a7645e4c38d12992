#include "model/singlestore/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "model/singlestore/answers.h"
#include "model/singlestore/client.h"
#include "model/singlestore/version.h"
#include "sim/core/assert.h"

namespace sdbtwin::singlestore {
namespace {

constexpr std::string_view kEngineContainer = "singlestore";                   // 6.7
constexpr std::string_view kCoordinatorContainer = "singlestore-coordinator";  // 6.7
constexpr std::string_view kInstanceLabel = "app.kubernetes.io/instance";      // kubedb.md 2.1
constexpr std::string_view kPasswordVariable = "ROOT_PASSWORD";                // kubedb.md 2.3
constexpr std::string_view kRootUser = "root";
constexpr std::string_view kClusterDomain = ".cluster.local";
constexpr int kExitSuccess = 0;
constexpr int kExitTerminated = 143;  // 128 + SIGTERM

std::string key_of(const std::string& namespace_, const std::string& name) {
  return fmt::format("{}/{}", namespace_, name);
}

std::string value_of(const std::map<std::string, std::string>& map, std::string_view key) {
  const auto found = map.find(std::string(key));
  return found == map.end() ? std::string() : found->second;
}

bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
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

// One cluster with its timer. Its events go to the trace of the process.
class Fleet::Member final : public Journal {
 public:
  Member(Fleet& fleet, const std::string& namespace_, const std::string& name,
         const Settings& settings)
      : fleet_(fleet),
        starts_(fleet.runtime_.rng(fmt::format("starts/{}/{}", namespace_, name))),
        cluster_(namespace_, name, settings,
                 fleet.runtime_.rng(fmt::format("cluster/{}/{}", namespace_, name)), *this),
        timer_(fleet.runtime_, [this] { wake(); }) {}

  const DatabaseCluster& cluster() const { return cluster_; }

  // Applies `change(cluster, now)` with everything before it done.
  template <class Change>
  void change(Change change) {
    const sim::Time now = fleet_.runtime_.now();
    cluster_.run_due(now);
    change(cluster_, now);
    arm();
  }

  sim::Duration draw_start_time() {
    return cluster_.settings().timings.process_start.sample(starts_);
  }

  void note(const ClusterEvent& event) override {
    std::visit([this](const auto& e) { fleet_.runtime_.trace(e); }, event);
    if (const auto* process = std::get_if<ProcessChanged>(&event)) {
      if (process->state == ProcessState::kRunning) announce(process->pod);
    }
  }

 private:
  void wake() {
    cluster_.run_due(fleet_.runtime_.now());
    arm();
  }

  void arm() {
    const std::optional<sim::Time> next = cluster_.next_due();
    if (!next) {
      timer_.cancel();
    } else if (!timer_.armed() || timer_.deadline() != *next) {
      timer_.set(*next);
    }
  }

  void announce(const std::string& pod) {
    const auto found = fleet_.pods_.find(key_of(cluster_.state().namespace_, pod));
    if (found == fleet_.pods_.end() || found->second.engine == 0) return;
    const std::uint64_t id = found->second.engine;
    fleet_.containers_.at(id).host->readiness_changed(id);
  }

  Fleet& fleet_;
  sim::Rng starts_;
  DatabaseCluster cluster_;
  sim::Timer timer_;
};

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
    pod.engine = instance.id;
    start_engine(kept, instance);
    apply_black_hole(pod);
  } else if (kept.kind == ContainerKind::kCoordinator) {
    kept.member->change([&kept](DatabaseCluster& cluster, sim::Time now) {
      cluster.set_coordinator(kept.identity, true, now);
    });
  }
}

void Fleet::start_engine(Container& container, const cluster::ContainerInstance& instance) {
  ProcessStart with;
  with.volume = disk_of(instance);
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
  if (pod.engine == instance_id) pod.engine = 0;
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
  const Node* node = container.member->cluster().state().find_pod(container.identity.pod);
  // Connectable comes before recovered and attached (6.5).
  return node->running() ? cluster::ProbeOutcome::kSuccess : cluster::ProbeOutcome::kFailure;
}

// ---- faults ----

bool Fleet::crash(const std::string& namespace_, const std::string& pod, int exit_code) {
  const auto found = pods_.find(key_of(namespace_, pod));
  if (found == pods_.end() || found->second.engine == 0) return false;
  // As an event of this process: the caller may be in the middle of one of its own.
  runtime_.spawn(end_later(found->second.engine, sim::Duration(0), exit_code));
  return true;
}

void Fleet::black_hole_pod(const std::string& namespace_, const std::string& pod, bool dropped) {
  Pod& known = pods_[key_of(namespace_, pod)];
  known.name = pod;
  known.black_holed = dropped;
  apply_black_hole(known);
}

void Fleet::black_hole_node(const std::string& kubernetes_node, bool dropped) {
  if (dropped) {
    black_holed_nodes_.insert(kubernetes_node);
  } else {
    black_holed_nodes_.erase(kubernetes_node);
  }
  for (const auto& [key, pod] : pods_) {
    if (pod.kubernetes_node == kubernetes_node) apply_black_hole(pod);
  }
}

void Fleet::apply_black_hole(const Pod& pod) {
  if (pod.member == nullptr) return;
  const bool dropped = pod.black_holed || black_holed_nodes_.count(pod.kubernetes_node) > 0;
  pod.member->change([&pod, dropped](DatabaseCluster& cluster, sim::Time now) {
    cluster.set_black_holed(pod.name, dropped, now);
  });
}

// ---- statements ----

void Fleet::submit(std::shared_ptr<Call> call) { runtime_.spawn(serve(std::move(call))); }

sim::Task<void> Fleet::serve(std::shared_ptr<Call> call) {
  co_await runtime_.sleep(call->there);
  std::optional<sql::Answer> answer = answer_call(*call);
  if (!answer) co_return;  // dropped on the way: the client waits in vain
  co_await runtime_.sleep(call->back);
  call->reply.send(std::move(*answer));
}

std::optional<sql::Answer> Fleet::answer_call(const Call& call) const {
  const Route to = route(call);
  const std::string address = fmt::format("{}:{}", call.endpoint.host, call.endpoint.port);
  switch (to.kind) {
    case Route::Kind::kUnknownHost:
      return sql::SqlError::make(sql::SqlErrorKind::kUnknownHost, call.endpoint.host);
    case Route::Kind::kRefused:
      return sql::SqlError::make(sql::SqlErrorKind::kRefused, address);
    case Route::Kind::kSilent:
      return std::nullopt;
    case Route::Kind::kNode:
      break;
  }
  const std::string& password = to.node->password;
  const sql::Credentials& as = call.credentials;
  if (!password.empty() && (as.user != kRootUser || as.password != password)) {
    return sql::SqlError::make(sql::SqlErrorKind::kAccessDenied, as.user);
  }
  const DatabaseCluster& cluster = to.member->cluster();
  return answer(cluster.state(), cluster.settings(), *to.node, call.statement, runtime_.now());
}

Fleet::Route Fleet::route(const Call& call) const {
  std::string_view host = call.endpoint.host;
  if (ends_with(host, kClusterDomain)) host.remove_suffix(kClusterDomain.size());
  if (const auto service = services_.find(host); service != services_.end()) {
    return service_route(*service->second, call.pick);
  }
  const auto found = hosts_.find(host);
  if (found == hosts_.end()) return Route{};
  const Node* node = found->second->cluster().state().find_host(host);
  return node == nullptr ? Route{} : node_route(*found->second, *node);
}

Fleet::Route Fleet::service_route(const Member& member, std::uint64_t pick) const {
  const ClusterState& state = member.cluster().state();
  std::vector<const Node*> ready;
  for (const int index : state.aggregators) {
    if (state.node(index).running()) ready.push_back(&state.node(index));
  }
  if (ready.empty()) return Route{Route::Kind::kRefused, &member, nullptr};
  return node_route(member, *ready[pick % ready.size()]);
}

Fleet::Route Fleet::node_route(const Member& member, const Node& node) const {
  const auto pod = pods_.find(key_of(member.cluster().state().namespace_, node.pod));
  // A pod that is gone has no address in the headless service.
  if (pod == pods_.end() || pod->second.containers == 0) return Route{};
  if (node.black_holed) return Route{Route::Kind::kSilent, &member, &node};
  if (!node.running()) return Route{Route::Kind::kRefused, &member, &node};
  return Route{Route::Kind::kNode, &member, &node};
}

}  // namespace sdbtwin::singlestore
