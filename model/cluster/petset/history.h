// Effects of the PetSet controller on ControllerRevisions: finds or makes the revision of the
// present template, adopts orphans, cuts the history (kubernetes.md 1.5).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/api/result.h"
#include "model/cluster/petset/plan.h"
#include "model/cluster/petset/pod_control.h"
#include "model/cluster/petset/revision.h"
#include "model/cluster/petset/tools.h"

namespace sdbtwin::cluster {

struct RevisionPair {
  RevisionPtr current;
  RevisionPtr update;
  int32_t collision_count = 0;
};

class PetSetHistory {
 public:
  explicit PetSetHistory(PetSetTools tools) : tools_(tools) {}

  // Those of the set and orphans that its selector matches; sorted.
  std::vector<RevisionPtr> list(const api::PetSet& set) const;
  sim::Task<api::Result<void>> adopt_orphans(SetPtr set, std::vector<RevisionPtr> revisions);
  // Precondition: `revisions` is sorted.
  sim::Task<api::Result<RevisionPair>> resolve(SetPtr set, std::vector<RevisionPtr> revisions);
  sim::Task<api::Result<void>> truncate(SetPtr set, std::vector<RevisionPtr> revisions,
                                        RevisionPair pair, SetPods pods);

  // The bytes of the set's template; encoded once per version of it.
  const std::string& data_of(const api::PetSet& set);
  void forget(const std::string& set_uid) { encoded_.erase(set_uid); }

 private:
  struct Encoded {
    api::Shared<api::PodTemplateSpec> pod_template;
    std::string data;
  };

  sim::Task<api::Result<RevisionPtr>> create(SetPtr set, std::string data, int64_t revision,
                                             int32_t& collision_count);
  sim::Task<api::Result<RevisionPtr>> renumber(RevisionPtr revision, int64_t number);

  PetSetTools tools_;
  std::map<std::string, Encoded> encoded_;  // by uid of the set
};

// The live check before the first adoption: the set is still the same and not being deleted.
sim::Task<api::Result<void>> check_may_adopt(api::Client& client, SetPtr set);
// {"metadata":{"ownerReferences":[...],"uid":...}}
api::Value adopt_patch(const api::PetSet& set, const api::Object& adopted);
api::Value release_patch(const api::PetSet& set, const api::Object& released);

}  // namespace sdbtwin::cluster
