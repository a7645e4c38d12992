#include "controller/ops_manager/observer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "controller/ops_manager/steps/pod_stage.h"
#include "controller/ops_manager/trace_events.h"
#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/singlestore_version.h"
#include "model/api/typed_client.h"

namespace sdbtwin::ops_manager {
namespace {

bool is_always(const Snapshot& snapshot) {
  return snapshot.request->spec->apply == api::ApplyOption::kAlways;
}

// What the pod's status says is wrong, in one word.
std::string trouble_of(const api::Pod& pod) {
  for (const auto* statuses :
       {&*pod.status->init_container_statuses, &*pod.status->container_statuses}) {
    for (const auto& status : *statuses) {
      if (status.state.waiting && !status.state.waiting->reason.empty()) {
        return status.state.waiting->reason;
      }
    }
  }
  if (!pod.status->reason.empty()) return pod.status->reason;
  return std::string(api::to_string(pod.status->phase));
}

PodView view_pod(const api::Pod& pod, const Snapshot& snapshot) {
  PodView view;
  view.exists = true;
  view.uid = pod.metadata.uid;
  view.ready = api::is_pod_ready(pod);
  view.terminating = api::is_deleting(pod.metadata);
  view.has_images = !changes_images(snapshot.request->spec->type) ||
                    (snapshot.target && kit::has_images(*pod.spec, *snapshot.target));
  view.created = pod.metadata.creation_timestamp;
  if (!view.ready) view.trouble = trouble_of(pod);
  return view;
}

// The first pod that is not ready and has not been restarted yet.
std::optional<std::size_t> first_broken(const Snapshot& snapshot) {
  if (!snapshot.unready_others) return std::nullopt;
  const std::set<std::string_view> unready(snapshot.unready_others->begin(),
                                           snapshot.unready_others->end());
  for (std::size_t i = 0; i < snapshot.order->size(); ++i) {
    const std::string& pod = (*snapshot.order)[i].pod;
    if (unready.contains(pod) && !snapshot.progress->pod_done(pod)) return i;
  }
  return std::nullopt;
}

}  // namespace

Observer::Observer(kit::Manager& manager, kit::OwnWrites& own, const OpsManagerOptions& options)
    : manager_(manager),
      own_(own),
      options_(options),
      databases_(manager.lister<api::Singlestore>()),
      petsets_(manager.lister<api::PetSet>()),
      versions_(manager.lister<api::SinglestoreVersion>()) {}

sim::Task<Snapshot> Observer::observe(std::shared_ptr<const api::SinglestoreOpsRequest> request,
                                      RequestMemory& memory) {
  Snapshot snapshot;
  snapshot.now = manager_.runtime().now();
  snapshot.request = std::move(request);
  memory.follow(*snapshot.request);
  snapshot.progress = memory.progress;
  observe_objects(snapshot);
  std::vector<PetSetSize> sizes;
  if (snapshot.database) {
    for (kit::Role role : kit::roles_of(*snapshot.database)) {
      snapshot.petsets.push_back(view_petset(snapshot, role, sizes));
    }
  }
  co_await observe_order(snapshot, std::move(sizes), memory);
  const auto type = snapshot.request->spec->type;
  const bool restarts = snapshot.database && !snapshot.progress->failure() &&
                        current_step(type, *snapshot.progress) == restart_step(type);
  if (restarts) co_await observe_pods(snapshot, memory);
  co_return snapshot;
}

void Observer::observe_objects(Snapshot& snapshot) {
  const auto& spec = *snapshot.request->spec;
  const api::ObjectKey key(snapshot.request->metadata.namespace_, spec.database_ref.name);
  snapshot.database = own_.newest_of<api::Singlestore>(databases_.get(key), key);
  if (!snapshot.database || !spec.update_version) return;
  const auto version = versions_.get("", spec.update_version->target_version);
  if (version) snapshot.target = kit::images_of(*version, kit::is_standalone(*snapshot.database));
}

PetSetView Observer::view_petset(const Snapshot& snapshot, kit::Role role,
                                 std::vector<PetSetSize>& sizes) {
  const api::Singlestore& database = *snapshot.database;
  PetSetView view;
  view.name = kit::petset_name(database, role);
  view.role = role;
  const api::ObjectKey key(database.metadata.namespace_, view.name);
  const auto petset = own_.newest_of<api::PetSet>(petsets_.get(key), key);
  if (!petset || !api::is_owned_by(petset->metadata, database.metadata.uid) ||
      api::is_deleting(petset->metadata)) {
    return view;
  }
  view.exists = true;
  view.fenced_by = kit::fenced_by(petset->metadata);
  view.has_images =
      !snapshot.target || kit::has_images(petset->spec->template_->spec, *snapshot.target);
  view.observed = petset->status->observed_generation >= petset->metadata.generation;
  sizes.push_back(
      {.petset = view.name, .role = role, .replicas = petset->spec->replicas.value_or(1)});
  return view;
}

sim::Task<NodePlaces> Observer::read_places(Snapshot& snapshot, RequestMemory& memory) {
  NodePlaces places;
  if (options_.order == RolloutOrder::kAggregatorsFirst || !snapshot.database) co_return places;
  if (memory.places) co_return *memory.places;
  places.master_pod =
      kit::pod_name(kit::petset_name(*snapshot.database, kit::Role::kAggregator), 0);
  auto leaves = co_await memory.session.ask(snapshot.database, sql::ShowLeaves());
  if (!leaves) co_return places;
  auto aggregators = co_await memory.session.ask(snapshot.database, sql::ShowAggregators());
  if (!aggregators) co_return places;
  // A host is <pod>.<service>.<namespace>.svc.
  for (const auto& row : *leaves) {
    places.group_of_pod[row.host.substr(0, row.host.find('.'))] = row.availability_group;
  }
  for (const auto& row : *aggregators) {
    if (row.master_aggregator) places.master_pod = row.host.substr(0, row.host.find('.'));
  }
  memory.places = places;
  co_return places;
}

sim::Task<void> Observer::observe_order(Snapshot& snapshot, std::vector<PetSetSize> sizes,
                                        RequestMemory& memory) {
  if (!memory.order || memory.sizes != sizes) {
    const NodePlaces places = co_await read_places(snapshot, memory);
    memory.set_order(rollout_order(sizes, options_.order, places));
    memory.sizes = std::move(sizes);
  }
  snapshot.order = memory.order;
  snapshot.current = memory.current;
}

sim::Task<void> Observer::observe_pods(Snapshot& snapshot, RequestMemory& memory) {
  GateReader reader(memory.session, snapshot.database, options_.gates);
  snapshot.first_pod_free = is_always(snapshot) && snapshot.progress->last_done().empty();
  if (snapshot.slot() == nullptr) {
    co_await observe_clearance(snapshot, reader);
    co_return;
  }
  co_await observe_pod(snapshot);
  if (!snapshot.pod) co_return;
  switch (pod_stage(snapshot)) {
    case PodStage::kTake:
    case PodStage::kEvict:
      co_await observe_before_eviction(snapshot, memory, reader);
      break;
    case PodStage::kNote:
      break;
    case PodStage::kCheck: {
      const PodView& pod = *snapshot.pod;
      if (!pod.exists || pod.terminating || !pod.ready) break;
      const Baseline baseline = snapshot.progress->pod(snapshot.slot()->pod)->record->baseline;
      snapshot.gates = co_await reader.read(*snapshot.slot(), &baseline);
      trace_gates(snapshot, *snapshot.gates);
      break;
    }
  }
}

sim::Task<void> Observer::observe_pod(Snapshot& snapshot) {
  const std::string name = snapshot.slot()->pod;
  auto pod =
      co_await api::get<api::Pod>(manager_.client(), snapshot.request->metadata.namespace_, name);
  if (pod) {
    snapshot.pod = view_pod(**pod, snapshot);
  } else if (api::is(pod, api::Reason::kNotFound)) {
    snapshot.pod = PodView{};
  } else {
    snapshot.pod = std::nullopt;
  }
}

sim::Task<void> Observer::observe_before_eviction(Snapshot& snapshot, RequestMemory& memory,
                                                  GateReader& reader) {
  const PodStage stage = pod_stage(snapshot);
  co_await observe_others(snapshot);
  // A user who asks for "Always" may want a broken database repaired: broken pods go first.
  if (stage == PodStage::kTake && is_always(snapshot) && snapshot.pod->ready) {
    if (const auto broken = first_broken(snapshot)) {
      memory.current = snapshot.current = *broken;
      memory.taken_out_of_turn = true;
      co_await observe_pod(snapshot);
      if (!snapshot.pod) co_return;
      co_await observe_others(snapshot);
    }
  }
  co_await observe_clearance(snapshot, reader);
  const bool clear =
      snapshot.first_pod_free || (snapshot.clearance && snapshot.clearance->all_open());
  if (stage != PodStage::kTake || !clear) co_return;
  snapshot.baseline = co_await reader.read_baseline(*snapshot.slot());
  if (!snapshot.baseline && snapshot.first_pod_free) snapshot.baseline = Baseline{};
}

sim::Task<void> Observer::observe_others(Snapshot& snapshot) {
  api::ListOptions which(
      api::LabelSelector(kit::selector_labels(snapshot.database->metadata.name)));
  auto pods =
      co_await api::list<api::Pod>(manager_.client(), snapshot.request->metadata.namespace_, which);
  if (!pods) {
    snapshot.unready_others = std::nullopt;
    co_return;
  }
  std::set<std::string_view> ready;
  for (const auto& pod : pods->items) {
    if (api::is_pod_ready(*pod) && !api::is_deleting(pod->metadata)) {
      ready.insert(pod->metadata.name);
    }
  }
  std::vector<std::string> unready;
  for (const PodSlot& slot : *snapshot.order) {
    if (slot.pod != snapshot.slot()->pod && !ready.contains(slot.pod)) unready.push_back(slot.pod);
  }
  snapshot.unready_others = std::move(unready);
}

// The pod that was restarted last must still be well; before the first one, the node itself must
// have what its neighbours need of it.
sim::Task<void> Observer::observe_clearance(Snapshot& snapshot, GateReader& reader) {
  if (snapshot.first_pod_free || snapshot.order->empty()) co_return;
  const std::string last = snapshot.progress->last_done();
  const PodSlot* slot = snapshot.slot();
  for (const PodSlot& candidate : *snapshot.order) {
    if (candidate.pod == last) slot = &candidate;
  }
  if (slot == nullptr) co_return;
  std::optional<Baseline> baseline;
  if (!last.empty()) {
    const PodProgress* pod = snapshot.progress->pod(last);
    if (pod->record) baseline = pod->record->baseline;
  }
  snapshot.clearance = co_await reader.read(*slot, baseline ? &*baseline : nullptr);
  trace_gates(snapshot, *snapshot.clearance);
  if (snapshot.slot() == nullptr || snapshot.slot()->pod == last) co_return;
  if (!snapshot.clearance->all_open()) co_return;
  // The pod that is about to go hands its partitions over to their second copies.
  std::optional<GateReading> copies = co_await reader.read_copies(*snapshot.slot());
  if (!copies) co_return;
  GateReport next{.pod = snapshot.slot()->pod, .readings = {std::move(*copies)}};
  trace_gates(snapshot, next);
  if (!next.all_open()) snapshot.clearance = std::move(next);
}

void Observer::trace_gates(const Snapshot& snapshot, const GateReport& report) {
  for (const GateReading& reading : report.readings) {
    manager_.runtime().trace(GateEvaluated{.request = snapshot.request->metadata.name,
                                           .pod = report.pod,
                                           .gate = reading.gate,
                                           .outcome = reading.result.outcome,
                                           .reason = reading.result.reason});
  }
}

}  // namespace sdbtwin::ops_manager
