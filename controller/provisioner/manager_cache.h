// ManagerCache: the ObjectCache of a running Provisioner, on the informers of its Manager.
// The manager outlives it. All kinds are asked for at construction, before the manager starts.
#pragma once

#include <map>

#include "controller/kit/manager.h"
#include "controller/kit/own_writes.h"
#include "controller/provisioner/object_cache.h"

namespace sdbtwin::provisioner {

class ManagerCache final : public ObjectCache {
 public:
  explicit ManagerCache(kit::Manager& manager);

  api::ObjectPtr find(const api::ObjectRef& ref) override;
  void note(api::ObjectPtr answer) override { own_writes_.note(std::move(answer)); }

 private:
  std::map<api::Kind, const client::Cache*> caches_;
  kit::OwnWrites own_writes_;
};

}  // namespace sdbtwin::provisioner
