#include "controller/ops_manager/request_writer.h"

#include <utility>

#include "controller/ops_manager/trace_events.h"
#include "model/api/errors.h"
#include "model/api/typed_client.h"

namespace sdbtwin::ops_manager {
namespace {

// Steps that KubeDB is seen to announce (recorded/pgpool-update-version-run.json).
bool has_event(std::string_view step) {
  return step == kUpdatePetSets || step == kRestartPods || step == kRestartNodes;
}

api::Condition condition_of(const ConditionChange& change, std::int64_t generation) {
  api::Condition condition;
  condition.type = change.type;
  condition.status = change.status;
  condition.reason = change.reason;
  condition.message = change.message;
  condition.observed_generation = generation;
  return condition;
}

}  // namespace

sim::Task<api::Result<RequestPtr>> RequestWriter::write(RequestPtr request,
                                                        std::vector<ConditionChange> changes,
                                                        std::optional<api::OpsRequestPhase> phase,
                                                        RequestMemory& memory) {
  const api::Timestamp now = api::ClusterTime::at(manager_.runtime().now());
  auto next = api::copy(*request);
  auto& status = next->status.edit();
  std::vector<api::Condition> written;
  for (const ConditionChange& change : changes) {
    api::Condition condition = condition_of(change, request->metadata.generation);
    if (!api::set_condition(status.conditions, condition, now)) continue;
    condition.last_transition_time = now;
    written.push_back(std::move(condition));
  }
  const bool new_phase = phase && status.phase != *phase;
  if (new_phase) {
    status.phase = *phase;
    status.observed_generation = request->metadata.generation;
  }
  if (written.empty() && !new_phase) co_return request;
  auto answer = co_await api::update_status(manager_.client(), std::move(next));
  if (!answer) co_return co_await refresh(std::move(request), answer.error());
  own_.note(*answer);
  memory.note_written(written, **answer);
  for (const api::Condition& condition : written) announce(**answer, condition);
  co_return *answer;
}

sim::Task<api::Result<RequestPtr>> RequestWriter::refresh(RequestPtr request, api::ApiError error) {
  if (error.reason != api::Reason::kConflict) co_return error;
  auto live = co_await api::get<api::SinglestoreOpsRequest>(
      manager_.client(), request->metadata.namespace_, request->metadata.name);
  if (!live) co_return live.error();
  if ((*live)->metadata.uid != request->metadata.uid) {
    co_return api::errors::not_found(api::kind_info(api::Kind::kSinglestoreOpsRequest).resource(),
                                     request->metadata.name);
  }
  own_.note(*live);
  co_return error;
}

void RequestWriter::announce(const api::SinglestoreOpsRequest& request,
                             const api::Condition& condition) {
  const bool is_true = condition.status == api::ConditionStatus::kTrue;
  const std::string& namespace_ = request.metadata.namespace_;
  const std::string& name = request.metadata.name;
  if (parse_pod_condition(condition.type)) {
    // A person does not want UIDs: the Event carries the recorded text only.
    std::string text = condition.message.substr(0, condition.message.find(kPodUidTag));
    record(request, client::EventType::kWarning, text, text);
    manager_.runtime().trace(PodStepWritten{
        .namespace_ = namespace_, .request = name, .condition = condition.type, .status = is_true});
  } else if (!is_true) {
    manager_.runtime().trace(
        StepStarted{.namespace_ = namespace_, .request = name, .step = condition.type});
  } else {
    if (has_event(condition.type)) {
      record(request, client::EventType::kNormal, condition.type, condition.message);
    }
    manager_.runtime().trace(
        StepFinished{.namespace_ = namespace_, .request = name, .step = condition.type});
  }
}

void RequestWriter::record(const api::SinglestoreOpsRequest& request, client::EventType type,
                           std::string_view reason, std::string message) {
  if (record_events_) recorder_.record(request, type, std::string(reason), std::move(message));
}

}  // namespace sdbtwin::ops_manager
