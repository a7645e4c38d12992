#pragma once

// Cache: the objects of one kind as an informer last saw them, with indices. It may be behind the
// API server by any amount of time, and nothing in it says so.
// Written by its informer only. Iteration is in the order of keys.

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/object.h"
#include "model/api/selector.h"

namespace sdbtwin::client {

class Cache {
 public:
  using Objects = std::map<api::ObjectKey, api::ObjectPtr>;
  // Appends the values under which the object is to be found; none: it is not in the index.
  using IndexFunction = std::function<void(const api::Object&, std::vector<std::string>& values)>;

  // Precondition: no index of that name. What is cached already is indexed too.
  void add_index(std::string name, IndexFunction function);

  api::ObjectPtr get(const api::ObjectKey& key) const;  // null: not there
  const Objects& objects() const noexcept { return objects_; }
  std::size_t size() const noexcept { return objects_.size(); }
  // "" means all namespaces.
  std::vector<api::ObjectPtr> list(std::string_view namespace_,
                                   const api::LabelSelector& selector) const;
  // Precondition: the index exists.
  const Objects& by_index(std::string_view index, std::string_view value) const;

  // Effect: the object is cached in place of its namesake, which is the result (null: none).
  api::ObjectPtr set(api::ObjectPtr object);
  api::ObjectPtr erase(const api::ObjectKey& key);

 private:
  struct Index {
    IndexFunction function;
    std::map<std::string, Objects, std::less<>> entries;
  };

  static void add_to(Index& index, const api::ObjectKey& key, const api::ObjectPtr& object);
  static void replace_in(Index& index, const api::ObjectKey& key, const api::Object& before,
                         const api::ObjectPtr& object);
  static void remove_from(Index& index, const api::ObjectKey& key, const api::Object& object);

  Objects objects_;
  std::map<std::string, Index, std::less<>> indices_;
};

// The two indices that controllers use most, for add_index.
inline constexpr std::string_view kOwnerIndex = "owner-uid";
Cache::IndexFunction index_by_owner();  // under the UID of each owner
Cache::IndexFunction index_by_label(std::string key);

}  // namespace sdbtwin::client
