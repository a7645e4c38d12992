#include "model/cluster/node/container_plan.h"

#include <algorithm>

#include "model/cluster/node/pod_status.h"

namespace sdbtwin::cluster {
namespace {

using Run = NodeMachine::Run;

class Planner {
 public:
  Planner(const api::PodSpec& spec, const NodeMachine::Pod* observed, const Backoffs& backoffs,
          sim::Time now, const Started& started)
      : spec_(spec), observed_(observed), backoffs_(backoffs), now_(now), started_(started) {}

  ContainerPlan run() {
    const bool done = initialized();
    for (const api::Container& container : spec_.init_containers) {
      const bool passed = plan_init(container);
      if (!passed && !done) return plan_;
    }
    for (const api::Container& container : spec_.containers) {
      const Run* last = last_run(container.name);
      if (last == nullptr) {
        plan_.start.push_back({&container, false});
      } else if (!last->running() && restarts(last->exit_code)) {
        restart(container, false, *last);
      }
    }
    return plan_;
  }

 private:
  // A sidecar that fails later holds up nobody.
  bool initialized() const {
    const auto began = [&](const api::Container& c) { return last_run(c.name) != nullptr; };
    const auto ended_well = [&](const api::Container& c) {
      const Run* last = last_run(c.name);
      return is_sidecar(c) || (last != nullptr && !last->running() && last->exit_code == 0);
    };
    return std::any_of(spec_.containers.begin(), spec_.containers.end(), began) &&
           std::all_of(spec_.init_containers.begin(), spec_.init_containers.end(), ended_well);
  }

  // False: what follows has to wait for it.
  bool plan_init(const api::Container& container) {
    const Run* last = last_run(container.name);
    if (last == nullptr) {
      plan_.start.push_back({&container, true});
      return false;
    }
    const bool sidecar = is_sidecar(container);
    if (last->running()) return sidecar && has_started(container.name);
    if (!sidecar && last->exit_code == 0) return true;
    if (sidecar || spec_.restart_policy != api::RestartPolicy::kNever)
      restart(container, true, *last);
    return false;
  }

  bool has_started(std::string_view name) const {
    const auto found = started_.find(name);
    return found == started_.end() || found->second;
  }

  const Run* last_run(std::string_view name) const {
    if (observed_ == nullptr) return nullptr;
    const NodeMachine::Container* container = observed_->find(name);
    return container == nullptr || !container->current ? nullptr : &*container->current;
  }

  bool restarts(int32_t exit_code) const {
    switch (spec_.restart_policy) {
      case api::RestartPolicy::kUnset:
      case api::RestartPolicy::kAlways:
        return true;
      case api::RestartPolicy::kOnFailure:
        return exit_code != 0;
      case api::RestartPolicy::kNever:
        return false;
    }
    SIM_UNREACHABLE();
  }

  void restart(const api::Container& container, bool init, const Run& last) {
    const auto backoff = backoffs_.find(container.name);
    const sim::Time ready = backoff == backoffs_.end()
                                ? *last.finished_at
                                : backoff->second.ready_at(*last.finished_at);
    if (ready <= now_) {
      plan_.start.push_back({&container, init});
      return;
    }
    plan_.backing_off.push_back(container.name);
    if (!plan_.next || ready < *plan_.next) plan_.next = ready;
  }

  const api::PodSpec& spec_;
  const NodeMachine::Pod* observed_;
  const Backoffs& backoffs_;
  sim::Time now_;
  const Started& started_;
  ContainerPlan plan_;
};

}  // namespace

ContainerPlan plan_containers(const api::PodSpec& spec, const NodeMachine::Pod* observed,
                              const Backoffs& backoffs, sim::Time now, const Started& started) {
  Planner planner(spec, observed, backoffs, now, started);
  return planner.run();
}

}  // namespace sdbtwin::cluster
