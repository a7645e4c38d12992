#pragma once

// LeaderElector: client-go's leader election on a Lease (kubernetes.md 5.4). A candidate takes the
// lease when nobody holds it, or when it has itself seen the record unchanged for the lease's
// duration; the times written in the lease are never compared with the local clock. A leader that
// has failed to renew for the renew deadline has lost, and says so once.
// Guarantees less than mutual exclusion: a leader that was paused, or whose requests are still on
// their way, may act after another has begun. Whoever uses it must end its process when it loses.
// Belongs to one process and lives in its actor; `client` outlives it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "model/api/client.h"
#include "model/api/coordination.h"
#include "sim/core/rng.h"
#include "sim/core/runtime.h"

namespace sdbtwin::client {

struct LeaderElectionOptions {
  std::string namespace_;
  std::string name;      // of the lease
  std::string identity;  // of this candidate; no two share one
  // client-go's defaults, as controller-runtime and Kubernetes' own controllers use them.
  sim::Duration lease_duration = std::chrono::seconds(15);
  sim::Duration renew_deadline = std::chrono::seconds(10);
  sim::Duration retry_period = std::chrono::seconds(2);
};

class LeaderElector {
 public:
  // Precondition: lease_duration > renew_deadline > 1.2 retry_period > 0, as client-go demands.
  LeaderElector(sim::Runtime& runtime, api::Client& client, LeaderElectionOptions options);
  LeaderElector(const LeaderElector&) = delete;
  LeaderElector& operator=(const LeaderElector&) = delete;

  // Waits until this candidate leads. Polls are retry_period * (1 + 1.2 random) apart.
  sim::Task<void> acquire();
  // Renews until it has failed for the renew deadline, or until released. Precondition: it leads.
  sim::Task<void> hold();
  // Gives the lease away, so that the next poll of another candidate takes it (ReleaseOnCancel).
  sim::Task<void> release();

  bool leads() const noexcept { return leads_; }
  // Who held the lease when it was seen last; "": nobody.
  std::string holder() const;

 private:
  using LeasePtr = std::shared_ptr<const api::Lease>;

  sim::Task<bool> try_acquire_or_renew();
  sim::Task<bool> write(std::shared_ptr<api::Lease> lease);
  sim::Task<void> renew_until_success();

  api::LeaseSpec record_at(sim::Time now) const;
  std::shared_ptr<api::Lease> renewed(const api::Lease& seen, bool taken_over) const;
  void observe(LeasePtr lease);
  bool still_valid() const;

  sim::Runtime* runtime_;
  api::Client* client_;
  LeaderElectionOptions options_;
  sim::Rng rng_;
  LeasePtr observed_;
  sim::Time observed_at_{};
  bool leads_ = false;
};

}  // namespace sdbtwin::client
