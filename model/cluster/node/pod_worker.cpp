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
      alarm_(tools.runtime, [this] { wake_.set(); }),
      deadline_(tools.runtime, [this] {
        fail({"DeadlineExceeded", "Pod was active on the node longer than the specified deadline"},
             Because::kPod);
      }) {
  NodeMachine::Pod here;
  here.namespace_ = pod_->metadata.namespace_;
  here.name = pod_->metadata.name;
  here.uid = uid_;
  here.labels = *pod_->metadata.labels;
  here.grace_seconds = grace_seconds_of(*pod_);
  tools.machine.admit(std::move(here));
  prober_.emplace(pod_, tools.machine, tools.runtime.now(), tools.kubelet_start, rng_);
  observe();
}

PodWorker::PodWorker(PodWorkerTools tools, std::string uid)
    : tools_(tools),
      uid_(std::move(uid)),
      volumes_(tools.runtime, tools.client, tools.machine, tools.disks, tools.in_use, tools.timings,
               *this),
      rng_(tools.runtime.rng("pod/" + uid_)),
      object_gone_(true),
      alarm_(tools.runtime, [this] { wake_.set(); }),
      deadline_(tools.runtime, [] {}) {}

// ---- What the kubelet tells it.

void PodWorker::update(std::shared_ptr<const api::Pod> pod) {
  pod_ = std::move(pod);
  if (reporter_) reporter_->seen(pod_);
  // It had ended for a reason of its own before anybody deleted it.
  if (ended_ && reporter_ && !object_gone_ && api::is_deleting(pod_->metadata))
    reporter_->release();
  wake();
}

void PodWorker::fail(WaitingReason why, Because because, std::optional<int64_t> grace_seconds) {
  if (doomed()) return;
  failed_ = std::move(why);
  because_ = because;
  fail_grace_ = grace_seconds;
  if (because == Because::kNode) warn(failed_->reason, failed_->message);
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
  return object_gone_ || failed_ || api::is_deleting(pod_->metadata) || api::is_pod_terminal(*pod_);
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
    set_deadline();
    co_await sync();
    if (!doomed() && !changed_) co_await nap(next_look());
  }
}

std::optional<sim::Time> PodWorker::next_look() const {
  const std::optional<sim::Time> probe = prober_->next_change();
  if (!probe || !retry_at_) return probe ? probe : retry_at_;
  return std::min(*probe, *retry_at_);
}

// activeDeadlineSeconds count from status.startTime.
void PodWorker::set_deadline() {
  const std::optional<int64_t> seconds = pod_->spec->active_deadline_seconds;
  const std::optional<api::Timestamp> start = reporter_->published().start_time;
  if (!seconds || !start) return;
  const sim::Time when = api::ClusterTime::to_run(*start) + std::chrono::seconds(*seconds);
  if (!deadline_.armed() || deadline_.deadline() != when) deadline_.set(when);
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
  // Not before nothing of it runs any more: a terminal phase never goes back.
  if (terminated_) seen.failed = failed_;
  seen.disrupted = because_ == Because::kNode;
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
  PodObservation probes;
  prober_->fill(probes);
  const ContainerPlan plan = plan_containers(*pod->spec, &observed_, restart_backoffs_,
                                             tools_.runtime.now(), probes.started);
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
  const sim::Duration hook = post_start_of(container);
  tools_.machine.start(uid_, std::move(spec), work);
  // Only then does the kubelet go on, and say that it runs.
  if (hook > sim::Duration::zero()) (void)co_await pause(hook);
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

// A failed liveness or startup probe ends the container as a deletion would: preStop, SIGTERM, the
// grace period, SIGKILL. It comes back by the restart policy.
sim::Task<void> PodWorker::kill_failed_containers() {
  const std::vector<PodProber::Failed> all = prober_->failed();
  for (const PodProber::Failed& failed : all) co_await kill_failed(failed);
}

sim::Task<void> PodWorker::kill_failed(PodProber::Failed failed) {
  warn("Unhealthy", "Container failed its liveness or startup probe, will be restarted");
  acted_ = true;
  ending_ = true;
  const std::shared_ptr<const api::Pod> pod = pod_;
  const bool main = api::find_container(pod->spec->containers, failed.container) != nullptr;
  ContainerStops stops(main ? &*pod->spec : nullptr, tools_.runtime.now());
  const sim::Duration grace =
      std::chrono::seconds(failed.grace_seconds.value_or(grace_seconds_of(*pod)));
  const ContainerStops::Names self{failed.container};
  while (!doomed() && instance_of(failed.container) == failed.instance) {
    const sim::Time now = tools_.runtime.now();
    const bool killed = carry_out(stops.due(self, grace, now));
    if (!killed) co_await nap(stops.next(self, grace, now));
  }
  ending_ = false;
}

// ---- End.

std::optional<uint64_t> PodWorker::instance_of(const std::string& container) const {
  const NodeMachine::Pod* here = tools_.machine.find(uid_);
  const NodeMachine::Container* found = here == nullptr ? nullptr : here->find(container);
  if (found == nullptr || !found->current || !found->current->running()) return std::nullopt;
  return found->current->id;
}

ContainerStops::Names PodWorker::running() const {
  ContainerStops::Names names;
  const NodeMachine::Pod* here = tools_.machine.find(uid_);
  if (here == nullptr) return names;
  for (const NodeMachine::Container& container : here->containers) {
    if (container.current && container.current->running()) names.push_back(container.name);
  }
  return names;
}

// A shorter period given later counts from the same start.
sim::Duration PodWorker::grace() const {
  int64_t seconds = kDefaultGraceSeconds;
  if (fail_grace_) {
    seconds = *fail_grace_;
  } else if (pod_) {
    seconds = pod_->metadata.deletion_grace_period_seconds.value_or(grace_seconds_of(*pod_));
  } else if (const NodeMachine::Pod* here = tools_.machine.find(uid_)) {
    seconds = here->grace_seconds;
  }
  return std::chrono::seconds(seconds);
}

bool PodWorker::carry_out(const ContainerStops::Due& due) {
  for (const std::string& name : due.terminate) {
    if (const std::optional<uint64_t> id = instance_of(name)) tools_.machine.sigterm(*id);
  }
  for (const std::string& name : due.kill) {
    if (const std::optional<uint64_t> id = instance_of(name)) tools_.machine.kill(*id);
  }
  return !due.kill.empty();
}

sim::Task<bool> PodWorker::stop_containers(std::shared_ptr<const api::Pod> pod) {
  ContainerStops stops(pod == nullptr ? nullptr : &*pod->spec, tools_.runtime.now());
  bool killed = false;
  while (true) {
    ContainerStops::Names names = running();
    if (names.empty()) co_return killed;
    const sim::Time now = tools_.runtime.now();
    if (carry_out(stops.due(names, grace(), now))) {
      killed = true;
      continue;
    }
    look();
    publish();
    names = running();
    std::optional<sim::Time> until = stops.next(names, grace(), now);
    const std::optional<sim::Time> probe = prober_ ? prober_->next_change() : std::nullopt;
    if (until && probe) until = std::min(*until, *probe);
    if (until) co_await nap(until);
  }
}

sim::Task<void> PodWorker::end() {
  ending_ = true;
  if (prober_) prober_->stop_enforcing(tools_.runtime.now());
  const bool killed = co_await stop_containers(pod_);
  if (killed) co_await tools_.runtime.sleep(tools_.timings.kill.sample(rng_));
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
