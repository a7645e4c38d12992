#include "model/store/store.h"

#include <algorithm>
#include <utility>

#include "model/api/errors.h"
#include "model/store/selection.h"
#include "model/store/transaction.h"

namespace sdbtwin::store {

namespace {

Answer no_method(const Transaction& transaction) {
  return api::errors::method_not_allowed(transaction.resource().id(),
                                         api::to_string(transaction.request().verb));
}

Answer create_at(Transaction& transaction) {
  switch (transaction.request().subresource) {
    case api::Subresource::kNone:
      return create(transaction);
    case api::Subresource::kEviction:
      return evict(transaction);
    case api::Subresource::kBinding:
      return bind(transaction);
    case api::Subresource::kStatus:
    case api::Subresource::kScale:
      return no_method(transaction);
  }
  SIM_UNREACHABLE();
}

Answer get_at(Transaction& transaction) {
  const bool scale = transaction.request().subresource == api::Subresource::kScale;
  return scale ? read_scale(transaction) : read_one(transaction, transaction.revision());
}

Answer update_at(Transaction& transaction) {
  const bool scale = transaction.request().subresource == api::Subresource::kScale;
  return scale ? write_scale(transaction) : update(transaction);
}

Answer carry_out(Transaction& transaction) {
  switch (transaction.request().verb) {
    case api::Verb::kGet:
      return get_at(transaction);
    case api::Verb::kList:
      return list(transaction, transaction.revision());
    case api::Verb::kCreate:
      return create_at(transaction);
    case api::Verb::kUpdate:
      return update_at(transaction);
    case api::Verb::kPatch:
      return patch(transaction);
    case api::Verb::kDelete:
      return remove(transaction);
    case api::Verb::kDeleteCollection:
      return remove_collection(transaction);
  }
  SIM_UNREACHABLE();
}

}  // namespace

Store::Store(const StoreOptions& options)
    : options_(options), keyspace_(options.history), ids_(options.seed) {}

ApplyResult Store::apply(const api::Request& request, const RequestContext& context) {
  std::vector<Delta> deltas;
  Transaction transaction(*this, request, context, deltas);
  Answer answer = carry_out(transaction);
  return ApplyResult{std::move(answer), std::move(deltas)};
}

api::ObjectPtr Store::get(const api::ObjectRef& ref) const {
  return keyspace_.table(ref).find(ref.key);
}

std::vector<api::ObjectPtr> Store::list(api::Kind kind, std::string_view namespace_) const {
  std::vector<api::ObjectPtr> objects;
  const auto [first, last] = keyspace_.table(kind, {}).range(std::string(namespace_));
  for (auto it = first; it != last; ++it) objects.push_back(it->second);
  return objects;
}

api::Result<WatchStart> Store::start_watch(const api::WatchRequest& request, std::uint64_t as_of) {
  const Table& table = keyspace_.table(request.kind, request.untyped);
  const api::Result<Selection> selection = Selection::of(request);
  if (!selection) return selection.error();
  const std::uint64_t asked = request.resource_version.value_or(0);
  const bool from_state = asked == 0 || request.send_initial_events;
  if (from_state) as_of = std::max(as_of, table.log.complete_since());
  WatchStart start;
  start.revision = !from_state ? asked : !request.resource_version ? revision() : as_of;
  // Only a state can be waited for; changes after a version that is still to come just follow it.
  if (from_state && asked > start.revision) {
    return api::errors::too_large_resource_version(asked, start.revision, 1);
  }
  if (start.revision < table.log.complete_since()) {
    return api::errors::too_old_resource_version(start.revision, table.log.complete_since());
  }
  start.next = table.log.first_after(start.revision);
  if (!from_state) return start;
  start.initial = start.revision == revision() ? selection->select(table)
                                               : selection->select(table.at(start.revision));
  return start;
}

api::Result<api::Response> Store::read_as_of(const api::Request& request, std::uint64_t as_of) {
  SIM_ASSERT(!request.is_write());
  std::vector<Delta> deltas;
  const RequestContext context{{}, {}};
  Transaction transaction(*this, request, context, deltas);
  if (request.verb == api::Verb::kList) return store::list(transaction, as_of);
  if (request.subresource == api::Subresource::kScale) return read_scale(transaction);
  return read_one(transaction, as_of);
}

}  // namespace sdbtwin::store
