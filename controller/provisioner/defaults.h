// KubeDB's defaults for the containers of a database (reference/kubedb.md 1.1): resources and
// security contexts. A default never replaces what the user has said.
#pragma once

#include <string_view>

#include "model/api/pod_spec.h"
#include "model/api/singlestore_version.h"

namespace sdbtwin::provisioner {

// The resources of one of our containers; empty for a container that is the user's own.
api::ResourceRequirements default_resources(std::string_view container);

// Per resource: a request that is missing becomes the user's limit, or else the default; a limit
// that is missing becomes the default one, but never less than the request [us].
void default_resources_into(api::ResourceRequirements& resources, std::string_view container);

// Each field that is missing: no privilege escalation, no capabilities, the version's user and
// group, the runtime's seccomp profile.
void default_security_into(api::Container& container, const api::SinglestoreVersion& version);
// fsGroup: the version's user.
void default_security_into(api::PodSpec& pod, const api::SinglestoreVersion& version);

}  // namespace sdbtwin::provisioner
