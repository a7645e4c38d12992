#include "model/cluster/petset/script.h"

#include <algorithm>
#include <utility>

#include "model/api/patch.h"
#include "model/cluster/petset/identity.h"

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;
using api::Kind;

constexpr std::string_view kNamespace = "default";

std::string words_of(const api::Request& request) {
  std::string what(api::to_string(request.verb));
  const Kind kind = request.object ? request.object->kind() : request.ref.kind;
  what += " " + std::string(api::to_string(kind));
  if (request.subresource != api::Subresource::kNone)
    what += "/" + std::string(api::to_string(request.subresource));
  return what;
}

std::string name_in(const api::Request& request) {
  return request.object ? request.object->metadata.name : request.ref.key.name;
}

api::ApiError error_of(api::Reason reason, const std::string& what) {
  api::ApiError error;
  error.reason = reason;
  error.code = reason == api::Reason::kConflict || reason == api::Reason::kAlreadyExists ? 409
               : reason == api::Reason::kNotFound                                        ? 404
                                                                                         : 500;
  error.message = "scripted: " + what;
  return error;
}

std::optional<api::ClaimRetentionPolicy> policy_of(Retention retention) {
  using enum api::ClaimRetention;
  api::ClaimRetentionPolicy policy;
  switch (retention) {
    case Retention::kUnset:
      return std::nullopt;
    case Retention::kRetainBoth:
      policy.when_scaled = policy.when_deleted = kRetain;
      return policy;
    case Retention::kDeleteScaled:
      policy.when_scaled = kDelete;
      policy.when_deleted = kRetain;
      return policy;
    case Retention::kDeleteWithSet:
      policy.when_scaled = kRetain;
      policy.when_deleted = kDelete;
      return policy;
    case Retention::kDeleteBoth:
      policy.when_scaled = policy.when_deleted = kDelete;
      return policy;
  }
  return std::nullopt;
}

std::shared_ptr<api::PetSet> new_set(api::PodManagementPolicy mode, Retention retention,
                                     int32_t replicas) {
  auto set = std::make_shared<api::PetSet>();
  set->metadata.name = "foo";
  set->metadata.namespace_ = kNamespace;
  set->metadata.generation = 1;
  set->metadata.uid = "test";
  api::PetSetSpec& spec = set->spec.edit();
  spec.replicas = replicas;
  spec.revision_history_limit = 2;
  spec.pod_management_policy = mode;
  spec.service_name = "governingsvc";
  spec.update_strategy.type = api::UpdateStrategyType::kRollingUpdate;
  spec.selector = api::LabelSelector(api::StringMap{{"foo", "bar"}});
  api::PodTemplateSpec& pod = spec.template_.edit();
  pod.metadata.labels.edit()["foo"] = "bar";
  pod.spec.containers.emplace_back().name = "nginx";
  pod.spec.containers.back().image = "nginx";
  api::PersistentVolumeClaimTemplate claim;
  claim.metadata.name = "datadir";
  spec.volume_claim_templates.edit().push_back(claim);
  spec.persistent_volume_claim_retention_policy = policy_of(retention);
  return set;
}

}  // namespace

// ---- The API.

ScriptedApi::ScriptedApi() {
  for (const Kind kind : {Kind::kPod, Kind::kPetSet, Kind::kPersistentVolumeClaim,
                          Kind::kControllerRevision, Kind::kEvent, Kind::kUnstructured})
    caches_[kind];
  for (const Kind kind : {Kind::kPod, Kind::kControllerRevision}) {
    for (auto& [name, function] : member_indices()) caches_[kind].add_index(name, function);
  }
  for (auto& [name, function] : claim_indices())
    caches_[Kind::kPersistentVolumeClaim].add_index(name, function);
}

sim::Task<api::Result<std::unique_ptr<api::WatchStream>>> ScriptedApi::watch(api::WatchRequest) {
  SIM_UNREACHABLE();
}

