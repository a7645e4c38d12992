#include "invariants/one_writable_master.h"

#include <fmt/format.h>

#include "model/singlestore/events.h"

namespace sdbtwin::invariants {
namespace {

class OneWritableMaster final : public Invariant {
 public:
  std::vector<api::Kind> kinds() const override { return {}; }
  std::vector<const sim::EventType*> events() const override {
    return {&sim::kEventType<singlestore::WritesAcknowledged>,
            &sim::kEventType<singlestore::WritableMasters>};
  }
  void on_write(const cluster::ObjectWritten&, Context&) override {}

  void on_event(const sim::TraceEvent& event, Context& context) override {
    const auto* masters = event.get_if<singlestore::WritableMasters>();
    if (masters == nullptr) return checked();  // somebody else became, or ceased to be, the one
    checked();
    if (masters->masters <= 1) return;
    context.violated(fmt::format("{} copies of {}/{} {} take writes: on {}", masters->masters,
                                 masters->namespace_, masters->cluster, masters->partition,
                                 masters->pods));
  }
};

}  // namespace

std::unique_ptr<Invariant> make_one_writable_master() {
  return std::make_unique<OneWritableMaster>();
}

}  // namespace sdbtwin::invariants
