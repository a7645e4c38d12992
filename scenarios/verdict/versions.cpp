#include "scenarios/verdict/versions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/singlestore_version.h"

namespace sdbtwin::scenarios {
namespace {

constexpr std::string_view kInstance = "app.kubernetes.io/instance";

class ImageNames {
 public:
  ImageNames(const api::Singlestore& database, const api::StoreReader& store) {
    for (const api::ObjectPtr& object : store.list(api::Kind::kSinglestoreVersion, "")) {
      const auto version = api::as<api::SinglestoreVersion>(object);
      const auto& image =
          database.spec->topology ? version->spec->db.image : version->spec->standalone.image;
      // Images of several versions may be one: the oldest name stands for them.
      versions_.emplace(image, version->metadata.name);
    }
  }
  std::string of(const api::PodSpec& spec) const {
    for (const api::Container& container : spec.containers) {
      if (container.name != "singlestore") continue;
      const auto known = versions_.find(container.image);
      return known == versions_.end() ? container.image : known->second;
    }
    return {};
  }

 private:
  std::map<std::string, std::string> versions_;
};

}  // namespace

Versions versions_in_use(const api::Singlestore& database, const api::StoreReader& store) {
  const ImageNames names(database, store);
  const auto is_its = [&](const api::ObjectMeta& metadata) {
    return api::label_of(metadata, kInstance) == database.metadata.name;
  };
  Versions out;
  for (const api::ObjectPtr& object : store.list(api::Kind::kPod, database.metadata.namespace_)) {
    const auto pod = api::as<api::Pod>(object);
    if (is_its(pod->metadata)) out.pods[pod->metadata.name] = names.of(*pod->spec);
  }
  for (const api::ObjectPtr& object :
       store.list(api::Kind::kPetSet, database.metadata.namespace_)) {
    const auto petset = api::as<api::PetSet>(object);
    if (!is_its(petset->metadata)) continue;
    out.petsets[petset->metadata.name] = names.of(petset->spec->template_->spec);
  }
  return out;
}

std::string pod_summary(const Versions& versions) {
  std::map<std::string, int> count;
  for (const auto& [pod, version] : versions.pods) ++count[version];
  std::vector<std::string> parts;
  for (const auto& [version, pods] : count) parts.push_back(fmt::format("{} x{}", version, pods));
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace sdbtwin::scenarios
