#include "faults/kinds/pod_delete.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "faults/target_resolver.h"
#include "model/api/meta.h"
#include "sim/core/task.h"

namespace sdbtwin::faults {
namespace {

class PodDeleteEffect final : public Effect {
 public:
  PodDeleteEffect(PodDelete fault, EffectHost& host) : Effect(host), fault_(std::move(fault)) {}

  bool take_hold() override {
    if (asked_) return false;  // on its way
    const Environment& world = environment();
    if (world.api == nullptr || world.store == nullptr) return false;
    const std::optional<PodName> pod = resolve(fault_.target, world);
    if (!pod) return false;
    api::ObjectRef ref(api::Kind::kPod, pod->namespace_, pod->name);
    const api::ObjectPtr object = world.store->get(ref);
    if (object == nullptr || (!fault_.force && api::is_deleting(object->metadata))) return false;
    asked_ = true;
    sim::Runtime& runtime = world.simulation->runtime();
    std::shared_ptr<api::Client> client = world.api->client_for(runtime, std::string(kFaultClient));
    runtime.spawn(remove(std::move(client), api::Request::remove(std::move(ref), options())));
    return false;
  }

  void heal() override { ended_ = true; }
  bool settled() const override { return !asked_; }

 private:
  api::DeleteOptions options() const {
    api::DeleteOptions options;
    if (fault_.grace_period) {
      options.grace_period_seconds =
          std::chrono::duration_cast<std::chrono::seconds>(*fault_.grace_period).count();
    }
    if (fault_.force) options.grace_period_seconds = 0;
    return options;
  }

  // Fires when the server has said yes. A pod that has gone by itself is not deleted: the fault
  // goes on waiting for one. So it does when the server was not to be reached.
  sim::Task<void> remove(std::shared_ptr<api::Client> client, api::Request request) {
    const std::string what = fmt::format("pod {}", to_string(request.ref.key));
    const api::Result<api::Response> answer = co_await client->call(std::move(request));
    if (answer.ok()) {
      host().fired(what);
      host().healed();
    } else if (answer.error().reason != api::Reason::kNotFound && !ended_) {
      co_await environment().simulation->runtime().sleep(kRetry);
    }
    asked_ = false;
  }

  static constexpr sim::Duration kRetry = std::chrono::seconds(1);  // [us]

  PodDelete fault_;
  bool asked_ = false;
  bool ended_ = false;
};

}  // namespace

std::string describe(const PodDelete& fault) {
  std::string text = "delete the pod of " + to_string(fault.target);
  if (fault.force) text += " by force";
  if (fault.grace_period) {
    text += fmt::format(" with a grace period of {}", sim::format_duration(*fault.grace_period));
  }
  return text;
}

std::unique_ptr<Effect> make_effect(const PodDelete& fault, EffectHost& host) {
  return std::make_unique<PodDeleteEffect>(fault, host);
}

}  // namespace sdbtwin::faults
