#pragma once

// Backoff: growing waits between attempts, as apimachinery's wait.Backoff computes them, in
// integers. Guarantees: next() is base * factor^n, never more than cap before jitter; jitter only
// adds, at most jitter_per_mille of the wait. One random draw per next(), none when there is no
// jitter. A value that its owner keeps; it does not wait itself.

#include <cstdint>

#include "sim/core/rng.h"
#include "sim/core/time.h"

namespace sdbtwin::client {

struct BackoffPolicy {
  sim::Duration base;
  std::int64_t factor = 1;  // 1: constant
  std::int64_t jitter_per_mille = 0;
  sim::Duration cap{0};  // 0: none
  int steps = 0;         // attempts in all, for those that count them; 0: no limit
};

// client-go 0.34 util/retry (kubernetes.md 5.3).
inline constexpr BackoffPolicy kDefaultRetry{
    .base = std::chrono::milliseconds(10), .factor = 1, .jitter_per_mille = 100, .steps = 5};
inline constexpr BackoffPolicy kDefaultBackoff{
    .base = std::chrono::milliseconds(10), .factor = 5, .jitter_per_mille = 100, .steps = 4};
// Between two runs of a reflector: 0.8 s to 30 s, x2, jitter 1.0 (kubernetes.md 5.1).
inline constexpr BackoffPolicy kReflectorBackoff{.base = std::chrono::milliseconds(800),
                                                 .factor = 2,
                                                 .jitter_per_mille = 1000,
                                                 .cap = std::chrono::seconds(30)};

class Backoff {
 public:
  Backoff(const BackoffPolicy& policy, sim::Rng rng) noexcept
      : policy_(policy), wait_(policy.base), rng_(rng) {}

  // The next wait.
  sim::Duration next();
  // Effect: the next wait is the base again.
  void reset() noexcept { wait_ = policy_.base; }

 private:
  BackoffPolicy policy_;
  sim::Duration wait_;  // the next one, before jitter
  sim::Rng rng_;
};

// A Backoff that starts again when it was not needed for a while (wait's exponential manager).
class RestartingBackoff {
 public:
  RestartingBackoff(const BackoffPolicy& policy, sim::Duration restart_after, sim::Rng rng) noexcept
      : backoff_(policy, rng), restart_after_(restart_after) {}

  // The next wait, asked for at `now`, which never goes back.
  sim::Duration next(sim::Time now);

 private:
  Backoff backoff_;
  sim::Duration restart_after_;
  sim::Time last_{};
};

}  // namespace sdbtwin::client
