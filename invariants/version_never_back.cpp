#include "invariants/version_never_back.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace sdbtwin::invariants {
namespace {

// The values that something had in the course of a rollout, oldest first.
using Values = std::vector<std::string>;

class VersionNeverBack final : public Invariant {
 public:
  std::vector<api::Kind> kinds() const override {
    return {api::Kind::kSinglestore, api::Kind::kPetSet, api::Kind::kPod};
  }

  void on_write(const cluster::ObjectWritten& write, Context& context) override {
    if (write.kind == api::Kind::kSinglestore) on_pause(key_of(write), context);
    if (write.deleted) return;
    switch (write.kind) {
      case api::Kind::kSinglestore:
        return moved(key_of(write), "spec.version of " + to_string(key_of(write)),
                     api::as<api::Singlestore>(write.after)->spec->version,
                     context.settings().is_operator(write.actor), write.actor, context);
      case api::Kind::kPetSet: {
        const auto petset = api::as<api::PetSet>(write.after);
        return moved(database_of(*write.after), fmt::format("PetSet {}", write.name),
                     database_image(petset->spec->template_->spec),
                     context.settings().is_operator(write.actor), write.actor, context);
      }
      default: {
        // Images of a pod never change: a pod moves by being made again.
        if (write.before) return;
        const auto pod = api::as<api::Pod>(write.after);
        return moved(database_of(*pod), fmt::format("pod {}", write.name),
                     database_image(*pod->spec), true, write.actor, context);
      }
    }
  }

 private:
  using Rollout = std::map<std::string, Values>;

  void on_pause(const api::ObjectKey& key, const Context& context) {
    const Database* database = context.view().find(key);
    if (database == nullptr || !database->paused()) {
      rollouts_.erase(key);
      return;
    }
    if (rollouts_.contains(key)) return;
    // What there is when a rollout begins is its first value.
    Rollout& rollout = rollouts_[key];
    rollout["spec.version of " + to_string(key)] = {database->object->spec->version};
    for (const auto& [name, petset] : database->petsets) {
      rollout["PetSet " + name] = {database_image(petset->spec->template_->spec)};
    }
    for (const auto& [name, view] : database->pods) {
      rollout["pod " + name] = {database_image(*view.pod->spec)};
    }
  }

  void moved(const api::ObjectKey& database, const std::string& what, const std::string& to,
             bool counts, std::string_view actor, Context& context) {
    const auto rollout = rollouts_.find(database);
    if (rollout == rollouts_.end()) return;
    Values& values = rollout->second[what];
    if (!values.empty() && values.back() == to) return;
    const auto left = std::find(values.begin(), values.end(), to);
    if (counts) checked();
    if (left == values.end()) {
      values.push_back(to);
    } else if (counts) {
      context.violated(
          fmt::format("{} went back from {} to {}, by {}", what, values.back(), to, actor));
      values.push_back(to);
    } else {
      values = {to};
    }
  }

  std::map<api::ObjectKey, Rollout> rollouts_;
};

}  // namespace

std::unique_ptr<Invariant> make_version_never_back() {
  return std::make_unique<VersionNeverBack>();
}

}  // namespace sdbtwin::invariants