sim::Task<api::Result<api::Response>> ScriptedApi::call(api::Request request) {
  const std::string what = words_of(request);
  if (request.is_write() && what != "create Event" && what != "patch Event") {
    log.push_back(what + " " + name_in(request));
    sent.push_back(request);
  }
  in_flight_max = std::max(in_flight_max, ++in_flight_);
  if (clock_ != nullptr) co_await clock_->sleep(delay_);
  --in_flight_;
  if (std::optional<api::ApiError> error = scripted_failure(what)) co_return *std::move(error);
  co_return carry_out(request);
}

void ScriptedApi::fail(std::string what, api::Reason reason, int nth, int times) {
  failures_.push_back(Failure{std::move(what), reason, nth - 1, times});
}

std::optional<api::ApiError> ScriptedApi::scripted_failure(const std::string& what) {
  for (Failure& failure : failures_) {
    if (failure.what != what || failure.times == 0) continue;
    if (failure.skip-- > 0) continue;
    failure.skip = 0;
    --failure.times;
    return error_of(failure.reason, what);
  }
  return std::nullopt;
}

int ScriptedApi::count(std::string_view prefix) const {
  return static_cast<int>(std::count_if(
      log.begin(), log.end(), [&](const std::string& line) { return line.starts_with(prefix); }));
}

api::ObjectPtr ScriptedApi::find(const api::ObjectRef& ref) const {
  return caches_.at(ref.kind).get(ref.key);
}

void ScriptedApi::put(std::shared_ptr<api::Object> object) {
  if (object->metadata.uid.empty()) {
    const std::string& name = object->metadata.name;
    object->metadata.uid = name + "-uid-" + std::to_string(++uids_[name]);
  }
  object->metadata.resource_version = ++version_;
  caches_[object->kind()].set(std::move(object));
}

void ScriptedApi::erase(const api::ObjectRef& ref) { caches_[ref.kind].erase(ref.key); }

api::Result<api::Response> ScriptedApi::carry_out(const api::Request& request) {
  api::Response response;
  switch (request.verb) {
    case api::Verb::kList:
      response.items = caches_[request.ref.kind].list(request.ref.key.namespace_,
                                                      request.list_options->label_selector);
      return response;
    case api::Verb::kGet:
      response.object = find(request.ref);
      if (response.object == nullptr) return error_of(api::Reason::kNotFound, "get");
      return response;
    case api::Verb::kDelete:
      if (find(request.ref) == nullptr) return error_of(api::Reason::kNotFound, "delete");
      erase(request.ref);
      return response;
    default:
      return change(request);
  }
}

api::Result<api::Response> ScriptedApi::change(const api::Request& request) {
  const api::ObjectRef ref = request.object ? api::ref_of(*request.object) : request.ref;
  const api::ObjectPtr before = find(ref);
  std::shared_ptr<api::Object> next;
  if (request.verb == api::Verb::kCreate) {
    if (before != nullptr) return error_of(api::Reason::kAlreadyExists, "create");
    next = request.object->clone();
    if (next->metadata.namespace_.empty()) next->metadata.namespace_ = kNamespace;
  } else {
    if (before == nullptr) return error_of(api::Reason::kNotFound, "change");
    if (request.verb == api::Verb::kPatch) {
      const auto patched = api::apply_patch(*before, request.patch_type, request.patch_body);
      if (!patched) return patched.error();
      next = (*patched)->clone();
    } else if (request.subresource == api::Subresource::kStatus) {
      next = before->clone();
      api::copy_part(*next, *request.object, "status");
    } else {
      next = request.object->clone();
    }
  }
  put(next);
  api::Response response;
  response.object = next;
  return response;
}

