// An invariant: something that must hold in every run, judged after each event on what really
// happened (writes applied by the API server, the database's truth), never on what an operator says
// about itself. Judged fairly: an operator is only held to what it could have read.
//
// Each invariant names the kinds and events that it wants to see, so that an event costs only those
// that it concerns. It sees objects through DatabaseView, which is up to date when it is called.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "invariants/database_view.h"
#include "invariants/verdict.h"
#include "model/api/kind.h"
#include "model/cluster/server/api_server.h"
#include "model/singlestore/state.h"
#include "model/singlestore/truth_history.h"
#include "model/singlestore/workload.h"
#include "sim/core/trace.h"

namespace sdbtwin::invariants {

// What a run was set up as: decides which invariants apply, and their limits.
struct Settings {
  int redundancy = 1;
  sim::Duration max_lag = std::chrono::seconds(20);
  // The Ops-manager's poll (kubedb.md 4.3); what happened within one poll it may not have seen.
  sim::Duration poll = std::chrono::seconds(5);
  // The Ops-manager's own work between a gate's answer and what it does upon it. [us]
  sim::Duration reaction = std::chrono::milliseconds(500);
  // A plan may hold writes for longer than any API server would keep a request.
  bool writes_may_be_held = false;
  // Sizes of two copies that count as almost the same: the gates' own limits (singlestore.md 5.6).
  std::int64_t size_tolerance_percent = 10;
  std::int64_t size_floor_rows = 1'000;
  // A fault of the plan changes rows behind the database's back: that is no mistake of the
  // database.
  bool copies_may_drift = false;
  // A fault of the plan whose effect stays: what must become well again may then not. "": none.
  std::string unhealed;
  // From the last write that could disturb it until everything is well again. [us] A step of a
  // request may take as long by default.
  sim::Duration convergence = std::chrono::minutes(10);
  // How long something may be on its way out: the longest grace of a pod is half a minute. [us]
  sim::Duration termination = std::chrono::minutes(5);
  std::string provisioner = "provisioner";  // process names
  std::string ops_manager = "ops-manager";

  bool is_operator(std::string_view actor) const {
    return actor == provisioner || actor == ops_manager;
  }
};

// The database's truth, as far as invariants need it.
class Truth {
 public:
  // Null: there never was such a node.
  virtual const singlestore::TruthHistory* history(std::string_view namespace_,
                                                   std::string_view database,
                                                   std::string_view pod) const = 0;
  // Null: there never was such a database.
  virtual const singlestore::ClusterState* state(std::string_view namespace_,
                                                 std::string_view database) const = 0;
  // What its clients were told. Null: there never was such a database.
  virtual const singlestore::ClientLog* clients(std::string_view namespace_,
                                                std::string_view database) const = 0;

 protected:
  ~Truth() = default;
};

// What an invariant has at hand when it is called.
class Context {
 public:
  Context(const Settings& settings, const DatabaseView& view, const Truth& truth,
          std::vector<Violation>& violations)
      : settings_(settings), view_(view), truth_(truth), violations_(violations) {}

  const Settings& settings() const { return settings_; }
  const DatabaseView& view() const { return view_; }
  const Truth& truth() const { return truth_; }
  sim::Time now() const { return now_; }

  // The first violation of an invariant is reported; later ones are counted only.
  void violated(std::string message);

 private:
  friend class Checker;
  const Settings& settings_;
  const DatabaseView& view_;
  const Truth& truth_;
  std::vector<Violation>& violations_;
  sim::Time now_{};
  std::uint64_t event_ = 0;
  std::string_view invariant_;
  InvariantKind kind_ = InvariantKind::kSafety;
};

class Invariant {
 public:
  virtual ~Invariant() = default;

  // Why it does not apply to runs of these settings; nullopt: it does.
  virtual std::optional<std::string> inapplicable(const Settings&) const { return std::nullopt; }

  // The kinds whose writes on_write() is called for, and the other events for on_event().
  virtual std::vector<api::Kind> kinds() const = 0;
  virtual std::vector<const sim::EventType*> events() const { return {}; }

  virtual void on_write(const cluster::ObjectWritten& write, Context& context) = 0;
  virtual void on_event(const sim::TraceEvent&, Context&) {}
  // When the run is over.
  virtual void at_end(Context&) {}

  virtual std::vector<Margin> margins(const Settings&) const { return {}; }
  // How often it compared something. An invariant that never did says nothing about a run.
  std::uint64_t checks() const { return checks_; }

 protected:
  void checked() { ++checks_; }

 private:
  std::uint64_t checks_ = 0;
};

}  // namespace sdbtwin::invariants
