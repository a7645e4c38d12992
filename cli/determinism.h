// Two runs of one scenario and seed must be the same, event by event. The first run's trace is kept
// as text; the second is compared with it line by line while it runs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "sim/core/trace.h"

namespace sdbtwin::cli {

class TraceText final : public sim::TraceObserver {
 public:
  void on_event(const sim::TraceEvent& event) override;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

class TraceComparison final : public sim::TraceObserver {
 public:
  // `expected` outlives the comparison.
  explicit TraceComparison(const std::string& expected) : expected_(expected) {}

  void on_event(const sim::TraceEvent& event) override;

  // What to tell about the first difference: event number, time, both events. nullopt: none. To be
  // asked when the second run has ended.
  std::optional<std::string> difference() const;

 private:
  std::string_view next_expected();

  const std::string& expected_;
  std::size_t at_ = 0;
  std::string line_;
  std::optional<std::string> difference_;
};

}  // namespace sdbtwin::cli
