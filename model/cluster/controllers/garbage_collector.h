// GarbageCollector: the process `garbage-collector` (kubernetes.md 4.9). Deletes objects whose
// owners are all gone, carries out foreground and orphan deletion, and removes references to owners
// that are gone. It decides by live reads; its graph only says when to look. An owner of a kind
// that does not exist (a claim's "apps/v1" PetSet) is neither there nor gone: the dependent is
// looked at again and again, and kept.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "model/api/client.h"
#include "model/client/event_recorder.h"
#include "model/client/informer.h"
#include "model/client/work_queue.h"
#include "model/cluster/controllers/owner_graph.h"
#include "model/cluster/timing/timings.h"
#include "sim/core/rng.h"
#include "sim/core/runtime.h"
#include "sim/engine/process.h"

namespace sdbtwin::cluster {

class GarbageCollector final : public sim::Actor {
 public:
  GarbageCollector(sim::Runtime& runtime, std::unique_ptr<api::Client> client,
                   const Timings& timings);

  // Kinds that can own or be owned.
  static std::vector<api::Kind> watched_kinds();

 private:
  using Result = api::Result<void>;
  using Owners = std::vector<api::OwnerReference>;
  // An owner as a reference names it: apiVersion, kind, namespace, name, uid.
  using OwnerKey = std::tuple<std::string, std::string, std::string, std::string, std::string>;
  struct Sorted {
    Owners solid;
    Owners dangling;
    Owners waiting;  // being deleted in the foreground
  };
  enum class Standing : uint8_t { kThere, kGone, kWaiting };

  void add_handlers(client::Informer& informer);
  void enqueue(const OwnerGraph::Work& work);
  sim::Task<void> start();
  sim::Task<void> work();
  sim::Task<void> work_on_orphans();

  sim::Task<Result> check(std::string uid);
  sim::Task<Result> check_owned(api::ObjectPtr object);
  sim::Task<Result> finish_foreground(OwnerGraph::Node node, api::ObjectPtr object);
  sim::Task<Result> orphan(std::string uid);
  sim::Task<Result> remove_finalizer(api::ObjectPtr object, std::string_view finalizer);
  sim::Task<Result> drop_owners(api::ObjectRef ref, std::string uid, Owners owners, Owners gone);
  sim::Task<Result> remove(api::ObjectPtr object, api::Propagation propagation);
  sim::Task<api::Result<Sorted>> sort_owners(api::ObjectPtr object);
  // An owner that is there, but in another namespace, counts as gone; an Event says so.
  void tell_of_foreign_owner(const api::Object& object, const api::OwnerReference& owner);
  sim::Task<api::Result<Standing>> look_up(api::OwnerReference owner, std::string namespace_);
  sim::Task<api::Result<api::ObjectPtr>> live(OwnerGraph::Node node);
  static OwnerKey key_of(const OwnerGraph::Node& node);

  sim::Runtime* runtime_;
  std::unique_ptr<api::Client> client_;
  const Timings* timings_;
  sim::Rng rng_;
  client::EventRecorder recorder_;
  std::vector<std::unique_ptr<client::Informer>> informers_;
  OwnerGraph graph_;
  std::set<OwnerKey> absent_;  // owners that the server did not have
  client::WorkQueue<std::string> checks_;
  client::WorkQueue<std::string> orphans_;
};

}  // namespace sdbtwin::cluster
