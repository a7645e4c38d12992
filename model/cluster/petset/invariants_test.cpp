// Goal: IV01 to IV11 of the catalogue (docs/PETSET_CATALOGUE.md) hold after every sync, whatever
// users do, pods suffer and requests answer. Method: rapidcheck draws the order, the retention
// policy, the update strategy and a list of operations; a scripted API (script.h) carries
// them out; the invariants look at objects only. They share no code with the controller but names.

#include <rapidcheck/gtest.h>

#include "model/cluster/petset/identity.h"
#include "model/cluster/petset/script.h"

namespace sdbtwin::cluster {
namespace {

using api::Kind;

enum class Operation : uint8_t {
  kSync,
  kAdvance,     // the lowest pod that is not ready goes a step on
  kAdvanceAny,  // the argument says which
  kScale,
  kSetImage,
  kFailPod,
  kLosePod,
  kUnready,
  kRequestFails,
  kCollect,
};
constexpr int kOperations = 10;

struct Step {
  Operation operation;
  int argument;
};

void showValue(const Step& step, std::ostream& out) {
  out << static_cast<int>(step.operation) << "(" << step.argument << ")";
}

rc::Gen<std::vector<Step>> steps() {
  return rc::gen::container<std::vector<Step>>(rc::gen::map(
      rc::gen::pair(rc::gen::inRange(0, kOperations + 8), rc::gen::inRange(0, 60)), [](auto drawn) {
        // Syncs and advances come most often.
        const int kind = drawn.first < kOperations ? drawn.first : drawn.first % 3;
        return Step{static_cast<Operation>(kind), drawn.second};
      }));
}

class World {
 public:
  World(api::PodManagementPolicy mode, Retention retention, bool old_style)
      : mode_(mode), retention_(retention), old_style_(old_style), foo_(mode, retention, 3) {
    // Without a rollingUpdate block current replicas decide at which revision a pod comes back.
    if (!old_style) {
      foo_.edit([](api::PetSetSpec& spec) {
        spec.update_strategy.rolling_update.emplace().partition = 0;
      });
    }
  }

  void apply(const Step& step) {
    const std::vector<int32_t> there = foo_.ordinals();
    const auto one = [&] { return there[static_cast<size_t>(step.argument) % there.size()]; };
    const bool needs_pod =
        step.operation == Operation::kFailPod || step.operation == Operation::kLosePod ||
        step.operation == Operation::kUnready || step.operation == Operation::kAdvanceAny;
    if (needs_pod && there.empty()) return;
    switch (step.operation) {
      case Operation::kSync:
        return sync();
      case Operation::kAdvance:
        for (const int32_t ordinal : there) {
          if (advance(ordinal)) break;
        }
        return;
      case Operation::kAdvanceAny:
        advance(one());
        return;
      case Operation::kScale:
        return foo_.scale(step.argument % 6);
      case Operation::kSetImage:
        mixed_ = mixed_ || rolling_;
        rolling_ = true;
        return foo_.set_image("image-" + std::to_string(step.argument % 3));
      case Operation::kFailPod:
        disturbed_ = true;
        return foo_.set_phase(one(), api::PodPhase::kFailed, false);
      case Operation::kLosePod:
        disturbed_ = true;
        return foo_.remove(one());
      case Operation::kUnready:
        disturbed_ = true;
        return foo_.set_phase(one(), api::PodPhase::kRunning, false);
      case Operation::kRequestFails: {
        const std::vector<std::string> kinds{"create Pod",
                                             "delete Pod",
                                             "update PetSet/status",
                                             "create PersistentVolumeClaim",
                                             "update Pod",
                                             "update PersistentVolumeClaim",
                                             "create ControllerRevision"};
        const auto reason =
            step.argument % 2 == 0 ? api::Reason::kInternalError : api::Reason::kConflict;
        return foo_.api.fail(kinds[static_cast<size_t>(step.argument) % kinds.size()], reason);
      }
      case Operation::kCollect:
        return foo_.collect_claims();
    }
  }

  // When requests work again and nobody disturbs it, the set gets where it is to be. One thing it
  // does not get over by itself: in order, two pods that have ended beyond the range block each
  // other's deletion for ever (only the lowest unhealthy one is taken). Somebody removes them.
  void converge() {
    for (int round = 0; round < 500 && !foo_.complete(); ++round) {
      for (const auto& pod : foo_.pods()) {
        const bool beyond = ordinal_of(*pod) >= replicas_of(*foo_.set());
        if (beyond && api::is_pod_terminal(*pod)) foo_.remove(ordinal_of(*pod));
      }
      for (const int32_t ordinal : foo_.ordinals()) advance(ordinal);
      foo_.collect_claims();
      sync();
    }
    RC_ASSERT(foo_.complete());
  }

 private:
  bool advance(int32_t ordinal) {
    const auto pod = foo_.pod(ordinal);
    if (api::is_pod_terminal(*pod) || api::is_running_and_ready(*pod)) return false;
    const bool running = pod->status->phase == api::PodPhase::kRunning;
    foo_.set_phase(ordinal, api::PodPhase::kRunning, running, std::chrono::hours(1));
    return true;
  }

  void sync() {
    const bool good = foo_.sync().ok();
    foo_.give_phases();
    check_pods();
    if (good) check_claims();
    if (mode_ == api::PodManagementPolicy::kOrderedReady && !disturbed_) check_order();
    const api::PetSetStatus status = foo_.status();
    if (foo_.complete() && status.current_revision == status.update_revision)
      rolling_ = mixed_ = false;
    if (good && old_style_ && !disturbed_ && !mixed_) check_revisions();
  }

