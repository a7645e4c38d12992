#pragma once

// What every Runtime promises, as one test suite that virtual and real time both pass
// (sim/engine/sim_runtime_test.cpp, sim/real/real_runtime_test.cpp). For tests only.
// Nothing in it depends on how fast the machine is: real time is only ever asserted to be "at
// least".

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "sim/core/runtime.h"
#include "sim/core/trace.h"

namespace sdbtwin::sim {

// A runtime with whatever makes it run.
class RuntimeHarness {
 public:
  virtual ~RuntimeHarness() = default;
  virtual Runtime& runtime() = 0;
  // Where the runtime traces to.
  virtual Trace& trace() = 0;
  // Runs events until done() holds. The test fails when there are no more.
  virtual void run_until(const std::function<bool()>& done) = 0;
  // The end of the process: kill in virtual time, close in real time.
  virtual void kill() = 0;
};

using HarnessFactory = std::unique_ptr<RuntimeHarness> (*)();

// The parameter of the suite; calling it links the suite's tests into the program.
HarnessFactory contract_for(HarnessFactory factory);

class RuntimeContract : public testing::TestWithParam<HarnessFactory> {
 protected:
  void SetUp() override;

  Runtime& runtime() { return harness_->runtime(); }
  // Runs one task to its end.
  void run(Task<void> task);
  void run_until(const std::function<bool()>& done) { harness_->run_until(done); }
  void kill() { harness_->kill(); }
  Trace& trace() { return harness_->trace(); }

  std::string log_;

 private:
  std::unique_ptr<RuntimeHarness> harness_;
};

}  // namespace sdbtwin::sim
