// Positions, log histories, sizes, versions, truth histories: the pure parts of the database model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "model/singlestore/agenda.h"
#include "model/singlestore/linear.h"
#include "model/singlestore/log_history.h"
#include "model/singlestore/sizes.h"
#include "model/singlestore/truth_history.h"
#include "model/singlestore/version.h"

namespace sdbtwin::singlestore {
namespace {

using namespace std::chrono_literals;

sim::Time at(sim::Duration since_start) { return sim::Time(since_start); }

// Goal: what is said to be done is done. Method: a division that does not come out even.
TEST(Linear, TimesRoundUpAndBytesRoundDown) {
  EXPECT_EQ(time_for(1, 3), 333'333'334ns);
  EXPECT_EQ(bytes_in(333'333'333ns, 3), 0);
  EXPECT_EQ(bytes_in(time_for(1, 3), 3), 1);
  EXPECT_EQ(time_for(0, 5), 0ns);
}

// Goal: products beyond 64 bits are exact. Method: an exabyte at a gigabyte per second.
TEST(Linear, LargeProductsAreExact) {
  EXPECT_EQ(time_for(1'000'000'000'000'000'000, 1'000'000'000),
            std::chrono::seconds(1'000'000'000));
  EXPECT_EQ(bytes_in(std::chrono::hours(24 * 365), 1'000'000'000), 31'536'000'000'000'000);
}

TEST(Linear, APositionGoesOnFromWhereItIsWhenItsRateChanges) {
  LinearPosition position{1000, at(0s), 100};
  position.continue_at(at(2s), 10);
  EXPECT_EQ(position.at(at(2s)), 1200);
  EXPECT_EQ(position.at(at(3s)), 1210);
}

// Goal: at the meeting nothing is missing, and one byte earlier (11.1 ms at 90 bytes/s) something
// is.
TEST(Linear, AFollowerMeetsItsMasterWhenNothingIsMissing) {
  const LinearPosition behind{0, at(0s), 100};
  const LinearPosition ahead{900, at(0s), 10};
  const auto meeting = meeting_time(behind, ahead, at(0s));
  ASSERT_TRUE(meeting.has_value());
  EXPECT_EQ(*meeting, at(10s));
  EXPECT_GE(behind.at(*meeting), ahead.at(*meeting));
  EXPECT_LT(behind.at(*meeting - 12ms), ahead.at(*meeting - 12ms));
}

TEST(Linear, AFollowerThatIsNotFasterNeverMeetsItsMaster) {
  const LinearPosition behind{0, at(0s), 100};
  const LinearPosition ahead{1, at(0s), 100};
  EXPECT_FALSE(meeting_time(behind, ahead, at(0s)).has_value());
  EXPECT_EQ(meeting_time(ahead, behind, at(5s)), at(5s));  // it is ahead already
}

LogHistory history(std::initializer_list<LogHistory::Term> terms) {
  LogHistory made;
  for (const auto& term : terms) made.begin_term(term.term, term.from);
  return made;
}

// Goal: the same position in another term is another log. Method: a master of term 1 that wrote on
// after its replica was promoted at 500.
TEST(LogHistory, LogsDifferFromWhereTheirTermsDiffer) {
  const LogHistory promoted = history({{1, 0}, {2, 500}});
  const LogHistory former = history({{1, 0}});
  EXPECT_EQ(former.common_until(700, promoted, 900), 500);
  EXPECT_EQ(former.common_until(400, promoted, 900), 400);
  EXPECT_EQ(promoted.common_until(900, former, 500), 500);
}

TEST(LogHistory, APrefixIsCommonToItsEnd) {
  const LogHistory master = history({{1, 0}, {2, 500}, {5, 800}});
  EXPECT_EQ(master.common_until(600, master, 1000), 600);
  EXPECT_EQ(master.common_until(1000, master, 1000), 1000);
  EXPECT_EQ(LogHistory().common_until(0, master, 1000), 0);
}

// Goal: two masters of different terms that began at one position share nothing after it.
TEST(LogHistory, RivalsShareOnlyWhatCameBefore) {
  const LogHistory one = history({{1, 0}, {2, 100}});
  const LogHistory other = history({{1, 0}, {3, 100}});
  EXPECT_EQ(one.common_until(150, other, 170), 100);
}

LogPolicy small_policy() {
  return LogPolicy{
      .snapshot_trigger = 1000, .snapshots_to_keep = 2, .file_bytes = 100, .preallocated_files = 2};
}
constexpr RowShape kRow{.log_bytes = 10, .memory_bytes = 4, .blob_bytes = 6};

// Goal: golden numbers of recovery: newest snapshot plus the log after it.
TEST(Sizes, RecoveryReadsTheNewestSnapshotAndTheLogAfterIt) {
  // Snapshots at 300, 1300, 2300; position 2500: 230 rows of 4 bytes, and 200 bytes of log.
  EXPECT_EQ(newest_snapshot(small_policy(), 2500, 300), 2300);
  EXPECT_EQ(recovery_bytes(kRow, small_policy(), 2500, 300), 230 * 4 + 200);
  // Before the first snapshot all of the log is read.
  EXPECT_EQ(recovery_bytes(kRow, small_policy(), 250, 300), 250);
}

// Goal: equal positions have equal logical sizes but legitimately different disks.
TEST(Sizes, DiskDependsOnTheSnapshotCycleAndRowsDoNot) {
  EXPECT_EQ(rows_at(kRow, 2500), 250);
  EXPECT_EQ(blobs_at(kRow, 2500), 1500);
  const DiskBytes early = disk_at(kRow, small_policy(), 2500, 300);
  EXPECT_EQ(early.snapshots, (230 + 130) * 4);
  EXPECT_EQ(early.logs, (1200 / 100 + 2) * 100);  // from the older snapshot at 1300
  const DiskBytes late = disk_at(kRow, small_policy(), 2500, 900);
  EXPECT_EQ(late.snapshots, (190 + 90) * 4);
  EXPECT_EQ(late.logs, (1600 / 100 + 2) * 100);
}

// Goal: an empty partition costs its preallocated files (5.3: 512 MB with the real numbers).
TEST(Sizes, AnEmptyPartitionHasItsPreallocatedLogs) {
  EXPECT_EQ(disk_at(RowShape{}, LogPolicy{}, 0, 5).logs, 512 * kMiB);
}

TEST(Version, IsThePartOfTheTagThatLooksLikeOne) {
  EXPECT_EQ(engine_version("ghcr.io/images/singlestore-node:alma-8.9.3-bfa36a984a"), "8.9.3");
  EXPECT_EQ(engine_version("localhost:5000/node:v8.7.21"), "8.7.21");
  EXPECT_EQ(engine_version("node:8.9.3@sha256:abc"), "8.9.3");
  EXPECT_EQ(engine_version("localhost:5000/node"), "");
  EXPECT_EQ(engine_version("node:latest"), "latest");
}

TEST(Agenda, ItemsComeOutInOrderOfTimeThenOfAdding) {
  Agenda agenda;
  agenda.add(at(2s), Due{.kind = DueKind::kAttached, .node = 1});
  agenda.add(at(1s), Due{.kind = DueKind::kAttached, .node = 2});
  auto cancelled = agenda.add(at(1s), Due{.kind = DueKind::kAttached, .node = 3});
  agenda.add(at(1s), Due{.kind = DueKind::kAttached, .node = 4});
  agenda.cancel(cancelled);
  EXPECT_FALSE(cancelled);
  EXPECT_EQ(agenda.next(), at(1s));
  EXPECT_EQ(agenda.take(at(1s))->node, 2);
  EXPECT_EQ(agenda.take(at(1s))->node, 4);
  EXPECT_FALSE(agenda.take(at(1s)).has_value());
  EXPECT_EQ(agenda.take(at(9s))->node, 1);
  EXPECT_FALSE(agenda.next().has_value());
}

// Goal: "did it hold at some instant of the window" is answered from change points. Method: online
// and in sync from 10 s to 20 s only.
TEST(TruthHistory, FindsTheStretchThatMeetsTheWindow) {
  TruthHistory history;
  history.note(at(10s), NodeTruth{true, at(5s)});
  history.note(at(20s), NodeTruth{false, kNever});
  EXPECT_FALSE(history.held(0s, at(1s), at(9s)));
  EXPECT_TRUE(history.held(0s, at(1s), at(10s)));
  EXPECT_TRUE(history.held(0s, at(15s), at(16s)));
  EXPECT_TRUE(history.held(0s, at(19s), at(40s)));
  EXPECT_FALSE(history.held(0s, at(20s), at(40s)));
}

// Goal: a copy that catches up is within the allowed lag only near the end. Method: in sync at 100
// s, allowed lag 20 s.
TEST(TruthHistory, WithinTheLagMeansCloseToTheEndOfCatchingUp) {
  TruthHistory history;
  history.note(at(0s), NodeTruth{true, at(100s)});
  EXPECT_FALSE(history.held(20s, at(10s), at(79s)));
  EXPECT_TRUE(history.held(20s, at(10s), at(80s)));
  EXPECT_FALSE(history.held(0s, at(10s), at(99s)));
  EXPECT_TRUE(history.was_online(at(10s), at(20s)));
}

TEST(TruthHistory, ForgetsTheOldestAndNeverGuesses) {
  TruthHistory history;
  for (int i = 0; i < 2000; ++i) history.note(at(std::chrono::seconds(i)), {i % 2 == 0, at(0s)});
  EXPECT_EQ(history.points().size(), TruthHistory::kCapacity);
  EXPECT_FALSE(history.held(0s, at(0s), at(10s)));
  EXPECT_TRUE(history.held(0s, at(1990s), at(1999s)));
}

}  // namespace
}  // namespace sdbtwin::singlestore
