#include "model/cluster/node/container_stops.h"

#include <algorithm>

#include "model/cluster/node/pod_status.h"
#include "model/cluster/timing/timings.h"

namespace sdbtwin::cluster {
namespace {

constexpr sim::Duration kFloor = std::chrono::seconds(kMinimumGraceSeconds);

sim::Duration time_of(const std::optional<api::LifecycleHandler>& handler) {
  return std::chrono::seconds(handler && handler->sleep ? handler->sleep->seconds : 0);
}

bool has(const ContainerStops::Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

sim::Duration pre_stop_of(const api::Container& container) {
  return container.lifecycle ? time_of(container.lifecycle->pre_stop) : sim::Duration::zero();
}

sim::Duration post_start_of(const api::Container& container) {
  return container.lifecycle ? time_of(container.lifecycle->post_start) : sim::Duration::zero();
}

sim::Duration ContainerStops::hook_of(const std::string& name) const {
  if (spec_ == nullptr) return sim::Duration::zero();
  if (const auto* main = api::find_container(spec_->containers, name)) return pre_stop_of(*main);
  const auto* init = api::find_container(spec_->init_containers, name);
  return init != nullptr && is_sidecar(*init) ? pre_stop_of(*init) : sim::Duration::zero();
}

bool ContainerStops::its_turn(const std::string& name, const Names& running) const {
  if (spec_ == nullptr) return true;
  const std::vector<api::Container>& inits = spec_->init_containers;
  const auto self = std::find_if(inits.begin(), inits.end(), [&](const api::Container& container) {
    return container.name == name;
  });
  if (self == inits.end() || !is_sidecar(*self)) return true;
  const auto runs = [&](const api::Container& container) { return has(running, container.name); };
  return std::none_of(spec_->containers.begin(), spec_->containers.end(), runs) &&
         std::none_of(self + 1, inits.end(), runs);
}

sim::Time ContainerStops::kill_time(const std::string& name, sim::Duration grace) const {
  return std::max(from_ + grace, terminated_.find(name)->second + kFloor);
}

ContainerStops::Due ContainerStops::due(const Names& running, sim::Duration grace, sim::Time now) {
  Due due;
  for (const std::string& name : running) {
    if (terminated_.contains(name)) {
      if (now >= kill_time(name, grace)) due.kill.push_back(name);
      continue;
    }
    const bool over = now >= from_ + grace;
    const bool hook_done = now >= from_ + hook_of(name);
    if (!over && (!hook_done || !its_turn(name, running))) continue;
    terminated_.emplace(name, now);
    due.terminate.push_back(name);
  }
  return due;
}

std::optional<sim::Time> ContainerStops::next(const Names& running, sim::Duration grace,
                                              sim::Time now) const {
  std::optional<sim::Time> earliest;
  for (const std::string& name : running) {
    sim::Time time = from_ + grace;
    if (terminated_.contains(name)) {
      time = kill_time(name, grace);
    } else if (now < from_ + hook_of(name)) {
      time = std::min(time, from_ + hook_of(name));
    }
    earliest = std::min(earliest.value_or(time), time);
  }
  return earliest;
}

}  // namespace sdbtwin::cluster
