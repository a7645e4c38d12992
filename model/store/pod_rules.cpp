#include "model/store/pod_rules.h"

#include <algorithm>
#include <utility>

namespace sdbtwin::store {

namespace {

constexpr std::string_view kNotReadyTaint = "node.kubernetes.io/not-ready";
constexpr std::string_view kUnreachableTaint = "node.kubernetes.io/unreachable";
// DefaultTolerationSeconds' default (kubernetes.md 3.5).
constexpr std::int64_t kDefaultTolerationSeconds = 300;

// As the API server says it, recorded from 1.32 (the field difference it appends is left out).
constexpr std::string_view kSpecIsImmutable =
    "pod updates may not change fields other than "
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

bool tolerates(const std::vector<api::Toleration>& tolerations, std::string_view key) {
  return std::any_of(tolerations.begin(), tolerations.end(), [key](const api::Toleration& t) {
    const bool effect =
        t.effect == api::TaintEffect::kUnset || t.effect == api::TaintEffect::kNoExecute;
    return effect && (t.key == key || (t.key.empty() && t.operator_ == "Exists"));
  });
}

void add_default_toleration(std::vector<api::Toleration>& tolerations, std::string_view key) {
  if (tolerates(tolerations, key)) return;
  api::Toleration toleration;
  toleration.key = std::string(key);
  toleration.operator_ = "Exists";
  toleration.effect = api::TaintEffect::kNoExecute;
  toleration.toleration_seconds = kDefaultTolerationSeconds;
  tolerations.push_back(std::move(toleration));
}

void take_images(std::vector<api::Container>& into, const std::vector<api::Container>& from) {
  if (into.size() != from.size()) return;
  for (std::size_t i = 0; i < into.size(); ++i) into[i].image = from[i].image;
}

bool starts_with(const std::vector<api::Toleration>& longer,
                 const std::vector<api::Toleration>& shorter) {
  return longer.size() >= shorter.size() &&
         std::equal(shorter.begin(), shorter.end(), longer.begin());
}

}  // namespace

void prepare_pod(api::Pod& pod) {
  api::PodStatus status;
  status.phase = api::PodPhase::kPending;
  status.qos_class = api::qos_class_of(*pod.spec);
  pod.status = std::move(status);

  api::PodSpec& spec = pod.spec.edit();
  // ServiceAccount and DefaultTolerationSeconds, on in every cluster. Priority: priority.h.
  if (spec.service_account_name.empty()) spec.service_account_name = "default";
  spec.service_account = spec.service_account_name;
  add_default_toleration(spec.tolerations, kNotReadyTaint);
  add_default_toleration(spec.tolerations, kUnreachableTaint);
}

Causes check_pod_update(const api::Pod& next, const api::Pod& before) {
  if (next.spec.same(before.spec)) return {};
  // What may change is made equal; whatever still differs may not.
  api::PodSpec munged = *next.spec;
  take_images(munged.containers, before.spec->containers);
  take_images(munged.init_containers, before.spec->init_containers);
  munged.active_deadline_seconds = before.spec->active_deadline_seconds;
  if (starts_with(munged.tolerations, before.spec->tolerations)) {
    munged.tolerations = before.spec->tolerations;
  }
  if (before.spec->termination_grace_period_seconds.value_or(0) < 0 &&
      munged.termination_grace_period_seconds == 1) {
    munged.termination_grace_period_seconds = before.spec->termination_grace_period_seconds;
  }
  if (munged == *before.spec) return {};
  return {api::field_error::forbidden("spec", kSpecIsImmutable)};
}

}  // namespace sdbtwin::store
