#include "model/cluster/node/node_machine.h"

#include <algorithm>
#include <utility>

#include "sim/core/assert.h"

namespace sdbtwin::cluster {
namespace {

// Exit codes of the container runtime: 128 + SIGKILL, and containerd's for a run it lost track of.
constexpr int32_t kExitKilled = 137;
constexpr int32_t kExitUnknown = 255;
// 128 + SIGABRT: what a database does that cannot write to its disk. [us]
constexpr int32_t kExitAborted = 134;
// Instance ids are unique in a run: the node in the upper half, a counter in the lower.
constexpr int kNodeShift = 32;

NodeMachine::Container* find_in(NodeMachine::Pod& pod, std::string_view name) {
  for (NodeMachine::Container& container : pod.containers) {
    if (container.name == name) return &container;
  }
  return nullptr;
}

}  // namespace

const NodeMachine::Container* NodeMachine::Pod::find(std::string_view container) const {
  for (const Container& candidate : containers) {
    if (candidate.name == container) return &candidate;
  }
  return nullptr;
}

bool NodeMachine::Pod::any_running() const {
  return std::any_of(containers.begin(), containers.end(), [](const Container& container) {
    return container.current && container.current->running();
  });
}

NodeMachine::NodeMachine(sim::Runtime& world, std::string name, int32_t index,
                         Application& application, DiskArray& disks)
    : world_(&world),
      name_(std::move(name)),
      index_(index),
      application_(&application),
      disks_(&disks) {
  disks.on_lost(name_, [this](const std::string& disk) { lose_disk(disk); });
}

NodeMachine::~NodeMachine() { disks_->stop_listening(name_); }

std::string NodeMachine::ip() const {
  return "10.0." + std::to_string(index_ / 250) + "." + std::to_string(index_ % 250 + 1);
}

const NodeMachine::Pod* NodeMachine::find(std::string_view uid) const {
  const auto found = pods_.find(uid);
  return found == pods_.end() ? nullptr : &found->second;
}

NodeMachine::Pod& NodeMachine::pod(std::string_view uid) {
  const auto found = pods_.find(uid);
  SIM_ASSERT(found != pods_.end());
  return found->second;
}

void NodeMachine::admit(Pod pod) {
  std::string uid = pod.uid;
  pods_.try_emplace(std::move(uid), std::move(pod));
}

bool NodeMachine::mount(std::string_view uid, MountedVolume volume) {
  if (!disks_->usable(volume.volume, name_)) return false;
  pod(uid).volumes.push_back(std::move(volume));
  return true;
}

void NodeMachine::start_sandbox(std::string_view uid) {
  Pod& target = pod(uid);
  const int32_t address = addresses_++;
  target.ip = "10.244." + std::to_string(index_ % 256) + "." + std::to_string(address % 254 + 1);
  for (Container& container : target.containers) {
    if (!container.init || !container.current) continue;
    container.previous = std::move(container.current);  // A new sandbox runs them again.
    container.current.reset();
    ++container.restart_count;
  }
}

ContainerInstance NodeMachine::describe(const Pod& pod, const Container& container, const Run& run,
                                        std::map<std::string, std::string> env) const {
  ContainerInstance instance;
  instance.id = run.id;
  instance.namespace_ = pod.namespace_;
  instance.pod = pod.name;
  instance.pod_uid = pod.uid;
  instance.node = name_;
  instance.container = container.name;
  instance.image = run.image;
  instance.volumes = pod.volumes;
  instance.restart_count = container.restart_count;
  instance.labels = pod.labels;
  instance.env = std::move(env);
  return instance;
}

uint64_t NodeMachine::start(std::string_view uid, ContainerSpec spec, sim::Duration init_work) {
  Pod& target = pod(uid);
  SIM_ASSERT(!target.ip.empty());
  Container* container = find_in(target, spec.name);
  if (container == nullptr) {
    target.containers.push_back(Container{.name = spec.name, .init = spec.init});
    container = &target.containers.back();
  }
  if (container->current) {
    SIM_ASSERT(!container->current->running());
    container->previous = std::move(container->current);
    ++container->restart_count;
  }
  Run run;
  run.id = (static_cast<uint64_t>(index_ + 1) << kNodeShift) + ++started_;
  run.image = std::move(spec.image);
  run.started_at = world_->now();
  container->current = run;
  running_.emplace(run.id, Place{target.uid, container->name});
  world_->trace(ContainerStarted{name_, target.namespace_, target.name, target.uid, container->name,
                                 run.image, run.id, container->restart_count});
  announce(target.uid, Change::kContainers);
  if (spec.init) {
    start_init(target, *container, run, std::move(spec.env), init_work);
  } else if (lacks_a_disk(target)) {
    container->current->stillborn = true;
    end_after(run.id, sim::Duration::zero(), [] { return kExitAborted; });
  } else {
    const ContainerInstance instance = describe(target, *container, run, std::move(spec.env));
    application_->started(instance, *this);
  }
  return run.id;
}

void NodeMachine::start_init(const Pod& pod, const Container& container, const Run& run,
                             std::map<std::string, std::string> env, sim::Duration work) {
  auto exit_code = [this, instance = describe(pod, container, run, std::move(env))] {
    return application_->init_exit_code(instance);
  };
  end_after(run.id, work, std::move(exit_code));
}

void NodeMachine::end_after(uint64_t instance, sim::Duration work, std::function<int()> exit_code) {
  auto end = [this, instance, exit_code = std::move(exit_code)] {
    const int code = exit_code();
    const uint64_t id = instance;  // finish() destroys this timer's callback.
    finish(id, code, ContainerEnd::kExited);
  };
  auto timer = std::make_unique<sim::Timer>(*world_, std::move(end));
  timer->set(world_->now() + work);
  init_timers_.emplace(instance, std::move(timer));
}

bool NodeMachine::lives(const Container& container) {
  return !container.init && !container.current->stillborn;
}

NodeMachine::Container* NodeMachine::container_of(uint64_t instance) {
  const auto found = running_.find(instance);
  if (found == running_.end()) return nullptr;
  return find_in(pod(found->second.uid), found->second.container);
}

void NodeMachine::sigterm(uint64_t instance) {
  Container* container = container_of(instance);
  if (container == nullptr || container->current->signalled) return;
  container->current->signalled = true;
  if (lives(*container)) application_->sigterm(instance);
}

void NodeMachine::kill(uint64_t instance) {
  const Container* container = container_of(instance);
  if (container == nullptr) return;
  if (lives(*container)) application_->killed(instance);
  finish(instance, kExitKilled, ContainerEnd::kKilled);
}

void NodeMachine::remove(std::string_view uid) {
  const auto found = pods_.find(uid);
  if (found == pods_.end()) return;
  SIM_ASSERT(!found->second.any_running());
  pods_.erase(found);
}

bool NodeMachine::lacks_a_disk(const Pod& pod) const {
  return std::any_of(pod.volumes.begin(), pod.volumes.end(), [&](const MountedVolume& volume) {
    return !disks_->usable(volume.volume, name_);
  });
}

// A process whose disk is taken away fails with its next write.
void NodeMachine::lose_disk(const std::string& disk) {
  std::vector<uint64_t> instances;
  for (const auto& [id, place] : running_) {
    const std::vector<MountedVolume>& volumes = pod(place.uid).volumes;
    if (std::any_of(volumes.begin(), volumes.end(),
                    [&](const MountedVolume& volume) { return volume.volume == disk; })) {
      instances.push_back(id);
    }
  }
  for (const uint64_t id : instances) crash(id, kExitAborted);
}

ProbeOutcome NodeMachine::probe(uint64_t instance, const api::Probe& probe) const {
  const auto found = running_.find(instance);
  if (found == running_.end()) return ProbeOutcome::kFailure;
  const Container* container = pods_.find(found->second.uid)->second.find(found->second.container);
  if (!lives(*container)) return ProbeOutcome::kFailure;
  return application_->probe(instance, probe);
}

void NodeMachine::remove_image(std::string_view image) {
  if (const auto found = images_.find(image); found != images_.end()) images_.erase(found);
}

void NodeMachine::remove_images(const std::function<bool(std::string_view image)>& chosen) {
  std::erase_if(images_, [&](const std::string& image) { return chosen(image); });
}

bool NodeMachine::crash(uint64_t instance, int32_t exit_code) {
  const Container* container = container_of(instance);
  if (container == nullptr || !lives(*container)) return false;
  application_->killed(instance);
  finish(instance, exit_code, ContainerEnd::kExited);
  return true;
}

void NodeMachine::withhold_readiness(std::string_view namespace_, std::string_view pod,
                                     bool withheld) {
  const auto key = std::make_pair(std::string(namespace_), std::string(pod));
  if (withheld) {
    ++unready_[key];
  } else if (const auto found = unready_.find(key); found != unready_.end()) {
    if (--found->second == 0) unready_.erase(found);
  }
  for (const auto& [uid, here] : pods_) {
    if (here.namespace_ == namespace_ && here.name == pod) announce(uid, Change::kReadiness);
  }
}

bool NodeMachine::readiness_withheld(std::string_view namespace_, std::string_view pod) const {
  return !unready_.empty() &&
         unready_.contains(std::make_pair(std::string(namespace_), std::string(pod)));
}

void NodeMachine::set_pressure(std::string resource) {
  pressure_ = std::move(resource);
  announce("", Change::kPressure);
}

void NodeMachine::announce_shutdown(sim::Duration grace) {
  shutdown_grace_ = grace;
  announce("", Change::kShutdown);
}

void NodeMachine::power_off() {
  shutdown_grace_.reset();
  std::vector<uint64_t> instances;
  for (const auto& [id, place] : running_) instances.push_back(id);
  for (const uint64_t id : instances) {
    const Container* container = container_of(id);
    if (lives(*container)) application_->killed(id);
    finish(id, kExitUnknown, ContainerEnd::kPowerLoss);
  }
  for (auto& [uid, lost] : pods_) lost.ip.clear();
}

void NodeMachine::exited(uint64_t instance_id, int exit_code) {
  finish(instance_id, exit_code, ContainerEnd::kExited);
}

void NodeMachine::finish(uint64_t instance, int exit_code, ContainerEnd end) {
  Container* container = container_of(instance);
  if (container == nullptr) return;
  const Pod& owner = pod(running_.at(instance).uid);
  running_.erase(instance);
  init_timers_.erase(instance);
  container->current->finished_at = world_->now();
  container->current->exit_code = exit_code;
  world_->trace(ContainerStopped{name_, owner.namespace_, owner.name, owner.uid, container->name,
                                 instance, end, exit_code});
  announce(owner.uid, Change::kContainers);
}

void NodeMachine::readiness_changed(uint64_t instance_id) {
  const auto found = running_.find(instance_id);
  if (found != running_.end()) announce(found->second.uid, Change::kProbes);
}

void NodeMachine::announce(const std::string& uid, Change change) {
  notices_.send(Notice{uid, change});
}

}  // namespace sdbtwin::cluster
