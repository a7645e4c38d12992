// Which version what runs: images of pods and PetSets, named by the catalogue.
#pragma once

#include <map>
#include <string>

#include "model/api/admission.h"
#include "model/api/singlestore.h"

namespace sdbtwin::scenarios {

// By name. An image of no SinglestoreVersion stands for itself.
struct Versions {
  std::map<std::string, std::string> pods;
  std::map<std::string, std::string> petsets;  // of their templates
};
Versions versions_in_use(const api::Singlestore& database, const api::StoreReader& store);

// "8.9.3 x3", or a mixture: "8.7.21 x2, 8.9.3 x1".
std::string pod_summary(const Versions& versions);

}  // namespace sdbtwin::scenarios
