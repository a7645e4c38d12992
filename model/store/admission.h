#pragma once

// Admission: the chain of plugins a write passes (model/api/admission.h). Mutations of all plugins
// come first, then the validations, in the order of addition. A plugin can be made unreachable, as
// a webhook's process can be; then the write is refused, or passes if the plugin fails open. Owns
// no plugin; plugins outlive the store.

#include <string_view>
#include <vector>

#include "model/api/admission.h"

namespace sdbtwin::store {

class Admission {
 public:
  void add(api::AdmissionPlugin& plugin);
  // Precondition: the plugin was added.
  void set_reachable(std::string_view name, bool reachable);

  bool empty() const noexcept { return entries_.empty(); }

  // Result: the object to store. `request.object` is what the client asked for.
  api::Result<api::ObjectPtr> mutate(api::AdmissionRequest request,
                                     const api::StoreReader& store) const;
  api::Result<void> validate(const api::AdmissionRequest& request, const api::StoreReader& store,
                             api::AdmissionEffects& effects) const;

 private:
  struct Entry {
    api::AdmissionPlugin* plugin;
    bool reachable;
  };
  std::vector<Entry> entries_;
};

}  // namespace sdbtwin::store
