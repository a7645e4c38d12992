#include "invariants/pause_respected.h"

#include <fmt/format.h>

#include <map>

namespace sdbtwin::invariants {
namespace {

// No server keeps a request longer (kubernetes.md 4.6: 34 s), rounded up. [us]
constexpr sim::Duration kRequestLife = std::chrono::seconds(60);

class PauseRespected final : public Invariant {
 public:
  std::vector<api::Kind> kinds() const override {
    return {api::Kind::kPetSet,     api::Kind::kService,
            api::Kind::kSecret,     api::Kind::kServiceAccount,
            api::Kind::kRole,       api::Kind::kRoleBinding,
            api::Kind::kAppBinding, api::Kind::kPodDisruptionBudget,
            api::Kind::kConfigMap,  api::Kind::kSinglestore};
  }

  void on_write(const cluster::ObjectWritten& write, Context& context) override {
    if (write.kind == api::Kind::kSinglestore) return note_force(write, context);
    if (write.actor != context.settings().provisioner) return;
    const api::Object& object = write.after ? *write.after : *write.before;
    const api::ObjectKey key = database_of(object);
    const Database* database = context.view().find(key);
    if (database == nullptr) return;
    checked();
    // A deletion of the database goes on while it is paused (kubedb.md section 3).
    if (database->object == nullptr || api::is_deleting(database->object->metadata)) return;
    if (write.kind == api::Kind::kPetSet) {
      judge_petset(write, *database, context);
    } else {
      judge_other(write, *database, context);
    }
    if (!database->in_force_since) last_write_[key] = context.now();
  }

  std::vector<Margin> margins(const Settings&) const override {
    if (!nearest_) return {};
    return {{"from the Provisioner's last write to the pause", nearest_->count(), 0, false,
             Margin::Unit::kNanoseconds}};
  }

 private:
  static bool stamped(const api::ObjectPtr& object) {
    return object && !api::annotation_of(object->metadata, kFenceAnnotation).empty();
  }

  void judge_petset(const cluster::ObjectWritten& write, const Database& database,
                    Context& context) {
    const bool status_only = write.subresource == api::Subresource::kStatus;
    if (write.before && stamped(write.before) && !status_only) {
      context.violated(fmt::format(
          "the Provisioner wrote PetSet {}/{}, which is fenced by request {}", write.namespace_,
          write.name, api::annotation_of(write.before->metadata, kFenceAnnotation)));
    } else if (!write.before && database.paused()) {
      context.violated(fmt::format("the Provisioner created PetSet {}/{} of a paused database",
                                   write.namespace_, write.name));
    }
  }

  void judge_other(const cluster::ObjectWritten& write, const Database& database,
                   Context& context) {
    if (!database.in_force_since || context.settings().writes_may_be_held) return;
    if (context.now() - *database.in_force_since <= kRequestLife) return;
    context.violated(fmt::format("the Provisioner did `{}` on {} {}/{} while {} was paused",
                                 to_string(write.verb), to_string(write.kind), write.namespace_,
                                 write.name, to_string(database.key)));
  }

  // The stamps come after the condition, so the pause is what the Provisioner must see first.
  void note_force(const cluster::ObjectWritten& write, Context& context) {
    const api::ObjectKey key = key_of(write);
    const Database* database = context.view().find(key);
    const bool paused = database != nullptr && database->paused();
    bool& was_paused = paused_[key];
    if (paused && !was_paused) {
      const auto last = last_write_.find(key);
      if (last != last_write_.end()) {
        const sim::Duration distance = context.now() - last->second;
        if (!nearest_ || distance < *nearest_) nearest_ = distance;
      }
    }
    was_paused = paused;
  }

  std::map<api::ObjectKey, sim::Time> last_write_;
  std::map<api::ObjectKey, bool> paused_;
  std::optional<sim::Duration> nearest_;
};

}  // namespace

std::unique_ptr<Invariant> make_pause_respected() { return std::make_unique<PauseRespected>(); }

}  // namespace sdbtwin::invariants
