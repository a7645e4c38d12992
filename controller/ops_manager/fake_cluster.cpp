#include "controller/ops_manager/fake_cluster.h"

#include <utility>
#include <variant>

#include "controller/kit/edit.h"
#include "controller/kit/images.h"
#include "controller/kit/kubedb.h"
#include "controller/ops_manager/baseline.h"
#include "model/api/core.h"
#include "model/api/singlestore_version.h"

namespace sdbtwin::ops_manager {
namespace {

// ---- The database's side

class ScriptedDatabase final : public sql::DatabaseClient {
 public:
  ScriptedDatabase(sim::Runtime& runtime, const DatabaseScript& script)
      : runtime_(runtime), script_(script) {}

  sim::Task<sql::Answer> query(sql::Endpoint endpoint, sql::Credentials, sql::Statement statement,
                               sim::Duration) override {
    co_await runtime_.sleep(2ms);
    if (!script_.answers) {
      co_return sql::SqlError::make(sql::SqlErrorKind::kRefused, endpoint.host);
    }
    auto answer = [this](const auto& one) { return rows(one); };
    co_return sql::Answer(std::visit(answer, statement));
  }

 private:
  static bool is_leaf(const std::string& host) { return host.find("-leaf-") != std::string::npos; }

  sql::ResultSet rows(const sql::ShowVariable&) const {
    return std::vector<sql::VariableRow>{{"redundancy_level", "1"}};
  }
  sql::ResultSet rows(const sql::ShowLeaves& s) const {
    sql::LeafRow row;
    row.host = s.host;
    row.state = sql::NodeState::kOnline;
    return std::vector<sql::LeafRow>{row};
  }
  sql::ResultSet rows(const sql::ShowAggregators&) const {
    sql::AggregatorRow row;
    row.host = kDatabase + "-aggregator-0." + kDatabase + "-pods." + kNamespace + ".svc";
    row.state = sql::NodeState::kOnline;
    row.master_aggregator = true;
    return std::vector<sql::AggregatorRow>{row};
  }
  sql::ResultSet rows(const sql::DistributedPartitions& s) const {
    std::vector<sql::PartitionRow> found;
    if (is_leaf(s.host)) {
      sql::PartitionRow row;
      row.database_name = "app";
      row.role = sql::InstanceRole::kMaster;
      row.host = s.host;
      row.is_offline = !script_.synced;
      found.push_back(row);
    }
    return found;
  }
  sql::ResultSet rows(const sql::ShowClusterStatus& s) const {
    std::vector<sql::ClusterStatusRow> found(is_leaf(s.host) ? 2 : 1);
    found[0].database_name = is_leaf(s.host) ? "app" : "cluster";
    found[0].role = sql::InstanceRole::kReference;
    found[0].state = sql::InstanceState::kReplicating;
    if (is_leaf(s.host)) {
      found[1].database_name = "app_0";
      found[1].role = sql::InstanceRole::kMaster;
      found[1].state = sql::InstanceState::kOnline;
    }
    return found;
  }
  sql::ResultSet rows(const sql::ReplicationStatus& s) const {
    std::vector<sql::ReplicationStatusRow> found;
    if (is_leaf(s.host)) {
      sql::ReplicationStatusRow row;
      row.database_name = "app";
      found.push_back(row);
    }
    return found;
  }
  sql::ResultSet rows(const sql::TableStatistics& s) const {
    std::vector<sql::TableStatisticsRow> found;
    if (is_leaf(s.host)) {
      sql::TableStatisticsRow row;
      row.database_name = "app";
      row.host = s.host;
      row.rows = script_.rows;
      found.push_back(row);
    }
    return found;
  }
  sql::ResultSet rows(const sql::DatabasesStatus&) const {
    return std::vector<sql::DatabaseStatusRow>{};
  }
  sql::ResultSet rows(const sql::DataDiskUsage&) const { return std::vector<sql::DiskUsageRow>{}; }
  sql::ResultSet rows(const sql::Ping&) const { return std::vector<sql::CheckRow>{{1}}; }
  sql::ResultSet rows(const sql::WriteCheck&) const { return std::vector<sql::CheckRow>{{1}}; }
  sql::ResultSet rows(const sql::ReadCheck&) const { return std::vector<sql::CheckRow>{{1}}; }

