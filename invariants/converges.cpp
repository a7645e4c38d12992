#include "invariants/converges.h"

#include <fmt/format.h>

#include "invariants/wellness.h"

namespace sdbtwin::invariants {
namespace {

class Converges final : public Invariant {
 public:
  std::optional<std::string> inapplicable(const Settings& settings) const override {
    if (settings.unhealed.empty()) return std::nullopt;
    return fmt::format("the effect of the fault \"{}\" stays", settings.unhealed);
  }
  std::vector<api::Kind> kinds() const override { return {}; }
  void on_write(const cluster::ObjectWritten&, Context&) override {}

  void at_end(Context& context) override {
    checked();
    const std::string problem = not_well(context.view(), context.truth(), context.now());
    if (problem.empty()) return;
    context.violated(fmt::format("at the end, {} after the last request and fault: {}",
                                 sim::format_duration(context.settings().convergence), problem));
  }
};

}  // namespace

std::unique_ptr<Invariant> make_converges() { return std::make_unique<Converges>(); }

}  // namespace sdbtwin::invariants
