#include "model/cluster/petset/revision.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "model/api/codec.h"

namespace sdbtwin::cluster {
namespace {

// FNV-1, 32 bit: offset basis and prime of the algorithm's definition.
constexpr uint32_t kFnvOffset = 2166136261U;
constexpr uint32_t kFnvPrime = 16777619U;
// apimachinery's rand.SafeEncodeString: no vowels, no look-alikes.
constexpr std::string_view kSafeLetters = "bcdfghjklmnpqrstvwxz2456789";
// history.ControllerRevisionName: 253 less the longest hash and the dash.
constexpr size_t kPrefixMax = 223;

uint32_t fnv1(uint32_t sum, std::string_view bytes) {
  for (const char c : bytes) {
    sum *= kFnvPrime;
    sum ^= static_cast<unsigned char>(c);
  }
  return sum;
}

// resource.Quantity's canonical form: no fraction, and the largest suffix that leaves none. What it
// cannot show exactly (exponents, parts of a thousandth) keeps its text.
api::Quantity canonical_quantity(const api::Quantity& quantity) {
  constexpr std::array<std::string_view, 7> kBinary{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  constexpr std::array<std::string_view, 8> kDecimal{"m", "", "k", "M", "G", "T", "P", "E"};
  const bool binary = quantity.text.ends_with('i');
  const std::optional<int64_t> units = quantity.value();
  const bool small = units && *units < 1024;
  std::optional<int64_t> amount = binary && !small ? units : quantity.milli();
  const size_t e = quantity.text.find_first_of("eE");
  const bool exponent = e != std::string::npos && e + 1 < quantity.text.size();
  if (!amount || exponent) return quantity;
  const int64_t base = binary && !small ? 1024 : 1000;
  size_t suffix = *amount == 0 ? 1 : 0;
  while (*amount != 0 && *amount % base == 0) {
    *amount /= base;
    ++suffix;
  }
  const std::string_view unit = base == 1024 ? kBinary.at(suffix) : kDecimal.at(suffix);
  const api::Quantity canonical = std::to_string(*amount) + std::string(unit);
  return api::compare(canonical, quantity) == 0 ? canonical : quantity;
}

void canonicalize(std::vector<api::Container>& containers) {
  for (api::Container& container : containers) {
    for (auto* list : {&container.resources.limits, &container.resources.requests}) {
      for (auto& [name, quantity] : *list) quantity = canonical_quantity(quantity);
    }
  }
}

// A Go client decodes and encodes the set's template, which rewrites its quantities.
void canonicalize(api::PodSpec& spec) {
  canonicalize(spec.init_containers);
  canonicalize(spec.containers);
  for (api::Volume& volume : spec.volumes) {
    if (volume.empty_dir && volume.empty_dir->size_limit)
      volume.empty_dir->size_limit = canonical_quantity(*volume.empty_dir->size_limit);
  }
}

std::string safe_encode(std::string_view text) {
  std::string safe;
  for (const char c : text)
    safe += kSafeLetters[static_cast<unsigned char>(c) % kSafeLetters.size()];
  return safe;
}

}  // namespace

std::string revision_data(const api::PodTemplateSpec& pod_template) {
  api::PodTemplateSpec canonical = pod_template;
  canonicalize(canonical.spec);
  const api::Value body =
      api::struct_to_value(canonical, {.go_typed = true}).with("$patch", "replace");
  const api::Value spec = api::Value::object({{"template", body}});
  return api::Value::object({{"spec", spec}}).dump();
}

std::shared_ptr<const api::PodTemplateSpec> template_of(const api::ControllerRevision& revision) {
  const api::Value data = revision.data->value();
  const api::Value* found = data.find_path({"spec", "template"});
  if (found == nullptr || !found->is_object()) return nullptr;
  api::Result<api::PodTemplateSpec> decoded =
      api::struct_from_value<api::PodTemplateSpec>(found->without("$patch"), false);
  if (!decoded) return nullptr;
  return std::make_shared<const api::PodTemplateSpec>(*std::move(decoded));
}

uint32_t revision_sum(std::string_view data, std::optional<int32_t> collision_count) {
  const uint32_t sum = fnv1(kFnvOffset, data);
  return collision_count ? fnv1(sum, std::to_string(*collision_count)) : sum;
}

std::string revision_hash(std::string_view data, std::optional<int32_t> collision_count) {
  return safe_encode(std::to_string(revision_sum(data, collision_count)));
}

std::string revision_name(std::string_view set_name, std::string_view hash) {
  return std::string(set_name.substr(0, kPrefixMax)) + "-" + std::string(hash);
}

std::shared_ptr<api::ControllerRevision> new_revision(const api::PetSet& set, std::string data,
                                                      int64_t revision, int32_t collision_count) {
  auto made = std::make_shared<api::ControllerRevision>();
  const std::string hash = revision_hash(data, collision_count);
  made->metadata.name = revision_name(set.metadata.name, hash);
  made->metadata.namespace_ = set.metadata.namespace_;
  made->metadata.labels = set.spec->template_->metadata.labels;
  made->metadata.labels.edit()[std::string(api::kRevisionHashLabel)] = hash;
  made->metadata.annotations = set.metadata.annotations;
  made->metadata.owner_references.edit().push_back(api::make_controller_ref(set));
  made->data = api::RawJson{.bytes = std::move(data)};
  made->revision = revision;
  return made;
}

void sort_revisions(std::vector<RevisionPtr>& revisions) {
  const auto rank = [](const RevisionPtr& revision) {
    return std::tuple(revision->revision,
                      revision->metadata.creation_timestamp.value_or(api::Timestamp{}),
                      std::string_view(revision->metadata.name));
  };
  std::stable_sort(revisions.begin(), revisions.end(),
                   [&](const RevisionPtr& a, const RevisionPtr& b) { return rank(a) < rank(b); });
}

int64_t next_revision(const std::vector<RevisionPtr>& revisions) {
  return revisions.empty() ? 1 : revisions.back()->revision + 1;
}

RevisionPtr find_equal(const std::vector<RevisionPtr>& revisions, std::string_view data) {
  const auto found =
      std::find_if(revisions.rbegin(), revisions.rend(),
                   [&](const RevisionPtr& revision) { return revision->data->bytes == data; });
  return found == revisions.rend() ? nullptr : *found;
}

std::vector<RevisionPtr> beyond_history(const std::vector<RevisionPtr>& revisions,
                                        const std::vector<std::string>& live, int32_t limit) {
  if (limit < 0)
    return {};  // As apps/v1 does; the real PetSet controller ends with a nil dereference.
  std::vector<RevisionPtr> history;
  for (const RevisionPtr& revision : revisions) {
    if (std::find(live.begin(), live.end(), revision->metadata.name) == live.end())
      history.push_back(revision);
  }
  const auto keep = static_cast<size_t>(limit);
  history.resize(history.size() > keep ? history.size() - keep : 0);
  return history;
}

}  // namespace sdbtwin::cluster
