#include "invariants/request_ends.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace sdbtwin::invariants {
namespace {

// Start, pause, images, pods, version, end: at most so many steps (kubedb.md 4.4).
constexpr int kSteps = 6;
// Of a step without a timeout, and for each pod in the step that restarts pods. [us]
constexpr sim::Duration kDefaultTimeout = std::chrono::minutes(10);

class RequestEnds final : public Invariant {
 public:
  std::optional<std::string> inapplicable(const Settings& settings) const override {
    if (settings.unhealed.empty()) return std::nullopt;
    return fmt::format("the effect of the fault \"{}\" stays", settings.unhealed);
  }
  std::vector<api::Kind> kinds() const override { return {api::Kind::kSinglestoreOpsRequest}; }

  void on_write(const cluster::ObjectWritten& write, Context& context) override {
    const api::ObjectKey key = key_of(write);
    const auto request =
        api::as<api::SinglestoreOpsRequest>(write.after ? write.after : write.before);
    const api::ObjectKey database(key.namespace_, request->spec->database_ref.name);
    if (!write.before) open_[key] = context.now();
    if (!write.deleted && !api::is_finished(request->status->phase)) return;
    const auto began = open_.find(key);
    if (began == open_.end()) return;
    judge(key, *request, began->second, context);
    open_.erase(began);
    free_since_[database] = context.now();
  }

  void at_end(Context& context) override {
    for (const auto& [key, began] : open_) {
      const auto found = context.view().requests().find(key);
      if (found != context.view().requests().end()) judge(key, *found->second, began, context);
    }
  }

  std::vector<Margin> margins(const Settings&) const override {
    if (checks() == 0) return {};
    return {{"from the turn of a request to its end", longest_.count(), limit_.count(), true,
             Margin::Unit::kNanoseconds}};
  }

 private:
  static sim::Duration bound(const api::ObjectKey& database,
                             const api::SinglestoreOpsRequest& request, const Context& context) {
    if (const auto timeout = request.spec->timeout.value()) return *timeout * kSteps;
    const Database* found = context.view().find(database);
    const std::size_t pods = found == nullptr ? 0 : found->pods.size() + found->gone.size();
    return kDefaultTimeout * static_cast<std::int64_t>(kSteps + pods);
  }

  void judge(const api::ObjectKey& key, const api::SinglestoreOpsRequest& request, sim::Time began,
             Context& context) {
    checked();
    const api::ObjectKey database(key.namespace_, request.spec->database_ref.name);
    if (const auto free = free_since_.find(database); free != free_since_.end()) {
      began = std::max(began, free->second);
    }
    const sim::Duration took = context.now() - began;
    const sim::Duration limit = bound(database, request, context);
    if (took > longest_) {
      longest_ = took;
      limit_ = limit;
    }
    if (took <= limit) return;
    context.violated(
        fmt::format("request {} had not ended {} after its turn had come; its steps "
                    "may take {} together",
                    to_string(key), sim::format_duration(took), sim::format_duration(limit)));
  }

  std::map<api::ObjectKey, sim::Time> open_;
  std::map<api::ObjectKey, sim::Time> free_since_;  // by database: its last request ended
  sim::Duration longest_{};
  sim::Duration limit_{};
};

}  // namespace

std::unique_ptr<Invariant> make_request_ends() { return std::make_unique<RequestEnds>(); }

}  // namespace sdbtwin::invariants
