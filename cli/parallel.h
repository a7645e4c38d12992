// Runs independent jobs on several threads. One simulation per job: jobs share nothing that
// changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace sdbtwin::cli {

// Effect: job(i) has run once for each i below `count`, on up to `threads` threads (0: one per
// core). `done` is called after each job, one call at a time. An exception of a job is rethrown
// here when all threads have ended.
void run_parallel(std::size_t count, std::uint32_t threads,
                  const std::function<void(std::size_t)>& job,
                  const std::function<void(std::size_t)>& done);

}  // namespace sdbtwin::cli
