#pragma once

// The two limits of client-go's default controller queue and the longer of both
// (kubernetes.md 5.2): per key an exponential back-off, over all keys a token bucket. Pure: the
// caller says what time it is and does the waiting.

#include <algorithm>
#include <cstdint>
#include <map>

#include "sim/core/time.h"

namespace sdbtwin::client {

// client-go 0.34 DefaultTypedControllerRateLimiter: 5 ms * 2^n up to 1000 s; 10/s, burst 100.
struct RateLimits {
  sim::Duration base = std::chrono::milliseconds(5);
  sim::Duration cap = std::chrono::seconds(1000);
  sim::Duration token_interval = std::chrono::milliseconds(100);
  std::int64_t burst = 100;
};

// golang.org/x/time/rate's Reserve: takes a token that may lie in the future and says how long
// until then. Starts full.
class TokenBucket {
 public:
  TokenBucket(sim::Duration interval, std::int64_t burst) noexcept
      : interval_(interval), depth_(interval * burst) {}

  sim::Duration reserve(sim::Time now) noexcept;

 private:
  sim::Duration interval_;
  sim::Duration depth_;
  // When the bucket will be full again; the debt of the bucket is full_at_ - now.
  sim::Time full_at_{};
};

// base * 2^failures, at most cap, without overflow.
sim::Duration exponential_delay(sim::Duration base, sim::Duration cap, std::uint32_t failures);

template <class Key>
class RateLimiter {
 public:
  explicit RateLimiter(const RateLimits& limits)
      : limits_(limits), bucket_(limits.token_interval, limits.burst) {}

  // Counts one more failure of the key and takes a token. Result: how long the key has to wait.
  sim::Duration when(const Key& key, sim::Time now) {
    std::uint32_t& failures = failures_[key];
    const sim::Duration own = exponential_delay(limits_.base, limits_.cap, failures);
    ++failures;
    return std::max(own, bucket_.reserve(now));
  }
  void forget(const Key& key) { failures_.erase(key); }
  std::uint32_t failures(const Key& key) const {
    const auto found = failures_.find(key);
    return found == failures_.end() ? 0 : found->second;
  }

 private:
  RateLimits limits_;
  TokenBucket bucket_;
  std::map<Key, std::uint32_t> failures_;
};

}  // namespace sdbtwin::client
