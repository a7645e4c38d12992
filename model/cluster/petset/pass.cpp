#include "model/cluster/petset/pass.h"

#include <algorithm>
#include <utility>

#include "model/api/typed_client.h"
#include "model/cluster/petset/identity.h"
#include "model/cluster/petset/placement.h"

namespace sdbtwin::cluster {
namespace {

using api::Result;

constexpr size_t kFirstBatch = 1;  // slowStartBatch: 1, 2, 4, ...
constexpr size_t kBatchMax = 500;  // ... at most (kubernetes.md 1.6)

}  // namespace

struct PetSetPass::Batch {
  size_t open = 0;
  Result<void> first_error;
  sim::Event done;
};

PetSetPass::PetSetPass(PetSetTools tools, PetSetPodControl& control, SetPtr set,
                       RevisionPair revisions, const PassOptions& options)
    : tools_(tools),
      control_(control),
      set_(std::move(set)),
      revisions_(std::move(revisions)),
      options_(options) {}

void PetSetPass::count() {
  count_pods(*set_, pods_of(plan_), tools_.runtime.now(), status_);
  counted_ = true;
}

sim::Task<Result<void>> PetSetPass::run(SetPods pods) {
  status_.observed_generation = set_->metadata.generation;
  status_.current_revision = revisions_.current->metadata.name;
  status_.update_revision = revisions_.update->metadata.name;
  status_.collision_count = revisions_.collision_count;
  plan_ = plan_pass(*set_, status_.current_revision, status_.update_revision, pods, control_,
                    tools_.runtime.now(), options_);
  const Result<void> made = co_await make_missing();
  if (!made) co_return made;
  count();
  if (plan_.deleting) co_return Result<void>();
  co_return co_await act();
}

sim::Task<Result<void>> PetSetPass::act() {
  Result<void> result = co_await run_all(plan_.steps.size(), &PetSetPass::run_slot);
  count();
  if (!result || plan_.exit_after_steps) co_return result;
  result = co_await fix_claims();
  if (!result) co_return result;
  result = co_await run_all(plan_.scale_down.size(), &PetSetPass::delete_condemned);
  count();
  if (!result || plan_.exit_after_scale_down) co_return result;
  co_return co_await replace();
}

// OrderedReady: one after the other, up to the first error. Parallel: in batches, each twice the
// last; an error lets its batch finish and stops the next.
sim::Task<Result<void>> PetSetPass::run_all(size_t count, Action one) {
  size_t size = plan_.monotonic ? 1 : kFirstBatch;
  for (size_t first = 0; first < count;) {
    const size_t end = std::min(first + size, count);
    Result<void> result;
    if (end - first == 1) {
      result = co_await (this->*one)(first);
    } else {
      result = co_await run_batch(first, end, one);
    }
    if (!result) co_return result;
    first = end;
    if (!plan_.monotonic) size = std::min(size * 2, kBatchMax);
  }
  co_return Result<void>();
}

sim::Task<Result<void>> PetSetPass::run_batch(size_t first, size_t end, Action one) {
  auto batch = std::make_shared<Batch>();
  batch->open = end - first;
  // As Go starts goroutines that wait for nothing: the newest first, then the others in order.
  tools_.runtime.spawn(run_in_batch(end - 1, one, batch));
  for (size_t index = first; index + 1 < end; ++index)
    tools_.runtime.spawn(run_in_batch(index, one, batch));
  co_await batch->done.wait();
  co_return batch->first_error;
}

sim::Task<void> PetSetPass::run_in_batch(size_t index, Action one, std::shared_ptr<Batch> batch) {
  const Result<void> result = co_await (this->*one)(index);
  if (!result && batch->first_error) batch->first_error = result;
  if (--batch->open == 0) batch->done.set();
}

sim::Task<Result<void>> PetSetPass::run_slot(size_t index) {
  const SlotStep step = plan_.steps[index];
  if (step.delete_terminal) {
    const Result<void> deleted = co_await delete_terminal(step.slot);
    if (!deleted) co_return deleted;
  }
  if (step.create) co_return co_await create(step.slot);
  const Slot slot = plan_.slots[step.slot];
  if (step.ensure_claims) {
    const std::string name = slot.pod->pod->metadata.name;
    Result<void> claims = co_await control_.create_claims(set_, slot.ordinal, name);
    if (claims) claims = co_await control_.update_claim_owners(set_, slot.pod->pod);
    if (!claims) co_return claims;
  }
  if (step.update) co_return co_await control_.update_pod(set_, slot.pod->pod);
  co_return Result<void>();
}

sim::Task<Result<void>> PetSetPass::delete_terminal(size_t slot) {
  const PodPtr pod = plan_.slots[slot].pod->pod;
  const bool failed = pod->status->phase == api::PodPhase::kFailed;
  const std::string what = failed ? "failed" : "terminated";
  tools_.events.record(*set_, failed ? client::EventType::kWarning : client::EventType::kNormal,
                       failed ? "RecreatingFailedPod" : "RecreatingTerminatedPod",
                       "PetSet " + set_->metadata.namespace_ + "/" + set_->metadata.name +
                           " is recreating " + what + " Pod " + pod->metadata.name);
  const Result<void> deleted = co_await control_.delete_pod(set_, pod->metadata.name);
  if (deleted) plan_.slots[slot].pod = nullptr;
  co_return deleted;
}

// Null: the template that the set has now.
std::shared_ptr<const api::PodTemplateSpec> PetSetPass::old_template(const Slot& slot) const {
  const bool old = slot.at_current && revisions_.current != revisions_.update;
  return old ? template_of(*revisions_.current) : nullptr;
}

// With a policy, every missing pod is made and placed before anything is done: what cannot be
// placed, also a pod that is not next in order, fails the whole pass (1.8 #6, 1.9).
sim::Task<Result<void>> PetSetPass::make_missing() {
  if (!set_->spec->pod_placement_policy) co_return Result<void>();
  for (size_t index = 0; index < plan_.slots.size(); ++index) {
    if (plan_.slots[index].pod != nullptr) continue;
    const Result<void> made = co_await make(index);
    if (!made) co_return made;
  }
  co_return Result<void>();
}

// The live list is made for every pod, though only a policy asks what it says.
sim::Task<Result<void>> PetSetPass::make(size_t index) {
  const auto& policy_ref = set_->spec->pod_placement_policy;
  std::shared_ptr<const api::Unstructured> policy;
  if (policy_ref) {
    policy = tools_.policies.get("", policy_ref->name);
    if (policy == nullptr) {
      api::ApiError missing;
      missing.reason = api::Reason::kNotFound;
      missing.message =
          "placementpolicy.apps.k8s.appscode.com \"" + policy_ref->name + "\" not found";
      co_return missing;
    }
  }
  std::vector<PodPtr> others;
  if (policy != nullptr || tools_.live_list == LivePodList::kPerCreatedPod) {
    api::ListOptions options{api::LabelSelector(*set_->spec->template_->metadata.labels)};
    const auto listed =
        co_await api::list<api::Pod>(tools_.client, set_->metadata.namespace_, options);
    if (!listed) co_return listed.failure();
    if (policy != nullptr) others = listed->items;
  }
  const Slot slot = plan_.slots[index];
  const std::string revision = slot.at_current ? status_.current_revision : status_.update_revision;
  const auto old = old_template(slot);
  std::shared_ptr<api::Pod> pod =
      make_pod(*set_, old ? *old : *set_->spec->template_, revision, slot.ordinal);
  if (policy != nullptr) {
    const Result<void> placed = place_by_policy(*policy, *set_, others, *pod);
    if (!placed) co_return placed;
  }
  made_[index] = std::move(pod);
  co_return Result<void>();
}

sim::Task<Result<void>> PetSetPass::create(size_t index) {
  if (!made_.contains(index)) {
    const Result<void> made = co_await make(index);
    if (!made) co_return made;
  }
  std::shared_ptr<api::Pod> pod = made_.extract(index).mapped();
  co_return co_await control_.create_pod(set_, std::move(pod));
}

sim::Task<Result<void>> PetSetPass::fix_claims() {
  for (const SetPod* pod : plan_.fix_claims) {
    const Result<void> fixed = co_await control_.update_claim_owners(set_, pod->pod);
    if (!fixed) co_return fixed;
  }
  co_return Result<void>();
}

sim::Task<Result<void>> PetSetPass::delete_condemned(size_t index) {
  return control_.delete_pod(set_, plan_.scale_down[index]->pod->metadata.name);
}

sim::Task<Result<void>> PetSetPass::replace() {
  for (const size_t index : plan_.replace) {
    const std::string name = pod_name(set_->metadata.name, plan_.slots[index].ordinal);
    const Result<void> deleted = co_await control_.delete_pod(set_, name);
    if (!deleted && !api::is(deleted, api::Reason::kNotFound)) co_return deleted;
    --status_.current_replicas;  // Whatever the pod's revision was: it can become -1 (1.9).
  }
  co_return Result<void>();
}

}  // namespace sdbtwin::cluster
