// PUT and PATCH of objects and of their status.
#include <iterator>
#include <string>
#include <utility>

#include "model/api/codec.h"
#include "model/api/core.h"
#include "model/api/patch.h"
#include "model/api/petset.h"
#include "model/api/schema.h"
#include "model/store/create.h"
#include "model/store/metadata.h"
#include "model/store/ownership.h"
#include "model/store/rules.h"
#include "model/store/size_limits.h"
#include "model/store/transaction.h"

namespace sdbtwin::store {

namespace {

bool of_status(const Transaction& transaction) {
  return transaction.request().subresource == api::Subresource::kStatus;
}

// 4.1: a version must match where it is given; where it is not, some kinds demand one.
api::Result<void> check_version(const Resource& resource, const api::ObjectMeta& asked,
                                const api::ObjectMeta& before) {
  if (!asked.uid.empty() && asked.uid != before.uid) {
    return api::errors::uid_precondition(resource.id(), asked.name, asked.uid, before.uid);
  }
  if (asked.resource_version == before.resource_version) return {};
  if (asked.resource_version != 0) return api::errors::modified(resource.id(), asked.name);
  if (resource.unconditional_update) return {};
  Causes causes{api::field_error::invalid("metadata.resourceVersion", "0",
                                          "must be specified for an update")};
  // The server names the resource here, not the Kind.
  return api::errors::invalid(resource.group, resource.plural, asked.name, std::move(causes));
}

// Effect: `next` is what would be stored of what was asked. False: the content is as before.
api::Result<bool> settle_content(Transaction& transaction, std::shared_ptr<api::Object>& next,
                                 const api::Object& before) {
  const Resource& resource = transaction.resource();
  if (of_status(transaction)) {
    next = with_status(resource, *next, before);
    return !resource.status_subresource && content_differs(resource, *next, before);
  }
  prepare_update(resource, *next, before);
  if (!content_differs(resource, *next, before)) return false;
  const api::Result<void> settled = settle_fields(transaction, *next);
  if (!settled) return settled.error();
  return content_differs(resource, *next, before);
}

void append(Causes more, Causes& causes) {
  std::move(more.begin(), more.end(), std::back_inserter(causes));
}

Causes check_change(const api::Object& next, const api::Object& before, bool content_changed) {
  Causes causes = check_metadata_update(next.metadata, before.metadata);
  append(api::validate(next, &before), causes);
  if (!content_changed) return causes;
  append(api::validate_update(before, next), causes);
  append(check_update(next, before), causes);
  return causes;
}

// The last finalizer of an object that only waited for it is gone (kubernetes.md 4.4).
bool removes_the_object(const api::ObjectMeta& next, const api::ObjectMeta& before) {
  return before.deletion_grace_period_seconds == 0 && next.finalizers->empty();
}

bool finished_namespace(const api::Object& next) {
  if (next.kind() != api::Kind::kNamespace || !api::is_deleting(next.metadata)) return false;
  return next.metadata.finalizers->empty() &&
         api::cast<api::Namespace>(next).spec->finalizers.empty();
}

// Everything that PUT and PATCH have in common: `next` in place of `before`.
// `managed_fields`: who owns what afterwards.
Answer replace(Transaction& transaction, std::shared_ptr<api::Object> next,
               const api::ObjectPtr& before, api::Value managed_fields) {
  api::Result<std::shared_ptr<api::Object>> mutated = transaction.mutate(std::move(next), before);
  if (!mutated) return mutated.error();
  next = *std::move(mutated);
  const api::Result<bool> changed = settle_content(transaction, next, *before);
  if (!changed) return changed.error();
  restore_system_fields(next->metadata, before->metadata);
  next->metadata.managed_fields = std::move(managed_fields);
  if (*changed && next->metadata.generation > 0) ++next->metadata.generation;

  Causes causes = check_change(*next, *before, *changed);
  if (!causes.empty()) return transaction.invalid(before->metadata.name, std::move(causes));
  const api::Result<void> admitted = transaction.validate(next, before);
  if (!admitted) return admitted.error();

  if (removes_the_object(next->metadata, before->metadata) || finished_namespace(*next)) {
    // Nothing is written before the removal: watchers see the last stored state as deleted, and the
    // client gets what it asked for with the version it had.
    transaction.erase(before);
    return transaction.answer(std::move(next));
  }
  if (api::equal(*next, *before)) return transaction.answer(before);
  const api::Result<void> storable = check_stored_size(*next);
  if (!storable) return storable.error();
  return transaction.answer(transaction.put(std::move(next)));
}

bool has_endpoint(const Transaction& transaction) {
  return !of_status(transaction) || transaction.resource().status_subresource;
}

Answer create_missing(Transaction& transaction, const api::Object& asked) {
  std::shared_ptr<api::Object> object = asked.clone();
  if (!object->metadata.uid.empty()) {
    return api::errors::conflict(transaction.resource().id(), transaction.key().name,
                                 "uid mismatch: the provided object specified uid " +
                                     object->metadata.uid + ", and no existing object was found");
  }
  return create_object(transaction, std::move(object));
}

// What a PUT or patch leaves to its managers, looked at before anything else changes `next`:
// plugins and the server itself own nothing.
api::Result<api::Value> managers_of(Transaction& transaction,
                                    const std::shared_ptr<api::Object>& next,
                                    const api::Object& before) {
  std::shared_ptr<api::Object> taken = next->clone();
  const api::Result<bool> changed = settle_content(transaction, taken, before);
  if (!changed) return changed.error();
  transaction.warnings().clear();  // they are given when it is done
  return managers_after_write(transaction, &before, *taken);
}

// Server-side apply (kubernetes.md 4.5).
Answer apply(Transaction& transaction, const api::ObjectPtr& before) {
  const api::Result<api::ObjectPtr> applied = apply_configuration(transaction, before);
  if (!applied) return applied.error();
  if (before == nullptr) return create_missing(transaction, **applied);
  const bool tracked = transaction.options().field_ownership;
  return replace(transaction, (*applied)->clone(), before,
                 tracked ? (*applied)->metadata.managed_fields : api::Value());
}

// A PUT, or a patch that is no apply.
Answer write(Transaction& transaction, std::shared_ptr<api::Object> next,
             const api::ObjectPtr& before) {
  if (!transaction.options().field_ownership) {
    return replace(transaction, std::move(next), before, api::Value());
  }
  api::Result<api::Value> managers = managers_of(transaction, next, *before);
  if (!managers) return managers.error();
  return replace(transaction, std::move(next), before, *std::move(managers));
}

}  // namespace

Answer update(Transaction& transaction) {
  if (!has_endpoint(transaction)) return transaction.not_found();
  const api::ObjectPtr& asked = transaction.request().object;
  if (asked == nullptr) return api::errors::bad_request("the request has no body");
  const api::Result<void> readable = check_body_size(*asked);
  if (!readable) return readable.error();
  const api::ObjectPtr before = transaction.find();
  if (before == nullptr) {
    const bool creates = creates_on_update(transaction.resource().kind) &&
                         asked->metadata.resource_version == 0 && !of_status(transaction);
    return creates ? create_missing(transaction, *asked) : transaction.not_found();
  }
  const api::Result<void> version =
      check_version(transaction.resource(), asked->metadata, before->metadata);
  if (!version) return version.error();
  return write(transaction, asked->clone(), before);
}

// A patch writes the whole object anew, and raw JSON comes out in canonical form: what was stored
// in another form is thereby changed, also by a patch that does not name it.
void write_anew(api::Object& object) {
  if (object.kind() != api::Kind::kControllerRevision) return;
  auto& revision = api::cast<api::ControllerRevision>(object);
  if (revision.data->empty()) return;
  std::string canonical = revision.data->value().dump();
  if (canonical != revision.data->bytes)
    revision.data = api::RawJson{.bytes = std::move(canonical)};
}

Answer patch(Transaction& transaction) {
  if (!has_endpoint(transaction)) return transaction.not_found();
  const api::Request& request = transaction.request();
  const api::ObjectPtr before = transaction.find();
  if (request.patch_type == api::PatchType::kApply) return apply(transaction, before);
  if (before == nullptr) return transaction.not_found();
  const api::Result<api::ObjectPtr> patched =
      api::apply_patch(*before, request.patch_type, request.patch_body);
  if (!patched) return patched.error();
  std::shared_ptr<api::Object> next = (*patched)->clone();
  write_anew(*next);
  const Resource& resource = transaction.resource();
  if (next->metadata.uid != before->metadata.uid) {
    return api::errors::uid_precondition(resource.id(), transaction.key().name, next->metadata.uid,
                                         before->metadata.uid);
  }
  if (next->metadata.resource_version != before->metadata.resource_version) {
    return api::errors::modified(resource.id(), transaction.key().name);
  }
  return write(transaction, std::move(next), before);
}

}  // namespace sdbtwin::store
