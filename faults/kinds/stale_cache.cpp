#include "faults/kinds/stale_cache.h"

#include <fmt/format.h>

#include "faults/api_traffic.h"
#include "model/cluster/server/api_server.h"

namespace sdbtwin::faults {
namespace {

class StaleCacheEffect final : public LastingEffect {
 public:
  StaleCacheEffect(StaleCache fault, EffectHost& host)
      : LastingEffect(host, fault.lasting), fault_(std::move(fault)) {}

 private:
  std::optional<std::string> begin() override {
    cluster::ApiServer* server = server_of(environment());
    if (server == nullptr || server->cache_frozen()) return std::nullopt;  // one at a time
    server->freeze_cache(static_cast<std::uint64_t>(fault_.behind));
    return "cache of the API server";
  }

  void end() override {
    if (cluster::ApiServer* server = server_of(environment())) server->thaw_cache();
  }

  StaleCache fault_;
};

}  // namespace

std::string describe(const StaleCache& fault) {
  std::string text = "the cache of the API server stands still";
  if (fault.behind > 0) text += fmt::format(" {} revisions ago", fault.behind);
  return text + describe(fault.lasting);
}

std::unique_ptr<Effect> make_effect(const StaleCache& fault, EffectHost& host) {
  return std::make_unique<StaleCacheEffect>(fault, host);
}

}  // namespace sdbtwin::faults
