// PodReporter: tells the API server what a kubelet thinks of one pod, and ends the API object when
// nothing of the pod is left on the node (kubernetes.md 3.4 step 5): PATCH of /status, then DELETE
// with grace 0 and the uid as a precondition. Runs beside the pod's own coroutine, so that a server
// that cannot be reached never holds up containers.
// The last published status wins; intermediate ones may never be sent. What another writer has put
// in its place (the node lifecycle controller: Ready is False) is put right within 10 s, the round
// of the kubelet's status manager.
#pragma once

#include <memory>
#include <string>

#include "model/api/client.h"
#include "model/api/pod.h"
#include "sim/core/event.h"
#include "sim/core/runtime.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

class PodReporter {
 public:
  // `known`: the status that the server is known to have.
  PodReporter(sim::Runtime& runtime, api::Client& client, const api::Pod& pod);

  void publish(api::PodStatus status);
  // The API shows this version of the pod.
  void seen(std::shared_ptr<const api::Pod> pod);
  // Nothing of the pod is on the node any more: once the status is written, the object may go.
  void release();
  // The API object is gone: nothing is to be told any more.
  void stop();

  // The status last published; at first that of the pod.
  const api::PodStatus& published() const { return wanted_; }

  static sim::Task<void> run(std::shared_ptr<PodReporter> self);

 private:
  bool overwritten() const;
  sim::Task<void> wait();
  sim::Task<bool> send_status();  // false: failed, to be tried again
  sim::Task<bool> send_delete();

  sim::Runtime* runtime_;
  api::Client* client_;
  api::ObjectRef ref_;
  std::string uid_;
  sim::Time born_;
  api::PodStatus sent_;
  uint64_t sent_version_;  // of the object, with the status last sent
  std::shared_ptr<const api::Pod> seen_;
  api::PodStatus wanted_;
  bool dirty_ = false;
  bool sending_ = false;
  bool released_ = false;
  bool stopped_ = false;
  sim::Event wake_;
};

}  // namespace sdbtwin::cluster
