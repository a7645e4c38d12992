// A cluster of the Fleet with its timer and the statements that wait in it. Part of fleet.h.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/singlestore/fleet.h"

namespace sdbtwin::singlestore {

inline std::string key_of(const std::string& namespace_, const std::string& name) {
  return namespace_ + "/" + name;
}

inline bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

// One cluster with its timer. Its events go to the trace of the process.
class Fleet::Member final : public Journal {
 public:
  Member(Fleet& fleet, const std::string& namespace_, const std::string& name,
         const Settings& settings)
      : fleet_(fleet),
        starts_(fleet.runtime_.rng(fmt::format("starts/{}/{}", namespace_, name))),
        cluster_(namespace_, name, settings,
                 fleet.runtime_.rng(fmt::format("cluster/{}/{}", namespace_, name)), *this),
        timer_(fleet.runtime_, [this] { wake(); }) {}

  const DatabaseCluster& cluster() const { return cluster_; }

  // Applies `change(cluster, now)` with everything before it done.
  template <class Change>
  void change(Change change) {
    const sim::Time now = fleet_.runtime_.now();
    cluster_.run_due(now);
    change(cluster_, now);
    after();
  }

  // Keeps a statement that waits until a change of the cluster gives it an answer.
  void park(std::shared_ptr<Call> call) { parked_.push_back(std::move(call)); }

  sim::Duration draw_start_time() {
    return cluster_.settings().timings.process_start.sample(starts_);
  }

  void note(const ClusterEvent& event) override {
    std::visit([this](const auto& e) { fleet_.runtime_.trace(e); }, event);
    if (const auto* process = std::get_if<ProcessChanged>(&event)) {
      if (process->state == ProcessState::kRunning) announce(process->pod);
    }
  }

 private:
  void wake() {
    cluster_.run_due(fleet_.runtime_.now());
    after();
  }

  void after() {
    arm();
    if (!parked_.empty()) fleet_.release(parked_);
  }

  void arm() {
    const std::optional<sim::Time> next = cluster_.next_due();
    if (!next) {
      timer_.cancel();
    } else if (!timer_.armed() || timer_.deadline() != *next) {
      timer_.set(*next);
    }
  }

  void announce(const std::string& pod) {
    const auto found = fleet_.pods_.find(key_of(cluster_.state().namespace_, pod));
    if (found == fleet_.pods_.end() || found->second.engine == 0) return;
    const std::uint64_t id = found->second.engine;
    fleet_.containers_.at(id).host->readiness_changed(id);
  }

  Fleet& fleet_;
  sim::Rng starts_;
  DatabaseCluster cluster_;
  sim::Timer timer_;
  std::vector<std::shared_ptr<Call>> parked_;
};

}  // namespace sdbtwin::singlestore
