// For tests of the PetSet controller's rules, one sync at a time: a scripted API and a set "foo".
//
// ScriptedApi is no model of a server. A created pod has phase "", a deletion is immediate, nothing
// is validated, and every write is in the caches at once: the controller's rules stand alone, and a
// test says which request fails. What a real server makes of them is tested with the machinery.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/client.h"
#include "model/client/cache.h"
#include "model/cluster/petset/sync.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::cluster {

class ScriptedApi final : public api::Client {
 public:
  ScriptedApi();

  sim::Task<api::Result<api::Response>> call(api::Request request) override;
  sim::Task<api::Result<std::unique_ptr<api::WatchStream>>> watch(api::WatchRequest) override;

  // The nth request from now on that "verb Kind" or "verb Kind/subresource" says is answered so.
  void fail(std::string what, api::Reason reason, int nth = 1, int times = 1);
  // "create Pod foo-0", in order, also what failed; without Events and reads.
  std::vector<std::string> log;
  std::vector<api::Request> sent;  // the same requests
  int count(std::string_view prefix) const;

  // As if somebody else had written.
  void put(std::shared_ptr<api::Object> object);
  void erase(const api::ObjectRef& ref);
  api::ObjectPtr find(const api::ObjectRef& ref) const;
  client::Cache& cache(api::Kind kind) { return caches_[kind]; }
  std::vector<std::string> events() const;  // "Normal SuccessfulCreate", sorted

  // Every request takes that long; then requests can be under way at once.
  void delay(sim::Runtime& runtime, sim::Duration time) {
    clock_ = &runtime;
    delay_ = time;
  }
  int in_flight_max = 0;

 private:
  struct Failure {
    std::string what;
    api::Reason reason;
    int skip;
    int times;
  };
  std::optional<api::ApiError> scripted_failure(const std::string& what);
  api::Result<api::Response> carry_out(const api::Request& request);
  api::Result<api::Response> change(const api::Request& request);

  std::map<api::Kind, client::Cache> caches_;
  std::vector<Failure> failures_;
  std::map<std::string, int> uids_;
  uint64_t version_ = 0;
  sim::Runtime* clock_ = nullptr;
  sim::Duration delay_{0};
  int in_flight_ = 0;
};

enum class Retention { kRetainBoth, kDeleteScaled, kDeleteWithSet, kDeleteBoth, kUnset };

class ScriptedSet {
 public:
  explicit ScriptedSet(api::PodManagementPolicy mode = api::PodManagementPolicy::kOrderedReady,
                       Retention retention = Retention::kUnset, int32_t replicas = 3);
  ~ScriptedSet();

  // The set as it is stored, and changes of its spec (the generation grows).
  std::shared_ptr<const api::PetSet> set() const;
  const api::PetSetStatus& status() const { return *set()->status; }
  void edit(const std::function<void(api::PetSetSpec&)>& change);
  void set_image(const std::string& image);
  void scale(int32_t replicas) {
    edit([&](api::PetSetSpec& spec) { spec.replicas = replicas; });
  }

  api::Result<void> sync();
  // Runs a task of the controller's parts to its end.
  template <class T>
  T run(sim::Task<T> task);
  // A server would have given it at once: what has no phase is not created to the controller, which
  // would create it again.
  void give_phases();
  // Rounds of: new pods get a phase, one pod advances, one sync; up to `done`. The error of a sync
  // ends it. `after` is called after each sync.
  api::Result<void> drive(const std::function<bool()>& done, int rounds = 2000);
  api::Result<void> drive_up();  // until all replicas are there, ready and of the update revision
  bool complete() const;

  std::shared_ptr<const api::Pod> pod(int32_t ordinal) const;
  std::vector<std::shared_ptr<const api::Pod>> pods() const;  // of its name, by ordinal
  std::vector<int32_t> ordinals() const;
  std::vector<int32_t> ordinals_with(const std::string& image) const;
  void set_phase(int32_t ordinal, api::PodPhase phase, bool ready, sim::Duration since = {});
  void make_ready();  // all pods, since an hour
  void terminate(int32_t ordinal);
  void remove(int32_t ordinal);
  std::shared_ptr<const api::PersistentVolumeClaim> claim(int32_t ordinal) const;
  std::vector<RevisionPtr> revisions() const;
  // Claims whose owning pod is gone go.
  void collect_claims();
  std::vector<std::string> events();

  ScriptedApi api;
  PassOptions options;
  std::function<void()> after;
  sim::Simulation simulation{1};

  PetSetSync& parts();
  sim::Runtime& runtime() { return process_->runtime(); }

 private:
  void advance();

  sim::Process* process_;
  std::unique_ptr<client::EventRecorder> recorder_;
  std::unique_ptr<PetSetSync> sync_;
  std::optional<sim::Rng> rng_;
};

namespace internal {
template <class T>
sim::Task<void> keep_result(sim::Task<T> task, std::optional<T>& into) {
  into = co_await std::move(task);
}
}  // namespace internal

template <class T>
T ScriptedSet::run(sim::Task<T> task) {
  std::optional<T> result;
  runtime().spawn(internal::keep_result(std::move(task), result));
  const bool ended = simulation.run_until([&] { return result.has_value(); },
                                          simulation.now() + std::chrono::minutes(1));
  SIM_ASSERT(ended);
  return *std::move(result);
}

}  // namespace sdbtwin::cluster
