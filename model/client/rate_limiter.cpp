#include "model/client/rate_limiter.h"

namespace sdbtwin::client {

sim::Duration TokenBucket::reserve(sim::Time now) noexcept {
  full_at_ = std::max(full_at_, now) + interval_;
  // The bucket holds depth_ / interval_ tokens; a debt beyond that is waited for.
  return std::max(full_at_ - now - depth_, sim::Duration(0));
}

sim::Duration exponential_delay(sim::Duration base, sim::Duration cap, std::uint32_t failures) {
  sim::Duration delay = base;
  for (std::uint32_t i = 0; i < failures && delay < cap; ++i) delay *= 2;
  return std::min(delay, cap);
}

}  // namespace sdbtwin::client
