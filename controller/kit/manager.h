// Manager: owns an operator's connection and caches, and starts its controllers when all caches
// have synced and leadership is held.
//
// One informer per kind, shared by all controllers; it must be asked for before start(). Handlers
// may fire before the controllers run: the names wait in their queues. Belongs to one process and
// lives in its actor.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "controller/kit/controller.h"
#include "controller/kit/leadership.h"
#include "model/api/client.h"
#include "model/client/informer.h"
#include "sim/core/runtime.h"

namespace sdbtwin::kit {

class Manager {
 public:
  // `leadership` null: this process leads from the start.
  Manager(sim::Runtime& runtime, std::unique_ptr<api::Client> client,
          std::unique_ptr<Leadership> leadership = nullptr);

  sim::Runtime& runtime() { return runtime_; }
  api::Client& client() { return *client_; }

  // Precondition: not started, or the kind was asked for before.
  client::Informer& informer(api::Kind kind);
  template <class T>
  client::Lister<T> lister() {
    return informer(T::kKind).template lister<T>();
  }

  // The controller outlives the manager's process, or dies with it.
  void add(Controller& controller) { controllers_.push_back(&controller); }

  void start();
  // The controllers run.
  bool running() const { return running_; }

 private:
  sim::Task<void> run();

  sim::Runtime& runtime_;
  std::unique_ptr<api::Client> client_;
  std::unique_ptr<Leadership> leadership_;
  std::map<api::Kind, std::unique_ptr<client::Informer>> informers_;
  std::vector<Controller*> controllers_;
  bool started_ = false;
  bool running_ = false;
};

}  // namespace sdbtwin::kit
