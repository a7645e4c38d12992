#include "invariants/pvc_identity.h"

#include <fmt/format.h>

#include <map>

#include "model/api/core.h"

namespace sdbtwin::invariants {
namespace {

constexpr const char* kStorage = "storage";

class PvcIdentity final : public Invariant {
 public:
  std::vector<api::Kind> kinds() const override {
    return {api::Kind::kPod, api::Kind::kPersistentVolumeClaim};
  }

  void on_write(const cluster::ObjectWritten& write, Context& context) override {
    const api::ObjectKey key = database_of(*(write.after ? write.after : write.before));
    if (key.name.empty()) return;
    if (write.kind == api::Kind::kPersistentVolumeClaim) {
      on_claim(write, key, context);
    } else if (!write.before) {
      on_new_pod(write, context);
    }
  }

 private:
  using Claims = std::map<std::string, std::string>;  // by name of the pod's volume

  void on_new_pod(const cluster::ObjectWritten& write, Context& context) {
    const auto pod = api::as<api::Pod>(write.after);
    Claims claims;
    for (const api::Volume& volume : pod->spec->volumes) {
      if (!volume.persistent_volume_claim) continue;
      claims[volume.name] = volume.persistent_volume_claim->claim_name;
    }
    const auto [known, fresh] = claims_.emplace(key_of(write), claims);
    if (fresh) return;
    checked();
    if (known->second == claims) return;
    for (const auto& [volume, claim] : known->second) {
      const auto found = claims.find(volume);
      const std::string now = found == claims.end() ? "none" : found->second;
      if (now == claim) continue;
      context.violated(
          fmt::format("pod {}/{} was made again with claim {} for its volume {}, it "
                      "had {}",
                      write.namespace_, write.name, now, volume, claim));
    }
    known->second = std::move(claims);
  }

  void on_claim(const cluster::ObjectWritten& write, const api::ObjectKey& key, Context& context) {
    if (!write.before) return;
    checked();
    if (context.settings().is_operator(write.actor) && begins_deletion(write)) {
      const Database* database = context.view().find(key);
      const bool goes = database == nullptr || database->object == nullptr ||
                        api::is_deleting(database->object->metadata);
      if (!goes) {
        context.violated(fmt::format("{} deleted claim {}/{} of a database that stays", write.actor,
                                     write.namespace_, write.name));
      }
    }
    if (!write.deleted) judge_change(write, context);
  }

  static bool begins_deletion(const cluster::ObjectWritten& write) {
    if (api::is_deleting(write.before->metadata)) return false;
    return write.deleted || api::is_deleting(write.after->metadata);
  }

  static void judge_change(const cluster::ObjectWritten& write, Context& context) {
    const auto before = api::as<api::PersistentVolumeClaim>(write.before);
    const auto after = api::as<api::PersistentVolumeClaim>(write.after);
    const std::string& had = before->spec->volume_name;
    if (!had.empty() && after->spec->volume_name != had) {
      context.violated(fmt::format("claim {}/{} was moved from volume {} to \"{}\" by {}",
                                   write.namespace_, write.name, had, after->spec->volume_name,
                                   write.actor));
    }
    if (!context.settings().is_operator(write.actor)) return;
    const auto& old_requests = before->spec->resources.requests;
    const auto& new_requests = after->spec->resources.requests;
    const auto old_size = old_requests.find(kStorage);
    const auto new_size = new_requests.find(kStorage);
    if (old_size == old_requests.end() || !old_size->second.valid()) return;
    const bool less = new_size == new_requests.end() || !new_size->second.valid() ||
                      compare(new_size->second, old_size->second) < 0;
    if (less) {
      context.violated(
          fmt::format("{} shrank claim {}/{} from {} to {}", write.actor, write.namespace_,
                      write.name, old_size->second.text,
                      new_size == new_requests.end() ? "nothing" : new_size->second.text));
    }
  }

  std::map<api::ObjectKey, Claims> claims_;  // by pod
};

}  // namespace

std::unique_ptr<Invariant> make_pvc_identity() { return std::make_unique<PvcIdentity>(); }

}  // namespace sdbtwin::invariants
