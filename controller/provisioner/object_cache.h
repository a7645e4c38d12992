// ObjectCache: what the Provisioner knows without asking: the informers' caches, with its own
// writes laid over them. May be behind the API server by any amount of time.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "model/api/object.h"

namespace sdbtwin::provisioner {

class ObjectCache {
 public:
  virtual ~ObjectCache() = default;

  // Null: not there, as far as is known.
  virtual api::ObjectPtr find(const api::ObjectRef& ref) = 0;
  // The server's answer to a read or a write: nothing older is found from now on.
  virtual void note(api::ObjectPtr answer) = 0;

  template <class T>
  std::shared_ptr<const T> get(const api::ObjectKey& key) {
    return api::as_if<T>(find(api::ObjectRef(T::kKind, key)));
  }
  template <class T>
  std::shared_ptr<const T> get(std::string namespace_, std::string name) {
    return get<T>(api::ObjectKey(std::move(namespace_), std::move(name)));
  }
};

}  // namespace sdbtwin::provisioner
