#include "model/cluster/controllers/volume_binder.h"

#include <utility>

#include "model/api/typed_client.h"

namespace sdbtwin::cluster {
namespace {

using api::Result;

constexpr std::string_view kByClass = "available-by-class";
constexpr std::string_view kByClaimUid = "by-claim-uid";
constexpr std::string_view kBindCompleted = "pv.kubernetes.io/bind-completed";
constexpr std::string_view kBoundByController = "pv.kubernetes.io/bound-by-controller";
constexpr std::string_view kProvisionedBy = "pv.kubernetes.io/provisioned-by";

void index_available(const api::Object& object, std::vector<std::string>& values) {
  const auto& volume = api::cast<api::PersistentVolume>(object);
  if (!volume.spec->claim_ref && !api::is_deleting(volume.metadata))
    values.push_back(volume.spec->storage_class_name);
}

void index_claim(const api::Object& object, std::vector<std::string>& values) {
  const auto& volume = api::cast<api::PersistentVolume>(object);
  if (volume.spec->claim_ref) values.push_back(volume.spec->claim_ref->uid);
}

api::Quantity wanted_storage(const api::PersistentVolumeClaim& claim) {
  const auto found = claim.spec->resources.requests.find("storage");
  return found == claim.spec->resources.requests.end() ? api::Quantity("0") : found->second;
}

int64_t bytes_of(const api::Quantity& quantity) { return quantity.value().value_or(0); }

int64_t capacity_of(const api::PersistentVolume& volume) {
  const auto found = volume.spec->capacity.find("storage");
  return found == volume.spec->capacity.end() ? 0 : bytes_of(found->second);
}

api::ObjectReference reference_to(const api::PersistentVolumeClaim& claim) {
  api::ObjectReference reference;
  reference.api_version = "v1";
  reference.kind = "PersistentVolumeClaim";
  reference.namespace_ = claim.metadata.namespace_;
  reference.name = claim.metadata.name;
  reference.uid = claim.metadata.uid;
  return reference;
}

}  // namespace

VolumeBinder::VolumeBinder(sim::Runtime& runtime, std::unique_ptr<api::Client> client,
                           DiskArray& disks, const Timings& timings,
                           const VolumeBinderOptions& options)
    : runtime_(&runtime),
      client_(std::move(client)),
      disks_(&disks),
      timings_(&timings),
      options_(options),
      rng_(runtime.rng("provision")),
      claims_(runtime, *client_, api::Kind::kPersistentVolumeClaim),
      volumes_(runtime, *client_, api::Kind::kPersistentVolume),
      classes_(runtime, *client_, api::Kind::kStorageClass),
      queue_(runtime) {
  volumes_.add_index(std::string(kByClass), index_available);
  volumes_.add_index(std::string(kByClaimUid), index_claim);
  add_handlers();
  for (client::Informer* informer : {&claims_, &volumes_, &classes_}) informer->start();
  runtime.spawn(start());
}

void VolumeBinder::add_handlers() {
  client::EventHandlers handlers;
  handlers.on_add = [this](const api::ObjectPtr& object) { queue_.add(api::ref_of(*object)); };
  handlers.on_update = [this](const api::ObjectPtr&, const api::ObjectPtr& object) {
    queue_.add(api::ref_of(*object));
  };
  handlers.on_delete = [this](const api::ObjectPtr& object, bool) {
    for (const auto& [key, volume] : volumes_.cache().by_index(kByClaimUid, object->metadata.uid))
      queue_.add(api::ref_of(*volume));
  };
  claims_.add_handlers(handlers);
  volumes_.add_handlers(handlers);
}

sim::Task<void> VolumeBinder::start() {
  std::vector<client::Informer*> informers{&claims_, &volumes_, &classes_};
  co_await client::wait_for_sync(*runtime_, std::move(informers));
  for (int worker = 0; worker < options_.workers; ++worker) runtime_->spawn(work());
}

sim::Task<void> VolumeBinder::work() {
  while (true) {
    const std::optional<Key> key = co_await queue_.get();
    if (!key) co_return;
    sim::Task<Result<void>> sync = key->kind == api::Kind::kPersistentVolume
                                       ? sync_volume(key->key.name)
                                       : sync_claim(key->key);
    const Result<void> result = co_await std::move(sync);
    if (result) {
      queue_.forget(*key);
    } else {
      queue_.add_rate_limited(*key);
    }
    queue_.done(*key);
  }
}

// ---- Claims.

sim::Task<Result<void>> VolumeBinder::sync_claim(api::ObjectKey key) {
  const ClaimPtr claim = claims_.lister<api::PersistentVolumeClaim>().get(key);
  if (claim == nullptr || is_bound(*claim) || api::is_deleting(claim->metadata))
    co_return Result<void>();
  if (!claim->spec->volume_name.empty()) {  // Half bound: by us before a crash, or by the user.
    const VolumePtr volume =
        volumes_.lister<api::PersistentVolume>().get("", claim->spec->volume_name);
    if (volume == nullptr) co_return Result<void>();
    co_return co_await bind(claim, volume);
  }
  const ClassPtr storage_class = class_of(*claim, classes_.lister<api::StorageClass>());
  const std::string node(api::annotation_of(claim->metadata, kSelectedNode));
  const bool waits = storage_class != nullptr && storage_class->volume_binding_mode ==
                                                     api::VolumeBindingMode::kWaitForFirstConsumer;
  if (waits && node.empty()) co_return Result<void>();
  const std::string class_name =
      storage_class ? storage_class->metadata.name : claim->spec->storage_class_name.value_or("");
  const VolumePtr available = find_available(*claim, class_name, node);
  if (available) co_return co_await bind(claim, available);
  if (storage_class == nullptr || storage_class->provisioner == kNoProvisioner)
    co_return Result<void>();
  const Result<VolumePtr> made = co_await provision(claim, storage_class, node);
  if (!made) co_return made.error();
  co_return co_await bind(claim, *made);
}

// The smallest that is large enough.
VolumeBinder::VolumePtr VolumeBinder::find_available(const api::PersistentVolumeClaim& claim,
                                                     const std::string& class_name,
                                                     const std::string& node) const {
  const int64_t wanted = bytes_of(wanted_storage(claim));
  VolumePtr best;
  for (const VolumePtr& volume :
       volumes_.lister<api::PersistentVolume>().by_index(kByClass, class_name)) {
    const NodePool::Allowed allowed = nodes_of_volume(*volume);
    if (allowed && !node.empty() && !allowed->contains(node)) continue;
    if (capacity_of(*volume) < wanted) continue;
    if (best == nullptr || capacity_of(*volume) < capacity_of(*best)) best = volume;
  }
  return best;
}

std::shared_ptr<api::PersistentVolume> VolumeBinder::make_volume(
    const api::PersistentVolumeClaim& claim, const api::StorageClass& storage_class,
    const std::string& node) const {
  auto volume = std::make_shared<api::PersistentVolume>();
  volume->metadata.name = "pvc-" + claim.metadata.uid;
  volume->metadata.annotations.edit()[std::string(kProvisionedBy)] = storage_class.provisioner;
  api::PersistentVolumeSpec& spec = volume->spec.edit();
  spec.capacity["storage"] = wanted_storage(claim);
  spec.access_modes = claim.spec->access_modes;
  spec.claim_ref = reference_to(claim);
  spec.persistent_volume_reclaim_policy = storage_class.reclaim_policy == api::ReclaimPolicy::kUnset
                                              ? api::ReclaimPolicy::kDelete
                                              : storage_class.reclaim_policy;
  spec.storage_class_name = storage_class.metadata.name;
  spec.volume_mode = claim.spec->volume_mode;
  if (options_.local_provisioners.contains(storage_class.provisioner) && !node.empty())
    spec.node_affinity = affinity_to_node(node);
  return volume;
}

// The disk first, then the volume; both by the claim's uid, so that a second try finds the first.
sim::Task<Result<VolumeBinder::VolumePtr>> VolumeBinder::provision(ClaimPtr claim,
                                                                   ClassPtr storage_class,
                                                                   std::string node) {
  const std::shared_ptr<api::PersistentVolume> volume = make_volume(*claim, *storage_class, node);
  const std::string name = volume->metadata.name;
  if (const VolumePtr known = volumes_.lister<api::PersistentVolume>().get("", name))
    co_return known;
  co_await runtime_->sleep(timings_->volume_provisioning.sample(rng_));
  if (disks_->find(name) == nullptr) {
    const bool local = options_.local_provisioners.contains(storage_class->provisioner);
    disks_->create(name, capacity_of(*volume), local ? node : std::string());
  }
  const auto created = co_await api::create(*client_, volume);
  if (created) co_return VolumePtr(*created);
  if (!api::is(created, api::Reason::kAlreadyExists)) co_return created.error();
  co_return co_await api::get<api::PersistentVolume>(*client_, "", name);
}

sim::Task<Result<void>> VolumeBinder::bind(ClaimPtr claim, VolumePtr volume) {
  if (!volume->spec->claim_ref || volume->spec->claim_ref->uid.empty()) {
    auto taken = api::copy(*volume);
    taken->spec.edit().claim_ref = reference_to(*claim);
    const auto updated = co_await api::update(*client_, taken);
    if (!updated) co_return updated.error();
    volume = *updated;
  }
  if (volume->spec->claim_ref->uid != claim->metadata.uid) co_return Result<void>();
  if (volume->status->phase != api::VolumePhase::kBound) {
    auto bound = api::copy(*volume);
    bound->status.edit().phase = api::VolumePhase::kBound;
    const auto updated = co_await api::update_status(*client_, bound);
    if (!updated) co_return updated.error();
  }
  if (claim->spec->volume_name.empty()) {
    auto named = api::copy(*claim);
    named->spec.edit().volume_name = volume->metadata.name;
    api::StringMap& annotations = named->metadata.annotations.edit();
    annotations[std::string(kBindCompleted)] = "yes";
    annotations[std::string(kBoundByController)] = "yes";
    const auto updated = co_await api::update(*client_, named);
    if (!updated) co_return updated.error();
    claim = *updated;
  }
  auto bound = api::copy(*claim);
  api::PersistentVolumeClaimStatus& status = bound->status.edit();
  status.phase = api::ClaimPhase::kBound;
  status.access_modes = volume->spec->access_modes;
  status.capacity = volume->spec->capacity;
  const auto updated = co_await api::update_status(*client_, bound);
  if (!updated) co_return updated.error();
  co_return Result<void>();
}

// ---- Volumes.

sim::Task<Result<void>> VolumeBinder::sync_volume(std::string name) {
  const VolumePtr volume = volumes_.lister<api::PersistentVolume>().get("", name);
  if (volume == nullptr || api::is_deleting(volume->metadata)) co_return Result<void>();
  if (!volume->spec->claim_ref) {
    if (volume->status->phase == api::VolumePhase::kAvailable) co_return Result<void>();
    auto available = api::copy(*volume);
    available->status.edit().phase = api::VolumePhase::kAvailable;
    const auto updated = co_await api::update_status(*client_, available);
    if (!updated) co_return updated.error();
    co_return Result<void>();
  }
  const api::ObjectReference& reference = *volume->spec->claim_ref;
  const api::ObjectKey key(reference.namespace_, reference.name);
  const ClaimPtr cached = claims_.lister<api::PersistentVolumeClaim>().get(key);
  if (cached != nullptr && cached->metadata.uid == reference.uid) co_return Result<void>();
  // Data is at stake: only the server's own word that the claim is gone counts.
  const auto live =
      co_await api::get<api::PersistentVolumeClaim>(*client_, key.namespace_, key.name);
  if (live && (*live)->metadata.uid == volume->spec->claim_ref->uid) co_return Result<void>();
  if (!live && !api::is(live, api::Reason::kNotFound)) co_return live.error();
  co_return co_await reclaim(volume);
}

sim::Task<Result<void>> VolumeBinder::reclaim(VolumePtr volume) {
  if (volume->status->phase != api::VolumePhase::kReleased) {
    auto released = api::copy(*volume);
    released->status.edit().phase = api::VolumePhase::kReleased;
    const auto updated = co_await api::update_status(*client_, released);
    if (!updated) co_return updated.error();
    volume = *updated;
  }
  if (volume->spec->persistent_volume_reclaim_policy != api::ReclaimPolicy::kDelete)
    co_return Result<void>();
  const DiskArray::Disk* disk = disks_->find(volume->metadata.name);
  if (disk != nullptr && !disk->attached_to.empty()) {  // As the drivers do: later.
    api::ApiError error;
    error.message = "persistentvolume " + volume->metadata.name + " is still attached to node " +
                    disk->attached_to;
    co_return error;
  }
  disks_->destroy(volume->metadata.name);
  const Result<void> removed = co_await api::remove(*client_, api::ref_of(*volume));
  if (!removed && !api::is(removed, api::Reason::kNotFound)) co_return removed;
  co_return Result<void>();
}

}  // namespace sdbtwin::cluster
