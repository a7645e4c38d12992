// The user of a run: sets the cluster up through the API, then carries out the scenario's actions
// as they come due, one after the other; a drain goes on beside the others. An ordinary client, in
// the process `user`; it is never killed.
//
// What the API server refuses is kept: a refusal that the scenario does not allow fails the run.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/api/client.h"
#include "scenarios/spec/scenario.h"
#include "sim/core/channel.h"
#include "sim/core/runtime.h"
#include "sim/core/task.h"
#include "sim/engine/process.h"

namespace sdbtwin::scenarios {

// The user has done something, or could not.
struct UserActed {
  static constexpr std::string_view kName = "user-acted";
  std::string action;
  std::string outcome;  // "done", or the refusal
  template <class V>
  void visit(V& v) const {
    v("action", action);
    v("outcome", outcome);
  }
};

struct Refusal {
  std::string action;
  std::string message;
  Location location;
};

// The node that a text means now (faults/node_name.h).
using NodeFinder = std::function<std::optional<std::string>(const std::string& text)>;

class User final : public sim::Actor {
 public:
  // `scenario` outlives the user. `supplied` is created first, then the scenario's manifests.
  User(sim::Runtime& runtime, std::unique_ptr<api::Client> client, const Scenario& scenario,
       std::vector<api::ObjectPtr> supplied, NodeFinder find_node);

  // The action of this index is due.
  void due(std::size_t action) { due_.send(action); }

  bool set_up() const { return set_up_; }
  // Actions that have been carried out, or refused.
  std::size_t acted() const { return acted_; }
  const std::vector<Refusal>& refusals() const { return refusals_; }

 private:
  sim::Task<void> run();
  sim::Task<void> set_up_cluster();
  sim::Task<void> act(std::size_t index);
  void finish(std::size_t index, std::string refusal);
  // In the background: the user does other things meanwhile.
  sim::Task<void> drain_node(std::size_t index);
  // Creates the object; one that is there already is changed to what is given, as `kubectl apply`
  // does. "": done.
  sim::Task<std::string> apply(api::ObjectPtr object);
  sim::Task<std::string> carry_out(const Action& action);
  // The node that a text means: now, or when something was last done to it.
  std::optional<std::string> node_of(const std::string& text, bool takes_back);
  sim::Task<std::string> carry_out_on_node(NodeAction action);
  // Changes what the node has as it is read now; read again when somebody else was quicker.
  sim::Task<std::string> change_taints(std::string node, NodeAction action);
  sim::Task<std::string> send(api::Request request);

  sim::Runtime& runtime_;
  std::unique_ptr<api::Client> client_;
  const Scenario& scenario_;
  std::vector<api::ObjectPtr> supplied_;
  NodeFinder find_node_;
  // Which node a text meant when something was last done to it: what is taken back, is taken back
  // there, wherever the pod is now.
  std::map<std::string, std::string> nodes_;
  sim::Channel<std::size_t> due_;
  bool set_up_ = false;
  std::size_t acted_ = 0;
  std::vector<Refusal> refusals_;
};

}  // namespace sdbtwin::scenarios
