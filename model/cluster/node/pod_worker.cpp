#include "model/cluster/node/pod_worker.h"

#include <algorithm>
#include <utility>


namespace sdbtwin::cluster {
namespace {

int64_t grace_seconds_of(const api::Pod& pod) {
  return pod.spec->termination_grace_period_seconds.value_or(kDefaultGraceSeconds);
}

std::map<std::string, std::string> literal_env(const api::Container& container) {
  std::map<std::string, std::string> env;
  for (const api::EnvVar& variable : container.env) {
    if (!variable.value_from) env[variable.name] = variable.value;
  }
  return env;
}

}  // namespace

PodWorker::PodWorker(PodWorkerTools tools, std::shared_ptr<const api::Pod> pod)
    : tools_(tools),
      uid_(pod->metadata.uid),
      pod_(std::move(pod)),
      reporter_(std::make_shared<PodReporter>(tools.runtime, tools.client, *pod_)),
      volumes_(tools.runtime, tools.client, tools.machine, tools.disks, tools.in_use, tools.timings,
               *this),
      rng_(tools.runtime.rng("pod/" + uid_)),
      alarm_(tools.runtime, [this] { wake_.set(); }) {
  NodeMachine::Pod here;
  here.namespace_ = pod_->metadata.namespace_;
  here.name = pod_->metadata.name;
  here.uid = uid_;
  here.labels = *pod_->metadata.labels;
  here.grace_seconds = grace_seconds_of(*pod_);
  tools.machine.admit(std::move(here));
  prober_.emplace(pod_, tools.machine, tools.runtime.now());
  observe();
}

PodWorker::PodWorker(PodWorkerTools tools, std::string uid)
    : tools_(tools),
      uid_(std::move(uid)),
      volumes_(tools.runtime, tools.client, tools.machine, tools.disks, tools.in_use, tools.timings,
               *this),
      rng_(tools.runtime.rng("pod/" + uid_)),
      object_gone_(true),
      alarm_(tools.runtime, [this] { wake_.set(); }) {}

// ---- What the kubelet tells it.

void PodWorker::update(std::shared_ptr<const api::Pod> pod) {
  pod_ = std::move(pod);
  if (reporter_) reporter_->seen(pod_);
  wake();
}

void PodWorker::object_gone() {
  object_gone_ = true;
  if (reporter_) reporter_->stop();
  wake();
}

void PodWorker::observe() {
  const NodeMachine::Pod* here = tools_.machine.find(uid_);
  if (here != nullptr) observed_ = *here;
  acted_ = false;
  wake();
}

void PodWorker::machine_changed() {
  if (ending_) wake();
}

void PodWorker::probes_changed() {
  if (prober_ && !prober_->empty()) wake();
}

void PodWorker::readiness_changed() { wake(); }

void PodWorker::volumes_told() {
  if (!mounted_) wake();
}

void PodWorker::wake() {
  changed_ = true;
  wake_.set();
}

bool PodWorker::doomed() const {
  return object_gone_ || api::is_deleting(pod_->metadata) || api::is_pod_terminal(*pod_);
}

sim::Task<void> PodWorker::nap(std::optional<sim::Time> until) {
  if (until) alarm_.set(*until);
  co_await wake_.wait();
  wake_.reset();
  alarm_.cancel();
}

sim::Task<bool> PodWorker::pause(sim::Duration duration) {
  const sim::Time until = tools_.runtime.now() + duration;
  while (!doomed() && tools_.runtime.now() < until) co_await nap(until);
  co_return !doomed();
}

// ---- Life.

sim::Task<void> PodWorker::run(std::shared_ptr<PodWorker> self) {
  if (self->reporter_) self->tools_.runtime.spawn(PodReporter::run(self->reporter_));
  co_await self->live();
  co_await self->end();
}

sim::Task<void> PodWorker::live() {
  while (!doomed()) {
    changed_ = false;
    retry_at_.reset();
    look();
    publish();
    co_await sync();
    if (!doomed() && !changed_) co_await nap(next_look());
  }
}

std::optional<sim::Time> PodWorker::next_look() const {
  const std::optional<sim::Time> probe = prober_->next_change();
  if (!probe || !retry_at_) return probe ? probe : retry_at_;
  return std::min(*probe, *retry_at_);
}

void PodWorker::retry_at(sim::Time time) {
  if (!retry_at_ || time < *retry_at_) retry_at_ = time;
}

void PodWorker::look() {
  if (prober_) prober_->look(observed_, tools_.runtime.now());
}

void PodWorker::publish() {
  if (object_gone_) return;
  PodObservation seen;
  seen.on_node = &observed_;
  seen.waiting = waiting_;
  seen.terminated = terminated_;
  prober_->fill(seen);
  // Starts from what was last published; the conditions of readiness gates are others' to write.
  api::Pod base = *pod_;
  base.status = reporter_->published();
  for (const api::PodReadinessGate& gate : pod_->spec->readiness_gates) {
    const auto* condition = api::find_condition(*pod_->status->conditions, gate.condition_type);
    if (condition == nullptr) continue;
    const api::Timestamp now = api::ClusterTime::at(tools_.runtime.now());
    api::set_pod_condition(base.status.edit().conditions.edit(), *condition, now);
  }
  api::PodStatus status = make_pod_status(base, seen, tools_.machine.ip(), tools_.runtime.now());
  if (!(status == reporter_->published())) reporter_->publish(std::move(status));
}

void PodWorker::warn(std::string reason, std::string message) {
  if (pod_)
    tools_.events.record(*pod_, client::EventType::kWarning, std::move(reason), std::move(message));
}

sim::Task<void> PodWorker::sync() {
  if (acted_) co_return;  // First see what the last sync has done.
  if (!mounted_) {
    const bool mounted = co_await mount_volumes();
    if (!mounted) co_return;
  }
  if (observed_.ip.empty()) {
    const bool go_on = co_await pause(tools_.timings.sandbox_start.sample(rng_));
    if (!go_on) co_return;
    tools_.machine.start_sandbox(uid_);
    observe();
  }
  co_await kill_failed_containers();
  const std::shared_ptr<const api::Pod> pod = pod_;  // The plan points into it.
  const ContainerPlan plan =
      plan_containers(*pod->spec, &observed_, restart_backoffs_, tools_.runtime.now());
  for (const std::string& name : plan.backing_off) {
    waiting_[name] = WaitingReason{"CrashLoopBackOff", "back-off restarting failed container " +
                                                           name + " in pod " + pod->metadata.name};
  }
  if (plan.next) retry_at(*plan.next);
  if (!plan.backing_off.empty()) publish();
  for (const ContainerPlan::Start& start : plan.start) {
    if (doomed()) co_return;
    co_await start_container(*start.container, start.init);
  }
}

sim::Task<bool> PodWorker::mount_volumes() {
  const PodVolumes::Outcome outcome = co_await volumes_.mount(pod_, rng_);
  mounted_ = outcome == PodVolumes::Outcome::kMounted;
  if (outcome == PodVolumes::Outcome::kTryAgain) retry_at(tools_.runtime.now() + kSyncRetry);
  co_return mounted_;
}

sim::Task<void> PodWorker::start_container(const api::Container& container, bool init) {
  const bool image = co_await ensure_image(container);
  if (!image) co_return;
  const bool go_on = co_await pause(tools_.timings.container_start.sample(rng_));
  if (!go_on) co_return;
  const sim::Time now = tools_.runtime.now();
  const NodeMachine::Container* last = observed_.find(container.name);
  if (last != nullptr && last->current && !last->current->running())
    restart_backoffs_[container.name].attempted(*last->current->finished_at, now);
  waiting_.erase(container.name);
  NodeMachine::ContainerSpec spec;
  spec.name = container.name;
  spec.image = container.image;
  spec.init = init && !is_sidecar(container);
  spec.env = literal_env(container);
  acted_ = true;
  const sim::Duration work = tools_.timings.init_work.sample(rng_);
  tools_.machine.start(uid_, std::move(spec), work);
}

bool PodWorker::pull_backs_off(const api::Container& container) {
  const sim::Time ready = pull_backoffs_[container.image].ready_after_last();
  if (ready <= tools_.runtime.now()) return false;
  waiting_[container.name] =
      WaitingReason{"ImagePullBackOff", "Back-off pulling image \"" + container.image + "\""};
  retry_at(std::max(ready, tools_.runtime.now() + kSyncRetry));
  publish();
  return true;
}

sim::Task<bool> PodWorker::ensure_image(const api::Container& container) {
  const bool always = container.image_pull_policy == api::PullPolicy::kAlways;
  if (tools_.machine.has_image(container.image) && !always) co_return true;
  if (container.image_pull_policy == api::PullPolicy::kNever) {
    waiting_[container.name] =
        WaitingReason{"ErrImageNeverPull", "Container image \"" + container.image +
                                               "\" is not present with pull policy of Never"};
    publish();
    retry_at(tools_.runtime.now() + kSyncRetry);
    co_return false;
  }
  if (pull_backs_off(container)) co_return false;
  auto on_done = [worker = weak_from_this()] {
    if (const std::shared_ptr<PodWorker> self = worker.lock()) self->wake_.set();
  };
  const std::shared_ptr<const ImagePull> pull =
      tools_.images.request(container.image, std::move(on_done));
  while (!pull->done && !doomed()) co_await nap(std::nullopt);
  if (doomed()) co_return false;
  if (pull->found) co_return true;
  const sim::Time now = tools_.runtime.now();
  pull_backoffs_[container.image].attempted(now, now);
  const std::string message = "failed to pull and unpack image \"" + container.image +
                              "\": failed to resolve reference: not found";
  waiting_[container.name] = WaitingReason{"ErrImagePull", message};
  warn("Failed", "Failed to pull image \"" + container.image + "\": not found");
  publish();
  retry_at(now + kSyncRetry);
  co_return false;
}

// A failed liveness or startup probe ends the container as a deletion would: SIGTERM, the grace
// period, SIGKILL. It comes back by the restart policy.
sim::Task<void> PodWorker::kill_failed_containers() {
  for (const uint64_t instance : prober_->failed()) {
    warn("Unhealthy", "Container failed its liveness or startup probe, will be restarted");
    acted_ = true;
    tools_.machine.sigterm(instance);
    const sim::Time deadline = tools_.runtime.now() + std::chrono::seconds(grace_seconds_of(*pod_));
    const auto runs = [&] {
      const std::vector<uint64_t> running = running_instances();
      return std::find(running.begin(), running.end(), instance) != running.end();
    };
    ending_ = true;
    while (!doomed() && runs() && tools_.runtime.now() < deadline) co_await nap(deadline);
    ending_ = false;
    if (!doomed()) tools_.machine.kill(instance);
  }
}

// ---- End.

std::vector<uint64_t> PodWorker::running_instances() const {
  std::vector<uint64_t> instances;
  const NodeMachine::Pod* here = tools_.machine.find(uid_);
  if (here == nullptr) return instances;
  for (const NodeMachine::Container& container : here->containers) {
    if (container.current && container.current->running())
      instances.push_back(container.current->id);
  }
  return instances;
}

// A shorter period given later counts from the same start.
sim::Time PodWorker::grace_deadline(sim::Time from) const {
  int64_t seconds = kDefaultGraceSeconds;
  if (pod_) {
    seconds = pod_->metadata.deletion_grace_period_seconds.value_or(grace_seconds_of(*pod_));
  } else if (const NodeMachine::Pod* here = tools_.machine.find(uid_)) {
    seconds = here->grace_seconds;
  }
  return from + std::chrono::seconds(std::max(seconds, kMinimumGraceSeconds));
}

// Only `sleep` takes time; other hooks are taken to be done at once.
sim::Task<void> PodWorker::run_pre_stop_hooks(sim::Time deadline) {
  int64_t seconds = 0;
  if (pod_) {
    for (const api::Container& container : pod_->spec->containers) {
      if (container.lifecycle && container.lifecycle->pre_stop &&
          container.lifecycle->pre_stop->sleep) {
        seconds = std::max(seconds, container.lifecycle->pre_stop->sleep->seconds);
      }
    }
  }
  if (seconds == 0) co_return;
  const sim::Time until = std::min(deadline, tools_.runtime.now() + std::chrono::seconds(seconds));
  while (!running_instances().empty() && tools_.runtime.now() < until) co_await nap(until);
}

sim::Task<void> PodWorker::end() {
  ending_ = true;
  const sim::Time from = tools_.runtime.now();
  if (prober_) prober_->stop_enforcing(from);
  const sim::Time first_deadline = grace_deadline(from);
  co_await run_pre_stop_hooks(first_deadline);
  for (const uint64_t instance : running_instances()) tools_.machine.sigterm(instance);
  while (!running_instances().empty() && tools_.runtime.now() < grace_deadline(from)) {
    look();
    publish();
    std::optional<sim::Time> until = grace_deadline(from);
    const std::optional<sim::Time> probe = prober_ ? prober_->next_change() : std::nullopt;
    if (probe) until = std::min(*until, *probe);
    co_await nap(until);
  }
  const std::vector<uint64_t> stubborn = running_instances();
  for (const uint64_t instance : stubborn) tools_.machine.kill(instance);
  if (!stubborn.empty()) co_await tools_.runtime.sleep(tools_.timings.kill.sample(rng_));
  observe();
  terminated_ = true;
  look();
  publish();
  co_await tools_.runtime.sleep(tools_.timings.pod_teardown.sample(rng_));
  tools_.machine.remove(uid_);
  tools_.in_use.forget(uid_);
  ended_ = true;
  if (reporter_ && !object_gone_ && api::is_deleting(pod_->metadata)) reporter_->release();
}

}  // namespace sdbtwin::cluster
