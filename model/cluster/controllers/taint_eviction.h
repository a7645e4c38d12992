// TaintEvictionController: the process `taint-eviction-controller` (kubernetes.md 3.5; upstream
// pkg/controller/tainteviction). Deletes the pods of nodes with NoExecute taints when the time that
// they tolerate is over, counted by its own clock from when it saw the taint; at once, when they do
// not. Called off when the taint goes, or when the pod does. The deletion is an ordinary one: no
// budget is asked, and without its kubelet the pod is Terminating for ever.
// Its memory dies with it: a new one counts from its start.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/api/client.h"
#include "model/api/core.h"
#include "model/api/pod.h"
#include "model/client/event_recorder.h"
#include "model/client/informer.h"
#include "model/client/work_queue.h"
#include "sim/core/runtime.h"
#include "sim/engine/process.h"

namespace sdbtwin::cluster {

class TaintEvictionController final : public sim::Actor {
 public:
  TaintEvictionController(sim::Runtime& runtime, std::unique_ptr<api::Client> client);

 private:
  using Key = api::ObjectKey;
  using PodPtr = std::shared_ptr<const api::Pod>;
  struct Eviction {
    std::string uid;
    sim::Time since;
    sim::Time at;
    bool done = false;  // deleted once; not again while the taint stays
  };

  void add_handlers();
  void look_at_node(const std::string& node);
  void look_at(const PodPtr& pod, const std::vector<api::Taint>& taints);
  std::vector<api::Taint> taints_of(const std::string& node) const;
  void cancel(const Key& pod);

  sim::Task<void> run();
  sim::Task<void> evict(Key key);
  sim::Task<api::Result<void>> remove(Key key);

  sim::Runtime* runtime_;
  std::unique_ptr<api::Client> client_;
  client::EventRecorder events_;
  client::Informer nodes_;
  client::Informer pods_;
  std::map<Key, Eviction> evictions_;
  client::WorkQueue<Key> due_;
};

}  // namespace sdbtwin::cluster
