#include "model/singlestore/client.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

#include "model/singlestore/events.h"
#include "sim/core/assert.h"
#include "sim/core/race.h"
#include "sim/core/rng.h"

namespace sdbtwin::singlestore {
namespace {

sim::Task<std::optional<sql::Answer>> receive(std::shared_ptr<Call> call) {
  co_return co_await call->reply.receive();
}

class FleetClient final : public sql::DatabaseClient {
 public:
  FleetClient(sim::Runtime& runtime, std::string name, std::shared_ptr<FleetLink> link,
              sim::Distribution one_way)
      : runtime_(runtime),
        name_(std::move(name)),
        link_(std::move(link)),
        one_way_(one_way),
        rng_(runtime.rng(fmt::format("sql/{}", name_))) {}

  sim::Task<sql::Answer> query(sql::Endpoint endpoint, sql::Credentials credentials,
                               sql::Statement statement, sim::Duration timeout) override {
    SIM_ASSERT(timeout > sim::Duration(0));
    const sim::Time sent = runtime_.now();
    const std::string_view what = sql::statement_name(statement);
    auto call = std::make_shared<Call>(endpoint, std::move(credentials), std::move(statement));
    call->there = one_way_.sample(rng_);
    call->back = one_way_.sample(rng_);
    call->pick = rng_.next();
    call->deadline = sent + timeout;
    // Without a database world nobody answers.
    if (link_->fleet != nullptr) link_->fleet->submit(call);
    auto received = co_await sim::race(runtime_, receive(call), sent + timeout);
    const bool answered = received.has_value() && received->has_value();
    sql::Answer answer = answered ? std::move(**received)
                                  : sql::SqlError::make(sql::SqlErrorKind::kTimeout, endpoint.host);
    note(what, endpoint, sent, answer);
    co_return answer;
  }

 private:
  void note(std::string_view what, const sql::Endpoint& endpoint, sim::Time sent,
            const sql::Answer& answer) {
    QueryAnswered event;
    event.client = name_;
    event.statement = std::string(what);
    event.host = endpoint.host;
    event.sent = sent;
    event.outcome = answer.ok() ? "ok" : std::string(to_string(answer.error().kind));
    event.rows = answer.ok() ? static_cast<std::int64_t>(answer->size()) : 0;
    runtime_.trace(event);
  }

  sim::Runtime& runtime_;
  std::string name_;
  std::shared_ptr<FleetLink> link_;
  sim::Distribution one_way_;
  sim::Rng rng_;
};

}  // namespace

std::unique_ptr<sql::DatabaseClient> make_fleet_client(sim::Runtime& runtime, std::string name,
                                                       std::shared_ptr<FleetLink> link,
                                                       sim::Distribution one_way) {
  return std::make_unique<FleetClient>(runtime, std::move(name), std::move(link), one_way);
}

}  // namespace sdbtwin::singlestore
