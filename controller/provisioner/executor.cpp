#include "controller/provisioner/executor.h"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "controller/kit/edit.h"
#include "controller/provisioner/status_edit.h"
#include "model/api/core.h"
#include "model/api/typed_client.h"

namespace sdbtwin::provisioner {
namespace {

struct FinalizerEdit {
  std::string uid;
  bool present;

  bool operator()(api::Singlestore& live) const {
    if (live.metadata.uid != uid) return false;
    if (!present) return api::remove_finalizer(live.metadata, kit::kFinalizer);
    // A finalizer cannot be added to what is going already.
    if (api::is_deleting(live.metadata)) return false;
    if (api::has_finalizer(live.metadata, kit::kFinalizer)) return false;
    api::add_finalizer(live.metadata, std::string(kit::kFinalizer));
    return true;
  }
};

// KubeDB's events name these when they are made; the rest comes without a word.
bool is_announced(ChildKind kind) {
  return kind == ChildKind::kPetSet || kind == ChildKind::kGoverningService ||
         kind == ChildKind::kPrimaryService || kind == ChildKind::kAppBinding;
}

}  // namespace

Executor::Executor(sim::Runtime& runtime, api::Client& client, ObjectCache& cache,
                   client::EventRecorder& recorder)
    : runtime_(runtime),
      client_(client),
      cache_(cache),
      recorder_(recorder),
      writer_(runtime, client, cache) {}

sim::Task<api::Result<void>> Executor::run(Database database, Plan plan) {
  for (const Action& action : plan.actions) {
    const api::Result<Step> step = co_await carry_out(database, action);
    if (!step) co_return step.error();
    if (*step == Step::kStop) break;
  }
  co_return api::Result<void>();
}

Executor::Answer Executor::carry_out(Database database, Action action) {
  if (std::holds_alternative<AddFinalizer>(action)) return add_finalizer(std::move(database));
  if (std::holds_alternative<RemoveFinalizer>(action)) return remove_finalizer(std::move(database));
  if (std::holds_alternative<DropClaims>(action)) return drop_claims(std::move(database));
  if (auto* change = std::get_if<WriteStatus>(&action)) {
    return write_status(std::move(database), std::move(*change));
  }
  if (auto* write = std::get_if<WriteChild>(&action)) {
    return write_child(std::move(database), *write);
  }
  if (auto* remove = std::get_if<DeleteChild>(&action)) {
    return delete_child(std::move(database), *remove);
  }
  if (auto* drop = std::get_if<DropChild>(&action)) return drop_child(std::move(database), *drop);
  auto report = std::get<Report>(std::move(action));
  recorder_.record(*database, report.type, report.reason, std::move(report.message));
  return []() -> Answer { co_return Step::kNext; }();
}

Executor::Answer Executor::add_finalizer(Database database) {
  FinalizerEdit change{database->metadata.uid, true};
  auto edited = co_await kit::edit<api::Singlestore>(client_, api::key_of(*database),
                                                     kit::Part::kObject, std::move(change));
  if (!edited) co_return edited.error();
  cache_.note(edited->object);
  co_return api::is_deleting(edited->object->metadata) ? Step::kStop : Step::kNext;
}

Executor::Answer Executor::remove_finalizer(Database database) {
  FinalizerEdit change{database->metadata.uid, false};
  auto edited = co_await kit::edit<api::Singlestore>(client_, api::key_of(*database),
                                                     kit::Part::kObject, std::move(change));
  if (!edited && edited.error().reason != api::Reason::kNotFound) co_return edited.error();
  co_return Step::kNext;
}

Executor::Answer Executor::write_status(Database database, WriteStatus change) {
  StatusEdit status{database->metadata.uid, std::move(change.set), std::move(change.remove),
                    api::ClusterTime::at(runtime_.now())};
  auto edited = co_await kit::edit<api::Singlestore>(client_, api::key_of(*database),
                                                     kit::Part::kStatus, std::move(status));
  if (!edited) co_return edited.error();
  if (edited->object->metadata.uid != database->metadata.uid) co_return Step::kStop;
  cache_.note(edited->object);
  const api::DatabasePhase before = database->status->phase;
  const api::DatabasePhase after = edited->object->status->phase;
  if (edited->changed && before != after) {
    recorder_.record(
        *database, client::EventType::kNormal, "PhaseChanged",
        fmt::format("Phase changed from {} to {}", api::to_string(before), api::to_string(after)));
  }
  co_return Step::kNext;
}

Executor::Answer Executor::write_child(Database database, WriteChild action) {
  const auto written = co_await writer_.write(action.child, database, action.fence);
  if (!written) co_return written.error();
  if (*written == Written::kHeldBack) co_return Step::kStop;
  if (*written == Written::kCreated) note_created(*database, action.child);
  co_return Step::kNext;
}

Executor::Answer Executor::delete_child(Database database, DeleteChild action) {
  const auto written = co_await writer_.remove(action.child, database, action.fence);
  if (!written) co_return written.error();
  co_return *written == Written::kHeldBack ? Step::kStop : Step::kNext;
}

Executor::Answer Executor::drop_child(Database database, DropChild action) {
  const auto written = co_await writer_.drop(action.child, database);
  if (!written) co_return written.error();
  co_return Step::kNext;
}

Executor::Answer Executor::drop_claims(Database database) {
  api::ListOptions which(api::LabelSelector(kit::selector_labels(database->metadata.name)));
  const auto claims = co_await api::list<api::PersistentVolumeClaim>(
      client_, database->metadata.namespace_, std::move(which));
  if (!claims) co_return claims.error();
  for (const auto& claim : claims->items) {
    if (api::is_deleting(claim->metadata)) continue;
    api::DeleteOptions options = api::DeleteOptions::with_uid(claim->metadata.uid);
    const auto removed = co_await api::remove(client_, api::ref_of(*claim), std::move(options));
    if (!removed && removed.error().reason != api::Reason::kNotFound) co_return removed.error();
  }
  co_return Step::kNext;
}

void Executor::note_created(const api::Singlestore& database, const Child& child) {
  if (is_announced(child.kind)) {
    recorder_.record(database, client::EventType::kNormal, "Successful",
                     fmt::format("Successfully created {}", to_string(child, database)));
  }
  if (child.kind == ChildKind::kPetSet) {
    if (petset_created_at(database)) return;  // The first one counts.
    Created created{database.metadata.uid, runtime_.now()};
    created_.insert_or_assign(api::key_of(database), std::move(created));
  }
}

std::optional<sim::Time> Executor::petset_created_at(const api::Singlestore& database) const {
  const auto found = created_.find(api::key_of(database));
  if (found == created_.end() || found->second.uid != database.metadata.uid) return std::nullopt;
  return found->second.at;
}

}  // namespace sdbtwin::provisioner
