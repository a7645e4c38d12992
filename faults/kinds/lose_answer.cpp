#include "faults/kinds/lose_answer.h"

namespace sdbtwin::faults {
namespace {

class LoseAnswerEffect final : public Effect {
 public:
  LoseAnswerEffect(LoseAnswer fault, EffectHost& host) : Effect(host), fault_(std::move(fault)) {}

  bool strikes_at_once() const override { return true; }
  bool take_hold() override { return true; }
  void heal() override {}

  cluster::Verdict after_apply(const cluster::CallInfo& call) override {
    if (!fault_.request.matches(call)) return proceed();
    host().fired(describe(call));
    host().healed();
    return cluster::Verdict::lost();
  }

 private:
  LoseAnswer fault_;
};

}  // namespace

std::string describe(const LoseAnswer& fault) {
  return "lose the answer of the next " + describe(fault.request);
}

std::unique_ptr<Effect> make_effect(const LoseAnswer& fault, EffectHost& host) {
  return std::make_unique<LoseAnswerEffect>(fault, host);
}

}  // namespace sdbtwin::faults
