// LeaseLeadership: leadership by election on a Lease (model/client/leader_elector.h), for operators
// that run with standby replicas. When it is lost, `on_lost` is called once and must end the
// process: nothing in a Manager stops writing by itself.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "controller/kit/leadership.h"
#include "model/client/leader_elector.h"

namespace sdbtwin::kit {

class LeaseLeadership final : public Leadership {
 public:
  LeaseLeadership(sim::Runtime& runtime, std::unique_ptr<api::Client> client,
                  client::LeaderElectionOptions options, std::function<void()> on_lost)
      : runtime_(&runtime),
        client_(std::move(client)),
        elector_(runtime, *client_, std::move(options)),
        on_lost_(std::move(on_lost)) {}

  sim::Task<void> acquire() override {
    co_await elector_.acquire();
    runtime_->spawn(hold());
  }

 private:
  sim::Task<void> hold() {
    co_await elector_.hold();
    on_lost_();
  }

  sim::Runtime* runtime_;
  std::unique_ptr<api::Client> client_;
  client::LeaderElector elector_;
  std::function<void()> on_lost_;
};

}  // namespace sdbtwin::kit
