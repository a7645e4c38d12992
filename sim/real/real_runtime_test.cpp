#include "sim/real/real_runtime.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>

#include "sim/core/runtime_contract.h"

namespace sdbtwin::sim {
namespace {

class RealHarness final : public RuntimeHarness {
 public:
  RealHarness() { runtime_.set_trace(&trace_); }

  Runtime& runtime() override { return runtime_; }
  Trace& trace() override { return trace_; }
  void run_until(const std::function<bool()>& done) override {
    while (!done()) {
      if (context_.stopped()) context_.restart();
      ASSERT_EQ(context_.run_one(), 1U);
    }
  }
  void kill() override { runtime_.close(); }

 private:
  Trace trace_;
  boost::asio::io_context context_;
  RealRuntime runtime_{context_, "subject", 1};
};

std::unique_ptr<RuntimeHarness> make_harness() { return std::make_unique<RealHarness>(); }

INSTANTIATE_TEST_SUITE_P(Real, RuntimeContract, testing::Values(contract_for(&make_harness)));

}  // namespace
}  // namespace sdbtwin::sim
