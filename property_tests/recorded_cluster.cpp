#include "property_tests/recorded_cluster.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/api/codec.h"
#include "model/api/core.h"
#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/policy.h"
#include "model/api/storage.h"

namespace sdbtwin::property_tests {
namespace {

using namespace std::chrono_literals;
using api::Kind;
using api::Value;

// The recorder's: a step is over when nothing was written for so long.
constexpr sim::Duration kQuiet = 500ms;
constexpr sim::Duration kStepMax = 60s;
// Conditions have whole seconds, so what minReadySeconds does depends on where in a second a pod
// becomes ready. The recordings do not say; min-ready-seconds is met from 200 to 600 ms.
constexpr sim::Duration kPhase = 400ms;
constexpr int kVolumes = 12;

const std::map<std::string_view, Kind>& kinds_by_resource() {
  static const std::map<std::string_view, Kind> kKinds{
      {"petsets", Kind::kPetSet},
      {"pods", Kind::kPod},
      {"persistentvolumeclaims", Kind::kPersistentVolumeClaim},
      {"controllerrevisions", Kind::kControllerRevision},
      {"poddisruptionbudgets", Kind::kPodDisruptionBudget}};
  return kKinds;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

Value texts(const std::vector<std::string>& items) {
  Value::Array array;
  for (const std::string& item : items) array.emplace_back(item);
  return Value(std::move(array));
}

// Cluster-scoped, as its CustomResourceDefinition says.
std::shared_ptr<const api::Object> placement_definition() {
  return (*api::from_json(
      R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",)"
      R"("metadata":{"name":"placementpolicies.apps.k8s.appscode.com"},)"
      R"("spec":{"group":"apps.k8s.appscode.com","scope":"Cluster",)"
      R"("names":{"kind":"PlacementPolicy","plural":"placementpolicies"},)"
      R"("versions":[{"name":"v1","served":true,"storage":true}]}})"));
}

sim::Task<void> send(api::Client& client, api::Request request,
                     std::optional<api::Result<api::Response>>& answer) {
  answer = co_await client.call(std::move(request));
}

Value digest_pod(const api::Pod& pod) {
  Value::Object digest;
  if (api::is_deleting(pod.metadata)) {
    digest["terminating"] = true;
    digest["graceSeconds"] = pod.metadata.deletion_grace_period_seconds.value_or(0);
  }
  digest["phase"] = api::to_string(pod.status->phase);
  const auto* ready = api::find_condition(*pod.status->conditions, api::kPodReady);
  if (ready != nullptr) digest["ready"] = api::to_string(ready->status);
  const std::string_view revision = api::label_of(pod.metadata, api::kRevisionLabel);
  if (!revision.empty()) digest["revision"] = revision;
  if (!pod.spec->node_name.empty()) digest["node"] = pod.spec->node_name;
  std::vector<std::string> images;
  for (const api::Container& container : pod.spec->containers) images.push_back(container.image);
  digest["image"] = texts(images);
  return Value(std::move(digest));
}

Value digest_status(const api::Object& object, std::initializer_list<std::string_view> names) {
  const Value json = api::to_value(object);
  const Value* status = json.find("status");
  Value::Object digest;
  for (const std::string_view name : names) {
    const Value* found = status == nullptr ? nullptr : status->find(name);
    if (found != nullptr) digest.emplace(name, *found);
  }
  return Value(std::move(digest));
}

}  // namespace

Value without_zeros(const Value& value) {
  if (!value.is_object()) return value;
  Value::Object kept;
  for (const auto& [name, member] : value.members()) {
    Value clean = without_zeros(member);
    const bool zero = clean.is_null() || (clean.is_integer() && clean.as_integer() == 0) ||
                      ((clean.is_array() || clean.is_object()) && clean.size() == 0);
    if (!zero) kept.emplace(name, std::move(clean));
  }
  return Value(std::move(kept));
}

RecordedCluster::RecordedCluster(const RecordedRun& run)
    : timings_(cluster::Timings::defaults().without_jitter().scaled(50)),
      endpoint_(cluster::ApiLatency::standard().without_jitter()),
      application_(simulation_.runtime()),
      disks_(application_) {
  simulation_.trace().add_observer(*this);
  store_.admission().add(defaulter_);
  put_surroundings();
  for (const Value& object : run.initial_objects) put_initial(object, run.setup);
  simulation_.add_process("kube-apiserver", [this](sim::Runtime& runtime) {
    return std::make_unique<cluster::ApiServer>(runtime, store_, endpoint_);
  });
  cluster::add_control_plane(simulation_, endpoint_, disks_, timings_);
  for (const char* name : {"user", "fake-kubelet"})
    simulation_.add_process(name, [](sim::Runtime&) { return std::unique_ptr<sim::Actor>(); });
  for (const auto& process : simulation_.processes()) process->start();
  for (const char* name : {"user", "fake-kubelet"})
    clients_[name] = endpoint_.client_for(simulation_.find(name)->runtime(), name);
}

RecordedCluster::~RecordedCluster() {
  clients_.clear();
  const auto& processes = simulation_.processes();
  for (auto process = processes.rbegin(); process != processes.rend(); ++process)
    (*process)->kill();
  simulation_.trace().remove_observer(*this);
}

// ---- The start.

void RecordedCluster::put(std::shared_ptr<api::Object> object) {
  const store::RequestContext context{"bootstrap", simulation_.now()};
  const auto created = store_.apply(api::Request::create(object), context);
  SIM_ASSERT(created.result.ok());
  count(*created.result->object);
  object->metadata = created.result->object->metadata;
  static_cast<void>(store_.apply(api::Request::update_status(object), context));
}

void RecordedCluster::put_surroundings() {
  auto home = std::make_shared<api::Namespace>();
  home->metadata.name = "demo";
  put(home);
  auto node = std::make_shared<api::Node>();
  node->metadata.name = "node-a";
  node->metadata.labels.edit()["topology.kubernetes.io/zone"] = "zone-a";
  node->status.edit().allocatable.edit() = {{"cpu", "64"}, {"memory", "256Gi"}};
  put(node);
  auto standard = std::make_shared<api::StorageClass>();
  standard->metadata.name = "standard";
  standard->provisioner = "kubernetes.io/no-provisioner";
  standard->volume_binding_mode = api::VolumeBindingMode::kImmediate;
  put(standard);
  store_.registry().learn(*placement_definition());
  for (int index = 0; index < kVolumes; ++index) {
    auto volume = std::make_shared<api::PersistentVolume>();
    volume->metadata.name = fmt::format("pv-{:02}", index);
    volume->spec.edit().capacity["storage"] = "10Gi";
    volume->spec.edit().access_modes = {"ReadWriteOnce"};
    volume->spec.edit().storage_class_name = "standard";
    volume->spec.edit().persistent_volume_reclaim_policy = api::ReclaimPolicy::kRetain;
    put(volume);
  }
}

// Exact bytes are told in the words only: "... with data bytes {...} (blanks ...)".
void set_bytes(api::ControllerRevision& revision, const std::string& words) {
  const std::string marker = "data bytes ";
  const size_t begin = words.find(marker);
  const size_t end = words.find(" (", begin);
  if (begin == std::string::npos || end == std::string::npos) return;
  const size_t first = begin + marker.size();
  revision.data = api::RawJson{.bytes = words.substr(first, end - first)};
}

// As it was, but for what a server gives: uid, times, and which volume a claim has.
void RecordedCluster::put_initial(const Value& recorded, const std::vector<std::string>& setup) {
  Value metadata = *recorded.find("metadata");
  for (const char* given : {"uid", "resourceVersion", "creationTimestamp", "generation"})
    metadata = metadata.without(given);
  Value body = recorded.with("metadata", metadata);
  if (recorded.string_at("kind") == "PersistentVolumeClaim")
    body = body.with("spec", body.find("spec")->without("volumeName")).without("status");
  std::string text = with_uids(body.dump());
  replace_all(text, "\\u003ctime\\u003e", "2020-01-01T00:00:00Z");
  const api::Result<api::ObjectPtr> object = api::from_json(text);
  SIM_ASSERT(object.ok());
  std::shared_ptr<api::Object> copy = (*object)->clone();
  if (copy->kind() == Kind::kControllerRevision) {
    for (const std::string& words : setup)
      set_bytes(api::cast<api::ControllerRevision>(*copy), words);
  }
  put(std::move(copy));
}

std::string RecordedCluster::with_uids(std::string text) const {
  for (const auto& [placeholder, uid] : uids_) replace_all(text, placeholder, uid);
  return text;
}

void RecordedCluster::count(const api::Object& created) {
  const std::string name = api::kind_name_of(created) + "/" + created.metadata.name;
  const int number = ++counts_[name];
  // As dumped: < and > are escaped.
  uids_[fmt::format("\\u003cuid {} #{}\\u003e", name, number)] = created.metadata.uid;
  placeholders_[created.metadata.uid] = fmt::format("<uid {} #{}>", name, number);
}

// ---- A step.

RecordedCluster::Outcome RecordedCluster::settle() {
  last_write_ = simulation_.now() + 2s + kPhase;
  wait_until_quiet();
  return take_outcome();
}

RecordedCluster::Outcome RecordedCluster::play(const RecordedStep& step) {
  const sim::Time begin = simulation_.now();
  std::vector<std::int64_t> codes;
  for (const RecordedAction& action : step.actions) {
    codes.push_back(perform(action));
    simulation_.run_until(simulation_.now() + action.pause_after);
  }
  if (step.observed) {
    simulation_.run_until(std::max(begin + *step.observed, simulation_.now()));
  } else {
    wait_until_quiet();
  }
  Outcome outcome = take_outcome();
  outcome.codes = std::move(codes);
  return outcome;
}

void RecordedCluster::wait_until_quiet() {
  last_write_ = std::max(last_write_, simulation_.now());
  const sim::Time limit = simulation_.now() + kStepMax;
  while (simulation_.now() < std::min(limit, last_write_ + kQuiet))
    simulation_.run_until(std::min(limit, last_write_ + kQuiet));
}

std::int64_t RecordedCluster::perform(const RecordedAction& action) {
  std::optional<api::Request> request = request_of(action);
  if (!request) return -1;
  std::optional<api::Result<api::Response>> answer;
  simulation_.find(action.by)->runtime().spawn(
      send(*clients_.at(action.by), *std::move(request), answer));
  simulation_.run_until([&] { return answer.has_value(); }, simulation_.now() + 1min);
  SIM_ASSERT(answer.has_value());
  return answer->ok() ? (*answer)->code : answer->error().code;
}

// Null: the body names an object that does not exist here, so nothing can be sent.
std::optional<api::Request> RecordedCluster::request_of(const RecordedAction& action) const {
  const std::string text = with_uids(action.body.dump());
  if (text.find("\\u003cuid ") != std::string::npos) return std::nullopt;
  const Value body = Value::parse(text).value();
  if (action.verb == "create" && action.resource != "pods/eviction") {
    std::shared_ptr<api::Object> object = (*api::from_value(body))->clone();
    if (object->kind() != Kind::kUnstructured) object->metadata.namespace_ = "demo";
    return api::Request::create(std::move(object));
  }
  const std::string_view resource = std::string_view(action.resource);
  const Kind kind = kinds_by_resource().at(resource.substr(0, resource.find('/')));
  api::ObjectRef ref(kind, "demo", action.name);
  if (action.resource == "pods/eviction") return api::Request::evict(std::move(ref));
  if (action.resource == "pods/status") return status_write(action);
  if (action.verb == "delete") {
    api::DeleteOptions options;
    if (const Value* grace = body.find("gracePeriodSeconds"))
      options.grace_period_seconds = grace->as_integer();
    if (const Value* uid = body.find_path({"preconditions", "uid"})) options.uid = uid->text();
    const std::string_view propagation = body.string_at("propagationPolicy");
    if (propagation == "Background") options.propagation = api::Propagation::kBackground;
    if (propagation == "Orphan") options.propagation = api::Propagation::kOrphan;
    return api::Request::remove(std::move(ref), std::move(options));
  }
  const bool json_patch = action.patch_type == "json-patch";
  return api::Request::patch(std::move(ref),
                             json_patch ? api::PatchType::kJson : api::PatchType::kMerge, body);
}

// "phase Running, Ready False"
api::Request RecordedCluster::status_write(const RecordedAction& action) const {
  const api::ObjectRef ref(Kind::kPod, "demo", action.name);
  const auto pod = api::as_if<api::Pod>(store_.get(ref));
  const bool ready = action.sets.find("Ready True") != std::string::npos;
  const Value status = ready ? "True" : "False";
  const Value now = api::to_string(api::ClusterTime::at(simulation_.now()));
  Value::Array conditions;
  for (const std::string_view type : {api::kPodReady, std::string_view("ContainersReady")}) {
    const auto* known = pod ? api::find_condition(*pod->status->conditions, type) : nullptr;
    Value condition = Value::object({{"type", type}, {"status", status}});
    if (known == nullptr || api::to_string(known->status) != status.text())
      condition = condition.with("lastTransitionTime", now);
    conditions.push_back(std::move(condition));
  }
  Value wanted = Value::object({{"conditions", Value(std::move(conditions))}});
  for (const char* phase : {"Running", "Succeeded", "Failed"}) {
    if (action.sets.find(std::string("phase ") + phase) != std::string::npos)
      wanted = wanted.with("phase", phase);
  }
  return api::Request::patch_status(ref, api::PatchType::kStrategicMerge,
                                    Value::object({{"status", wanted}}));
}

// ---- What came of it.

void RecordedCluster::on_event(const sim::TraceEvent& event) {
  if (event.get_if<cluster::RequestRefused>() != nullptr) last_write_ = simulation_.now();
  const auto* write = event.get_if<cluster::ObjectWritten>();
  if (write == nullptr || write->kind == Kind::kEvent) return;
  last_write_ = simulation_.now();
  if (write->before == nullptr) count(*write->after);
  if (write->actor != cluster::kPetSetControllerName) return;
  if (std::optional<std::string> line = core_line(*write)) core_.push_back(*std::move(line));
}

std::optional<std::string> RecordedCluster::core_line(const cluster::ObjectWritten& write) const {
  if (write.subresource != api::Subresource::kNone || write.kind == Kind::kPetSet)
    return std::nullopt;
  const std::string what =
      fmt::format("{} {}/{}", api::to_string(write.verb), api::to_string(write.kind), write.name);
  if (write.verb == api::Verb::kDelete) {
    if (api::is_deleting(write.before->metadata)) return std::nullopt;
    return what;
  }
  const api::Object& object = *write.after;
  const bool revision = write.kind == Kind::kControllerRevision;
  if (revision && write.verb != api::Verb::kPatch)
    return fmt::format("{} revision {}", what, api::cast<api::ControllerRevision>(object).revision);
  if (write.verb == api::Verb::kCreate) {
    if (write.kind != Kind::kPod) return what;
    return fmt::format("{} at {}", what, api::label_of(object.metadata, api::kRevisionLabel));
  }
  if (write.verb == api::Verb::kUpdate && write.kind == Kind::kPod) return what;
  std::string owners;
  for (const std::string& owner : owners_of(object, false))
    owners += (owners.empty() ? "" : ", ") + owner;
  return what + " owners " + (owners.empty() ? "none" : owners);
}

std::vector<std::string> RecordedCluster::owners_of(const api::Object& object,
                                                    bool with_uid) const {
  std::vector<std::string> owners;
  for (const api::OwnerReference& owner : *object.metadata.owner_references) {
    std::string text = fmt::format("{}/{}/{}", owner.api_version, owner.kind, owner.name);
    if (with_uid) {
      if (owner.controller.value_or(false)) text += " controller";
      if (owner.block_owner_deletion.value_or(false)) text += " block";
      const auto known = placeholders_.find(owner.uid);
      text += " uid=" + (known == placeholders_.end() ? owner.uid : known->second);
    }
    owners.push_back(std::move(text));
  }
  return owners;
}

RecordedCluster::Outcome RecordedCluster::take_outcome() {
  Outcome outcome;
  outcome.core = std::exchange(core_, {});
  outcome.state = without_zeros(state());
  return outcome;
}

Value RecordedCluster::digest_of(const api::Object& object) const {
  Value digest = Value::object({});
  switch (object.kind()) {
    case Kind::kPod:
      digest = digest_pod(api::cast<api::Pod>(object));
      break;
    case Kind::kPetSet:
      digest = Value::object(
          {{"generation", object.metadata.generation},
           {"status",
            digest_status(object, {"observedGeneration", "replicas", "readyReplicas",
                                   "currentReplicas", "updatedReplicas", "availableReplicas",
                                   "currentRevision", "updateRevision", "collisionCount"})}});
      break;
    case Kind::kControllerRevision:
      digest = digest.with("revision", api::cast<api::ControllerRevision>(object).revision);
      break;
    case Kind::kPersistentVolumeClaim:
      digest = digest_status(object, {"phase"});
      if (api::is_deleting(object.metadata)) digest = digest.with("terminating", true);
      digest = digest.with("finalizers", texts(*object.metadata.finalizers));
      break;
    default:
      return Value::object(
          {{"status",
            digest_status(object, {"observedGeneration", "disruptionsAllowed", "currentHealthy",
                                   "desiredHealthy", "expectedPods"})}});
  }
  return digest.with("owners", texts(owners_of(object, true)));
}

Value RecordedCluster::state() const {
  Value::Object state;
  for (const auto& [resource, kind] : kinds_by_resource()) {
    Value::Object objects;
    for (const api::ObjectPtr& object : store_.list(kind, "demo"))
      objects.emplace(object->metadata.name, digest_of(*object));
    state.emplace(api::to_string(kind), Value(std::move(objects)));
  }
  return Value(std::move(state));
}

}  // namespace sdbtwin::property_tests
