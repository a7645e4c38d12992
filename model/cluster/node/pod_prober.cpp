#include "model/cluster/node/pod_prober.h"

#include <algorithm>
#include <utility>

namespace sdbtwin::cluster {

PodProber::PodProber(std::shared_ptr<const api::Pod> pod, const NodeMachine& machine,
                     sim::Time first_tick)
    : pod_(std::move(pod)), machine_(&machine) {
  for (const api::Container& container : pod_->spec->containers) add(container, first_tick);
}

void PodProber::add(const api::Container& container, sim::Time first_tick) {
  const auto add_one = [&](ProbeKind kind, const std::optional<api::Probe>& probe) {
    if (!probe) return;
    ProbeSchedule schedule(kind, rules_of(*probe), first_tick);
    const ProbeResult result = schedule.result_at(first_tick - sim::Duration(1));
    probes_[container.name].by_kind.emplace(kind, Scheduled{&*probe, schedule, result});
  };
  add_one(ProbeKind::kStartup, container.startup_probe);
  add_one(ProbeKind::kLiveness, container.liveness_probe);
  add_one(ProbeKind::kReadiness, container.readiness_probe);
}

void PodProber::look(const NodeMachine::Pod& observed, sim::Time now) {
  for (auto& [name, probes] : probes_) {
    follow(probes, observed.find(name), now);
    update(probes, now);
  }
}

void PodProber::follow(Probes& probes, const NodeMachine::Container* container, sim::Time now) {
  std::optional<uint64_t> running;
  if (container != nullptr && container->current && container->current->running())
    running = container->current->id;
  if (running == probes.instance) return;
  for (auto& [kind, scheduled] : probes.by_kind) {
    if (probes.instance) scheduled.schedule.container_stopped(now);
    if (!running) continue;
    const ProbeOutcome outcome = machine_->probe(*running, *scheduled.probe);
    scheduled.schedule.container_started(container->current->started_at, now, outcome);
    if (!enforcing_ && kind != ProbeKind::kReadiness) scheduled.schedule.force_success(now);
  }
  probes.instance = running;
}

void PodProber::update(Probes& probes, sim::Time now) {
  for (auto& [kind, scheduled] : probes.by_kind) {
    if (probes.instance) {
      const ProbeOutcome outcome = machine_->probe(*probes.instance, *scheduled.probe);
      scheduled.schedule.outcome_changed(now, outcome);
    }
    scheduled.result = scheduled.schedule.result_at(now);
  }
  if (!probes.instance) return;
  const auto startup = probes.by_kind.find(ProbeKind::kStartup);
  const bool started =
      startup == probes.by_kind.end() || startup->second.result == ProbeResult::kSuccess;
  if (!started) return;
  for (auto& [kind, scheduled] : probes.by_kind) {
    scheduled.schedule.startup_passed(now);
    scheduled.result = scheduled.schedule.result_at(now);
  }
}

void PodProber::stop_enforcing(sim::Time now) {
  enforcing_ = false;
  for (auto& [name, probes] : probes_) {
    for (auto& [kind, scheduled] : probes.by_kind) {
      if (kind != ProbeKind::kReadiness) scheduled.schedule.force_success(now);
    }
  }
}

void PodProber::fill(PodObservation& seen) const {
  for (const auto& [name, probes] : probes_) {
    for (const auto& [kind, scheduled] : probes.by_kind) {
      const bool good = scheduled.result == ProbeResult::kSuccess;
      if (kind == ProbeKind::kStartup) seen.started[name] = good;
      if (kind == ProbeKind::kReadiness) seen.ready[name] = good;
    }
  }
  const api::ObjectMeta& meta = pod_->metadata;
  if (!machine_->readiness_withheld(meta.namespace_, meta.name)) return;
  for (const api::Container& container : pod_->spec->containers) seen.ready[container.name] = false;
}

std::vector<uint64_t> PodProber::failed() const {
  std::vector<uint64_t> instances;
  for (const auto& [name, probes] : probes_) {
    const bool any =
        std::any_of(probes.by_kind.begin(), probes.by_kind.end(), [](const auto& entry) {
          return entry.first != ProbeKind::kReadiness &&
                 entry.second.result == ProbeResult::kFailure;
        });
    if (any && probes.instance) instances.push_back(*probes.instance);
  }
  return instances;
}

std::optional<sim::Time> PodProber::next_change() const {
  std::optional<sim::Time> earliest;
  for (const auto& [name, probes] : probes_) {
    for (const auto& [kind, scheduled] : probes.by_kind) {
      const std::optional<sim::Time> change = scheduled.schedule.next_change();
      if (change && (!earliest || *change < *earliest)) earliest = change;
    }
  }
  return earliest;
}

}  // namespace sdbtwin::cluster
