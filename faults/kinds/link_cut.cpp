#include "faults/kinds/link_cut.h"

#include <fmt/format.h>

#include "faults/target_resolver.h"

namespace sdbtwin::faults {
namespace {

class LinkCutEffect final : public LastingEffect {
 public:
  LinkCutEffect(LinkCut fault, EffectHost& host)
      : LastingEffect(host, fault.lasting), fault_(std::move(fault)) {}

 private:
  std::optional<std::string> begin() override {
    const std::optional<PodName> from = resolve(fault_.from, environment());
    const std::optional<PodName> to = resolve(fault_.to, environment());
    if (environment().fleet == nullptr || !from || !to) return std::nullopt;
    if (from->namespace_ != to->namespace_) return std::nullopt;
    from_ = *from;
    to_ = *to;
    if (!set(true)) return std::nullopt;
    return fmt::format("link between pods {} and {}", to_string(from_), to_string(to_));
  }

  void end() override { (void)set(false); }

  bool set(bool cut) {
    return environment().fleet->cut_link(from_.namespace_, from_.name, to_.name, cut);
  }

  LinkCut fault_;
  PodName from_;
  PodName to_;
};

}  // namespace

std::string describe(const LinkCut& fault) {
  return fmt::format("cut the link between {} and {}", to_string(fault.from), to_string(fault.to)) +
         describe(fault.lasting);
}

std::unique_ptr<Effect> make_effect(const LinkCut& fault, EffectHost& host) {
  return std::make_unique<LinkCutEffect>(fault, host);
}

}  // namespace sdbtwin::faults
