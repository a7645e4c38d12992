// GET and PUT of /scale, which the PetSet's definition offers: spec.replicas and status.replicas,
// no selector (crds: apps.k8s.appscode.com_petsets, subresources.scale).
#include <fmt/format.h>

#include <utility>

#include "model/api/petset.h"
#include "model/store/transaction.h"

namespace sdbtwin::store {

namespace {

Answer scale_of(Transaction& transaction, const api::PetSet& set) {
  api::Response response;
  response.resource_version = set.metadata.resource_version;
  response.scale_replicas = set.spec->replicas.value_or(0);
  response.scale_status_replicas = set.status->replicas;
  response.warnings = std::move(transaction.warnings());
  return response;
}

}  // namespace

Answer read_scale(Transaction& transaction) {
  const auto set = api::as_if<api::PetSet>(transaction.find());
  if (set == nullptr) return transaction.not_found();
  return scale_of(transaction, *set);
}

Answer write_scale(Transaction& transaction) {
  const auto set = api::as_if<api::PetSet>(transaction.find());
  if (set == nullptr) return transaction.not_found();
  const std::int32_t replicas = transaction.request().scale_replicas;
  if (replicas < 0) {
    Causes causes{api::field_error::invalid("spec.replicas", fmt::to_string(replicas),
                                            "should be a non-negative integer")};
    return api::errors::invalid("autoscaling", "Scale", set->metadata.name, std::move(causes));
  }
  if (set->spec->replicas == replicas) return scale_of(transaction, *set);
  auto next = api::copy(*set);
  next->spec.edit().replicas = replicas;
  ++next->metadata.generation;
  const api::Result<void> admitted = transaction.validate(next, set);
  if (!admitted) return admitted.error();
  const api::ObjectPtr stored = transaction.put(std::move(next));
  return scale_of(transaction, api::cast<api::PetSet>(*stored));
}

}  // namespace sdbtwin::store