  // IV03, IV04, IV05.
  void check_pods() {
    for (const auto& pod : foo_.pods()) {
      const int32_t ordinal = ordinal_of(*pod);
      RC_ASSERT(pod->metadata.name == "foo-" + std::to_string(ordinal));
      RC_ASSERT(pod->metadata.namespace_ == "default");
      RC_ASSERT(api::label_of(pod->metadata, api::kPodNameLabel) == pod->metadata.name);
      RC_ASSERT(pod->spec->volumes.size() == 1U);
      RC_ASSERT(pod->spec->volumes[0].persistent_volume_claim->claim_name ==
                "datadir-" + pod->metadata.name);
      const bool keeps = retention_ == Retention::kRetainBoth ||
                         retention_ == Retention::kDeleteWithSet || retention_ == Retention::kUnset;
      if (keeps) RC_ASSERT(foo_.claim(ordinal) != nullptr);
    }
  }

  // IV06 to IV09, of pods that are ready: the owners of a younger pod's claim may still be to come.
  void check_claims() {
    const auto set = foo_.set();
    for (const auto& pod : foo_.pods()) {
      const auto claim = foo_.claim(ordinal_of(*pod));
      if (!api::is_running_and_ready(*pod) || claim == nullptr) continue;
      const bool by_set = api::is_owned_by(claim->metadata, set->metadata.uid);
      const bool by_pod = api::is_owned_by(claim->metadata, pod->metadata.uid);
      const bool inside = ordinal_of(*pod) < replicas_of(*set);
      // One sync does what comes first in order; a pod that waits behind another is not judged.
      if (!is_reached(*pod)) continue;
      switch (retention_) {
        case Retention::kUnset:
        case Retention::kRetainBoth:
          RC_ASSERT(!by_set && !by_pod);
          break;
        case Retention::kDeleteWithSet:
          RC_ASSERT(by_set && !by_pod);
          break;
        case Retention::kDeleteScaled:
          RC_ASSERT(!by_set && by_pod == !inside);
          break;
        case Retention::kDeleteBoth:
          RC_ASSERT(by_set == inside && by_pod == !inside);
          break;
      }
    }
  }
  bool is_reached(const api::Pod& pod) const {
    const int32_t wanted = replicas_of(*foo_.set());
    for (int32_t lower = 0; lower < std::min(wanted, ordinal_of(pod) + 1); ++lower) {
      const auto other = foo_.pod(lower);
      if (other == nullptr || !api::is_running_and_ready(*other)) return false;
    }
    return true;
  }

  // IV01, IV02. A pod that is lost or fails leaves a gap, so they are for undisturbed runs.
  void check_order() {
    const auto pods = foo_.pods();
    for (size_t index = 0; index < pods.size(); ++index) {
      RC_ASSERT(ordinal_of(*pods[index]) == static_cast<int32_t>(index) || rolled());
      if (index == 0 || !api::is_running_and_ready(*pods[index])) continue;
      RC_ASSERT(api::is_running_and_ready(*pods[index - 1]) || rolled());
    }
  }
  // A rolling update takes pods out of the middle.
  bool rolled() const { return foo_.revisions().size() > 1; }

  // IV10, IV11: pods stand by revision as the status counts them. A change of the template in the
  // middle of an update mixes three revisions, of which this does not hold.
  void check_revisions() {
    const api::PetSetStatus status = foo_.status();
    if (status.current_revision == status.update_revision) return;
    const auto pods = foo_.pods();
    // Counted while pods came or went: judged by the next status.
    const auto count = static_cast<int32_t>(pods.size());
    if (count != replicas_of(*foo_.set()) || status.replicas != count) return;
    RC_ASSERT(status.current_replicas <= count && status.updated_replicas <= count);
    const auto revision_at = [&](size_t index) {
      return api::label_of(pods[index]->metadata, api::kRevisionLabel);
    };
    for (int32_t n = 0; n < status.current_replicas; ++n)
      RC_ASSERT(revision_at(static_cast<size_t>(n)) == status.current_revision);
    for (int32_t n = 0; n < status.updated_replicas; ++n)
      RC_ASSERT(revision_at(pods.size() - 1 - static_cast<size_t>(n)) == status.update_revision);
  }

  api::PodManagementPolicy mode_;
  Retention retention_;
  bool old_style_;
  ScriptedSet foo_;
  bool disturbed_ = false;
  bool rolling_ = false;
  bool mixed_ = false;
};

void run(const std::vector<Step>& story) {
  const auto mode = *rc::gen::element(api::PodManagementPolicy::kOrderedReady,
                                      api::PodManagementPolicy::kParallel);
  const auto retention =
      *rc::gen::element(Retention::kRetainBoth, Retention::kDeleteScaled, Retention::kDeleteWithSet,
                        Retention::kDeleteBoth, Retention::kUnset);
  World world(mode, retention, *rc::gen::arbitrary<bool>());
  for (const Step& step : story) world.apply(step);
  world.converge();
}

RC_GTEST_PROP(PetSetInvariants, IV01ToIV11HoldAfterEverySync, ()) { run(*steps()); }

std::vector<Step> without(std::vector<Step> story, const std::vector<Operation>& operations) {
  std::erase_if(story, [&](const Step& step) {
    return std::find(operations.begin(), operations.end(), step.operation) != operations.end();
  });
  return story;
}

RC_GTEST_PROP(PetSetInvariants, IV10IV11HoldWhenNobodyDisturbsThePods, ()) {
  run(without(*steps(), {Operation::kFailPod, Operation::kLosePod, Operation::kUnready}));
}

RC_GTEST_PROP(PetSetInvariants, IV01IV02HoldWhileASetIsMadeAndScaled, ()) {
  run(without(*steps(), {Operation::kFailPod, Operation::kLosePod, Operation::kUnready,
                         Operation::kSetImage}));
}

}  // namespace
}  // namespace sdbtwin::cluster
