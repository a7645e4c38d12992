// Executor: carries out a plan, action by action, and stops at the first that does not succeed or
// that the fence holds back: what follows was planned from a state that is no more.
// Belongs to one process; what it is made of outlives it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "controller/provisioner/child_writer.h"
#include "controller/provisioner/plan.h"
#include "model/api/client.h"
#include "model/client/event_recorder.h"
#include "sim/core/runtime.h"

namespace sdbtwin::provisioner {

class Executor {
 public:
  Executor(sim::Runtime& runtime, api::Client& client, ObjectCache& cache,
           client::EventRecorder& recorder);

  // Errors are those of the API; nothing is assumed about what was written.
  sim::Task<api::Result<void>> run(std::shared_ptr<const api::Singlestore> database, Plan plan);

  // When this process created the database's first PetSet.
  std::optional<sim::Time> petset_created_at(const api::Singlestore& database) const;
  void forget(const api::ObjectKey& database) { created_.erase(database); }

 private:
  using Database = std::shared_ptr<const api::Singlestore>;
  // Go on with the plan, or leave the rest of it.
  enum class Step : std::uint8_t { kNext, kStop };
  using Answer = sim::Task<api::Result<Step>>;

  Answer carry_out(Database database, Action action);
  Answer add_finalizer(Database database);
  Answer remove_finalizer(Database database);
  Answer write_status(Database database, WriteStatus change);
  Answer write_child(Database database, WriteChild action);
  Answer delete_child(Database database, DeleteChild action);
  Answer drop_child(Database database, DropChild action);
  Answer drop_claims(Database database);
  void note_created(const api::Singlestore& database, const Child& child);

  struct Created {
    std::string uid;  // of the database
    sim::Time at;
  };

  sim::Runtime& runtime_;
  api::Client& client_;
  ObjectCache& cache_;
  client::EventRecorder& recorder_;
  ChildWriter writer_;
  std::map<api::ObjectKey, Created> created_;
};

}  // namespace sdbtwin::provisioner
