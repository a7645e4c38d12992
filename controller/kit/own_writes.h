// OwnWrites: read-your-writes over an informer's cache.
//
// A cache lags behind this process's own writes; acting on the older version would repeat or undo
// them (fault-testing-field.md section 6, class 4). The answer of each write is kept until the
// cache has caught up. Only versions of one incarnation (UID) are compared, and an object that is
// gone from the cache is gone: a deletion is never hidden.
#pragma once

#include <map>

#include "model/api/object.h"

namespace sdbtwin::kit {

class OwnWrites {
 public:
  // `written` is what the server answered to a write.
  void note(api::ObjectPtr written);

  // The newer of the cache's version and ours. `cached` is null when the cache has none: then so is
  // the answer.
  api::ObjectPtr newest(const api::ObjectRef& ref, api::ObjectPtr cached);

  template <class T>
  std::shared_ptr<const T> newest_of(const std::shared_ptr<const T>& cached,
                                     const api::ObjectKey& key) {
    return api::as_if<T>(newest(api::ObjectRef(T::kKind, key), cached));
  }

 private:
  std::map<api::ObjectRef, api::ObjectPtr> written_;
};

}  // namespace sdbtwin::kit
