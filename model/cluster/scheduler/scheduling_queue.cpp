#include "model/cluster/scheduler/scheduling_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;

// The scheduler's constants (kubernetes.md 3.7).
constexpr sim::Duration kBackoffFirst = 1s;
constexpr sim::Duration kBackoffLongest = 10s;
constexpr sim::Duration kFlushUnschedulable = 5min;

constexpr uint32_t event_bit(ClusterEvent event) {
  return uint32_t{1} << static_cast<uint8_t>(event);
}

// EventsToRegister of the plugins: whose refusals an event may end.
constexpr PluginSet helped_by(ClusterEvent event) {
  constexpr PluginSet kByLabels = bit(Plugin::kNodeAffinity) | bit(Plugin::kVolumeBinding) |
                                  bit(Plugin::kPodTopologySpread) | bit(Plugin::kInterPodAffinity);
  constexpr PluginSet kByPods = bit(Plugin::kPodTopologySpread) | bit(Plugin::kInterPodAffinity);
  switch (event) {
    case ClusterEvent::kNodeAdded:
      return ~PluginSet{0};
    case ClusterEvent::kNodeResources:
      return bit(Plugin::kNodeResourcesFit);
    case ClusterEvent::kNodeLabels:
      return kByLabels;
    case ClusterEvent::kNodeTaints:
      return bit(Plugin::kNodeUnschedulable) | bit(Plugin::kTaintToleration) |
             bit(Plugin::kPodTopologySpread);
    case ClusterEvent::kPodPlaced:
      return kByPods;
    case ClusterEvent::kPodGone:
      return kByPods | bit(Plugin::kNodeResourcesFit);
    case ClusterEvent::kVolumes:
      return bit(Plugin::kVolumeBinding);
  }
  return 0;
}

PluginSet helped_by_all(uint32_t events) {
  PluginSet plugins = 0;
  for (uint8_t i = 0; i <= static_cast<uint8_t>(ClusterEvent::kVolumes); ++i) {
    const auto event = static_cast<ClusterEvent>(i);
    if ((events & event_bit(event)) != 0) plugins |= helped_by(event);
  }
  return plugins;
}

}  // namespace

sim::Time SchedulingQueue::backoff_end(const Entry& entry) {
  sim::Duration wait = kBackoffFirst;
  for (int attempt = 1; attempt < entry.attempts && wait < kBackoffLongest; ++attempt) wait *= 2;
  return entry.last_attempt + std::min(wait, kBackoffLongest);
}

void SchedulingQueue::leave(const Key& key, Entry& entry) {
  switch (std::exchange(entry.place, Place::kNowhere)) {
    case Place::kNowhere:
      return;
    case Place::kActive:
      active_.erase(Active(-int64_t{entry.priority}, entry.sequence, key));
      return;
    case Place::kUnschedulable:
      unschedulable_.erase(key);
      [[fallthrough]];
    case Place::kBackoff:
      waiting_.erase(Due(entry.due, entry.sequence, key));
      return;
  }
}

void SchedulingQueue::enter_active(const Key& key, Entry& entry) {
  leave(key, entry);
  entry.sequence = ++sequence_;
  entry.place = Place::kActive;
  active_.emplace(-int64_t{entry.priority}, entry.sequence, key);
}

void SchedulingQueue::enter_waiting(const Key& key, Entry& entry, Place place, sim::Time due) {
  leave(key, entry);
  entry.sequence = ++sequence_;
  entry.place = place;
  entry.due = due;
  waiting_.emplace(due, entry.sequence, key);
  if (place == Place::kUnschedulable) unschedulable_.insert(key);
}

void SchedulingQueue::back_off(const Key& key, Entry& entry, sim::Time now) {
  const sim::Time end = backoff_end(entry);
  if (end <= now) return enter_active(key, entry);
  enter_waiting(key, entry, Place::kBackoff, end);
}

void SchedulingQueue::add(const Key& key, const std::string& uid, int32_t priority, sim::Time now) {
  Entry& entry = entries_[key];
  leave(key, entry);
  if (entry.uid != uid) entry = Entry{};
  entry.uid = uid;
  entry.priority = priority;
  if (entry.attempts == 0) return enter_active(key, entry);
  back_off(key, entry, now);
}

void SchedulingQueue::remove(const Key& key, const std::string& uid) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.uid != uid) return;
  leave(key, found->second);
  entries_.erase(found);
}

bool SchedulingQueue::contains(const Key& key, const std::string& uid) const {
  const auto found = entries_.find(key);
  return found != entries_.end() && found->second.uid == uid;
}

std::optional<SchedulingQueue::Key> SchedulingQueue::pop(sim::Time now) {
  while (!waiting_.empty() && std::get<0>(*waiting_.begin()) <= now) {
    const Key key = std::get<Key>(*waiting_.begin());
    enter_active(key, entries_.at(key));
  }
  if (active_.empty()) return std::nullopt;
  Key key = std::get<Key>(*active_.begin());
  Entry& entry = entries_.at(key);
  leave(key, entry);
  ++entry.attempts;
  entry.last_attempt = now;
  entry.missed = 0;
  trying_ = key;
  return key;
}

std::optional<sim::Time> SchedulingQueue::next_due() const {
  if (!active_.empty()) return sim::Time{};
  if (waiting_.empty()) return std::nullopt;
  return std::get<0>(*waiting_.begin());
}

void SchedulingQueue::unschedulable(const Key& key, PluginSet plugins, sim::Time now) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  if (entry.place != Place::kNowhere) return;  // added anew meanwhile
  entry.plugins = plugins;
  if ((helped_by_all(entry.missed) & plugins) != 0) return back_off(key, entry, now);
  enter_waiting(key, entry, Place::kUnschedulable, now + kFlushUnschedulable);
}

void SchedulingQueue::retry(const Key& key, sim::Time now) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.place != Place::kNowhere) return;
  back_off(key, found->second, now);
}

void SchedulingQueue::move(ClusterEvent event, sim::Time now) {
  if (entries_.empty()) return;
  if (trying_) {
    const auto tried = entries_.find(*trying_);
    if (tried != entries_.end()) tried->second.missed |= event_bit(event);
  }
  if (unschedulable_.empty()) return;
  std::vector<Key> helped;
  for (const Key& key : unschedulable_) {
    if ((entries_.at(key).plugins & helped_by(event)) != 0) helped.push_back(key);
  }
  for (const Key& key : helped) back_off(key, entries_.at(key), now);
}

}  // namespace sdbtwin::cluster
