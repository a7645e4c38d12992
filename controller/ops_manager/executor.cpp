#include "controller/ops_manager/executor.h"

#include <utility>
#include <variant>

#include "controller/ops_manager/steps/steps.h"
#include "controller/ops_manager/trace_events.h"
#include "controller/ops_manager/versions_text.h"
#include "model/api/singlestore_version.h"
#include "model/api/typed_client.h"

namespace sdbtwin::ops_manager {
namespace {

Execution ended(const api::Result<bool>& result) {
  return result ? Execution::kDone : Execution::kFailed;
}

}  // namespace

sim::Task<Execution> Executor::execute(std::vector<Action> actions, const Snapshot& snapshot,
                                       RequestMemory& memory) {
  Context context{snapshot, memory, snapshot.request};
  for (Action& action : actions) {
    // Named: see sim/core/task.h on lambdas in co_await.
    auto run_one = [this, &context](auto& one) { return run(std::move(one), context); };
    sim::Task<Execution> task = std::visit(run_one, action);
    const Execution result = co_await std::move(task);
    if (result != Execution::kDone) co_return result;
  }
  co_return Execution::kDone;
}

sim::Task<Execution> Executor::run(PauseDatabase, Context& context) {
  const auto& request = *context.request;
  const auto& database = context.snapshot.database;
  const std::string& namespace_ = request.metadata.namespace_;
  kit::PauseOwner owner{.request = request.metadata.name, .uid = request.metadata.uid};
  auto changed = co_await children_.pause(database, std::move(owner));
  if (changed && *changed) {
    requests_.record(request, client::EventType::kNormal, "Starting",
                     pausing_event(namespace_, database->metadata.name));
    requests_.record(request, client::EventType::kNormal, "Successful",
                     paused_event(namespace_, database->metadata.name, request.metadata.name));
  }
  co_return ended(changed);
}

sim::Task<Execution> Executor::run(ResumeDatabase, Context& context) {
  const auto& request = *context.request;
  const auto& database = context.snapshot.database;
  const std::string& namespace_ = request.metadata.namespace_;
  auto changed =
      co_await children_.resume(database, request.metadata.uid, ChildrenWriter::Pause::kAnybodys);
  if (changed && *changed) {
    requests_.record(request, client::EventType::kNormal, "Starting",
                     resuming_event(namespace_, database->metadata.name));
    requests_.record(request, client::EventType::kNormal, "Successful",
                     resumed_event(namespace_, database->metadata.name, request.metadata.name));
  }
  co_return ended(changed);
}

sim::Task<Execution> Executor::run(StampPetSet action, Context& context) {
  auto changed = co_await children_.stamp(context.snapshot.database, std::move(action.petset),
                                          context.request->metadata.uid);
  co_return ended(changed);
}

sim::Task<Execution> Executor::run(SetImages action, Context& context) {
  auto changed =
      co_await children_.set_images(context.snapshot.database, std::move(action.petset),
                                    context.request->metadata.uid, std::move(action.images));
  co_return ended(changed);
}

sim::Task<Execution> Executor::run(LiftStamp action, Context& context) {
  auto changed = co_await children_.lift(context.snapshot.database, std::move(action.petset),
                                         context.request->metadata.uid);
  co_return ended(changed);
}

sim::Task<Execution> Executor::run(SetDatabaseVersion action, Context& context) {
  auto changed =
      co_await children_.set_version(context.snapshot.database, std::move(action.version));
  co_return ended(changed);
}

sim::Task<Execution> Executor::run(EvictPod action, Context& context) {
  // The writes before this one may have taken seconds. What was seen then does not say what another
  // eviction would do now: it is looked at again.
  const sim::Duration age = manager_.runtime().now() - context.snapshot.now;
  if (age > kPollInterval) co_return Execution::kBlocked;
  api::DeleteOptions options;
  if (!action.uid.empty()) options.uid = action.uid;
  auto answer = co_await api::evict(manager_.client(), context.request->metadata.namespace_,
                                    action.pod, options);
  const bool gone = api::is(answer, api::Reason::kNotFound);
  EvictionAnswered event{
      .request = context.request->metadata.name, .pod = action.pod, .answer = "accepted"};
  if (!answer) event.answer = gone ? "gone" : api::to_string(answer.error().reason);
  manager_.runtime().trace(event);
  if (answer || gone) co_return Execution::kDone;
  if (api::is(answer, api::Reason::kConflict)) co_return Execution::kBlocked;  // Another pod now.
  if (!api::is(answer, api::Reason::kTooManyRequests)) co_return Execution::kFailed;
  // A budget does not allow it. Whoever looks at the request sees why nothing moves.
  std::vector<ConditionChange> changes(1, pod_step(PodStep::kEvict, action.pod, false));
  const Execution written = co_await write(std::move(changes), std::nullopt, context);
  co_return written == Execution::kDone ? Execution::kBlocked : written;
}

sim::Task<Execution> Executor::run(SetConditions action, Context& context) {
  co_return co_await write(std::move(action.changes), std::nullopt, context);
}

sim::Task<Execution> Executor::run(Complete action, Context& context) {
  co_return co_await write(std::move(action.changes), action.phase, context);
}

sim::Task<Execution> Executor::run(DeclareFailure action, Context& context) {
  const std::string versions = co_await describe_versions(context.snapshot);
  ConditionChange failed;
  failed.type = api::to_string(context.request->spec->type);
  failed.status = api::ConditionStatus::kFalse;
  failed.reason = kFailedReason;
  failed.message = action.why + "; versions: " + versions;
  requests_.record(*context.request, client::EventType::kWarning, kFailedReason, failed.message);
  std::vector<ConditionChange> changes(1, std::move(failed));
  co_return co_await write(std::move(changes), std::nullopt, context);
}

sim::Task<Execution> Executor::write(std::vector<ConditionChange> changes,
                                     std::optional<api::OpsRequestPhase> phase, Context& context) {
  auto written =
      co_await requests_.write(context.request, std::move(changes), phase, context.memory);
  if (written) {
    context.request = *written;
    co_return Execution::kDone;
  }
  if (api::is(written, api::Reason::kConflict)) co_return Execution::kStale;
  if (api::is(written, api::Reason::kNotFound)) co_return Execution::kGone;
  co_return Execution::kFailed;
}

sim::Task<std::string> Executor::describe_versions(const Snapshot& snapshot) {
  api::ListOptions which(
      api::LabelSelector(kit::selector_labels(snapshot.request->spec->database_ref.name)));
  auto pods =
      co_await api::list<api::Pod>(manager_.client(), snapshot.request->metadata.namespace_, which);
  if (!pods) co_return std::string("could not be read");
  co_return ops_manager::describe_versions(pods->items,
                                           manager_.lister<api::SinglestoreVersion>().list());
}

}  // namespace sdbtwin::ops_manager
