#include "model/cluster/node/pod_prober.h"

#include <utility>

namespace sdbtwin::cluster {

PodProber::PodProber(std::shared_ptr<const api::Pod> pod, const NodeMachine& machine, sim::Time now,
                     sim::Time kubelet_start, sim::Rng& rng)
    : pod_(std::move(pod)), machine_(&machine) {
  for (const api::Container& container : pod_->spec->init_containers) {
    if (is_sidecar(container)) add(container, now, kubelet_start, rng);
  }
  for (const api::Container& container : pod_->spec->containers)
    add(container, now, kubelet_start, rng);
}

void PodProber::add(const api::Container& container, sim::Time now, sim::Time kubelet_start,
                    sim::Rng& rng) {
  const auto add_one = [&](ProbeKind kind, const std::optional<api::Probe>& probe) {
    if (!probe) return;
    const ProbeRules rules = rules_of(*probe);
    sim::Time first_tick = now;
    if (now - kubelet_start < rules.period)
      first_tick += sim::Duration(rng.between(0, rules.period.count() - 1));
    ProbeSchedule schedule(kind, rules, first_tick);
    const ProbeResult result = schedule.result_at(now - sim::Duration(1));
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

std::vector<PodProber::Failed> PodProber::failed() const {
  std::vector<Failed> failed;
  for (const auto& [name, probes] : probes_) {
    if (!probes.instance) continue;
    for (const auto& [kind, scheduled] : probes.by_kind) {
      if (kind == ProbeKind::kReadiness || scheduled.result != ProbeResult::kFailure) continue;
      failed.push_back(
          Failed{name, *probes.instance, scheduled.probe->termination_grace_period_seconds});
      break;
    }
  }
  return failed;
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
