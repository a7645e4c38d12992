#pragma once

// retry_on_conflict: client-go's util/retry.RetryOnConflict (kubernetes.md 5.3). Repeats a read,
// change and write as long as the write answers 409, at most policy.steps times, with a wait
// between two tries. The last answer is the result.
//   auto attempt = [&]() -> sim::Task<api::Result<Ptr<Pod>>> { ... };   // named: g++ 12, see
//   task.h auto result = co_await retry_on_conflict(runtime, kDefaultRetry, attempt);
// `attempt` is referred to, not copied: it outlives the call, and captures by reference only.

#include <string_view>

#include "model/api/result.h"
#include "model/client/backoff.h"
#include "sim/core/runtime.h"

namespace sdbtwin::client {

template <class Attempt>
auto retry_on_conflict(sim::Runtime& runtime, BackoffPolicy policy, Attempt& attempt)
    -> decltype(attempt()) {
  Backoff backoff(policy, runtime.rng("retry-on-conflict"));
  for (int step = 1;; ++step) {
    auto result = co_await attempt();
    if (!api::is(result, api::Reason::kConflict) || step >= policy.steps) co_return result;
    co_await runtime.sleep(backoff.next());
  }
}

}  // namespace sdbtwin::client