  sim::Runtime& runtime_;
  const DatabaseScript& script_;
};

class Hosted final : public sim::Actor {
 public:
  explicit Hosted(std::unique_ptr<kit::Operator> hosted) : hosted_(std::move(hosted)) {}

 private:
  std::unique_ptr<kit::Operator> hosted_;
};

std::shared_ptr<api::SinglestoreVersion> make_version(const std::string& name,
                                                      const std::string& allowed) {
  auto version = std::make_shared<api::SinglestoreVersion>();
  version->metadata.name = name;
  auto& spec = version->spec.edit();
  spec.version = name;
  spec.db.image = "node:" + name;
  spec.coordinator.image = "coordinator:1";
  spec.init_container.image = "init:1";
  spec.update_constraints.allowlist = {allowed};
  return version;
}

kit::ImageSet images(const std::string& version) {
  return {.database = "node:" + version, .coordinator = "coordinator:1", .init = "init:1"};
}

}  // namespace

FakeCluster::FakeCluster(OpsManagerOptions options) : options_(std::move(options)) {
  endpoint.set_latency(endpoint.latency().without_jitter());
  simulation.trace().add_observer(*this);
  simulation.add_process("kube-apiserver", [this](sim::Runtime& runtime) {
    return std::make_unique<cluster::ApiServer>(runtime, store, endpoint);
  });
  simulation.add_process("machine", [this](sim::Runtime& runtime) {
    machine_ = &runtime;
    client_ = endpoint.client_for(runtime, "machine");
    runtime.spawn(run_machine(runtime));
    return std::unique_ptr<sim::Actor>();
  });
  ops_manager = &simulation.add_process("ops-manager", [this](sim::Runtime& runtime) {
    return std::make_unique<Hosted>(
        make_ops_manager(runtime, endpoint.client_for(runtime, "ops-manager"),
                         std::make_unique<ScriptedDatabase>(runtime, script), options_));
  });
  bootstrap();
  for (const auto& process : simulation.processes()) process->start();
  run_for(1s);
}

FakeCluster::~FakeCluster() {
  const auto& processes = simulation.processes();
  for (auto process = processes.rbegin(); process != processes.rend(); ++process) {
    if ((*process)->alive()) (*process)->kill();
  }
  simulation.trace().remove_observer(*this);
}

// ---- Objects

api::Result<api::Response> FakeCluster::apply(const api::Request& request) {
  const store::RequestContext context{"tester", simulation.now()};
  return store.apply(request, context).result;
}

void FakeCluster::create(std::shared_ptr<api::Object> object) {
  const auto answer = apply(api::Request::create(std::move(object)));
  SIM_ASSERT(answer.ok());
}

void FakeCluster::bootstrap() {
  auto space = std::make_shared<api::Namespace>();
  space->metadata.name = kNamespace;
  create(space);
  create(make_version("8.7.21", ">= 8.7.21, <= 8.9.3"));
  create(make_version("8.9.3", "8.9.3"));
  auto secret = std::make_shared<api::Secret>();
  secret->metadata.namespace_ = kNamespace;
  secret->metadata.name = kDatabase + "-auth";
  secret->data.edit()["username"].raw = "root";
  secret->data.edit()["password"].raw = "secret";
  create(secret);

  auto sdb = std::make_shared<api::Singlestore>();
  sdb->metadata.namespace_ = kNamespace;
  sdb->metadata.name = kDatabase;
  sdb->spec.edit().version = "8.7.21";
  sdb->spec.edit().license_secret.emplace().name = "license-secret";
  auto& topology = sdb->spec.edit().topology.emplace();
  topology.aggregator.emplace().replicas = 1;
  topology.leaf.emplace().replicas = 2;
  create(sdb);
  auto ready = api::copy(*database());
  ready->status.edit().phase = api::DatabasePhase::kReady;
  SIM_ASSERT(apply(api::Request::update_status(ready)).ok());

  create(make_petset("aggregator", 1));
  create(make_petset("leaf", 2));
  for (const char* pod : {"aggregator-0", "leaf-0", "leaf-1"}) {
    const std::string name = kDatabase + "-" + pod;
    create_pod(name.substr(0, name.size() - 2), name, true);
  }
  changed_.send(kDatabase + "-aggregator");
  changed_.send(kDatabase + "-leaf");
}

std::shared_ptr<api::PetSet> FakeCluster::make_petset(const std::string& role,
                                                      std::int32_t replicas) {
  auto set = std::make_shared<api::PetSet>();
  set->metadata.namespace_ = kNamespace;
  set->metadata.name = kDatabase + "-" + role;
  set->metadata.owner_references.edit().push_back(api::make_controller_ref(*database()));
  auto& spec = set->spec.edit();
  spec.replicas = replicas;
  spec.service_name = kDatabase + "-pods";
  spec.update_strategy.type = api::UpdateStrategyType::kOnDelete;
  api::StringMap labels = kit::selector_labels(kDatabase);
  labels.emplace(kit::kPetSetLabel, role);
  spec.selector = api::LabelSelector(labels);
  auto& pod_template = spec.template_.edit();
  pod_template.metadata.labels = labels;
  pod_template.spec.containers.resize(2);
  pod_template.spec.containers[0].name = kit::kDatabaseContainer;
  pod_template.spec.containers[1].name = kit::kCoordinatorContainer;
  pod_template.spec.init_containers.resize(1);
  pod_template.spec.init_containers[0].name = kit::kInitContainer;
  kit::set_images(pod_template.spec, images("8.7.21"));
  return set;
}

void FakeCluster::create_pod(const std::string& petset_name, const std::string& name, bool ready) {
  const auto owner =
      api::as<api::PetSet>(store.get(api::ObjectRef(api::Kind::kPetSet, kNamespace, petset_name)));
  auto made = std::make_shared<api::Pod>();
  made->metadata.namespace_ = kNamespace;
  made->metadata.name = name;
  made->metadata.labels = owner->spec->template_->metadata.labels;
  made->metadata.owner_references.edit().push_back(api::make_controller_ref(*owner));
  made->spec.edit() = owner->spec->template_->spec;
  made->spec.edit().node_name = "node-0";
  create(made);
  if (ready) set_ready(name);
}

void FakeCluster::set_ready(const std::string& name) {
  const api::ObjectRef ref(api::Kind::kPod, kNamespace, name);
  auto next = api::copy(*api::as<api::Pod>(store.get(ref)));
  next->status.edit().phase = api::PodPhase::kRunning;
  api::PodCondition ready;
  ready.type = api::kPodReady;
  ready.status = api::ConditionStatus::kTrue;
  api::set_pod_condition(next->status.edit().conditions.edit(), ready, {});
  SIM_ASSERT(apply(api::Request::update_status(next)).ok());
}

// ---- The scripted machine

void FakeCluster::on_event(const sim::TraceEvent& event) {
  const auto* write = event.get_if<cluster::ObjectWritten>();
  if (write == nullptr || write->actor != "ops-manager") return;
  if (write->kind == api::Kind::kPod && write->after && api::is_deleting(write->after->metadata) &&
      !api::is_deleting(write->before->metadata)) {
    evictions.emplace_back(write->name);
    evicted_.send(std::string(write->name));
  }
  if (write->kind == api::Kind::kPetSet) changed_.send(std::string(write->name));
  if (on_write) on_write(*write);
}

sim::Task<void> FakeCluster::run_machine(sim::Runtime& runtime) {
  runtime.spawn(observe_changes(runtime));
  while (auto name = co_await evicted_.receive()) {
    runtime.spawn(replace(runtime, name->substr(0, name->rfind('-')), *name));
  }
}

// The PetSet controller's part: it has seen the set as it is now.
sim::Task<void> FakeCluster::observe(std::string petset) {
  auto change = [](api::PetSet& live) {
    if (live.status->observed_generation == live.metadata.generation) return false;
    live.status.edit().observed_generation = live.metadata.generation;
    return true;
  };
  const api::ObjectKey key(kNamespace, petset);
  auto edited = co_await kit::edit<api::PetSet>(*client_, key, kit::Part::kStatus, change);
  SIM_ASSERT(edited.ok());
}

sim::Task<void> FakeCluster::observe_changes(sim::Runtime& runtime) {
  while (auto name = co_await changed_.receive()) {
    co_await runtime.sleep(50ms);
    if (petsets_observed) co_await observe(*name);
  }
}

// Times count from the eviction, so that they may be compared with the recorded ones.
sim::Task<void> FakeCluster::replace(sim::Runtime& runtime, std::string petset, std::string name) {
  const sim::Time evicted = runtime.now();
  co_await runtime.sleep_until(evicted + kStop);
  const api::ObjectRef ref(api::Kind::kPod, kNamespace, name);
  SIM_ASSERT(apply(api::Request::remove(ref, api::DeleteOptions::with_grace(0))).ok());
  create_pod(petset, name, false);
  restarts.emplace_back(kit::database_image(*api::as<api::Pod>(store.get(ref))->spec));
  const bool leaf = petset.ends_with("-leaf");
  co_await runtime.sleep_until(evicted + (leaf ? ready_after_leaf : ready_after_aggregator));
  set_ready(name);
}

// ---- For tests

void FakeCluster::ask(api::OpsRequestType type,
                      const std::function<void(api::SinglestoreOpsRequest&)>& edit) {
  auto made = std::make_shared<api::SinglestoreOpsRequest>();
  made->metadata.namespace_ = kNamespace;
  made->metadata.name = kRequest;
  auto& spec = made->spec.edit();
  spec.type = type;
  spec.database_ref.name = kDatabase;
  if (type == api::OpsRequestType::kUpdateVersion) {
    spec.update_version.emplace().target_version = "8.9.3";
  }
  edit(*made);
  act(api::Request::create(made));
}

void FakeCluster::act(api::Request request) {
  auto send = [](api::Client& client, api::Request one) -> sim::Task<void> {
    auto answer = co_await client.call(std::move(one));
    SIM_ASSERT(answer.ok());
  };
  machine_->spawn(send(*client_, std::move(request)));
}

bool FakeCluster::run_until(const std::function<bool()>& done, sim::Duration limit) {
  return simulation.run_until(done, simulation.now() + limit);
}

bool FakeCluster::run_to_end() {
  return run_until(
      [this] {
        const auto found = request();
        return found && api::is_finished(found->status->phase);
      },
      2h);
}

std::shared_ptr<const api::SinglestoreOpsRequest> FakeCluster::request(const std::string& name) {
  return api::as_if<api::SinglestoreOpsRequest>(
      store.get(api::ObjectRef(api::Kind::kSinglestoreOpsRequest, kNamespace, name)));
}
std::shared_ptr<const api::Singlestore> FakeCluster::database() {
  return api::as_if<api::Singlestore>(
      store.get(api::ObjectRef(api::Kind::kSinglestore, kNamespace, kDatabase)));
}
std::shared_ptr<const api::PetSet> FakeCluster::petset(const std::string& role) {
  return api::as_if<api::PetSet>(
      store.get(api::ObjectRef(api::Kind::kPetSet, kNamespace, kDatabase + "-" + role)));
}
std::shared_ptr<const api::Pod> FakeCluster::pod(const std::string& suffix) {
  return api::as_if<api::Pod>(
      store.get(api::ObjectRef(api::Kind::kPod, kNamespace, kDatabase + "-" + suffix)));
}

bool FakeCluster::is_resumed() {
  return !kit::is_paused(*database()) && kit::fenced_by(petset("aggregator")->metadata).empty() &&
         kit::fenced_by(petset("leaf")->metadata).empty();
}

std::string FakeCluster::condition(const std::string& type) {
  const auto* found = api::find_condition(request()->status->conditions, type);
  return found == nullptr ? std::string() : std::string(api::to_string(found->status));
}
std::string FakeCluster::message(const std::string& type) {
  const auto* found = api::find_condition(request()->status->conditions, type);
  return found == nullptr ? std::string() : found->message;
}

}  // namespace sdbtwin::ops_manager
