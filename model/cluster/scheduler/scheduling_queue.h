// SchedulingQueue: the pods that want a node (kubernetes.md 3.7). Three places: active (to be tried
// now, by priority, then by time), backing off (1 s doubling to 10 s since the last attempt), and
// unschedulable (until something changes that may help, at the latest after 5 minutes). Pure: told
// what time it is.
//
// What may help is decided by the plugins that refused the pod (upstream's queueing hints, by kind
// of event only). A change that comes while the pod is being tried counts as well.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "model/api/object.h"
#include "model/cluster/scheduler/rejection.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

enum class ClusterEvent : uint8_t {
  kNodeAdded,
  kNodeResources,  // allocatable changed
  kNodeLabels,     // labels changed
  kNodeTaints,     // taints or cordon changed
  kPodPlaced,      // a pod got a node, or its labels changed
  kPodGone,        // a pod with a node is gone or has ended
  kVolumes,        // claims, volumes, classes
};

class SchedulingQueue {
 public:
  using Key = api::ObjectKey;

  // Effect: to be tried now; replaces what is known of the key. A pod that is known by this uid
  // keeps its attempts.
  void add(const Key& key, const std::string& uid, int32_t priority, sim::Time now);
  // Effect: forgotten, if it is that one.
  void remove(const Key& key, const std::string& uid);
  bool contains(const Key& key, const std::string& uid) const;

  // The next one to try, which counts as an attempt. Precondition: the one before was given back
  // by one of the two below, removed, or has found a node.
  std::optional<Key> pop(sim::Time now);
  // When pop() will yield something (it may be over); nullopt: only after one of the calls here.
  std::optional<sim::Time> next_due() const;

  // No node was found: waits for a change that concerns `plugins`.
  void unschedulable(const Key& key, PluginSet plugins, sim::Time now);
  // It failed otherwise: tried again after its back-off.
  void retry(const Key& key, sim::Time now);

  // Effect: pods that this may help are tried again, not before their back-off is over.
  void move(ClusterEvent event, sim::Time now);

 private:
  enum class Place : uint8_t { kNowhere, kActive, kBackoff, kUnschedulable };
  struct Entry {
    std::string uid;
    int32_t priority = 0;
    Place place = Place::kNowhere;  // being tried, or bound
    int attempts = 0;
    sim::Time last_attempt{};
    sim::Time due{};  // kBackoff, kUnschedulable
    uint64_t sequence = 0;
    PluginSet plugins = 0;
    uint32_t missed = 0;  // events while it was tried
  };
  using Active = std::tuple<int64_t, uint64_t, Key>;  // least first: highest priority
  using Due = std::tuple<sim::Time, uint64_t, Key>;

  void leave(const Key& key, Entry& entry);
  void enter_active(const Key& key, Entry& entry);
  void enter_waiting(const Key& key, Entry& entry, Place place, sim::Time due);
  void back_off(const Key& key, Entry& entry, sim::Time now);
  static sim::Time backoff_end(const Entry& entry);

  std::map<Key, Entry> entries_;
  std::set<Active> active_;
  std::set<Due> waiting_;  // kBackoff and kUnschedulable
  std::set<Key> unschedulable_;
  std::optional<Key> trying_;  // popped last, and not given back
  uint64_t sequence_ = 0;
};

}  // namespace sdbtwin::cluster
