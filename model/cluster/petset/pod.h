// SetPod: what the PetSet controller needs to know of one pod, worked out once per version of the
// pod. A sync looks at all pods of its set, most of which have not changed since the last one;
// SetPodMemo keeps their facts, so that a sync of a large set costs a few nanoseconds per pod.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/client/cache.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

using PodPtr = std::shared_ptr<const api::Pod>;

struct SetPod {
  PodPtr pod;
  int32_t ordinal = -1;
  api::PodPhase phase = api::PodPhase::kUnset;
  bool ready = false;  // condition Ready is True
  bool terminating = false;
  bool controlled = false;  // has a controller (which one, the index knows)
  bool wanted = false;      // the selector matches and the name is the set's
  bool in_shape = false;    // identity and storage are as they should be
  sim::Time ready_since{};
  std::string_view revision;  // in the pod's labels

  bool created() const { return phase != api::PodPhase::kUnset; }
  bool terminal() const {
    return phase == api::PodPhase::kSucceeded || phase == api::PodPhase::kFailed;
  }
  bool running_and_ready() const { return phase == api::PodPhase::kRunning && ready; }
  bool healthy() const { return running_and_ready() && !terminating; }
  // Ready for longer than that; the phase is not asked (1.9).
  bool available(int32_t min_ready_seconds, sim::Time now) const {
    return ready &&
           (min_ready_seconds == 0 || ready_since + std::chrono::seconds(min_ready_seconds) < now);
  }
};

// A selector that is empty selects nothing.
bool selects(const api::PetSet& set, const api::Pod& pod);
SetPod look_at(const api::PetSet& set, PodPtr pod);

// Of one set. What refresh() returns is valid until the next refresh().
class SetPodMemo {
 public:
  // All pods of the two cache entries, in that order.
  const std::vector<SetPod>& refresh(const api::PetSet& set,
                                     const client::Cache::Objects& controlled,
                                     const client::Cache::Objects& orphans);

 private:
  void take(const api::PetSet& set, const client::Cache::Objects& objects);

  api::Shared<api::PetSetSpec> spec_;
  std::vector<SetPod> pods_;
  std::vector<SetPod> before_;
  size_t reused_ = 0;  // position in before_
};

}  // namespace sdbtwin::cluster
