#pragma once

// Keyspace: etcd's part of the store. Objects by resource and key, one global revision, and the log
// of changes per resource. Every write is +1 and stamps the object's resourceVersion.
// Knows no rule of the API: what may be written is decided by its caller. Pure.

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/object.h"
#include "model/store/change_log.h"

namespace sdbtwin::store {

using Objects = std::map<api::ObjectKey, api::ObjectPtr>;

// All objects of one resource, in the order of etcd's keys.
struct Table {
  Objects objects;
  ChangeLog log;

  api::ObjectPtr find(const api::ObjectKey& key) const;
  // The objects of a namespace, or all when it is empty.
  std::pair<Objects::const_iterator, Objects::const_iterator> range(
      const std::string& namespace_) const;
  // What objects was at `revision`. Precondition: the log is complete since then.
  Objects at(std::uint64_t revision) const;
};

class Keyspace {
 public:
  explicit Keyspace(const HistoryBounds& bounds);

  std::uint64_t revision() const noexcept { return revision_; }

  // `untyped` is "apiVersion/Kind" for kUnstructured and else empty. References stay valid.
  Table& table(api::Kind kind, std::string_view untyped);
  const Table& table(api::Kind kind, std::string_view untyped) const;
  Table& table(const api::ObjectRef& ref) { return table(ref.kind, ref.untyped); }
  const Table& table(const api::ObjectRef& ref) const { return table(ref.kind, ref.untyped); }

  // Effect: stores the object under its key, new or in place of what is there.
  Delta put(Table& table, std::shared_ptr<api::Object> object, sim::Time now);
  // Precondition: the key exists.
  Delta erase(Table& table, const api::ObjectKey& key, sim::Time now);

  // Effect: changes up to `revision` are gone from all logs, as after a compaction.
  void forget(std::uint64_t revision);
  // The highest revision that was ever forgotten on purpose; what is older cannot be read.
  std::uint64_t compacted() const noexcept { return compacted_; }

 private:
  HistoryBounds bounds_;
  std::uint64_t revision_ = 0;
  std::uint64_t compacted_ = 0;
  std::array<Table, api::kTypedKindCount> typed_;
  std::map<std::string, Table, std::less<>> untyped_;
  Table none_;  // what an unknown untyped resource reads as
};

}  // namespace sdbtwin::store
