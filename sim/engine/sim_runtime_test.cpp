#include "sim/engine/sim_runtime.h"

#include <gtest/gtest.h>

#include <memory>

#include "sim/core/runtime_contract.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::sim {
namespace {

class SimHarness final : public RuntimeHarness {
 public:
  SimHarness() : process_(simulation_.add_process("subject", [](Runtime&) { return nullptr; })) {
    process_.start();
  }

  Runtime& runtime() override { return process_.runtime(); }
  Trace& trace() override { return simulation_.trace(); }
  void run_until(const std::function<bool()>& done) override {
    while (!done()) ASSERT_TRUE(simulation_.step());
  }
  void kill() override { process_.kill(); }

 private:
  Simulation simulation_{1};
  Process& process_;
};

std::unique_ptr<RuntimeHarness> make_harness() { return std::make_unique<SimHarness>(); }

INSTANTIATE_TEST_SUITE_P(Virtual, RuntimeContract, testing::Values(contract_for(&make_harness)));

}  // namespace
}  // namespace sdbtwin::sim
