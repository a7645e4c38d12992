// Which pod a target is, by the truth at this moment.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "faults/environment.h"
#include "faults/target.h"

namespace sdbtwin::faults {

struct PodName {
  std::string namespace_;
  std::string name;
  auto operator<=>(const PodName&) const = default;
};
std::string to_string(const PodName& pod);  // "demo/sdb-leaf-1"

// nullopt: nobody is that now. Of several databases the first by namespace and name that has one.
std::optional<PodName> resolve(const Target& target, const Environment& environment);

// The pod is the target now. `labels` of the pod, where they are at hand: they name the cluster of
// a pod that has not run yet.
bool names(const Target& target, const Environment& environment, std::string_view namespace_,
           std::string_view pod, const std::map<std::string, std::string>& labels = {});

// Whether a cluster is meant.
bool includes(const ClusterName& pattern, std::string_view namespace_, std::string_view name);

}  // namespace sdbtwin::faults
