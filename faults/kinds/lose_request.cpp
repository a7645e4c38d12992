#include "faults/kinds/lose_request.h"

namespace sdbtwin::faults {
namespace {

class LoseRequestEffect final : public Effect {
 public:
  LoseRequestEffect(LoseRequest fault, EffectHost& host) : Effect(host), fault_(std::move(fault)) {}

  bool strikes_at_once() const override { return true; }
  bool take_hold() override { return true; }
  void heal() override {}

  cluster::Verdict before_send(const cluster::CallInfo& call) override {
    if (!fault_.request.matches(call)) return proceed();
    host().fired(describe(call));
    host().healed();
    return cluster::Verdict::lost();
  }

 private:
  LoseRequest fault_;
};

}  // namespace

std::string describe(const LoseRequest& fault) {
  return "lose the next " + describe(fault.request);
}

std::unique_ptr<Effect> make_effect(const LoseRequest& fault, EffectHost& host) {
  return std::make_unique<LoseRequestEffect>(fault, host);
}

}  // namespace sdbtwin::faults
