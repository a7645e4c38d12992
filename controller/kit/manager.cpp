#include "controller/kit/manager.h"

#include <utility>

namespace sdbtwin::kit {

Manager::Manager(sim::Runtime& runtime, std::unique_ptr<api::Client> client,
                 std::unique_ptr<Leadership> leadership)
    : runtime_(runtime), client_(std::move(client)), leadership_(std::move(leadership)) {
  SIM_ASSERT(client_ != nullptr);
  if (!leadership_) leadership_ = std::make_unique<SoleLeader>();
}

client::Informer& Manager::informer(api::Kind kind) {
  auto& informer = informers_[kind];
  if (!informer) {
    SIM_ASSERT(!started_);
    informer = std::make_unique<client::Informer>(runtime_, *client_, kind);
  }
  return *informer;
}

void Manager::start() {
  SIM_ASSERT(!started_);
  started_ = true;
  for (auto& [kind, informer] : informers_) informer->start();
  runtime_.spawn(run());
}

sim::Task<void> Manager::run() {
  std::vector<client::Informer*> informers;
  for (auto& [kind, informer] : informers_) informers.push_back(informer.get());
  co_await client::wait_for_sync(runtime_, std::move(informers));
  co_await leadership_->acquire();
  running_ = true;
  for (Controller* controller : controllers_) controller->start();
}

}  // namespace sdbtwin::kit
