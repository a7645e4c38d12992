// For tests of the machinery: containers that hold a plain process each. By default a process runs
// until SIGTERM and exits with 0 a little later; each of that can be changed per container name.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/cluster/node/application.h"
#include "sim/core/runtime.h"
#include "sim/core/timer.h"

namespace sdbtwin::cluster {

class PlainApplication final : public Application {
 public:
  struct Habit {
    // From SIGTERM to the exit; nullopt: SIGTERM is ignored.
    std::optional<sim::Duration> stops_after = std::chrono::milliseconds(100);
    int exit_code = 0;
    ProbeOutcome probe = ProbeOutcome::kSuccess;
  };

  explicit PlainApplication(sim::Runtime& world) : world_(&world) {}

  void set_habit(const std::string& container, Habit habit) {
    habits_[container] = habit;
    for (auto& [id, process] : running_) {
      if (process.instance.container == container) process.host->readiness_changed(id);
    }
  }

  // Running instances, "pod/container", in the order of their start.
  std::vector<std::string> running() const {
    std::vector<std::string> names;
    for (const auto& [id, process] : running_)
      names.push_back(process.instance.pod + "/" + process.instance.container);
    return names;
  }
  const ContainerInstance* find(const std::string& pod, const std::string& container) const {
    for (const auto& [id, process] : running_) {
      if (process.instance.pod == pod && process.instance.container == container)
        return &process.instance;
    }
    return nullptr;
  }
  // The process ends by itself.
  void crash(const std::string& pod, const std::string& container, int exit_code) {
    const ContainerInstance* instance = find(pod, container);
    if (instance != nullptr) end(instance->id, exit_code);
  }

  int started_count = 0;
  int killed_count = 0;
  std::vector<std::string> destroyed_volumes;

  void started(const ContainerInstance& instance, ContainerHost& host) override {
    ++started_count;
    running_.emplace(instance.id, Process{instance, &host, nullptr});
  }
  void sigterm(uint64_t id) override {
    Process& process = running_.at(id);
    const Habit habit = habits_[process.instance.container];
    if (!habit.stops_after || process.stopping) return;
    process.stopping =
        std::make_unique<sim::Timer>(*world_, [this, id, habit] { end(id, habit.exit_code); });
    process.stopping->set(world_->now() + *habit.stops_after);
  }
  void killed(uint64_t id) override {
    ++killed_count;
    running_.erase(id);
  }
  ProbeOutcome probe(uint64_t id, const api::Probe&) const override {
    const auto habit = habits_.find(running_.at(id).instance.container);
    return habit == habits_.end() ? ProbeOutcome::kSuccess : habit->second.probe;
  }
  void volume_destroyed(const std::string& volume) override { destroyed_volumes.push_back(volume); }

 private:
  struct Process {
    ContainerInstance instance;
    ContainerHost* host;
    std::unique_ptr<sim::Timer> stopping;
  };

  void end(uint64_t id, int exit_code) {
    auto node = running_.extract(id);
    if (!node.empty()) node.mapped().host->exited(id, exit_code);
  }

  sim::Runtime* world_;
  std::map<std::string, Habit> habits_;
  std::map<uint64_t, Process> running_;
};

}  // namespace sdbtwin::cluster
