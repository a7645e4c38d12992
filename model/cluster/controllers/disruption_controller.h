// DisruptionController: the process `disruption-controller`. Keeps the status of every
// PodDisruptionBudget, which the eviction endpoint spends (kubernetes.md 4.10).
// Which pods belong to a budget is kept up to date pod by pod; only changes that can matter
// (readiness, deletion, labels) cause a sync.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/api/client.h"
#include "model/api/pod.h"
#include "model/api/policy.h"
#include "model/client/informer.h"
#include "model/client/work_queue.h"
#include "sim/core/runtime.h"
#include "sim/engine/process.h"

namespace sdbtwin::cluster {

class DisruptionController final : public sim::Actor {
 public:
  DisruptionController(sim::Runtime& runtime, std::unique_ptr<api::Client> client);

 private:
  using Key = api::ObjectKey;
  using PodPtr = std::shared_ptr<const api::Pod>;
  using BudgetPtr = std::shared_ptr<const api::PodDisruptionBudget>;
  using Members = std::map<Key, PodPtr>;

  void add_handlers();
  void on_budget(const BudgetPtr& budget, bool selector_changed);
  void on_pod(const PodPtr& pod, bool matters);
  void on_pod_gone(const PodPtr& pod);

  sim::Task<void> run();
  sim::Task<api::Result<void>> sync(Key key);
  sim::Task<api::Result<int64_t>> expected_scale(std::vector<PodPtr> pods);

  sim::Runtime* runtime_;
  std::unique_ptr<api::Client> client_;
  client::Informer budgets_;
  client::Informer pods_;
  std::map<Key, Members> members_;  // by budget
  client::WorkQueue<Key> queue_;
};

}  // namespace sdbtwin::cluster
