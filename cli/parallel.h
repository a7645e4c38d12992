// Runs independent jobs on several threads. One simulation per job: jobs share nothing that
// changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace sdbtwin::cli {

struct Jobs {
  std::function<void(std::size_t)> run;
  std::function<void(std::size_t)> done;  // after each, one call at a time
  std::function<bool()> stop;             // true: no more are begun; may be empty
};

// Effect: run(i) has run once for each i below `count`, on up to `threads` threads (0: one per
// core), unless stop() said otherwise. An exception of a job is rethrown here when all threads have
// ended.
void run_parallel(std::size_t count, std::uint32_t threads, const Jobs& jobs);

}  // namespace sdbtwin::cli
