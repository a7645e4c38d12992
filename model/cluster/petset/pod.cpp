#include "model/cluster/petset/pod.h"

#include <utility>

#include "model/cluster/petset/identity.h"

namespace sdbtwin::cluster {

bool selects(const api::PetSet& set, const api::Pod& pod) {
  return set.spec->selector && !set.spec->selector->empty() &&
         set.spec->selector->matches(*pod.metadata.labels);
}

SetPod look_at(const api::PetSet& set, PodPtr pod) {
  SetPod seen;
  const PodIdentity identity = identity_of(pod->metadata.name);
  seen.ordinal = identity.ordinal;
  seen.phase = pod->status->phase;
  if (const auto* ready = api::find_condition(*pod->status->conditions, api::kPodReady)) {
    seen.ready = ready->status == api::ConditionStatus::kTrue;
    if (ready->last_transition_time)
      seen.ready_since = api::ClusterTime::to_run(*ready->last_transition_time);
  }
  seen.terminating = api::is_deleting(pod->metadata);
  seen.controlled = api::controller_of(pod->metadata) != nullptr;
  seen.wanted = identity.parent == set.metadata.name && selects(set, *pod);
  seen.in_shape = identity_matches(set, *pod) && storage_matches(set, *pod);
  seen.revision = api::label_of(pod->metadata, api::kRevisionLabel);
  seen.pod = std::move(pod);
  return seen;
}

const std::vector<SetPod>& SetPodMemo::refresh(const api::PetSet& set,
                                               const client::Cache::Objects& controlled,
                                               const client::Cache::Objects& orphans) {
  before_.swap(pods_);
  pods_.clear();
  if (!spec_.same(set.spec)) {
    before_.clear();
    spec_ = set.spec;
  }
  reused_ = 0;
  pods_.reserve(controlled.size() + orphans.size());
  take(set, controlled);
  take(set, orphans);
  return pods_;
}

// Both are in the order of names, but for the seam between the two lists: what is not found where
// it is expected is looked at anew.
void SetPodMemo::take(const api::PetSet& set, const client::Cache::Objects& objects) {
  for (const auto& [key, object] : objects) {
    while (reused_ < before_.size() && before_[reused_].pod != object &&
           before_[reused_].pod->metadata.name < key.name) {
      ++reused_;
    }
    if (reused_ < before_.size() && before_[reused_].pod == object) {
      pods_.push_back(std::move(before_[reused_++]));
    } else {
      pods_.push_back(look_at(set, api::as<api::Pod>(object)));
    }
  }
}

}  // namespace sdbtwin::cluster
