#include "controller/ops_manager/starter.h"

#include <chrono>
#include <utility>

#include "controller/ops_manager/steps/steps.h"
#include "model/api/typed_client.h"

namespace sdbtwin::ops_manager {
namespace {

using std::chrono::seconds;

constexpr sim::Duration kRivalRetry = seconds(30);  // kubedb.md 4.3, item 3
constexpr sim::Duration kQueueRetry = seconds(10);  // behind a request that has not begun [us]
constexpr sim::Duration kReadyRetry = seconds(5);   // the poll of everything else, item 4
constexpr sim::Duration kCachePoll = seconds(2);    // item 3
constexpr sim::Duration kCacheLimit = seconds(11);  // item 3
constexpr sim::Duration kCacheRetry = seconds(30);  // item 3

Start wait(sim::Duration retry, std::string cause) {
  return Start{.begun = false, .retry = retry, .waiting_for = std::move(cause)};
}

bool asks_for_ready(const api::SinglestoreOpsRequest& request) {
  return request.spec->apply != api::ApplyOption::kAlways;  // IfReady is the default.
}

ConditionChange start_condition(const api::SinglestoreOpsRequest& request) {
  return step_done(changes_images(request.spec->type) ? kUpdateVersionStep : kRestartStep);
}

std::string text_of(const std::vector<api::StatusCause>& causes) {
  std::string text;
  for (const auto& cause : causes) {
    if (!text.empty()) text += "; ";
    text += cause.field + ": " + cause.message;
  }
  return text;
}

}  // namespace

std::string database_index_value(const api::SinglestoreOpsRequest& request) {
  return request.metadata.namespace_ + "/" + request.spec->database_ref.name;
}

Starter::Starter(kit::Manager& manager, RequestWriter& requests)
    : manager_(manager),
      requests_(requests),
      cached_(manager.lister<api::SinglestoreOpsRequest>()),
      databases_(manager.lister<api::Singlestore>()),
      versions_(manager.lister<api::SinglestoreVersion>()) {}

sim::Task<api::Result<Start>> Starter::start(RequestPtr request, RequestMemory& memory) {
  const TurnDecision turn =
      whose_turn(*request, cached_.by_index(kDatabaseIndex, database_index_value(*request)));
  if (turn.turn == Turn::kWait) {
    const bool rival = turn.because_progressing;
    co_return wait(rival ? kRivalRetry : kQueueRetry, turn.because);
  }
  if (turn.turn == Turn::kSkip) {
    ConditionChange skipped;
    skipped.type = skipped.reason = kSkipped;
    skipped.message = turn.because;
    std::vector<ConditionChange> changes(1, std::move(skipped));
    co_return co_await finish(request, api::OpsRequestPhase::kSkipped, std::move(changes), memory);
  }
  const auto database =
      databases_.get(request->metadata.namespace_, request->spec->database_ref.name);
  if (!find_problems(*request, database.get(), versions_.list()).empty()) {
    auto problem = co_await confirm_invalid(request);
    if (!problem) co_return problem.error();
    if (problem->empty()) co_return wait(kReadyRetry, "the cache to catch up");
    ConditionChange failed;
    failed.type = api::to_string(request->spec->type);
    failed.status = api::ConditionStatus::kFalse;
    failed.reason = kFailedReason;
    failed.message = *problem;
    std::vector<ConditionChange> changes(1, std::move(failed));
    co_return co_await finish(request, api::OpsRequestPhase::kFailed, std::move(changes), memory);
  }
  if (asks_for_ready(*request) && database->status->phase != api::DatabasePhase::kReady) {
    co_return wait(kReadyRetry, "database " + database->metadata.name + " to be Ready");
  }
  co_return co_await begin(request, memory);
}

// A cache that lags must not be the reason of a refusal, which is final.
sim::Task<api::Result<std::string>> Starter::confirm_invalid(RequestPtr request) {
  auto database = co_await api::get<api::Singlestore>(
      manager_.client(), request->metadata.namespace_, request->spec->database_ref.name);
  if (!database && !api::is(database, api::Reason::kNotFound)) co_return database.error();
  auto versions = co_await api::list<api::SinglestoreVersion>(manager_.client(), "");
  if (!versions) co_return versions.error();
  const api::Singlestore* found = database ? database->get() : nullptr;
  co_return text_of(find_problems(*request, found, versions->items));
}

sim::Task<api::Result<Start>> Starter::finish(RequestPtr request, api::OpsRequestPhase phase,
                                              std::vector<ConditionChange> changes,
                                              RequestMemory& memory) {
  requests_.record(*request,
                   phase == api::OpsRequestPhase::kFailed ? client::EventType::kWarning
                                                          : client::EventType::kNormal,
                   api::to_string(phase), changes.front().message);
  auto written = co_await requests_.write(request, std::move(changes), phase, memory);
  if (!written) co_return written.error();
  co_return Start{};
}

sim::Task<api::Result<Start>> Starter::begin(RequestPtr request, RequestMemory& memory) {
  auto live = co_await api::list<api::SinglestoreOpsRequest>(manager_.client(),
                                                             request->metadata.namespace_);
  if (!live) co_return live.error();
  if (const auto rival = progressing_rival(*request, live->items)) {
    co_return wait(kRivalRetry, "SinglestoreOpsRequest " + rival->metadata.name);
  }
  requests_.record(*request, client::EventType::kNormal, "Starting",
                   starting_event(request->metadata.namespace_, request->metadata.name));
  std::vector<ConditionChange> changes;
  changes.push_back(start_condition(*request));
  changes.push_back(step_begun(kDatabasePauseSucceeded));
  auto written = co_await requests_.write(request, std::move(changes),
                                          api::OpsRequestPhase::kProgressing, memory);
  if (!written) co_return written.error();
  const bool shown = co_await wait_for_cache(*written);
  if (!shown) co_return wait(kCacheRetry, "the cache to show that the request has begun");
  co_return Start{.begun = true, .retry = {}, .waiting_for = {}};
}

sim::Task<bool> Starter::wait_for_cache(RequestPtr request) {
  const sim::Time limit = manager_.runtime().now() + kCacheLimit;
  while (manager_.runtime().now() < limit) {
    co_await manager_.runtime().sleep(kCachePoll);
    const auto cached = cached_.get(api::key_of(*request));
    if (cached && cached->metadata.uid == request->metadata.uid && !has_not_begun(*cached)) {
      co_return true;
    }
  }
  co_return false;
}

}  // namespace sdbtwin::ops_manager