std::vector<std::string> ScriptedApi::events() const {
  std::vector<std::string> texts;
  for (const auto& [key, object] : caches_.at(Kind::kEvent).objects()) {
    const auto event = api::as<api::Event>(object);
    for (int32_t n = 0; n < event->count; ++n) texts.push_back(event->type + " " + event->reason);
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

// ---- The set.

ScriptedSet::ScriptedSet(api::PodManagementPolicy mode, Retention retention, int32_t replicas)
    : process_(&simulation.add_process(
          "controller", [](sim::Runtime&) { return std::unique_ptr<sim::Actor>(); })) {
  // Long after the epoch, so that a pod can be ready since an hour.
  simulation.run_until(sim::Time(1000h));
  process_->start();
  rng_ = simulation.runtime().rng("drive");
  api.put(new_set(mode, retention, replicas));
  recorder_ = std::make_unique<client::EventRecorder>(runtime(), api, "petset-controller");
}

ScriptedSet::~ScriptedSet() { process_->kill(); }

std::shared_ptr<const api::PetSet> ScriptedSet::set() const {
  return api::as<api::PetSet>(api.find(api::ObjectRef(Kind::kPetSet, "default", "foo")));
}

void ScriptedSet::edit(const std::function<void(api::PetSetSpec&)>& change) {
  auto set = api::copy(*this->set());
  change(set->spec.edit());
  ++set->metadata.generation;
  api.put(set);
}

void ScriptedSet::set_image(const std::string& image) {
  edit([&](api::PetSetSpec& spec) { spec.template_.edit().spec.containers[0].image = image; });
}

PetSetSync& ScriptedSet::parts() {
  if (sync_ == nullptr) {
    const PetSetTools tools{
        runtime(),
        api,
        *recorder_,
        client::Lister<api::PetSet>(api.cache(Kind::kPetSet)),
        client::Lister<api::Pod>(api.cache(Kind::kPod)),
        client::Lister<api::PersistentVolumeClaim>(api.cache(Kind::kPersistentVolumeClaim)),
        client::Lister<api::ControllerRevision>(api.cache(Kind::kControllerRevision)),
        client::Lister<api::Unstructured>(api.cache(Kind::kUnstructured)),
        LivePodList::kNever};
    sync_ = std::make_unique<PetSetSync>(tools, api.cache(Kind::kPod), options);
  }
  return *sync_;
}

api::Result<void> ScriptedSet::sync() {
  const auto result = run(parts().sync(set()));
  if (after) after();
  if (!result) return result.error();
  return {};
}

bool ScriptedSet::complete() const {
  const auto now = set();
  const api::PetSetStatus& status = *now->status;
  const int32_t wanted = replicas_of(*now);
  return status.observed_generation == now->metadata.generation && status.replicas == wanted &&
         status.ready_replicas == wanted && status.updated_replicas == wanted &&
         static_cast<int32_t>(pods().size()) == wanted;
}

void ScriptedSet::give_phases() {
  for (const auto& pod : pods()) {
    if (pod->status->phase == api::PodPhase::kUnset)
      set_phase(ordinal_of(*pod), api::PodPhase::kPending, false);
  }
}

// Pods without a phase become Pending, one that is not ready goes one step on.
void ScriptedSet::advance() {
  std::vector<int32_t> moving;
  for (const auto& pod : pods()) {
    const bool waits = pod->status->phase == api::PodPhase::kUnset;
    if (!waits && !api::is_pod_terminal(*pod) && !api::is_running_and_ready(*pod))
      moving.push_back(ordinal_of(*pod));
  }
  give_phases();
  if (moving.empty()) return;
  const int32_t ordinal = moving[rng_->below(moving.size())];
  const bool running = pod(ordinal)->status->phase == api::PodPhase::kRunning;
  set_phase(ordinal, api::PodPhase::kRunning, running, 1h);
}

api::Result<void> ScriptedSet::drive(const std::function<bool()>& done, int rounds) {
  for (int round = 0; round < rounds && !done(); ++round) {
    advance();
    collect_claims();
    const api::Result<void> result = sync();
    if (!result) return result;
  }
  EXPECT_TRUE(done());
  return {};
}

api::Result<void> ScriptedSet::drive_up() {
  return drive([this] { return complete(); });
}

std::shared_ptr<const api::Pod> ScriptedSet::pod(int32_t ordinal) const {
  return api::as_if<api::Pod>(
      api.find(api::ObjectRef(Kind::kPod, "default", pod_name("foo", ordinal))));
}

std::vector<std::shared_ptr<const api::Pod>> ScriptedSet::pods() const {
  std::vector<std::shared_ptr<const api::Pod>> pods;
  auto& self = const_cast<ScriptedSet&>(*this);
  for (const auto& [key, object] : self.api.cache(Kind::kPod).objects()) {
    if (is_member(*set(), *api::as<api::Pod>(object))) pods.push_back(api::as<api::Pod>(object));
  }
  std::sort(pods.begin(), pods.end(),
            [](const auto& a, const auto& b) { return ordinal_of(*a) < ordinal_of(*b); });
  return pods;
}

std::vector<int32_t> ScriptedSet::ordinals() const {
  std::vector<int32_t> result;
  for (const auto& pod : pods()) result.push_back(ordinal_of(*pod));
  return result;
}

std::vector<int32_t> ScriptedSet::ordinals_with(const std::string& image) const {
  std::vector<int32_t> result;
  for (const auto& pod : pods()) {
    if (pod->spec->containers.at(0).image == image) result.push_back(ordinal_of(*pod));
  }
  return result;
}

void ScriptedSet::set_phase(int32_t ordinal, api::PodPhase phase, bool ready, sim::Duration since) {
  auto changed = api::copy(*pod(ordinal));
  changed->status.edit().phase = phase;
  api::PodCondition condition;
  condition.type = api::kPodReady;
  condition.status = ready ? api::ConditionStatus::kTrue : api::ConditionStatus::kFalse;
  condition.last_transition_time = api::ClusterTime::at(simulation.now() - since);
  changed->status.edit().conditions.edit() = {condition};
  api.put(changed);
}

void ScriptedSet::make_ready() {
  for (const int32_t ordinal : ordinals()) set_phase(ordinal, api::PodPhase::kRunning, true, 1h);
}

void ScriptedSet::terminate(int32_t ordinal) {
  auto changed = api::copy(*pod(ordinal));
  changed->metadata.deletion_timestamp = api::ClusterTime::at(simulation.now());
  api.put(changed);
}

void ScriptedSet::remove(int32_t ordinal) {
  api.erase(api::ObjectRef(Kind::kPod, "default", pod_name("foo", ordinal)));
}

std::shared_ptr<const api::PersistentVolumeClaim> ScriptedSet::claim(int32_t ordinal) const {
  return api::as_if<api::PersistentVolumeClaim>(api.find(api::ObjectRef(
      Kind::kPersistentVolumeClaim, "default", claim_name("datadir", "foo", ordinal))));
}

std::vector<RevisionPtr> ScriptedSet::revisions() const {
  std::vector<RevisionPtr> revisions;
  auto& self = const_cast<ScriptedSet&>(*this);
  for (const auto& [key, object] : self.api.cache(Kind::kControllerRevision).objects())
    revisions.push_back(api::as<api::ControllerRevision>(object));
  sort_revisions(revisions);
  return revisions;
}

void ScriptedSet::collect_claims() {
  std::vector<api::ObjectRef> gone;
  for (const auto& [key, object] : api.cache(Kind::kPersistentVolumeClaim).objects()) {
    for (const api::OwnerReference& owner : *object->metadata.owner_references) {
      if (owner.kind != "Pod") continue;
      const auto pod = api.find(api::ObjectRef(Kind::kPod, "default", owner.name));
      if (pod == nullptr || pod->metadata.uid != owner.uid) gone.push_back(api::ref_of(*object));
    }
  }
  for (const api::ObjectRef& ref : gone) api.erase(ref);
}

std::vector<std::string> ScriptedSet::events() {
  simulation.run_until(simulation.now() + 5s);
  return api.events();
}

}  // namespace sdbtwin::cluster
