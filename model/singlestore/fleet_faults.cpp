// The Fleet's faults.
#include <utility>

#include "model/singlestore/fleet.h"
#include "model/singlestore/fleet_member.h"

namespace sdbtwin::singlestore {

bool Fleet::crash(const std::string& namespace_, const std::string& pod, int exit_code) {
  const auto found = pods_.find(key_of(namespace_, pod));
  if (found == pods_.end() || found->second.engine == 0) return false;
  // As an event of this process: the caller may be in the middle of one of its own.
  runtime_.spawn(end_later(found->second.engine, sim::Duration(0), exit_code));
  return true;
}

void Fleet::black_hole_pod(const std::string& namespace_, const std::string& pod, bool dropped) {
  Pod& known = pods_[key_of(namespace_, pod)];
  known.name = pod;
  known.black_holed = dropped;
  apply_black_hole(known);
}

void Fleet::black_hole_node(const std::string& kubernetes_node, bool dropped) {
  if (dropped) {
    black_holed_nodes_.insert(kubernetes_node);
  } else {
    black_holed_nodes_.erase(kubernetes_node);
  }
  for (const auto& [key, pod] : pods_) {
    if (pod.kubernetes_node == kubernetes_node) apply_black_hole(pod);
  }
}

void Fleet::apply_black_hole(const Pod& pod) {
  if (pod.member == nullptr) return;
  const bool dropped = pod.black_holed || black_holed_nodes_.count(pod.kubernetes_node) > 0;
  pod.member->change([&pod, dropped](DatabaseCluster& cluster, sim::Time now) {
    cluster.set_black_holed(pod.name, dropped, now);
  });
}

bool Fleet::cut_link(const std::string& namespace_, const std::string& pod,
                     const std::string& other, bool cut) {
  const auto found = pods_.find(key_of(namespace_, pod));
  if (found == pods_.end() || found->second.member == nullptr) return false;
  bool changed = false;
  found->second.member->change([&](DatabaseCluster& cluster, sim::Time now) {
    changed = cluster.set_link_cut(pod, other, cut, now);
  });
  return changed;
}

template <class Fault>
std::optional<std::uint64_t> Fleet::apply(Member* member, Fault fault) {
  if (member == nullptr) return std::nullopt;
  const std::uint64_t id = last_fault_ + 1;
  bool matched = false;
  member->change(
      [&](DatabaseCluster& cluster, sim::Time now) { matched = fault(cluster, id, now); });
  if (!matched) return std::nullopt;
  last_fault_ = id;
  lasting_.emplace(id, member);
  return id;
}

Fleet::Member* Fleet::find_member(const std::string& namespace_, const std::string& name) const {
  const auto found = members_.find(key_of(namespace_, name));
  return found == members_.end() ? nullptr : found->second.get();
}

std::optional<std::uint64_t> Fleet::disturb(const StreamDisturbance& what, std::string& touched) {
  return apply(find_member(what.streams.namespace_, what.streams.cluster),
               [&](DatabaseCluster& cluster, std::uint64_t id, sim::Time now) {
                 return cluster.disturb(id, what, touched, now);
               });
}

std::optional<std::uint64_t> Fleet::drift(const LogicalDrift& what, std::string& touched) {
  return apply(find_member(what.copy.namespace_, what.copy.cluster),
               [&](DatabaseCluster& cluster, std::uint64_t id, sim::Time now) {
                 return cluster.drift(id, what, touched, now);
               });
}

std::optional<std::uint64_t> Fleet::grow_disk(const DiskGrowth& what, std::string& touched) {
  const auto found = pods_.find(key_of(what.namespace_, what.pod));
  return apply(found == pods_.end() ? nullptr : found->second.member,
               [&](DatabaseCluster& cluster, std::uint64_t id, sim::Time now) {
                 return cluster.grow_disk(id, what, touched, now);
               });
}

bool Fleet::heal_disturbance(std::uint64_t id) {
  const auto found = lasting_.find(id);
  if (found == lasting_.end()) return false;
  Member* member = found->second;
  lasting_.erase(found);
  bool healed = false;
  member->change([&](DatabaseCluster& cluster, sim::Time now) { healed = cluster.heal(id, now); });
  return healed;
}

}  // namespace sdbtwin::singlestore
