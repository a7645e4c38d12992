// The databases of a cluster as the writes to the API server show them: each Singlestore with its
// PetSets, pods and requests. Kept up to date from ObjectWritten alone; shared by all invariants.
//
// Children are found by the labels that KubeDB puts on everything (kubedb.md 2.1). Objects are the
// stored versions, shared and immutable.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "model/api/ops_request.h"
#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/singlestore.h"
#include "model/api/singlestore_version.h"
#include "model/cluster/server/api_server.h"
#include "sim/core/time.h"

namespace sdbtwin::invariants {

// Stamped on a PetSet by the request that changes it. Part of the contract between the operators.
inline constexpr std::string_view kFenceAnnotation = "ops.kubedb.com/fenced-by";
inline constexpr std::string_view kPausedCondition = "Paused";

struct PodView {
  std::shared_ptr<const api::Pod> pod;
  bool ready = false;  // Ready, and not being deleted
  sim::Time unready_since{};
  bool disrupted = false;    // by an eviction or a deletion through the API
  std::string disrupted_by;  // the process that asked for it
};

struct Database {
  api::ObjectKey key;
  std::shared_ptr<const api::Singlestore> object;  // null: gone
  std::map<std::string, std::shared_ptr<const api::PetSet>> petsets;
  std::map<std::string, PodView> pods;
  std::set<std::string> unready;        // names of pods
  std::map<std::string, PodView> gone;  // pods that the PetSets should have and that are not there
  std::size_t stamped = 0;              // PetSets that carry a stamp
  std::optional<sim::Time> in_force_since;  // paused, and every PetSet stamped

  bool paused() const;
};

// The database a child belongs to: by its labels. Empty name: none.
api::ObjectKey database_of(const api::Object& object);

api::ObjectKey key_of(const cluster::ObjectWritten& write);

// The image of the container that runs the database; "": it has none.
std::string database_image(const api::PodSpec& spec);

// When the request was sent, as far as the trace knows: what its sender did upon later is not its
// fault. Else when it was applied.
sim::Time sent_at(const cluster::ObjectWritten& write, sim::Time applied);

// The write makes a pod go away that was not going before: an eviction that was granted, or a
// deletion. (An eviction is two writes: the pod's DisruptionTarget condition comes first.)
bool begins_disruption(const cluster::ObjectWritten& write);

class DatabaseView {
 public:
  // Effect: the view shows the state after the write.
  void apply(const cluster::ObjectWritten& write, sim::Time now);

  const Database* find(const api::ObjectKey& key) const;
  const std::map<api::ObjectKey, Database>& databases() const { return databases_; }
  const std::map<api::ObjectKey, std::shared_ptr<const api::SinglestoreOpsRequest>>& requests()
      const {
    return requests_;
  }
  std::shared_ptr<const api::SinglestoreVersion> version(std::string_view name) const;
  // Objects that are being deleted and are still there, with the time of their deletion.
  const std::map<api::ObjectRef, sim::Time>& terminating() const { return terminating_; }

 private:
  void apply_deletion(const cluster::ObjectWritten& write, sim::Time now);
  void apply_pod(const cluster::ObjectWritten& write, sim::Time now);
  void apply_petset(const cluster::ObjectWritten& write);
  void update_force(Database& database, sim::Time now);
  Database& at(const api::ObjectKey& key);

  std::map<api::ObjectKey, Database> databases_;
  std::map<api::ObjectKey, std::shared_ptr<const api::SinglestoreOpsRequest>> requests_;
  std::map<std::string, std::shared_ptr<const api::SinglestoreVersion>, std::less<>> versions_;
  std::map<api::ObjectRef, sim::Time> terminating_;
};

}  // namespace sdbtwin::invariants
