#include "controller/ops_manager/versions_text.h"

#include "controller/kit/images.h"

namespace sdbtwin::ops_manager {

std::string version_of_pod(
    const api::Pod& pod,
    const std::vector<std::shared_ptr<const api::SinglestoreVersion>>& versions) {
  const std::string image(kit::database_image(*pod.spec));
  for (const auto& version : versions) {
    // A cluster's image; a standalone's may be shared by several versions (kubedb.md 5).
    if (version->spec->db.image == image) return version->metadata.name;
  }
  return image;
}

std::string describe_versions(
    const std::vector<std::shared_ptr<const api::Pod>>& pods,
    const std::vector<std::shared_ptr<const api::SinglestoreVersion>>& versions) {
  std::string text;
  for (const auto& pod : pods) {
    if (!text.empty()) text += ", ";
    text += pod->metadata.name + "=" + version_of_pod(*pod, versions);
  }
  return text.empty() ? "none" : text;
}

}  // namespace sdbtwin::ops_manager
