// ChildWriter: every write of a child goes through here, because here is the fence.
//
// A pause is a condition somebody sets; it does not stop a reconcile that is under way. Who pauses
// (the Ops-manager) therefore first sets Paused, then stamps every PetSet (kit::kFenceAnnotation),
// then changes images; at the end it sets spec.version, lifts the stamps and only then resumes. A
// write here does, in this order:
//   1. take the child from the cache; stamped: it is not ours to write now;
//   2. read the Singlestore from the server: same UID, not going, not paused; what is wanted is
//   made
//      from this read, not from the cache;
//   3. PUT with the child's resourceVersion of 1 (delete: as a precondition).
// If 2 saw no pause, the pause came later than 1, and so did the stamps, which move the child's
// resourceVersion: a PUT that arrives after the stamp is refused with 409, one that arrives before
// it is overwritten by whoever stamps. If 1 is older than a whole pause, 3 is refused as well; if 1
// is newer, 2 is newer still and knows the new version: an old cache cannot bring old images back.
// Nothing here retries: a conflict is returned and the name comes again.
// A create has no version to lose against; between its read and its arrival a pause may fall. It is
// never sent when the read shows one, and it never takes over what exists under the name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "controller/provisioner/child.h"
#include "controller/provisioner/object_cache.h"
#include "controller/provisioner/plan.h"
#include "model/api/client.h"
#include "sim/core/runtime.h"

namespace sdbtwin::provisioner {

enum class Written : std::uint8_t {
  kCreated,
  kChanged,   // corrected, or deleted
  kNothing,   // it is as it should be
  kHeldBack,  // stamped, paused, gone, foreign: the plan no longer holds
};

// Trace: a write that was planned was not sent, and why.
struct ChildHeldBack {
  static constexpr std::string_view kName = "child-held-back";
  std::string namespace_;
  std::string database;
  std::string_view kind;  // These two are literals.
  std::string child;
  std::string_view why;

  template <class V>
  void visit(V& v) const {
    v("namespace", namespace_);
    v("database", database);
    v("kind", kind);
    v("child", child);
    v("why", why);
  }
};

class ChildWriter {
 public:
  using Database = std::shared_ptr<const api::Singlestore>;
  using Answer = sim::Task<api::Result<Written>>;

  // All outlive the writer.
  ChildWriter(sim::Runtime& runtime, api::Client& client, ObjectCache& cache)
      : runtime_(runtime), client_(client), cache_(cache) {}

  // Effect: the child exists as the live Singlestore wants it, or nothing. `seen` is what the plan
  // was made from.
  Answer write(Child child, Database seen, Fence fence);
  Answer remove(Child child, Database seen, Fence fence);
  // For a database that is being deleted: without a fence.
  Answer drop(Child child, Database seen);

 private:
  // The Singlestore to make the child from; null (with `why`): the write must not be sent.
  sim::Task<api::Result<Database>> admit(Database seen, Fence fence, std::string_view* why);
  // Null (with `why`): it cannot be made.
  std::shared_ptr<api::Object> make(const Child& child, const api::Singlestore& database,
                                    const api::PetSet* petset, std::string_view* why);
  Answer create(Child child, Database database, std::shared_ptr<api::Object> object);
  Answer send_delete(api::ObjectPtr object);
  Written hold_back(const api::Singlestore& database, const Child& child, std::string_view why);
  std::shared_ptr<const api::PetSet> petset_of_role(const Child& child,
                                                    const api::Singlestore& database);

  sim::Runtime& runtime_;
  api::Client& client_;
  ObjectCache& cache_;
};

}  // namespace sdbtwin::provisioner
