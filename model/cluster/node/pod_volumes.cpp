#include "model/cluster/node/pod_volumes.h"

#include <algorithm>
#include <utility>

#include "model/api/typed_client.h"

namespace sdbtwin::cluster {
namespace {

bool lists_attached(const api::Node& node, std::string_view name) {
  const auto& attached = node.status->volumes_attached;
  return std::any_of(attached.begin(), attached.end(),
                     [&](const api::AttachedVolume& volume) { return volume.name == name; });
}

}  // namespace

std::vector<std::string> claims_of(const api::Pod& pod) {
  std::vector<std::string> claims;
  for (const api::Volume& volume : pod.spec->volumes) {
    if (volume.persistent_volume_claim)
      claims.push_back(volume.persistent_volume_claim->claim_name);
  }
  return claims;
}

PodVolumes::PodVolumes(sim::Runtime& runtime, api::Client& client, NodeMachine& machine,
                       DiskArray& disks, VolumesInUse& in_use, const Timings& timings,
                       PodWaiter& waiter)
    : runtime_(&runtime),
      client_(&client),
      machine_(&machine),
      disks_(&disks),
      in_use_(&in_use),
      timings_(&timings),
      waiter_(&waiter) {}

void PodVolumes::warn_of(const std::string& claim, const std::string& why) {
  waiter_->warn("FailedMount",
                "Unable to attach or mount volumes: unmounted volumes=[" + claim + "]" + why);
}

sim::Task<PodVolumes::Outcome> PodVolumes::mount(std::shared_ptr<const api::Pod> pod,
                                                 sim::Rng& rng) {
  const std::string uid = pod->metadata.uid;
  const std::vector<std::string> claims = claims_of(*pod);
  std::vector<MountedVolume> found;
  sim::Duration longest{0};
  for (const std::string& claim : claims) {
    if (mounted(uid, claim)) continue;  // An earlier kubelet has mounted it.
    std::optional<Found> one = co_await find(pod->metadata.namespace_, claim);
    if (!one) {
      warn_of(claim, "");
      co_return Outcome::kTryAgain;
    }
    const std::string disk = one->volume.volume;
    if (one->one_pod_only && used_by_another(uid, disk)) {
      warn_of(claim,
              ": volume uses the ReadWriteOncePod access mode and is already in use by another "
              "pod");
      co_return Outcome::kTryAgain;
    }
    if (disks_->needs_attach(disk)) {
      in_use_->want(uid, disk);
      const bool attached = co_await await_attachment(claim, disk);
      if (!attached) co_return Outcome::kDoomed;
    }
    longest = std::max(longest, timings_->sample_mount(rng, one->volume.capacity_bytes));
    found.push_back(std::move(one->volume));
  }
  const sim::Time until = runtime_->now() + longest;
  while (!waiter_->doomed() && runtime_->now() < until) co_await waiter_->nap(until);
  if (waiter_->doomed()) co_return Outcome::kDoomed;
  for (MountedVolume& volume : found) {
    const std::string claim = volume.claim;
    if (machine_->mount(uid, std::move(volume))) continue;
    warn_of(claim, ": MountVolume.WaitForAttach failed: the device is not on this node");
    co_return Outcome::kTryAgain;
  }
  co_return Outcome::kMounted;
}

bool PodVolumes::mounted(const std::string& uid, const std::string& claim) const {
  const NodeMachine::Pod* here = machine_->find(uid);
  return std::any_of(here->volumes.begin(), here->volumes.end(),
                     [&](const MountedVolume& volume) { return volume.claim == claim; });
}

bool PodVolumes::used_by_another(const std::string& uid, const std::string& disk) const {
  const auto uses = [&](const MountedVolume& volume) { return volume.volume == disk; };
  return std::any_of(machine_->pods().begin(), machine_->pods().end(), [&](const auto& entry) {
    const std::vector<MountedVolume>& volumes = entry.second.volumes;
    return entry.first != uid && std::any_of(volumes.begin(), volumes.end(), uses);
  });
}

sim::Task<std::optional<PodVolumes::Found>> PodVolumes::find(std::string namespace_,
                                                             std::string claim) {
  const auto bound = co_await api::get<api::PersistentVolumeClaim>(*client_, namespace_, claim);
  if (!bound || (*bound)->status->phase != api::ClaimPhase::kBound) co_return std::nullopt;
  Found found;
  found.volume.claim = std::move(claim);
  found.volume.volume = (*bound)->spec->volume_name;
  const std::vector<std::string>& modes = (*bound)->spec->access_modes;
  found.one_pod_only = std::find(modes.begin(), modes.end(), "ReadWriteOncePod") != modes.end();
  const DiskArray::Disk* disk = disks_->find(found.volume.volume);
  if (disk == nullptr) co_return std::nullopt;
  found.volume.capacity_bytes = disk->capacity_bytes;
  co_return found;
}

// The pod-level wait ends after two minutes with an event, and is begun anew after the kubelet's
// usual pause; the looking goes on all the time.
sim::Task<bool> PodVolumes::await_attachment(std::string claim, std::string disk) {
  sim::Time give_up = runtime_->now() + kPodMountWait;
  sim::Time look = runtime_->now();
  sim::Duration pause = kVolumeRetryBase;
  while (!waiter_->doomed()) {
    const bool told = in_use_->told(disk);
    if (told && runtime_->now() >= look) {
      const bool attached = co_await is_attached(disk);
      if (waiter_->doomed()) break;
      if (attached) co_return true;
      look = runtime_->now() + pause;
      pause = std::min(2 * pause, kVolumeRetryMax);
    }
    if (runtime_->now() >= give_up) {
      warn_of(claim, ", failed to process volumes=[]: timed out waiting for the condition");
      give_up = runtime_->now() + kSyncRetry + kPodMountWait;
    }
    co_await waiter_->nap(told ? std::min(look, give_up) : give_up);
  }
  co_return false;
}

sim::Task<bool> PodVolumes::is_attached(std::string disk) {
  const auto node = co_await api::get<api::Node>(*client_, "", machine_->name());
  co_return node.ok() && lists_attached(**node, attached_volume_name(disk));
}

}  // namespace sdbtwin::cluster
