#include "faults/kinds/api_outage.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "faults/api_traffic.h"
#include "model/api/errors.h"
#include "model/cluster/server/api_server.h"

namespace sdbtwin::faults {
namespace {

class ApiOutageEffect final : public LastingEffect {
 public:
  ApiOutageEffect(ApiOutage fault, EffectHost& host)
      : LastingEffect(host, fault.lasting), fault_(std::move(fault)) {}

  cluster::Verdict before_send(const cluster::CallInfo& call) override {
    if (!concerns(call.client)) return proceed();
    strikes(describe(call));
    return verdict(call.id);
  }
  cluster::Verdict before_watch(const cluster::WatchInfo& watch) override {
    if (!concerns(watch.client)) return proceed();
    strikes(fmt::format("watch of {} by {}", to_string(watch.request.kind), watch.client.process));
    return verdict(watch.id);
  }
  cluster::Verdict before_deliver(const cluster::WatchInfo& watch,
                                  const api::WatchEvent&) override {
    if (fault_.answer != OutageAnswer::kNone || !concerns(watch.client)) return proceed();
    return verdict(watch.id);
  }

 private:
  std::optional<std::string> begin() override {
    if (server_of(environment()) == nullptr) return std::nullopt;
    if (fault_.answer == OutageAnswer::kConnectionRefused) {
      break_watches(environment(), fault_.process);
    }
    return "";
  }

  void end() override {
    for (const std::uint64_t id : std::exchange(held_, {})) environment().api->release(id);
  }

  bool concerns(const cluster::Identity& client) const {
    return in_force() && fits(environment(), fault_.process, client);
  }
  void strikes(std::string touched) {
    if (!host().has_fired()) host().fired(std::move(touched));
  }

  cluster::Verdict verdict(std::uint64_t id) {
    switch (fault_.answer) {
      case OutageAnswer::kConnectionRefused:
        return cluster::Verdict::failed(cluster::connection_refused());
      case OutageAnswer::kServiceUnavailable:
        return cluster::Verdict::failed(api::errors::service_unavailable(
            "the server is currently unable to handle the request"));
      case OutageAnswer::kTooManyRequests:
        return cluster::Verdict::failed(
            api::errors::too_many_requests("Too many requests, please try again later.", 1));
      case OutageAnswer::kNone:
        held_.push_back(id);
        return cluster::Verdict::held();
    }
    SIM_UNREACHABLE();
  }

  ApiOutage fault_;
  std::vector<std::uint64_t> held_;  // in the order of their sending
};

}  // namespace

std::string describe(const ApiOutage& fault) {
  return fmt::format("the API server is out of reach of {} (answer: {})",
                     fault.process.empty() ? "everybody" : fault.process,
                     word_of(fault.answer, kOutageAnswers)) +
         describe(fault.lasting);
}

std::unique_ptr<Effect> make_effect(const ApiOutage& fault, EffectHost& host) {
  return std::make_unique<ApiOutageEffect>(fault, host);
}

}  // namespace sdbtwin::faults
