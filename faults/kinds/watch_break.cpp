#include "faults/kinds/watch_break.h"

#include <fmt/format.h>

#include "faults/api_traffic.h"
#include "faults/lasting.h"
#include "model/cluster/server/api_server.h"

namespace sdbtwin::faults {
namespace {

class WatchBreakEffect final : public LastingEffect {
 public:
  WatchBreakEffect(WatchBreak fault, EffectHost& host)
      : LastingEffect(host, Lasting{fault.duration, {}}), fault_(std::move(fault)) {}

  cluster::Verdict before_watch(const cluster::WatchInfo& watch) override {
    if (!in_force() || !fits(environment(), fault_.process, watch.client)) return proceed();
    if (!host().has_fired()) host().fired("watches of " + watch.client.process);
    return cluster::Verdict::failed(cluster::connection_refused());
  }

 private:
  std::optional<std::string> begin() override {
    if (server_of(environment()) == nullptr) return std::nullopt;
    if (break_watches(environment(), fault_.process) == 0) return "";  // the next one it opens
    return fmt::format("watches of {}", fault_.process.empty() ? "everybody" : fault_.process);
  }

  void end() override {
    cluster::ApiServer* server = server_of(environment());
    if (fault_.history_lost && server != nullptr) server->forget_history();
  }

  WatchBreak fault_;
};

}  // namespace

std::string describe(const WatchBreak& fault) {
  return fmt::format("the watches of {} break for {}{}",
                     fault.process.empty() ? "everybody" : fault.process,
                     sim::format_duration(fault.duration),
                     fault.history_lost ? ", and their history is lost" : "");
}

std::unique_ptr<Effect> make_effect(const WatchBreak& fault, EffectHost& host) {
  return std::make_unique<WatchBreakEffect>(fault, host);
}

}  // namespace sdbtwin::faults
