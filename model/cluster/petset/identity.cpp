#include "model/cluster/petset/identity.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace sdbtwin::cluster {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

const std::vector<api::PersistentVolumeClaimTemplate>& claim_templates(const api::PetSet& set) {
  return *set.spec->volume_claim_templates;
}

bool is_claim_volume(const api::PetSet& set, std::string_view volume) {
  const auto& templates = claim_templates(set);
  return std::any_of(templates.begin(), templates.end(),
                     [&](const auto& claim) { return claim.metadata.name == volume; });
}

}  // namespace

PodIdentity identity_of(std::string_view pod_name) {
  size_t digits = pod_name.size();
  while (digits > 0 && is_digit(pod_name[digits - 1])) --digits;
  if (digits == pod_name.size() || digits == 0 || pod_name[digits - 1] != '-') return {};
  PodIdentity identity;
  identity.parent = pod_name.substr(0, digits - 1);
  const char* last = pod_name.data() + pod_name.size();
  const auto [end, error] = std::from_chars(pod_name.data() + digits, last, identity.ordinal);
  if (error != std::errc{} || end != last) identity.ordinal = -1;  // Does not fit.
  return identity;
}

int32_t ordinal_of(const api::Pod& pod) { return identity_of(pod.metadata.name).ordinal; }

std::string pod_name(std::string_view set_name, int32_t ordinal) {
  return std::string(set_name) + "-" + std::to_string(ordinal);
}

std::string claim_name(std::string_view claim_template, std::string_view set_name,
                       int32_t ordinal) {
  return std::string(claim_template) + "-" + pod_name(set_name, ordinal);
}

bool is_member(const api::PetSet& set, const api::Pod& pod) {
  return identity_of(pod.metadata.name).parent == set.metadata.name;
}

int32_t start_ordinal(const api::PetSet& set) {
  return set.spec->ordinals ? set.spec->ordinals->start : 0;
}

int32_t replicas_of(const api::PetSet& set) { return set.spec->replicas.value_or(1); }

bool in_ordinal_range(const api::PetSet& set, int32_t ordinal) {
  const int32_t start = start_ordinal(set);
  return ordinal >= start && ordinal - start < replicas_of(set);
}

std::shared_ptr<api::Pod> make_pod(const api::PetSet& set, const api::PodTemplateSpec& pod_template,
                                   std::string_view revision, int32_t ordinal) {
  auto pod = std::make_shared<api::Pod>();
  pod->metadata.labels = pod_template.metadata.labels;
  pod->metadata.annotations = pod_template.metadata.annotations;
  pod->metadata.finalizers = pod_template.metadata.finalizers;
  pod->metadata.generate_name = set.metadata.name + "-";
  pod->metadata.name = pod_name(set.metadata.name, ordinal);
  pod->metadata.owner_references.edit().push_back(api::make_controller_ref(set));
  pod->spec = pod_template.spec;
  restore_identity(set, *pod);
  restore_storage(set, *pod);
  api::PodSpec& spec = pod->spec.edit();
  spec.hostname = pod->metadata.name;
  spec.subdomain = set.spec->service_name;
  api::StringMap& labels = pod->metadata.labels.edit();
  labels[std::string(api::kRevisionLabel)] = revision;
  labels[std::string(api::kPodIndexLabel)] = std::to_string(ordinal);
  return pod;
}

std::vector<std::shared_ptr<api::PersistentVolumeClaim>> make_claims(const api::PetSet& set,
                                                                     int32_t ordinal) {
  std::vector<std::shared_ptr<api::PersistentVolumeClaim>> claims;
  for (const api::PersistentVolumeClaimTemplate& from : claim_templates(set)) {
    auto claim = std::make_shared<api::PersistentVolumeClaim>();
    claim->metadata = from.metadata;
    claim->metadata.name = claim_name(from.metadata.name, set.metadata.name, ordinal);
    claim->metadata.namespace_ = set.metadata.namespace_;
    if (set.spec->selector) {
      api::StringMap& labels = claim->metadata.labels.edit();
      for (const auto& [key, value] : set.spec->selector->match_labels) labels[key] = value;
    }
    claim->spec = from.spec;
    claims.push_back(std::move(claim));
  }
  return claims;
}

bool identity_matches(const api::PetSet& set, const api::Pod& pod) {
  const PodIdentity identity = identity_of(pod.metadata.name);
  return identity.ordinal >= 0 && identity.parent == set.metadata.name &&
         pod.metadata.namespace_ == set.metadata.namespace_ &&
         api::label_of(pod.metadata, api::kPodNameLabel) == pod.metadata.name;
}

bool storage_matches(const api::PetSet& set, const api::Pod& pod) {
  const int32_t ordinal = ordinal_of(pod);
  if (ordinal < 0) return false;
  const auto& volumes = pod.spec->volumes;
  return std::all_of(
      claim_templates(set).begin(), claim_templates(set).end(), [&](const auto& claim) {
        const auto found = std::find_if(volumes.begin(), volumes.end(), [&](const api::Volume& v) {
          return v.name == claim.metadata.name;
        });
        return found != volumes.end() && found->persistent_volume_claim &&
               found->persistent_volume_claim->claim_name ==
                   claim_name(claim.metadata.name, set.metadata.name, ordinal);
      });
}

void restore_identity(const api::PetSet& set, api::Pod& pod) {
  const int32_t ordinal = ordinal_of(pod);
  pod.metadata.name = pod_name(set.metadata.name, ordinal);
  pod.metadata.namespace_ = set.metadata.namespace_;
  api::StringMap& labels = pod.metadata.labels.edit();
  labels[std::string(api::kPodNameLabel)] = pod.metadata.name;
  labels[std::string(api::kPodIndexLabel)] = std::to_string(ordinal);
}

void restore_storage(const api::PetSet& set, api::Pod& pod) {
  const int32_t ordinal = ordinal_of(pod);
  std::vector<api::Volume> volumes;
  for (const api::PersistentVolumeClaimTemplate& claim : claim_templates(set)) {
    api::Volume volume;
    volume.name = claim.metadata.name;
    volume.persistent_volume_claim.emplace();
    volume.persistent_volume_claim->claim_name =
        claim_name(claim.metadata.name, set.metadata.name, ordinal);
    volumes.push_back(std::move(volume));
  }
  for (const api::Volume& volume : pod.spec->volumes) {
    if (!is_claim_volume(set, volume.name)) volumes.push_back(volume);
  }
  pod.spec.edit().volumes = std::move(volumes);
}

}  // namespace sdbtwin::cluster
