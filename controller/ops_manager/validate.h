// The admission rules of SinglestoreOpsRequest, as pure functions (reference/kubedb.md section 5).
//
// The same functions serve the admission webhook (admission.h) and the Ops-manager, which checks
// again when it starts a request: the webhook may have been down (failurePolicy Ignore), and the
// database may have changed while the request was queued.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/ops_request.h"
#include "model/api/result.h"
#include "model/api/singlestore.h"
#include "model/api/singlestore_version.h"

namespace sdbtwin::ops_manager {

using Versions = std::vector<std::shared_ptr<const api::SinglestoreVersion>>;

// Every rule that the request breaks; empty: valid. `database` is null when it does not exist.
std::vector<api::StatusCause> find_problems(const api::SinglestoreOpsRequest& request,
                                            const api::Singlestore* database,
                                            const Versions& versions);

// The same as one verdict: kInvalid with all causes.
api::Result<void> validate_ops_request(const api::SinglestoreOpsRequest& request,
                                       const api::Singlestore* database, const Versions& versions);

// The spec of a request never changes.
api::Result<void> validate_ops_update(const api::SinglestoreOpsRequest& before,
                                      const api::SinglestoreOpsRequest& after);

// The version of that name, or null.
std::shared_ptr<const api::SinglestoreVersion> find_version(const Versions& versions,
                                                            std::string_view name);

// Whether the catalogue allows `current` -> `target` (both names): "" yes, else why not. Equal
// names are allowed when the list says so: that is how an image is refreshed.
std::string upgrade_problem(std::string_view current, std::string_view target,
                            const Versions& versions);

}  // namespace sdbtwin::ops_manager
