// DELETE of one object and of a collection (kubernetes.md 3.4 and 4.4).
#include "model/store/remove.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "model/api/core.h"
#include "model/api/pod.h"
#include "model/store/metadata.h"
#include "model/store/rules.h"
#include "model/store/selection.h"

namespace sdbtwin::store {

namespace {

constexpr std::string_view kOrphanFinalizer = "orphan";
constexpr std::string_view kForegroundFinalizer = "foregroundDeletion";

enum class Dependents : std::uint8_t { kBackground, kForeground, kOrphan };

// Option, else the finalizer that is there, else background.
Dependents dependents_policy(const api::DeleteOptions& options, const api::ObjectMeta& meta) {
  switch (options.propagation) {
    case api::Propagation::kBackground:
      return Dependents::kBackground;
    case api::Propagation::kForeground:
      return Dependents::kForeground;
    case api::Propagation::kOrphan:
      return Dependents::kOrphan;
    case api::Propagation::kUnset:
      break;
  }
  if (api::has_finalizer(meta, kOrphanFinalizer)) return Dependents::kOrphan;
  if (api::has_finalizer(meta, kForegroundFinalizer)) return Dependents::kForeground;
  return Dependents::kBackground;
}

// Effect: of the two finalizers of the garbage collector, the object has the one of its policy.
void set_dependents_finalizer(api::ObjectMeta& meta, Dependents policy) {
  const bool orphan = policy == Dependents::kOrphan;
  const bool foreground = policy == Dependents::kForeground;
  if (api::has_finalizer(meta, kOrphanFinalizer) != orphan) {
    api::remove_finalizer(meta, kOrphanFinalizer);
    if (orphan) api::add_finalizer(meta, std::string(kOrphanFinalizer));
  }
  if (api::has_finalizer(meta, kForegroundFinalizer) != foreground) {
    api::remove_finalizer(meta, kForegroundFinalizer);
    if (foreground) api::add_finalizer(meta, std::string(kForegroundFinalizer));
  }
}

// The grace period of a pod's first DELETE (3.4 rule 1).
std::int64_t grace_of(const api::Pod& pod, const api::DeleteOptions& options) {
  if (pod.spec->node_name.empty() || api::is_pod_terminal(pod)) return 0;
  const std::int64_t period =
      options.grace_period_seconds.value_or(pod.spec->termination_grace_period_seconds.value_or(0));
  return period < 0 ? 1 : period;
}

// How one DELETE changes the metadata of an object that allows grace; nullopt: not at all, because
// it is terminating already and was not asked to be quicker (3.4 rule 3).
std::optional<api::ObjectMeta> mark_pod(const api::Pod& pod, const api::DeleteOptions& options,
                                        api::Timestamp now) {
  api::ObjectMeta meta = pod.metadata;
  if (!api::is_deleting(meta)) {
    mark_deleting(meta, now, grace_of(pod, options));
    return meta;
  }
  if (!options.grace_period_seconds) return std::nullopt;
  const std::int64_t granted = meta.deletion_grace_period_seconds.value_or(0);
  const std::int64_t asked = *options.grace_period_seconds;
  if (asked >= granted) return std::nullopt;
  // Counted from the first request, not from now.
  meta.deletion_timestamp->seconds += std::max<std::int64_t>(asked, 0) - granted;
  meta.deletion_grace_period_seconds = std::max<std::int64_t>(asked, 0);
  return meta;
}

api::ObjectPtr put_metadata(Transaction& transaction, const api::ObjectPtr& existing,
                            api::ObjectMeta meta) {
  std::shared_ptr<api::Object> next = existing->clone();
  next->metadata = std::move(meta);
  if (api::equal(*next, *existing)) return existing;
  return transaction.put(std::move(next));
}

Answer deleted(Transaction& transaction, const api::ObjectPtr& last) {
  const api::ObjectPtr gone = transaction.erase(last);
  if (returns_deleted_object(gone->kind())) return transaction.answer(gone);
  Answer answer = transaction.success();
  answer->removed = gone;
  return answer;
}

Answer remove_pod(Transaction& transaction, const api::ObjectPtr& existing,
                  const api::DeleteOptions& options) {
  const auto pod = api::as<api::Pod>(existing);
  std::optional<api::ObjectMeta> meta = mark_pod(*pod, options, transaction.timestamp());
  if (!meta) return transaction.answer(existing);
  set_dependents_finalizer(*meta, dependents_policy(options, pod->metadata));
  const bool stays = meta->deletion_grace_period_seconds > 0 || !meta->finalizers->empty();
  // Also a pod that goes at once is first shown as deleting with grace 0 (3.4 rule 5).
  const api::ObjectPtr marked = put_metadata(transaction, existing, *std::move(meta));
  return stays ? transaction.answer(marked) : deleted(transaction, marked);
}

api::Result<void> check_mortal(const Transaction& transaction, const std::string& name) {
  for (const std::string_view system : {"default", "kube-system", "kube-public"}) {
    if (name != system) continue;
    return api::errors::forbidden(transaction.resource().id(), name,
                                  "this namespace may not be deleted");
  }
  return {};
}

Answer remove_namespace(Transaction& transaction, const api::ObjectPtr& existing) {
  const api::Result<void> mortal = check_mortal(transaction, existing->metadata.name);
  if (!mortal) return mortal.error();
  auto next = api::copy(api::cast<api::Namespace>(*existing));
  if (!next->metadata.deletion_timestamp) {
    next->metadata.deletion_timestamp = transaction.timestamp();
  }
  next->status.edit().phase = api::NamespacePhase::kTerminating;
  const bool stays = !next->spec->finalizers.empty() || !next->metadata.finalizers->empty();
  api::ObjectPtr marked = existing;
  if (!api::equal(*next, *existing)) marked = transaction.put(std::move(next));
  return stays ? transaction.answer(marked) : deleted(transaction, marked);
}

Answer remove_other(Transaction& transaction, const api::ObjectPtr& existing,
                    const api::DeleteOptions& options) {
  api::ObjectMeta meta = existing->metadata;
  set_dependents_finalizer(meta, dependents_policy(options, meta));
  if (meta.finalizers->empty()) return deleted(transaction, existing);
  if (!api::is_deleting(meta)) mark_deleting(meta, transaction.timestamp(), 0);
  return transaction.answer(put_metadata(transaction, existing, std::move(meta)));
}

}  // namespace

Answer remove_object(Transaction& transaction, const api::ObjectPtr& existing,
                     const api::DeleteOptions& options) {
  const api::Result<void> meant =
      check_preconditions(transaction.resource(), options, existing->metadata);
  if (!meant) return meant.error();
  const api::Result<void> admitted = transaction.validate(nullptr, existing);
  if (!admitted) return admitted.error();
  if (existing->kind() == api::Kind::kPod) return remove_pod(transaction, existing, options);
  if (existing->kind() == api::Kind::kNamespace) return remove_namespace(transaction, existing);
  return remove_other(transaction, existing, options);
}

Answer remove(Transaction& transaction) {
  const api::ObjectPtr existing = transaction.find();
  if (existing == nullptr) return transaction.not_found();
  return remove_object(transaction, existing, *transaction.request().delete_options);
}

Answer remove_collection(Transaction& transaction) {
  const api::Request& request = transaction.request();
  const api::Result<Selection> selection = Selection::of(request);
  if (!selection) return selection.error();
  api::Response response;
  response.resource_version = transaction.revision();  // of the list that says what is meant
  for (const api::ObjectPtr& object : selection->select(transaction.table())) {
    // One by one, as the server does it: what fails for one does not undo the others.
    const Answer removed = remove_object(transaction, object, *request.delete_options);
    if (!removed) return removed.error();
    response.items.push_back(object);
  }
  return response;
}

}  // namespace sdbtwin::store
