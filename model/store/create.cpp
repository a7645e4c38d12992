// POST, and what a PUT or an apply of a missing object turns into.
#include "model/store/create.h"

#include <iterator>
#include <utility>

#include "model/api/schema.h"
#include "model/store/metadata.h"
#include "model/store/ownership.h"
#include "model/store/priority.h"
#include "model/store/rules.h"
#include "model/store/size_limits.h"

namespace sdbtwin::store {

namespace {

api::ApiError already_there(const Resource& resource, const api::ObjectMeta& wanted,
                            const api::ObjectMeta& there) {
  const bool terminating = api::is_deleting(there);
  if (!wanted.generate_name.empty()) {
    return api::errors::already_exists_generated(resource.id(), wanted.name, terminating);
  }
  return terminating ? api::errors::already_exists_terminating(resource.id(), wanted.name)
                     : api::errors::already_exists(resource.id(), wanted.name);
}

Causes check_new(const Resource& resource, const api::Object& object) {
  Causes causes = check_metadata(resource, object.metadata);
  for (Causes more : {api::validate(object), check_create(object)}) {
    std::move(more.begin(), more.end(), std::back_inserter(causes));
  }
  return causes;
}

// Who owns what of a new object; plugins and the server itself own nothing.
api::Value managers_of(const Transaction& transaction, const api::Object& object) {
  if (!transaction.options().field_ownership) return {};
  const bool applied = transaction.request().verb == api::Verb::kPatch;
  if (applied) return object.metadata.managed_fields;
  const std::shared_ptr<api::Object> taken = object.clone();
  if (transaction.resource().status_subresource) api::clear_part(*taken, "status");
  return managers_after_write(transaction, nullptr, *taken);
}

// etcd refuses it, so no reason and no prefix.
api::ApiError version_on_create() {
  api::ApiError error;
  error.reason = api::Reason::kInternalError;
  error.code = 500;
  error.message = "resourceVersion should not be set on objects to be created";
  return error;
}

}  // namespace

api::Result<void> settle_fields(Transaction& transaction, api::Object& object) {
  const std::vector<api::StatusCause> unknown = api::unknown_fields(object);
  if (!unknown.empty()) {
    std::string listed;
    for (const api::StatusCause& cause : unknown) {
      const std::string problem = "unknown field \"" + cause.field + "\"";
      listed += (listed.empty() ? "" : ", ") + problem;
      transaction.warnings().push_back(problem);
    }
    if (transaction.request().strict_fields) {
      const Resource& resource = transaction.resource();
      return api::errors::bad_request(resource.name + " in version \"" + resource.version +
                                      "\" cannot be handled as a " + resource.name +
                                      ": strict decoding error: " + listed);
    }
    api::prune(object);
  }
  api::apply_defaults(object);
  fill_defaults(object);
  return {};
}

Answer create_object(Transaction& transaction, std::shared_ptr<api::Object> object) {
  const Resource& resource = transaction.resource();
  object->metadata.namespace_ = resource.namespaced ? transaction.key().namespace_ : "";
  const api::Result<void> home = check_namespace(transaction, object->metadata.name);
  if (!home) return home.error();
  const api::Result<void> settled = settle_fields(transaction, *object);
  if (!settled) return settled.error();
  api::Value managed_fields = managers_of(transaction, *object);
  api::Result<std::shared_ptr<api::Object>> mutated = transaction.mutate(object, nullptr);
  if (!mutated) return mutated.error();
  object = *std::move(mutated);

  generate_name(transaction, object->metadata);
  fill_system_fields(transaction, object->metadata);
  object->metadata.managed_fields = std::move(managed_fields);
  if (object->kind() == api::Kind::kPod) {
    const auto resolved = resolve_priority(transaction, api::cast<api::Pod>(*object));
    if (!resolved) return resolved.error();
  }
  prepare_create(transaction, *object);
  Causes causes = check_new(resource, *object);
  if (!causes.empty()) return transaction.invalid(object->metadata.name, std::move(causes));
  const api::Result<void> admitted = transaction.validate(object, nullptr);
  if (!admitted) return admitted.error();

  if (object->metadata.resource_version != 0) return version_on_create();
  const api::ObjectPtr there = transaction.table().find(api::key_of(*object));
  if (there != nullptr) return already_there(resource, object->metadata, there->metadata);
  const api::Result<void> storable = check_stored_size(*object);
  if (!storable) return storable.error();
  transaction.registry().learn(*object);
  constexpr int kCreated = 201;
  return transaction.answer(transaction.put(std::move(object)), kCreated);
}

Answer create(Transaction& transaction) {
  if (transaction.request().object == nullptr) {
    return api::errors::bad_request("the request has no body");
  }
  const api::Result<void> readable = check_body_size(*transaction.request().object);
  if (!readable) return readable.error();
  return create_object(transaction, transaction.request().object->clone());
}

}  // namespace sdbtwin::store
