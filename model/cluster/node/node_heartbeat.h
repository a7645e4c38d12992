// NodeHeartbeat: how a kubelet says that its node lives (kubernetes.md 3.2, 3.5). Two signs, both
// requests to the API server like any other, so that whatever stops those stops these:
// - the Lease kube-node-lease/<node>, renewed every 10 s, good for 40 s;
// - the node's status: computed every 10 s, written when the API shows something else than what the
//   kubelet would write (as after the controller has set Ready to Unknown), and else every 5 min.
// Registers the Node when there is none at the start, and only then: a kubelet whose Node is
// deleted goes on without (it is registered by the next start), as upstream. Belongs to a kubelet;
// the client outlives it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/api/client.h"
#include "model/api/coordination.h"
#include "model/api/core.h"
#include "model/client/informer.h"
#include "sim/core/event.h"
#include "sim/core/rng.h"
#include "sim/core/runtime.h"

namespace sdbtwin::cluster {

inline constexpr std::string_view kLeaseNamespace = "kube-node-lease";
// pkg/kubelet/apis/config/v1beta1/defaults.go: nodeLeaseDurationSeconds, a quarter of it,
// nodeStatusUpdateFrequency, nodeStatusReportFrequency.
inline constexpr sim::Duration kLeaseDuration = std::chrono::seconds(40);
inline constexpr sim::Duration kLeaseRenewal = std::chrono::seconds(10);
inline constexpr sim::Duration kStatusUpdate = std::chrono::seconds(10);
inline constexpr sim::Duration kStatusReport = std::chrono::minutes(5);

// The conditions that a kubelet that runs would write over these: Ready; pressures only where they
// are unknown or missing, for they are found out elsewhere. Each with this heartbeat time. Pure.
std::vector<api::StatusCondition> conditions_of_running_node(
    const std::vector<api::StatusCondition>& shown, api::Timestamp now);

class NodeHeartbeat {
 public:
  // `registration`: the Node as this kubelet registers it; null: it registers none.
  NodeHeartbeat(sim::Runtime& runtime, api::Client& client, std::string node,
                std::shared_ptr<const api::Node> registration);
  NodeHeartbeat(const NodeHeartbeat&) = delete;
  NodeHeartbeat& operator=(const NodeHeartbeat&) = delete;

  using NodePtr = std::shared_ptr<const api::Node>;
  NodePtr shown() const;  // its Node as the API shows it; null: there is none

 private:
  using LeasePtr = std::shared_ptr<const api::Lease>;

  sim::Task<void> keep_lease();
  sim::Task<void> renew_lease();
  sim::Task<bool> update_lease();  // several tries; false: none succeeded
  sim::Task<void> ensure_lease();  // tries until it has one
  sim::Task<bool> get_or_create_lease();
  std::shared_ptr<api::Lease> next_lease() const;

  sim::Task<void> keep_status();
  sim::Task<void> register_node();
  sim::Task<void> report_status(NodePtr shown);
  bool must_write(const api::Node& shown) const;

  // With the time limit of the kubelet's heartbeat client.
  sim::Task<api::Result<api::Response>> ask(api::Request request);

  sim::Runtime* runtime_;
  api::Client* client_;
  std::string node_;
  NodePtr registration_;
  sim::Rng rng_;
  client::Informer nodes_;  // its own Node, and no other
  sim::Event changed_;      // the Node was, as the API shows it
  LeasePtr lease_;          // as last written
  sim::Time next_report_{};
};

}  // namespace sdbtwin::cluster
