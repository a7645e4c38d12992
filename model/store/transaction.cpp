#include "model/store/transaction.h"

#include <utility>

namespace sdbtwin::store {

Transaction::Transaction(Store& store, const api::Request& request, const RequestContext& context,
                         std::vector<Delta>& deltas)
    : store_(&store),
      request_(&request),
      context_(&context),
      deltas_(&deltas),
      resource_(&store.registry_.find(request.ref)),
      table_(&store.keyspace_.table(request.ref)) {}

api::ObjectPtr Transaction::put(std::shared_ptr<api::Object> object) {
  if (dry_run()) return object;
  deltas_->push_back(store_->keyspace_.put(*table_, std::move(object), now()));
  return deltas_->back().object;
}

api::ObjectPtr Transaction::put_in(api::Kind kind, std::shared_ptr<api::Object> object) {
  if (dry_run()) return object;
  Table& other = store_->keyspace_.table(kind, {});
  deltas_->push_back(store_->keyspace_.put(other, std::move(object), now()));
  return deltas_->back().object;
}

api::ObjectPtr Transaction::erase(const api::ObjectPtr& existing) {
  if (dry_run()) return existing;
  const api::ObjectKey key = api::key_of(*existing);
  deltas_->push_back(store_->keyspace_.erase(*table_, key, now()));
  return deltas_->back().object;
}

api::AdmissionRequest Transaction::admission_request(api::ObjectPtr object,
                                                     api::ObjectPtr before) const {
  api::AdmissionRequest admission;
  admission.operation = before == nullptr   ? api::Operation::kCreate
                        : object == nullptr ? api::Operation::kDelete
                                            : api::Operation::kUpdate;
  admission.subresource = request_->subresource;
  admission.ref = request_->ref;
  admission.object = std::move(object);
  admission.old_object = std::move(before);
  admission.user = std::string(context_->user);
  admission.dry_run = dry_run();
  admission.now = now();
  return admission;
}

api::Result<std::shared_ptr<api::Object>> Transaction::mutate(std::shared_ptr<api::Object> object,
                                                              const api::ObjectPtr& before) {
  if (store_->admission_.empty()) return object;
  const api::ObjectPtr asked = object;
  api::Result<api::ObjectPtr> mutated =
      store_->admission_.mutate(admission_request(asked, before), *store_);
  if (!mutated) return mutated.error();
  if (*mutated == asked) return object;
  return (*mutated)->clone();
}

api::Result<void> Transaction::validate(const api::ObjectPtr& object,
                                        const api::ObjectPtr& before) {
  if (store_->admission_.empty()) return {};
  api::AdmissionEffects effects;
  const api::Result<void> verdict =
      store_->admission_.validate(admission_request(object, before), *store_, effects);
  if (!verdict) return verdict;
  warnings_.insert(warnings_.end(), effects.warnings.begin(), effects.warnings.end());
  if (dry_run()) return {};
  for (const api::Request& write : effects.writes) {
    ApplyResult applied = store_->apply(write, *context_);
    deltas_->insert(deltas_->end(), applied.deltas.begin(), applied.deltas.end());
    if (!applied.result) return applied.result.error();
  }
  return {};
}

api::ApiError Transaction::invalid(std::string_view name, Causes causes) const {
  return api::errors::invalid(resource_->group, resource_->name, name, std::move(causes));
}

Answer Transaction::answer(api::ObjectPtr object, int code) {
  api::Response response;
  response.resource_version = object->metadata.resource_version;
  response.object = std::move(object);
  response.code = code;
  response.warnings = std::move(warnings_);
  return response;
}

Answer Transaction::success(int code) {
  api::Response response;
  response.resource_version = revision();
  response.code = code;
  response.warnings = std::move(warnings_);
  return response;
}

}  // namespace sdbtwin::store
