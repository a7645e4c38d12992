#pragma once

// Lister<T>: typed reads of a Cache. A view: as cheap as a pointer, valid as long as the cache.
// What it returns may be stale, and is shared: copy it before changing it (api::copy).

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/client/cache.h"

namespace sdbtwin::client {

template <class T>
class Lister {
 public:
  using Ptr = std::shared_ptr<const T>;

  explicit Lister(const Cache& cache) noexcept : cache_(&cache) {}

  // null: not there, or not seen yet.
  Ptr get(const api::ObjectKey& key) const {
    const api::ObjectPtr object = cache_->get(key);
    return object == nullptr ? nullptr : api::as<T>(object);
  }
  Ptr get(std::string namespace_, std::string name) const {
    return get(api::ObjectKey(std::move(namespace_), std::move(name)));
  }
  // "" means all namespaces; in the order of keys.
  std::vector<Ptr> list(std::string_view namespace_ = {},
                        const api::LabelSelector& selector = {}) const {
    return typed(cache_->list(namespace_, selector));
  }
  std::vector<Ptr> by_index(std::string_view index, std::string_view value) const {
    std::vector<Ptr> found;
    for (const auto& [key, object] : cache_->by_index(index, value)) {
      found.push_back(api::as<T>(object));
    }
    return found;
  }
  // Objects with this owner. Precondition: the cache has the index kOwnerIndex.
  std::vector<Ptr> owned_by(std::string_view uid) const { return by_index(kOwnerIndex, uid); }

 private:
  static std::vector<Ptr> typed(const std::vector<api::ObjectPtr>& objects) {
    std::vector<Ptr> result;
    result.reserve(objects.size());
    for (const api::ObjectPtr& object : objects) result.push_back(api::as<T>(object));
    return result;
  }

  const Cache* cache_;
};

}  // namespace sdbtwin::client
