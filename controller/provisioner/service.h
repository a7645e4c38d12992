// The Services of a database (reference/kubedb.md 2.1): the primary one that clients use, and the
// headless one that gives each pod its DNS name. Pure functions.
#pragma once

#include <memory>

#include "model/api/core.h"
#include "model/api/singlestore.h"

namespace sdbtwin::provisioner {

// `<db>`: ports db 3306 and studio 8081, to the aggregators (or the standalone pod). The user's
// template with the alias `primary` gives type, labels, annotations and ports: a port of the same
// name takes his number, others are added.
std::shared_ptr<api::Service> primary_service_of(const api::Singlestore& database);

// `<db>-pods`: also names pods that are not ready, because nodes must find each other to become so.
std::shared_ptr<api::Service> governing_service_of(const api::Singlestore& database);

}  // namespace sdbtwin::provisioner
