#include "faults/kinds/attach_stuck.h"

#include <fmt/format.h>

#include <vector>

#include "faults/target_resolver.h"
#include "model/api/core.h"
#include "model/cluster/node/disk_array.h"
#include "model/cluster/node/pod_volumes.h"

namespace sdbtwin::faults {
namespace {

// It has fired when the first attempt has met it: a disk that nobody attaches is not missed.
class AttachStuckEffect final : public LastingEffect {
 public:
  AttachStuckEffect(AttachStuck fault, EffectHost& host)
      : LastingEffect(host, fault.lasting), fault_(std::move(fault)) {}

 private:
  std::optional<std::string> begin() override {
    const std::optional<PodName> pod = resolve(fault_.target, environment());
    if (!pod || environment().disks == nullptr) return std::nullopt;
    find_disks(*pod);
    if (names_.empty()) return std::nullopt;
    for (const std::string& disk : names_) {
      environment().disks->hold_attachments(disk, [this, disk](std::string_view node) {
        if (!host().has_fired()) host().fired(fmt::format("disk {} for node {}", disk, node));
      });
    }
    return "";
  }

  void end() override {
    for (const std::string& disk : names_) environment().disks->let_attachments_go(disk);
  }

  void find_disks(const PodName& pod) {
    const store::Store& store = *environment().store;
    const auto object =
        api::as_if<api::Pod>(store.get(api::ObjectRef(api::Kind::kPod, pod.namespace_, pod.name)));
    if (object == nullptr) return;
    for (const std::string& name : cluster::claims_of(*object)) {
      const auto claim = api::as_if<api::PersistentVolumeClaim>(
          store.get(api::ObjectRef(api::Kind::kPersistentVolumeClaim, pod.namespace_, name)));
      if (claim != nullptr && environment().disks->needs_attach(claim->spec->volume_name))
        names_.push_back(claim->spec->volume_name);
    }
  }

  AttachStuck fault_;
  std::vector<std::string> names_;
};

}  // namespace

std::string describe(const AttachStuck& fault) {
  return fmt::format("disks of {} cannot be attached", to_string(fault.target)) +
         describe(fault.lasting);
}

std::unique_ptr<Effect> make_effect(const AttachStuck& fault, EffectHost& host) {
  return std::make_unique<AttachStuckEffect>(fault, host);
}

}  // namespace sdbtwin::faults
