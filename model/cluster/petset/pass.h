// Executes one pass of the PetSet controller: plan_pass() decides, this does it and says what the
// status is to be (kubernetes.md 1.5 and 1.6).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/api/result.h"
#include "model/cluster/petset/history.h"
#include "model/cluster/petset/plan.h"
#include "model/cluster/petset/pod_control.h"
#include "model/cluster/petset/tools.h"
#include "sim/core/event.h"

namespace sdbtwin::cluster {

// One pass over one set. Lives in the frame of the sync that runs it.
class PetSetPass {
 public:
  PetSetPass(PetSetTools tools, PetSetPodControl& control, SetPtr set, RevisionPair revisions,
             const PassOptions& options);
  PetSetPass(const PetSetPass&) = delete;
  PetSetPass& operator=(const PetSetPass&) = delete;

  // Effect: pods and claims. The status is meaningful also after an error.
  // `pods` and what it points to outlive the pass.
  sim::Task<api::Result<void>> run(SetPods pods);
  const api::PetSetStatus& status() const { return status_; }
  // False: the pass failed before it had looked at its pods; the status is left alone.
  bool has_status() const { return counted_; }

 private:
  struct Batch;

  // One of several actions of the same sort, by its index.
  using Action = sim::Task<api::Result<void>> (PetSetPass::*)(size_t index);

  void count();
  sim::Task<api::Result<void>> act();
  sim::Task<api::Result<void>> make_missing();
  sim::Task<api::Result<void>> make(size_t slot);
  sim::Task<api::Result<void>> run_all(size_t count, Action one);
  sim::Task<api::Result<void>> run_batch(size_t first, size_t end, Action one);
  sim::Task<void> run_in_batch(size_t index, Action one, std::shared_ptr<Batch> batch);
  sim::Task<api::Result<void>> run_slot(size_t step);
  sim::Task<api::Result<void>> delete_terminal(size_t slot);
  sim::Task<api::Result<void>> create(size_t slot);
  sim::Task<api::Result<void>> fix_claims();
  sim::Task<api::Result<void>> delete_condemned(size_t index);
  sim::Task<api::Result<void>> replace();
  std::shared_ptr<const api::PodTemplateSpec> old_template(const Slot& slot) const;

  PetSetTools tools_;
  PetSetPodControl& control_;
  SetPtr set_;
  RevisionPair revisions_;
  PassOptions options_;
  PassPlan plan_;
  api::PetSetStatus status_;
  bool counted_ = false;
  std::map<size_t, std::shared_ptr<api::Pod>> made_;  // by slot: pods with their placement
};

}  // namespace sdbtwin::cluster
