// The Fleet's way with statements: where they arrive, and when they are answered.
#include <utility>

#include "model/singlestore/answers.h"
#include "model/singlestore/fleet.h"
#include "model/singlestore/fleet_member.h"
#include "sim/core/assert.h"

namespace sdbtwin::singlestore {
namespace {

constexpr std::string_view kRootUser = "root";
constexpr std::string_view kClusterDomain = ".cluster.local";

}  // namespace

void Fleet::submit(std::shared_ptr<Call> call) { runtime_.spawn(serve(std::move(call))); }

sim::Task<void> Fleet::serve(std::shared_ptr<Call> call) {
  co_await runtime_.sleep(call->there);
  const Route to = route(*call);
  if (to.kind == Route::Kind::kSilent) co_return;  // dropped on the way: the client waits in vain
  if (waits_at(*call, to)) {
    call->endpoint.host = to.node->host;  // it stays at the node to which it came
    to.member->park(std::move(call));
    co_return;
  }
  sql::Answer answer = answer_call(*call, to);
  co_await runtime_.sleep(call->back);
  call->reply.send(std::move(answer));
}

sim::Task<void> Fleet::deliver(std::shared_ptr<Call> call, sql::Answer answer) {
  co_await runtime_.sleep(call->back);
  call->reply.send(std::move(answer));
}

bool Fleet::waits_at(const Call& call, const Route& to) const {
  if (to.kind != Route::Kind::kNode) return false;
  return waits(to.member->cluster().state(), *to.node, call.statement);
}

// Those whose client still waits and whose aggregator is still there have their answer when nothing
// holds them any more; a connection to an aggregator that has gone is lost.
void Fleet::release(std::vector<std::shared_ptr<Call>>& parked) {
  std::vector<std::shared_ptr<Call>> waiting;
  for (std::shared_ptr<Call>& call : parked) {
    if (call->deadline <= runtime_.now()) continue;
    const Route to = route(*call);
    if (to.kind == Route::Kind::kSilent) continue;
    if (waits_at(*call, to)) {
      waiting.push_back(std::move(call));
    } else {
      sql::Answer answer =
          to.kind == Route::Kind::kNode
              ? answer_call(*call, to)
              : sql::SqlError::make(sql::SqlErrorKind::kConnectionLost, call->endpoint.host);
      runtime_.spawn(deliver(std::move(call), std::move(answer)));
    }
  }
  parked = std::move(waiting);
}

sql::Answer Fleet::answer_call(const Call& call, const Route& to) const {
  switch (to.kind) {
    case Route::Kind::kUnknownHost:
      return sql::SqlError::make(sql::SqlErrorKind::kUnknownHost, call.endpoint.host);
    case Route::Kind::kRefused:
      return sql::SqlError::make(sql::SqlErrorKind::kRefused,
                                 fmt::format("{}:{}", call.endpoint.host, call.endpoint.port));
    case Route::Kind::kSilent:
      SIM_UNREACHABLE();
    case Route::Kind::kNode:
      break;
  }
  const std::string& password = to.node->password;
  const sql::Credentials& as = call.credentials;
  if (!password.empty() && (as.user != kRootUser || as.password != password)) {
    return sql::SqlError::make(sql::SqlErrorKind::kAccessDenied, as.user);
  }
  const DatabaseCluster& cluster = to.member->cluster();
  return answer(cluster.state(), cluster.settings(), *to.node, call.statement, runtime_.now());
}

Fleet::Route Fleet::route(const Call& call) const {
  std::string_view host = call.endpoint.host;
  if (ends_with(host, kClusterDomain)) host.remove_suffix(kClusterDomain.size());
  if (const auto service = services_.find(host); service != services_.end()) {
    return service_route(*service->second, call.pick);
  }
  const auto found = hosts_.find(host);
  if (found == hosts_.end()) return Route{};
  const Node* node = found->second->cluster().state().find_host(host);
  return node == nullptr ? Route{} : node_route(*found->second, *node);
}

Fleet::Route Fleet::service_route(Member& member, std::uint64_t pick) const {
  const ClusterState& state = member.cluster().state();
  std::vector<const Node*> ready;
  for (const int index : state.aggregators) {
    if (state.node(index).running()) ready.push_back(&state.node(index));
  }
  if (ready.empty()) return Route{Route::Kind::kRefused, &member, nullptr};
  return node_route(member, *ready[pick % ready.size()]);
}

Fleet::Route Fleet::node_route(Member& member, const Node& node) const {
  const auto pod = pods_.find(key_of(member.cluster().state().namespace_, node.pod));
  // A pod that is gone has no address in the headless service.
  if (pod == pods_.end() || pod->second.containers == 0) return Route{};
  if (node.black_holed) return Route{Route::Kind::kSilent, &member, &node};
  if (!node.running()) return Route{Route::Kind::kRefused, &member, &node};
  return Route{Route::Kind::kNode, &member, &node};
}

}  // namespace sdbtwin::singlestore
