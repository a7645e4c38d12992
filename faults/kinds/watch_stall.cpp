#include "faults/kinds/watch_stall.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "faults/api_traffic.h"

namespace sdbtwin::faults {
namespace {

class WatchStallEffect final : public LastingEffect {
 public:
  WatchStallEffect(WatchStall fault, EffectHost& host)
      : LastingEffect(host, fault.lasting), fault_(std::move(fault)) {}

  // So that the event of the moment itself is the first that is held back.
  bool strikes_at_once() const override { return true; }

  cluster::Verdict before_deliver(const cluster::WatchInfo& watch,
                                  const api::WatchEvent& event) override {
    if (!concerns(watch, event)) return proceed();
    held_.push_back(watch.id);
    if (!host().has_fired()) {
      host().fired(
          fmt::format("watch of {} by {}", to_string(watch.request.kind), watch.client.process));
    }
    return cluster::Verdict::held();
  }

 private:
  std::optional<std::string> begin() override {
    if (environment().api == nullptr) return std::nullopt;
    return "";
  }

  void end() override {
    for (const std::uint64_t id : std::exchange(held_, {})) environment().api->release(id);
  }

  bool concerns(const cluster::WatchInfo& watch, const api::WatchEvent& event) const {
    if (!in_force() || event.object == nullptr) return false;
    if (!fits(environment(), fault_.process, watch.client)) return false;
    const api::ObjectMeta& metadata = event.object->metadata;
    return fault_.object.matches(event.object->kind(), metadata.namespace_, metadata.name);
  }

  WatchStall fault_;
  std::vector<std::uint64_t> held_;
};

}  // namespace

std::string describe(const WatchStall& fault) {
  return fmt::format("{} sees nothing new of {}",
                     fault.process.empty() ? "everybody" : fault.process, describe(fault.object)) +
         describe(fault.lasting);
}

std::unique_ptr<Effect> make_effect(const WatchStall& fault, EffectHost& host) {
  return std::make_unique<WatchStallEffect>(fault, host);
}

}  // namespace sdbtwin::faults
