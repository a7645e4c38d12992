// Effects of the PetSet controller on pods and their claims, each with its Event
// (kubernetes.md 1.6, 1.7). Reads come from the caches; a conflict is retried from them.
#pragma once

#include <memory>
#include <string>

#include "model/api/result.h"
#include "model/cluster/petset/plan.h"
#include "model/cluster/petset/tools.h"

namespace sdbtwin::cluster {

using SetPtr = std::shared_ptr<const api::PetSet>;

class PetSetPodControl final : public ClaimView {
 public:
  explicit PetSetPodControl(PetSetTools tools) : tools_(tools) {}

  // Claims first, then the pod, then the claims' owners. AlreadyExists is returned, without Event.
  sim::Task<api::Result<void>> create_pod(SetPtr set, std::shared_ptr<api::Pod> pod);
  // No precondition: from a stale cache this deletes whatever has the name now (1.9).
  sim::Task<api::Result<void>> delete_pod(SetPtr set, std::string pod_name);
  // Restores identity, storage and the claims' owners.
  sim::Task<api::Result<void>> update_pod(SetPtr set, PodPtr pod);
  // Missing claims are made; existing ones are never changed. A terminating one is an error.
  sim::Task<api::Result<void>> create_claims(SetPtr set, int32_t ordinal, std::string pod_name);
  sim::Task<api::Result<void>> update_claim_owners(SetPtr set, PodPtr pod);

  // ClaimView.
  bool is_stale(const api::PetSet& set, int32_t ordinal, std::string_view pod_uid) const override;
  bool retention_matters(const api::PetSet& set) const override;
  bool retention_matches(const api::PetSet& set, const api::Pod& pod) const override;

 private:
  void record(const api::PetSet& set, std::string_view verb, std::string_view pod_name,
              const api::Result<void>& result);
  void record_claim(const api::PetSet& set, std::string_view claim, std::string_view pod_name,
                    const api::Result<void>& result);
  sim::Task<api::Result<bool>> try_update(SetPtr set, std::shared_ptr<api::Pod> pod);

  PetSetTools tools_;
};

}  // namespace sdbtwin::cluster
