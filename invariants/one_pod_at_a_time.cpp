#include "invariants/one_pod_at_a_time.h"

#include <fmt/format.h>

namespace sdbtwin::invariants {
namespace {

class OnePodAtATime final : public Invariant {
 public:
  std::vector<api::Kind> kinds() const override { return {api::Kind::kPod}; }

  void on_write(const cluster::ObjectWritten& write, Context& context) override {
    if (!begins_disruption(write) || write.actor != context.settings().ops_manager) return;
    const Database* database = context.view().find(database_of(*write.before));
    if (database == nullptr) return;
    checked();
    for (const std::string& name : database->unready) {
      judge(write, name, database->pods.at(name), context);
    }
    for (const auto& [name, pod] : database->gone) judge(write, name, pod, context);
  }

  std::vector<Margin> margins(const Settings&) const override {
    return {{"other pods unready at an eviction, unnoticed", unnoticed_, 0, true,
             Margin::Unit::kCount}};
  }

 private:
  void judge(const cluster::ObjectWritten& write, const std::string& other, const PodView& pod,
             Context& context) {
    if (other == write.name) return;
    const sim::Duration unready = context.now() - pod.unready_since;
    const bool own = pod.disrupted && pod.disrupted_by == context.settings().ops_manager;
    if (!own && unready <= context.settings().poll) {
      ++unnoticed_;
      return;
    }
    context.violated(fmt::format("{} was disrupted while {} had not been ready for {}", write.name,
                                 other, sim::format_duration(unready)));
  }

  std::int64_t unnoticed_ = 0;
};

}  // namespace

std::unique_ptr<Invariant> make_one_pod_at_a_time() { return std::make_unique<OnePodAtATime>(); }

}  // namespace sdbtwin::invariants
