#include "model/cluster/node/volumes_in_use.h"

#include <utility>

#include "model/cluster/timing/timings.h"

namespace sdbtwin::cluster {

VolumesInUse::VolumesInUse(sim::Runtime& runtime, api::Client& client, const NodeMachine& machine,
                           DiskArray& disks, std::function<void()> told)
    : runtime_(&runtime),
      client_(&client),
      machine_(&machine),
      disks_(&disks),
      on_told_(std::move(told)),
      start_(runtime.now()),
      tick_(runtime, [this] { runtime_->spawn(tell()); }) {
  // An earlier kubelet may have told what is not so any more.
  if (disks.attachable().is_set()) schedule();
}

void VolumesInUse::want(const std::string& pod_uid, const std::string& disk) {
  wanted_[pod_uid].insert(disk);
  if (!told_.contains(disk)) schedule();
}

void VolumesInUse::forget(const std::string& pod_uid) {
  if (wanted_.erase(pod_uid) > 0) schedule();
}

VolumesInUse::Names VolumesInUse::now_in_use() const {
  Names names;
  for (const auto& [uid, disks] : wanted_) names.insert(disks.begin(), disks.end());
  for (const auto& [uid, pod] : machine_->pods()) {
    for (const MountedVolume& volume : pod.volumes) {
      if (disks_->needs_attach(volume.volume)) names.insert(volume.volume);
    }
  }
  return names;
}

// At the next tick of the node status.
void VolumesInUse::schedule() {
  if (tick_.armed() || telling_) return;
  const sim::Duration since = runtime_->now() - start_;
  tick_.set(runtime_->now() + kNodeStatusPeriod - since % kNodeStatusPeriod);
}

sim::Task<void> VolumesInUse::tell() {
  Names names = now_in_use();
  if (known_ && names == told_) co_return;
  api::Value::Array list;
  for (const std::string& disk : names) list.emplace_back(attached_volume_name(disk));
  const api::Value status = api::Value::object({{"volumesInUse", api::Value(std::move(list))}});
  const api::Value body = api::Value::object({{"status", status}});
  const api::ObjectRef node(api::Kind::kNode, "", machine_->name());
  api::Request request = api::Request::patch_status(node, api::PatchType::kMerge, body);
  telling_ = true;
  const api::Result<api::Response> result = co_await client_->call(std::move(request));
  telling_ = false;
  if (result.ok()) {
    told_ = std::move(names);
    known_ = true;
    on_told_();
  }
  if (!known_ || now_in_use() != told_) schedule();
}

}  // namespace sdbtwin::cluster
