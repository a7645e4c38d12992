#include "model/cluster/machinery_fixture.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "model/api/codec.h"

namespace sdbtwin::cluster {
namespace {

constexpr int64_t kImageBytes = 600'000'000;

sim::Task<void> send(api::Client& client, api::Request request,
                     std::optional<api::Result<api::Response>>& answer) {
  answer = co_await client.call(std::move(request));
}

}  // namespace

std::string to_json(const SetText& text) {
  const std::string claims =
      text.storage.empty()
          ? ""
          : fmt::format(R"(,"volumeClaimTemplates":[{{"metadata":{{"name":"data"}},"spec":{{)"
                        R"("accessModes":["ReadWriteOnce"],"storageClassName":"standard",)"
                        R"("resources":{{"requests":{{"storage":"{}"}}}}}}}}])",
                        text.storage);
  const std::string comma_pod = text.pod.empty() ? "" : "," + text.pod;
  const std::string comma_more = text.more.empty() ? "" : "," + text.more;
  const std::string container =
      fmt::format(R"({{"name":"main","image":"{}","resources":{{"requests":)"
                  R"({{"cpu":"100m","memory":"64Mi"}}}}}})",
                  text.image);
  const std::string pod_spec =
      text.pod.find("\"containers\"") != std::string::npos
          ? fmt::format(R"({{"restartPolicy":"Always"{}}})", comma_pod)
          : fmt::format(R"({{"restartPolicy":"Always","containers":[{}]{}}})", container,
                        comma_pod);
  return fmt::format(
      R"({{"apiVersion":"apps.k8s.appscode.com/v1","kind":"PetSet","metadata":{{"name":"{0}",)"
      R"("namespace":"demo"}},"spec":{{"replicas":{1},"serviceName":"{0}-pods",)"
      R"("selector":{{"matchLabels":{{"app":"{0}"}}}},"template":{{"metadata":{{)"
      R"("labels":{{"app":"{0}"}}}},"spec":{2}}}{3}{4}}}}})",
      text.name, text.replicas, pod_spec, claims, comma_more);
}

TestCluster::TestCluster(const TestClusterOptions& options)
    : simulation(options.seed),
      timings(options.jitter ? Timings::defaults() : Timings::defaults().without_jitter()),
      endpoint(options.jitter ? ApiLatency::standard() : ApiLatency::standard().without_jitter()),
      application(simulation.runtime()),
      disks(application) {
  simulation.trace().add_observer(*this);
  store.admission().add(defaulter);
  images.add("example/web:v1", kImageBytes);
  images.add("example/web:v2", kImageBytes);
  simulation.add_process("kube-apiserver", [this](sim::Runtime& runtime) {
    return std::make_unique<ApiServer>(runtime, store, endpoint);
  });
  MachineryOptions machinery;
  machinery.petset.resync = std::chrono::minutes(options.petset_resync_minutes);
  machinery.heartbeats = options.heartbeats;
  add_control_plane(simulation, endpoint, disks, timings, machinery);
  KubeletOptions kubelet;
  kubelet.heartbeats = options.heartbeats;
  for (int index = 0; index < options.nodes; ++index) {
    machines.push_back(std::make_unique<NodeMachine>(
        simulation.runtime(), "node-" + std::to_string(index), index, application, disks));
    if (options.kubelets)
      add_kubelet(simulation, endpoint, *machines.back(), disks, images, timings, kubelet);
  }
  simulation.add_process("user", [](sim::Runtime&) { return std::unique_ptr<sim::Actor>(); });
}

TestCluster::~TestCluster() {
  user_.reset();
  const auto& processes = simulation.processes();
  for (auto process = processes.rbegin(); process != processes.rend(); ++process) {
    if ((*process)->alive()) (*process)->kill();
  }
  simulation.trace().remove_observer(*this);
}

void TestCluster::bootstrap(const std::shared_ptr<api::Object>& object) {
  const store::RequestContext context{"bootstrap", simulation.now()};
  const auto result = store.apply(api::Request::create(object), context);
  EXPECT_TRUE(result.result.ok());
}

void TestCluster::start() {
  for (const std::string_view name : {std::string_view("demo"), kLeaseNamespace}) {
    auto home = std::make_shared<api::Namespace>();
    home->metadata.name = name;
    bootstrap(home);
  }
  auto standard = std::make_shared<api::StorageClass>();
  standard->metadata.name = "standard";
  standard->provisioner = "rancher.io/local-path";
  standard->reclaim_policy = api::ReclaimPolicy::kDelete;
  standard->volume_binding_mode = api::VolumeBindingMode::kWaitForFirstConsumer;
  bootstrap(standard);
  for (const auto& machine : machines) {
    auto node = std::make_shared<api::Node>();
    node->metadata.name = machine->name();
    node->status.edit().allocatable.edit() = {{"cpu", "8"}, {"memory", "32Gi"}};
    bootstrap(node);
  }
  for (const auto& started : simulation.processes()) started->start();
  user_ = endpoint.client_for(process("user").runtime(), "user");
  run_for(1s);
}

api::Result<api::Response> TestCluster::ask(api::Request request) {
  std::optional<api::Result<api::Response>> answer;
  process("user").runtime().spawn(send(*user_, std::move(request), answer));
  run_until([&] { return answer.has_value(); }, 1min);
  return *answer;
}

api::ObjectPtr TestCluster::apply_json(std::string_view json) {
  const api::Result<api::ObjectPtr> object = api::from_json(json);
  if (!object) {
    ADD_FAILURE() << object.error().message << "\n" << json;
    return nullptr;
  }
  const api::Result<api::Response> created = ask(api::Request::create(*object));
  if (!created) {
    ADD_FAILURE() << created.error().message;
    return nullptr;
  }
  return created->object;
}

api::Result<api::Response> TestCluster::merge(api::ObjectRef ref, std::string_view json) {
  const api::Value body = api::Value::parse(json).value();
  return ask(api::Request::patch(std::move(ref), api::PatchType::kMerge, body));
}

std::shared_ptr<const api::Pod> TestCluster::pod(const std::string& name) const {
  return api::as_if<api::Pod>(store.get(api::ObjectRef(api::Kind::kPod, "demo", name)));
}
std::shared_ptr<const api::PetSet> TestCluster::set(const std::string& name) const {
  return api::as_if<api::PetSet>(store.get(api::ObjectRef(api::Kind::kPetSet, "demo", name)));
}
std::shared_ptr<const api::PersistentVolumeClaim> TestCluster::claim(
    const std::string& name) const {
  return api::as_if<api::PersistentVolumeClaim>(
      store.get(api::ObjectRef(api::Kind::kPersistentVolumeClaim, "demo", name)));
}

std::shared_ptr<const api::Node> TestCluster::node(const std::string& name) const {
  return api::as_if<api::Node>(store.get(api::ObjectRef(api::Kind::kNode, "", name)));
}

std::vector<std::string> TestCluster::names(api::Kind kind) const {
  std::vector<std::string> result;
  for (const api::ObjectPtr& object :
       store.list(kind, api::kind_info(kind).namespaced ? "demo" : "")) {
    result.push_back(object->metadata.name);
  }
  return result;
}

bool TestCluster::ready(const std::string& pod_name) const {
  const auto found = pod(pod_name);
  return found && api::is_running_and_ready(*found) && !api::is_deleting(found->metadata);
}

NodeMachine& TestCluster::machine_of(const std::string& pod_name) {
  const auto found = pod(pod_name);
  EXPECT_NE(found, nullptr);
  for (const auto& machine : machines) {
    if (machine->name() == found->spec->node_name) return *machine;
  }
  ADD_FAILURE() << pod_name << " has no node";
  return *machines.front();
}

void TestCluster::run_for(sim::Duration duration) {
  simulation.run_until(simulation.now() + duration);
}

void TestCluster::run_until(const std::function<bool()>& done, sim::Duration limit) {
  EXPECT_TRUE(simulation.run_until(done, simulation.now() + limit)) << "not within the limit";
}

sim::Duration TestCluster::time_until(const std::function<bool()>& done, sim::Duration limit) {
  const sim::Time begin = simulation.now();
  run_until(done, limit);
  return simulation.now() - begin;
}

sim::Process& TestCluster::process(std::string_view name) {
  sim::Process* found = simulation.find(name);
  SIM_ASSERT(found != nullptr);
  return *found;
}

void TestCluster::on_event(const sim::TraceEvent& event) {
  const auto* written = event.get_if<ObjectWritten>();
  if (written == nullptr) return;
  std::string text(api::to_string(written->verb));
  text += " " + std::string(api::to_string(written->kind));
  if (written->subresource != api::Subresource::kNone)
    text += "/" + std::string(api::to_string(written->subresource));
  text += " " + std::string(written->name);
  writes_.push_back(Write{std::string(written->actor), std::move(text)});
}

std::vector<std::string> TestCluster::writes_by(std::string_view actor) const {
  std::vector<std::string> texts;
  for (const Write& write : writes_) {
    if (write.actor == actor) texts.push_back(write.text);
  }
  return texts;
}

}  // namespace sdbtwin::cluster
