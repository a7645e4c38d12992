// Which pod of a database runs which version, as one line for people: the version mix that a failed
// request leaves behind.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/api/pod.h"
#include "model/api/singlestore_version.h"

namespace sdbtwin::ops_manager {

// The name of the version whose image the pod's database container has; the image itself when no
// version of the catalogue has it.
std::string version_of_pod(
    const api::Pod& pod,
    const std::vector<std::shared_ptr<const api::SinglestoreVersion>>& versions);

// "pod=version, pod=version" in the order given; "none" without pods.
std::string describe_versions(
    const std::vector<std::shared_ptr<const api::Pod>>& pods,
    const std::vector<std::shared_ptr<const api::SinglestoreVersion>>& versions);

}  // namespace sdbtwin::ops_manager
