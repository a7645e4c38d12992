#include "faults/kinds/hold_write.h"

#include <optional>

namespace sdbtwin::faults {
namespace {

class HoldWriteEffect final : public Effect {
 public:
  HoldWriteEffect(HoldWrite fault, EffectHost& host) : Effect(host), fault_(std::move(fault)) {}

  bool strikes_at_once() const override { return true; }
  bool take_hold() override { return true; }

  cluster::Verdict before_apply(const cluster::CallInfo& call) override {
    if (host().has_fired() || !fault_.request.matches(call)) return proceed();
    held_ = call.id;
    host().fired(describe(call));
    watch_for_end(host(), fault_.lasting, [this] {
      if (!held_) return;  // the other way out came first
      heal();
      host().healed();
    });
    return cluster::Verdict::held();
  }

  void heal() override {
    if (!held_) return;
    const std::uint64_t call = *held_;
    held_.reset();
    environment().api->release(call);
  }

 private:
  HoldWrite fault_;
  std::optional<std::uint64_t> held_;
};

}  // namespace

std::string describe(const HoldWrite& fault) {
  return "hold the next " + describe(fault.request) + describe(fault.lasting);
}

std::unique_ptr<Effect> make_effect(const HoldWrite& fault, EffectHost& host) {
  return std::make_unique<HoldWriteEffect>(fault, host);
}

}  // namespace sdbtwin::faults
