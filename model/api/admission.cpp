#include "model/api/admission.h"

namespace sdbtwin::api {

Result<ObjectPtr> AdmissionPlugin::mutate(const AdmissionRequest& request, const StoreReader&) {
  return request.object;
}

Result<void> AdmissionPlugin::validate(const AdmissionRequest&, const StoreReader&,
                                       AdmissionEffects&) {
  return {};
}

}  // namespace sdbtwin::api
