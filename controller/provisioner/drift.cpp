#include "controller/provisioner/drift.h"

#include <utility>

#include "controller/provisioner/petset.h"

namespace sdbtwin::provisioner {
namespace {

bool wants_the_same(const api::Singlestore& a, const api::Singlestore& b) {
  return a.metadata.uid == b.metadata.uid && a.spec == b.spec &&
         a.metadata.labels == b.metadata.labels;
}

bool reads_the_same(const api::Object& a, const api::Object& b) {
  if (a.metadata.uid != b.metadata.uid || a.metadata.labels != b.metadata.labels) return false;
  if (a.metadata.annotations != b.metadata.annotations) return false;
  return api::equal_except(a, b, {"metadata", "status"});
}

std::string petset_uid(const Snapshot& snapshot, const Child& child) {
  const api::PetSet* petset = snapshot.petset(child.role);
  return child.kind == ChildKind::kBudget && petset != nullptr ? petset->metadata.uid : "";
}

// Null: the child is not corrected.
api::ObjectPtr wanted_child(const Snapshot& snapshot, const Child& child) {
  if (child.kind == ChildKind::kAuthSecret) return nullptr;
  const api::PetSet* petset = nullptr;
  if (child.kind == ChildKind::kBudget) {
    petset = snapshot.petset(child.role);
    // A budget that goes, or whose PetSet is gone, is not corrected.
    const std::int32_t replicas = kit::replicas_of(*snapshot.database, child.role);
    if (petset == nullptr || !budget_max_unavailable(replicas)) return nullptr;
  }
  const ChildInputs inputs{*snapshot.database, *snapshot.version, petset, {}};
  return wanted(child, inputs);
}

}  // namespace

std::set<Child> drifted_children(const Snapshot& snapshot) { return DriftFinder().find(snapshot); }

std::set<Child> DriftFinder::find(const Snapshot& snapshot) {
  std::set<Child> drifted;
  if (snapshot.version == nullptr) return drifted;
  Memory& memory = memory_[api::key_of(*snapshot.database)];
  const bool known = memory.database != nullptr && memory.version == snapshot.version &&
                     wants_the_same(*memory.database, *snapshot.database);
  if (!known) memory = Memory{snapshot.database, snapshot.version, {}};
  for (const auto& [child, object] : snapshot.children) {
    Checked& checked = memory.children[child];
    std::string petset = petset_uid(snapshot, child);
    if (checked.petset_uid != petset) checked = Checked{.petset_uid = std::move(petset)};
    const bool same = checked.object != nullptr &&
                      (checked.object == object || reads_the_same(*checked.object, *object));
    if (!same) {
      if (checked.wanted == nullptr) checked.wanted = wanted_child(snapshot, child);
      checked.object = object;
      checked.drifted =
          checked.wanted != nullptr && correction(child, *object, *checked.wanted) != nullptr;
    }
    if (checked.drifted) drifted.insert(child);
  }
  return drifted;
}

}  // namespace sdbtwin::provisioner
