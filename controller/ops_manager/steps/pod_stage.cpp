#include "controller/ops_manager/steps/pod_stage.h"

namespace sdbtwin::ops_manager {

bool is_of_new_template(const Snapshot& snapshot) {
  if (!changes_images(snapshot.request->spec->type)) return false;
  const PodView& pod = *snapshot.pod;
  const StepState* update = snapshot.progress->step(kUpdatePetSets);
  return pod.has_images && update != nullptr && update->since && pod.created &&
         *pod.created > *update->since;
}

PodStage pod_stage(const Snapshot& snapshot) {
  const PodView& pod = *snapshot.pod;
  const PodProgress* done = snapshot.progress->pod(snapshot.slot()->pod);
  if (done == nullptr || !done->record) return PodStage::kTake;
  const bool gone = !pod.exists || pod.terminating;
  const bool replaced = pod.has_images && pod.uid != done->record->uid;
  if (!gone && !replaced && !is_of_new_template(snapshot)) return PodStage::kEvict;
  return done->evicted ? PodStage::kCheck : PodStage::kNote;
}

}  // namespace sdbtwin::ops_manager
