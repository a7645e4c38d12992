#include "scenarios/world/user.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "model/api/codec.h"
#include "model/api/typed_client.h"
#include "scenarios/world/drain.h"

namespace sdbtwin::scenarios {
namespace {

// A request whose fate is unknown, or that the server was too busy for, is sent again; so does
// whoever types kubectl. [us]
constexpr int kAttempts = 5;
constexpr sim::Duration kPause = std::chrono::seconds(1);

bool worth_another_try(const api::ApiError& error) {
  return error.reason == api::Reason::kConnectionLost || error.reason == api::Reason::kTimeout ||
         error.reason == api::Reason::kServerTimeout ||
         error.reason == api::Reason::kTooManyRequests ||
         error.reason == api::Reason::kServiceUnavailable;
}

std::string no_node(const std::string& text) {
  return fmt::format("there is no node \"{}\"", text);
}

}  // namespace

User::User(sim::Runtime& runtime, std::unique_ptr<api::Client> client, const Scenario& scenario,
           std::vector<api::ObjectPtr> supplied, NodeFinder find_node)
    : runtime_(runtime),
      client_(std::move(client)),
      scenario_(scenario),
      supplied_(std::move(supplied)),
      find_node_(std::move(find_node)) {
  runtime_.spawn(run());
}

sim::Task<void> User::run() {
  co_await set_up_cluster();
  set_up_ = true;
  while (true) {
    const std::optional<std::size_t> index = co_await due_.receive();
    if (!index) co_return;
    if (std::holds_alternative<DrainAction>(scenario_.actions[*index].what)) {
      runtime_.spawn(drain_node(*index));
    } else {
      co_await act(*index);
    }
  }
}

sim::Task<void> User::set_up_cluster() {
  for (const api::ObjectPtr& object : supplied_) {
    std::string refusal = co_await apply(object);
    if (!refusal.empty()) refusals_.push_back({"set-up", std::move(refusal), {}});
  }
  for (const Manifest& manifest : scenario_.manifests) {
    std::string refusal = co_await apply(manifest.object);
    if (!refusal.empty()) refusals_.push_back({"set-up", std::move(refusal), manifest.location});
  }
}

sim::Task<void> User::act(std::size_t index) {
  const Action& action = scenario_.actions[index];
  std::string refusal = co_await carry_out(action);
  finish(index, std::move(refusal));
}

sim::Task<void> User::drain_node(std::size_t index) {
  DrainAction what = std::get<DrainAction>(scenario_.actions[index].what);
  std::string refusal;
  if (const std::optional<std::string> node = node_of(what.node, false)) {
    what.node = *node;
    refusal = co_await drain(runtime_, *client_, std::move(what));
  } else {
    refusal = no_node(what.node);
  }
  finish(index, std::move(refusal));
}

void User::finish(std::size_t index, std::string refusal) {
  const Action& action = scenario_.actions[index];
  ++acted_;
  UserActed event{action.name, refusal.empty() ? std::string("done") : refusal};
  runtime_.trace(event);
  if (!refusal.empty() && !action.may_be_refused) {
    refusals_.push_back({action.name, std::move(refusal), action.location});
  }
}

sim::Task<std::string> User::carry_out(const Action& action) {
  if (const auto* apply_action = std::get_if<ApplyAction>(&action.what)) {
    for (const Manifest& manifest : apply_action->objects) {
      std::string refusal = co_await apply(manifest.object);
      if (!refusal.empty()) co_return refusal;
    }
    co_return std::string();
  }
  if (const auto* on_node = std::get_if<NodeAction>(&action.what)) {
    co_return co_await carry_out_on_node(*on_node);
  }
  api::Request request;
  if (const auto* remove = std::get_if<DeleteAction>(&action.what)) {
    request = api::Request::remove(
        remove->ref, remove->force ? api::DeleteOptions::with_grace(0) : api::DeleteOptions());
  } else {
    const PatchAction& patch = std::get<PatchAction>(action.what);
    request = patch.status ? api::Request::patch_status(patch.ref, patch.type, patch.body)
                           : api::Request::patch(patch.ref, patch.type, patch.body);
  }
  co_return co_await send(std::move(request));
}

std::optional<std::string> User::node_of(const std::string& text, bool takes_back) {
  if (const auto known = nodes_.find(text); takes_back && known != nodes_.end()) {
    return known->second;
  }
  std::optional<std::string> node = find_node_(text);
  if (node) nodes_[text] = *node;
  return node;
}

sim::Task<std::string> User::carry_out_on_node(NodeAction action) {
  const bool takes_back = action.verb == NodeVerb::kUncordon || action.verb == NodeVerb::kUntaint;
  const std::optional<std::string> node = node_of(action.node, takes_back);
  if (!node) co_return no_node(action.node);
  const api::ObjectRef ref(api::Kind::kNode, "", *node);
  if (action.verb == NodeVerb::kDelete) {
    api::Request remove = api::Request::remove(ref);
    co_return co_await send(std::move(remove));
  }
  if (action.verb == NodeVerb::kTaint || action.verb == NodeVerb::kUntaint) {
    co_return co_await change_taints(*node, std::move(action));
  }
  const bool cordon = action.verb == NodeVerb::kCordon;
  const api::Value spec = api::Value::object({{"unschedulable", cordon}});
  const api::Value body = api::Value::object({{"spec", spec}});
  api::Request patch = api::Request::patch(ref, api::PatchType::kMerge, body);
  co_return co_await send(std::move(patch));
}

sim::Task<std::string> User::change_taints(std::string node, NodeAction action) {
  std::string refusal;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto found = co_await api::get<api::Node>(*client_, "", node);
    if (!found) co_return fmt::format("Node {}: {}", node, found.error().message);
    auto changed = api::copy(**found);
    std::vector<api::Taint>& taints = changed->spec.edit().taints;
    std::erase_if(taints, [&](const api::Taint& taint) {
      return taint.key == action.taint.key && taint.effect == action.taint.effect;
    });
    if (action.verb == NodeVerb::kTaint) taints.push_back(action.taint);
    const auto written = co_await api::update(*client_, changed);
    if (written) co_return std::string();
    refusal = fmt::format("Node {}: {}", node, written.error().message);
    const bool again =
        api::is(written, api::Reason::kConflict) || worth_another_try(written.error());
    if (!again) break;
    co_await runtime_.sleep(kPause);
  }
  co_return refusal;
}

sim::Task<std::string> User::apply(api::ObjectPtr object) {
  api::Request create = api::Request::create(object);
  const api::ObjectRef ref = api::ref_of(*object);
  std::string refusal;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    api::Request request = create;
    const api::Result<api::Response> response = co_await client_->call(std::move(request));
    if (response) co_return std::string();
    if (api::is(response, api::Reason::kAlreadyExists)) {
      api::Request patch = api::Request::patch(ref, api::PatchType::kMerge, api::to_value(*object));
      co_return co_await send(std::move(patch));
    }
    refusal = response.error().message;
    if (!worth_another_try(response.error())) break;
    co_await runtime_.sleep(kPause);
  }
  co_return fmt::format("{}: {}", to_string(ref), refusal);
}

sim::Task<std::string> User::send(api::Request request) {
  std::string refusal;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    api::Request copy = request;
    const api::Result<api::Response> response = co_await client_->call(std::move(copy));
    if (response) co_return std::string();
    refusal = response.error().message;
    if (!worth_another_try(response.error())) break;
    co_await runtime_.sleep(kPause);
  }
  co_return fmt::format("{}: {}", to_string(request.ref), refusal);
}

}  // namespace sdbtwin::scenarios
