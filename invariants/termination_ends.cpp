#include "invariants/termination_ends.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace sdbtwin::invariants {
namespace {

class TerminationEnds final : public Invariant {
 public:
  std::optional<std::string> inapplicable(const Settings& settings) const override {
    if (settings.unhealed.empty()) return std::nullopt;
    return fmt::format("the effect of the fault \"{}\" stays", settings.unhealed);
  }
  std::vector<api::Kind> kinds() const override {
    return {api::Kind::kPod, api::Kind::kPersistentVolumeClaim, api::Kind::kPetSet,
            api::Kind::kSinglestore, api::Kind::kSinglestoreOpsRequest};
  }

  void on_write(const cluster::ObjectWritten& write, Context& context) override {
    const api::ObjectRef ref(write.kind, key_of(write));
    if (!write.deleted) {
      if (api::is_deleting(write.after->metadata)) since_.emplace(ref, context.now());
      return;
    }
    const auto began = since_.find(ref);
    if (began == since_.end()) return;
    judge(ref, began->second, context);
    since_.erase(began);
  }

  void at_end(Context& context) override {
    for (const auto& [ref, began] : since_) judge(ref, began, context);
  }

  std::vector<Margin> margins(const Settings& settings) const override {
    if (checks() == 0) return {};
    return {{"from the deletion of an object to its end", longest_.count(),
             settings.termination.count(), true, Margin::Unit::kNanoseconds}};
  }

 private:
  void judge(const api::ObjectRef& ref, sim::Time began, Context& context) {
    checked();
    const sim::Duration took = context.now() - began;
    longest_ = std::max(longest_, took);
    if (took <= context.settings().termination) return;
    context.violated(fmt::format("{} had been on its way out for {}", to_string(ref),
                                 sim::format_duration(took)));
  }

  std::map<api::ObjectRef, sim::Time> since_;
  sim::Duration longest_{};
};

}  // namespace

std::unique_ptr<Invariant> make_termination_ends() { return std::make_unique<TerminationEnds>(); }

}  // namespace sdbtwin::invariants
