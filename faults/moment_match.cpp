#include "faults/moment_match.h"

#include <fmt/format.h>

#include <utility>

#include "faults/match.h"
#include "faults/target_resolver.h"
#include "model/api/core.h"
#include "model/api/ops_request.h"
#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/singlestore.h"
#include "model/cluster/server/api_server.h"
#include "model/singlestore/events.h"

namespace sdbtwin::faults {
namespace {

using cluster::ObjectWritten;
using singlestore::ClusterState;

template <class C>
std::string_view status_in(const std::vector<C>& conditions, std::string_view type) {
  const C* condition = api::find_condition(conditions, type);
  return condition == nullptr ? std::string_view() : to_string(condition->status);
}

bool matches(const ObjectPattern& pattern, const ObjectWritten& write) {
  return pattern.matches(write.kind, write.namespace_, write.name);
}

bool named(std::string_view pattern, std::string_view text) {
  return pattern.empty() || glob_match(pattern, text);
}

// "app" and 3 of "app_3", which is how the trace names a partition.
bool is_partition(std::string_view name, std::string_view database, std::int32_t ordinal) {
  return name == fmt::format("{}_{}", database, ordinal);
}

bool in_sync(sql::InstanceRole role, sql::InstanceState state, sql::PartitionSync sync) {
  if (role == sql::InstanceRole::kMaster) return state == sql::InstanceState::kOnline;
  return role == sql::InstanceRole::kSlave && sync == sql::PartitionSync::kSync;
}

// Rules of single moments. ---------------------------------------------------------------------

bool comes(const ConditionBecomes& moment, const ObjectWritten& write) {
  if (!write.after || !matches(moment.object, write)) return false;
  if (condition_of(*write.after, moment.type) != moment.status) return false;
  return !write.before || condition_of(*write.before, moment.type) != moment.status;
}

bool comes(const PhaseBecomes& moment, const ObjectWritten& write) {
  if (!write.after || !matches(moment.object, write)) return false;
  return phase_of(*write.after) == moment.phase &&
         (!write.before || phase_of(*write.before) != moment.phase);
}

bool comes(const ObjectIsWritten& moment, const ObjectWritten& write) {
  return matches(moment.object, write) && (!moment.verb || *moment.verb == write.verb) &&
         (!moment.subresource || *moment.subresource == write.subresource) &&
         named(moment.actor, write.actor);
}

bool comes(const ObjectIsGone& moment, const ObjectWritten& write) {
  return write.deleted && matches(moment.object, write);
}

bool comes(const PodBecomes& moment, const ObjectWritten& write, const Environment& environment) {
  if (write.kind != api::Kind::kPod) return false;
  const bool is_ready = write.after && condition_of(*write.after, "Ready") == "True";
  const bool was_ready = write.before && condition_of(*write.before, "Ready") == "True";
  bool so = false;
  switch (moment.becomes) {
    case PodWord::kCreated:
      so = !write.before && write.after;
      break;
    case PodWord::kReady:
      so = is_ready && !was_ready;
      break;
    case PodWord::kNotReady:
      so = was_ready && !is_ready && !write.deleted;
      break;
    case PodWord::kGone:
      so = write.deleted;
      break;
  }
  if (!so) return false;
  const api::Object& pod = write.after ? *write.after : *write.before;
  return names(moment.target, environment, write.namespace_, write.name, *pod.metadata.labels);
}

template <class E>
bool is_container(const ContainerBecomes& moment, const E& event, const Environment& environment) {
  return named(moment.container, event.container) &&
         names(moment.target, environment, event.namespace_, event.pod);
}

bool comes(const ContainerBecomes& moment, const sim::TraceEvent& event,
           const Environment& environment) {
  if (moment.becomes == ContainerWord::kStarted) {
    const auto* started = event.get_if<cluster::ContainerStarted>();
    return started != nullptr && is_container(moment, *started, environment);
  }
  const auto* stopped = event.get_if<cluster::ContainerStopped>();
  return stopped != nullptr && is_container(moment, *stopped, environment);
}

bool comes(const QueryIsAnswered& moment, const singlestore::QueryAnswered& query) {
  return named(moment.process, query.client) && named(moment.statement, query.statement) &&
         named(moment.outcome, query.outcome);
}

// A copy by its role on record, or any copy of the pod.
bool is_copy(const Target& target, const Environment& environment, const std::string& namespace_,
             const std::string& cluster, const std::string& pod, std::string_view partition,
             sql::InstanceRole role) {
  if (!includes(target.cluster, namespace_, cluster)) return false;
  if (!target.is_copy()) return names(target, environment, namespace_, pod);
  if (target.role == TargetRole::kCopyOn) {
    return is_partition(partition, target.database, target.ordinal) &&
           names(target, environment, namespace_, pod);
  }
  const auto wanted =
      target.role == TargetRole::kMaster ? sql::InstanceRole::kMaster : sql::InstanceRole::kSlave;
  return role == wanted && is_partition(partition, target.database, target.ordinal);
}

// Every copy that there is now, with its cluster and the name of its partition.
template <class F>
void for_each_copy(const Environment& environment, const F& f) {
  for (const singlestore::DatabaseCluster* cluster : environment.fleet->clusters()) {
    const ClusterState& state = cluster->state();
    for (const singlestore::Database& database : state.databases) {
      for (const singlestore::Partition& partition : database.partitions) {
        const std::string name = fmt::format("{}_{}", database.name, partition.ordinal);
        for (const singlestore::Copy& copy : partition.copies) f(state, partition, name, copy);
      }
    }
  }
}

std::string thing(const std::string& namespace_, const std::string& cluster,
                  const std::string& name, const std::string& pod = {}) {
  return fmt::format("{}/{}/{}/{}", namespace_, cluster, name, pod);
}

}  // namespace

std::string_view phase_of(const api::Object& object) {
  switch (object.kind()) {
    case api::Kind::kPod:
      return to_string(api::cast<api::Pod>(object).status->phase);
    case api::Kind::kSinglestore:
      return to_string(api::cast<api::Singlestore>(object).status->phase);
    case api::Kind::kSinglestoreOpsRequest:
      return to_string(api::cast<api::SinglestoreOpsRequest>(object).status->phase);
    default:
      return {};
  }
}

std::string_view condition_of(const api::Object& object, std::string_view type) {
  switch (object.kind()) {
    case api::Kind::kPod:
      return status_in(*api::cast<api::Pod>(object).status->conditions, type);
    case api::Kind::kSinglestore:
      return status_in(api::cast<api::Singlestore>(object).status->conditions, type);
    case api::Kind::kSinglestoreOpsRequest:
      return status_in(api::cast<api::SinglestoreOpsRequest>(object).status->conditions, type);
    case api::Kind::kPetSet:
      return status_in(api::cast<api::PetSet>(object).status->conditions, type);
    case api::Kind::kNode:
      return status_in(*api::cast<api::Node>(object).status->conditions, type);
    default:
      return {};
  }
}

MomentMatch::MomentMatch(Moment moment, const Environment& environment)
    : moment_(std::move(moment)), environment_(&environment) {
  if (environment.fleet != nullptr) remember_present();
}

bool MomentMatch::of_traffic() const {
  return std::holds_alternative<RequestPasses>(moment_) ||
         std::holds_alternative<EventPasses>(moment_);
}

bool MomentMatch::becomes(std::string thing, bool good, bool wanted) {
  const bool changed = good ? good_.insert(std::move(thing)).second : good_.erase(thing) > 0;
  return changed && good == wanted;
}

void MomentMatch::remember_present() {
  if (const auto* node_moment = std::get_if<NodeBecomes>(&moment_)) {
    for (const singlestore::DatabaseCluster* cluster : environment_->fleet->clusters()) {
      const ClusterState& state = cluster->state();
      for (const singlestore::Node& node : state.nodes) {
        if (node.recorded != sql::NodeState::kOnline) continue;
        if (names(node_moment->target, *environment_, state.namespace_, node.pod))
          good_.insert(thing(state.namespace_, state.name, node.pod));
      }
    }
  } else if (const auto* copy_moment = std::get_if<CopyBecomes>(&moment_)) {
    for_each_copy(*environment_, [&](const ClusterState& state, const singlestore::Partition&,
                                     const std::string& name, const singlestore::Copy& copy) {
      const std::string& pod = state.node(copy.node).pod;
      if (!in_sync(copy.role, copy.state, copy.sync)) return;
      if (is_copy(copy_moment->target, *environment_, state.namespace_, state.name, pod, name,
                  copy.role))
        good_.insert(thing(state.namespace_, state.name, name, pod));
    });
  } else if (std::holds_alternative<PartitionBecomes>(moment_)) {
    for_each_copy(*environment_,
                  [&](const ClusterState& state, const singlestore::Partition& partition,
                      const std::string& name, const singlestore::Copy&) {
                    if (partition.served) good_.insert(thing(state.namespace_, state.name, name));
                  });
  }
}

bool MomentMatch::comes_with(const sim::TraceEvent& event) {
  if (const auto* write = event.get_if<ObjectWritten>()) {
    if (const auto* m = std::get_if<ConditionBecomes>(&moment_)) return comes(*m, *write);
    if (const auto* m = std::get_if<PhaseBecomes>(&moment_)) return comes(*m, *write);
    if (const auto* m = std::get_if<ObjectIsWritten>(&moment_)) return comes(*m, *write);
    if (const auto* m = std::get_if<ObjectIsGone>(&moment_)) return comes(*m, *write);
    if (const auto* m = std::get_if<PodBecomes>(&moment_)) return comes(*m, *write, *environment_);
    return false;
  }
  if (const auto* m = std::get_if<ContainerBecomes>(&moment_)) {
    return comes(*m, event, *environment_);
  }
  if (const auto* m = std::get_if<QueryIsAnswered>(&moment_)) {
    const auto* query = event.get_if<singlestore::QueryAnswered>();
    return query != nullptr && comes(*m, *query);
  }
  if (const auto* m = std::get_if<NodeBecomes>(&moment_)) {
    const auto* node = event.get_if<singlestore::NodeStateChanged>();
    return node != nullptr && names(m->target, *environment_, node->namespace_, node->pod) &&
           becomes(thing(node->namespace_, node->cluster, node->pod),
                   node->state == sql::NodeState::kOnline, m->becomes == NodeWord::kOnline);
  }
  if (const auto* m = std::get_if<CopyBecomes>(&moment_)) {
    const auto* copy = event.get_if<singlestore::CopyChanged>();
    if (copy == nullptr) return false;
    std::string which = thing(copy->namespace_, copy->cluster, copy->partition, copy->pod);
    if (!is_copy(m->target, *environment_, copy->namespace_, copy->cluster, copy->pod,
                 copy->partition, copy->role)) {
      good_.erase(which);  // it has another role now
      return false;
    }
    return becomes(std::move(which), in_sync(copy->role, copy->state, copy->sync),
                   m->becomes == CopyWord::kInSync);
  }
  if (const auto* m = std::get_if<PartitionBecomes>(&moment_)) {
    const auto* service = event.get_if<singlestore::PartitionServiceChanged>();
    return service != nullptr &&
           includes(m->partition.cluster, service->namespace_, service->cluster) &&
           is_partition(service->partition, m->partition.database, m->partition.ordinal) &&
           becomes(thing(service->namespace_, service->cluster, service->partition),
                   service->served, m->becomes == PartitionWord::kServed);
  }
  return false;
}

bool MomentMatch::comes_with(RequestPoint point, const cluster::CallInfo& call) const {
  const auto* m = std::get_if<RequestPasses>(&moment_);
  return m != nullptr && m->point == point && m->request.matches(call);
}

bool MomentMatch::comes_with(EventPoint point, const cluster::WatchInfo& watch,
                             const api::WatchEvent& event) const {
  const auto* m = std::get_if<EventPasses>(&moment_);
  if (m == nullptr || m->point != point || event.object == nullptr) return false;
  if (m->type ? *m->type != event.type : word_of(event.type, kWatchEventTypes).empty())
    return false;
  const api::Object& object = *event.object;
  return named(m->process, watch.client.process) &&
         m->object.matches(object.kind(), object.metadata.namespace_, object.metadata.name) &&
         (m->condition.empty() || condition_of(object, m->condition) == m->status);
}

}  // namespace sdbtwin::faults
