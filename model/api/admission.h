// The interface through which defaulting and validation that need more than a field table plug into
// the store: built-in rules and the operators' webhooks alike.
//
// A plugin is pure: it sees the request and reads the store; it never waits, and it writes only by
// returning a changed object or by naming side effects (kubedb.md 3: KubeDB's webhook has one).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/client.h"
#include "model/api/object.h"
#include "model/api/result.h"
#include "sim/core/time.h"

namespace sdbtwin::api {

enum class Operation : uint8_t { kCreate, kUpdate, kDelete };

struct AdmissionRequest {
  Operation operation = Operation::kCreate;
  Subresource subresource = Subresource::kNone;
  ObjectRef ref;
  ObjectPtr object;      // new state; null for kDelete
  ObjectPtr old_object;  // null for kCreate
  std::string user;
  bool dry_run = false;
  sim::Time now;
};

// The store as of just before the write.
class StoreReader {
 public:
  virtual ~StoreReader() = default;
  virtual ObjectPtr get(const ObjectRef& ref) const = 0;  // null: not there
  virtual std::vector<ObjectPtr> list(Kind kind, std::string_view namespace_) const = 0;
};

// What a webhook asks for besides its verdict; applied by the server before the object is stored.
struct AdmissionEffects {
  std::vector<Request> writes;
  std::vector<std::string> warnings;
};

class AdmissionPlugin {
 public:
  virtual ~AdmissionPlugin() = default;
  virtual std::string_view name() const = 0;
  virtual bool handles(const AdmissionRequest& request) const = 0;
  // First of all plugins: the object to store (the same one when nothing changes), or a refusal.
  virtual Result<ObjectPtr> mutate(const AdmissionRequest& request, const StoreReader& store);
  // After all mutations: accept or refuse.
  virtual Result<void> validate(const AdmissionRequest& request, const StoreReader& store,
                                AdmissionEffects& effects);
  // Whether the write goes through when the plugin cannot be called (failurePolicy Ignore).
  virtual bool fails_open() const { return false; }
};

}  // namespace sdbtwin::api
