#pragma once

// Transaction: one request while it is applied: what it reads and writes, and what the operations
// (create.cpp, update.cpp, ...) have in common. Lives on the stack of Store::apply.
// A dry run writes nothing; it answers what would have been written.

#include <memory>
#include <string>
#include <vector>

#include "model/api/errors.h"
#include "model/store/store.h"

namespace sdbtwin::store {

using Causes = std::vector<api::StatusCause>;
using Answer = api::Result<api::Response>;

class Transaction {
 public:
  Transaction(Store& store, const api::Request& request, const RequestContext& context,
              std::vector<Delta>& deltas);

  const api::Request& request() const noexcept { return *request_; }
  const api::ObjectKey& key() const noexcept { return request_->ref.key; }
  const Resource& resource() const noexcept { return *resource_; }
  const StoreOptions& options() const noexcept { return store_->options_; }
  IdSource& ids() noexcept { return store_->ids_; }
  Registry& registry() noexcept { return store_->registry_; }
  sim::Time now() const noexcept { return context_->now; }
  api::Timestamp timestamp() const { return api::ClusterTime::at(context_->now); }
  std::string_view user() const noexcept { return context_->user; }
  std::uint64_t revision() const noexcept { return store_->keyspace_.revision(); }
  bool dry_run() const noexcept { return request_->dry_run || request_->delete_options->dry_run; }

  Table& table() noexcept { return *table_; }
  const Table& table_of(api::Kind kind) const { return store_->table(kind); }
  // What the request names; null: not there.
  api::ObjectPtr find() const { return table_->find(key()); }

  // Writes. The result is the object as it is now; with a dry run, as it would be.
  api::ObjectPtr put(std::shared_ptr<api::Object> object);
  api::ObjectPtr put_in(api::Kind kind, std::shared_ptr<api::Object> object);
  api::ObjectPtr erase(const api::ObjectPtr& existing);

  // Admission. `before` null: a create; `object` null: a delete.
  api::Result<std::shared_ptr<api::Object>> mutate(std::shared_ptr<api::Object> object,
                                                   const api::ObjectPtr& before);
  api::Result<void> validate(const api::ObjectPtr& object, const api::ObjectPtr& before);
  std::vector<std::string>& warnings() noexcept { return warnings_; }

  // Answers.
  api::ApiError not_found() const { return api::errors::not_found(resource_->id(), key().name); }
  api::ApiError invalid(std::string_view name, Causes causes) const;
  Answer answer(api::ObjectPtr object, int code = 200);
  Answer success(int code = 200);  // Status Success

 private:
  api::AdmissionRequest admission_request(api::ObjectPtr object, api::ObjectPtr before) const;

  Store* store_;
  const api::Request* request_;
  const RequestContext* context_;
  std::vector<Delta>* deltas_;
  const Resource* resource_;
  Table* table_;
  std::vector<std::string> warnings_;
};

// The operations. Each is the whole request: checks, writes, answer.
// `as_of`: the revision that the cache has reached, for reads that accept any version.
Answer read_one(Transaction& transaction, std::uint64_t as_of);
Answer list(Transaction& transaction, std::uint64_t as_of);
Answer create(Transaction& transaction);
Answer update(Transaction& transaction);  // PUT, also of /status
Answer patch(Transaction& transaction);   // PATCH, also of /status
Answer remove(Transaction& transaction);  // DELETE
Answer remove_collection(Transaction& transaction);
Answer evict(Transaction& transaction);
Answer bind(Transaction& transaction);
Answer read_scale(Transaction& transaction);
Answer write_scale(Transaction& transaction);

}  // namespace sdbtwin::store
