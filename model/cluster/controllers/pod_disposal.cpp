#include "model/cluster/controllers/pod_disposal.h"

#include <utility>

#include "model/api/codec.h"
#include "model/api/typed_client.h"

namespace sdbtwin::cluster {

api::Value disposal_patch(const api::Pod& pod, const std::optional<DisruptionReason>& why,
                          bool failed, sim::Time now) {
  api::Value::Object status;
  if (failed && !api::is_pod_terminal(pod))
    status["phase"] = api::to_string(api::PodPhase::kFailed);
  if (why) {
    api::PodCondition condition;
    condition.type = api::kDisruptionTarget;
    condition.status = api::ConditionStatus::kTrue;
    condition.reason = why->reason;
    condition.message = why->message;
    auto conditions = *pod.status->conditions;
    const std::string type = condition.type;
    if (api::set_pod_condition(conditions, std::move(condition), api::ClusterTime::at(now))) {
      const api::Value set = api::struct_to_value(*api::find_condition(conditions, type));
      status["conditions"] = api::Value::array({set});
    }
  }
  if (status.empty()) return nullptr;
  const api::Value metadata = api::Value::object({{"uid", pod.metadata.uid}});
  return api::Value::object({{"metadata", metadata}, {"status", api::Value(std::move(status))}});
}

sim::Task<api::Result<void>> dispose(api::Client& client, api::ObjectKey pod, api::Value patch,
                                     api::DeleteOptions options) {
  if (!patch.is_null()) {
    const auto patched = co_await api::patch_status<api::Pod>(
        client, pod.namespace_, pod.name, api::PatchType::kStrategicMerge, std::move(patch));
    if (api::is(patched, api::Reason::kNotFound)) co_return api::Result<void>();
    if (!patched) co_return patched.error();
  }
  api::ObjectRef ref(api::Kind::kPod, std::move(pod));
  const auto removed = co_await api::remove(client, std::move(ref), std::move(options));
  if (!removed && !api::is(removed, api::Reason::kNotFound)) co_return removed.error();
  co_return api::Result<void>();
}

}  // namespace sdbtwin::cluster
