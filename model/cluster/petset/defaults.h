// Defaults of a PetSet (kubernetes.md 1.2): what its mutating webhook fills in on create and
// update, and what the controller writes itself when the webhook was not there.
#pragma once

#include "model/api/admission.h"
#include "model/api/petset.h"

namespace sdbtwin::cluster {

// Effect: unset fields are filled in. A rollingUpdate block that the type does not ask for is left
// as it is, also when it has no partition.
void default_petset(api::PetSet& set);
// The controller's own test: it looks at these two fields only.
bool lacks_defaults(const api::PetSet& set);

// The webhook. Always reachable, unlike the real one, which is served by the controller's process.
class PetSetDefaulter final : public api::AdmissionPlugin {
 public:
  std::string_view name() const override { return "petset-webhook"; }
  bool handles(const api::AdmissionRequest& request) const override;
  api::Result<api::ObjectPtr> mutate(const api::AdmissionRequest& request,
                                     const api::StoreReader& store) override;
};

}  // namespace sdbtwin::cluster
