// Goal: every job runs once, whatever the number of threads, and no failure is lost.
// Method: counters per job under several numbers of threads.
#include "cli/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace sdbtwin::cli {
namespace {

TEST(RunParallel, EveryJobRunsOnceAndIsReportedOnce) {
  for (const std::uint32_t threads : {0U, 1U, 2U, 7U}) {
    std::vector<std::atomic<int>> ran(100);
    std::vector<int> reported(100);
    const Jobs jobs{[&](std::size_t i) { ++ran[i]; }, [&](std::size_t i) { ++reported[i]; }, {}};
    run_parallel(ran.size(), threads, jobs);
    for (const auto& count : ran) EXPECT_EQ(count, 1);
    for (const int count : reported) EXPECT_EQ(count, 1);
  }
}

TEST(RunParallel, NothingToDoIsFine) {
  run_parallel(0, 4, {[](std::size_t) { FAIL(); }, [](std::size_t) { FAIL(); }, {}});
}

TEST(RunParallel, AnExceptionStopsTheRestAndIsRethrown) {
  std::atomic<int> ran = 0;
  const auto job = [&](std::size_t i) {
    ++ran;
    if (i == 3) throw std::runtime_error("job 3");
  };
  EXPECT_THROW(run_parallel(1'000'000, 2, {job, [](std::size_t) {}, {}}), std::runtime_error);
  EXPECT_LT(ran, 1'000'000);
}

TEST(RunParallel, AfterAStopNoJobIsBegunAndThoseThatRanAreReported) {
  for (const std::uint32_t threads : {1U, 3U}) {
    std::atomic<int> ran = 0;
    int reported = 0;
    const Jobs jobs{[&](std::size_t) { ++ran; }, [&](std::size_t) { ++reported; },
                    [&] { return ran >= 10; }};
    run_parallel(1'000'000, threads, jobs);
    EXPECT_EQ(reported, ran);
    EXPECT_GE(ran, 10);
    EXPECT_LT(ran, 10 + static_cast<int>(threads));
  }
}

}  // namespace
}  // namespace sdbtwin::cli
