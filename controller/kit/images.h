// The image set of a version, and pods and templates against it.
//
// One place decides which container carries which image, so that the Provisioner (which creates),
// the Ops-manager (which updates) and its check of a restarted pod cannot disagree. Container names
// and images: reference/kubedb.md 1.1, 2.3.
#pragma once

#include <string>
#include <string_view>

#include "model/api/pod_spec.h"
#include "model/api/singlestore_version.h"

namespace sdbtwin::kit {

inline constexpr std::string_view kDatabaseContainer = "singlestore";
inline constexpr std::string_view kCoordinatorContainer = "singlestore-coordinator";
inline constexpr std::string_view kInitContainer = "singlestore-init";

struct ImageSet {
  std::string database;
  std::string coordinator;  // "" for standalone: such pods have no coordinator
  std::string init;

  bool operator==(const ImageSet&) const = default;
};

ImageSet images_of(const api::SinglestoreVersion& version, bool standalone);

// Whether every container of ours that is there has its image of the set, and the database's is.
bool has_images(const api::PodSpec& pod, const ImageSet& images);
// False: nothing changed.
bool set_images(api::PodSpec& pod, const ImageSet& images);
// The database container's image, or "".
std::string_view database_image(const api::PodSpec& pod);

}  // namespace sdbtwin::kit
