#include "controller/kit/controller.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "model/api/errors.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::kit {
namespace {

using namespace std::chrono_literals;

const api::ObjectRef kSinglestore(api::Kind::kSinglestore, "demo", "x");

// Answers what the test prepared, and remembers when it was called.
class ScriptedReconciler final : public Reconciler {
 public:
  explicit ScriptedReconciler(sim::Runtime& runtime) : runtime_(runtime) {}

  sim::Task<api::Result<Outcome>> reconcile(api::ObjectRef) override {
    calls.push_back(runtime_.now().time_since_epoch());
    co_await runtime_.sleep(duration);
    if (failures > 0) {
      --failures;
      co_return api::errors::internal_error("scripted");
    }
    co_return std::exchange(outcome, Outcome());
  }

  int failures = 0;
  sim::Duration duration{0};
  Outcome outcome;
  std::vector<sim::Duration> calls;

 private:
  sim::Runtime& runtime_;
};

struct Operator final : sim::Actor {
  explicit Operator(sim::Runtime& runtime)
      : reconciler(runtime), controller(runtime, reconciler, {.name = "test", .workers = 2}) {
    controller.start();
  }
  ScriptedReconciler reconciler;
  Controller controller;
};

class ControllerTest : public ::testing::Test {
 protected:
  ControllerTest() {
    process_ = &simulation_.add_process("operator", [this](sim::Runtime& runtime) {
      auto actor = std::make_unique<Operator>(runtime);
      operator_ = actor.get();
      return actor;
    });
    process_->start();
  }
  void run_for(sim::Duration duration) { simulation_.run_until(simulation_.now() + duration); }

  sim::Simulation simulation_{1};
  sim::Process* process_ = nullptr;
  Operator* operator_ = nullptr;
};

// Goal: a name is never reconciled twice at once, and what came meanwhile is not lost. Method:
// three events, two of them while the first reconcile runs; two workers.
TEST_F(ControllerTest, RunsOneNameOnceAtATimeAndOnceMoreForWhatCameMeanwhile) {
  operator_->reconciler.duration = 1s;
  operator_->controller.enqueue(kSinglestore);
  run_for(500ms);
  operator_->controller.enqueue(kSinglestore);
  operator_->controller.enqueue(kSinglestore);
  run_for(10s);
  EXPECT_EQ(operator_->reconciler.calls, (std::vector<sim::Duration>{0s, 1s}));
}

// Goal: an outcome with a time comes back then. Method: one such outcome.
TEST_F(ControllerTest, ComesBackWhenTheOutcomeSaysSo) {
  operator_->reconciler.outcome = Outcome(5s);
  operator_->controller.enqueue(kSinglestore);
  run_for(60s);
  EXPECT_EQ(operator_->reconciler.calls, (std::vector<sim::Duration>{0s, 5s}));
}

// Goal: after a long outage an operator is back within its retry limit. Method: 30 failures, which
// client-go's own cap would have spread over hours.
TEST_F(ControllerTest, RetriesAFailureAtLeastEveryTenSeconds) {
  operator_->reconciler.failures = 30;
  operator_->controller.enqueue(kSinglestore);
  run_for(1h);
  const auto& calls = operator_->reconciler.calls;
  ASSERT_EQ(calls.size(), 31U);
  for (std::size_t i = 1; i < calls.size(); ++i) EXPECT_LE(calls[i] - calls[i - 1], 10s);
}

}  // namespace
}  // namespace sdbtwin::kit
