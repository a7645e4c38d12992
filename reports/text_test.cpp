// Goal: a report says all there is to know about a run, and nothing that changes from run to run.
// Method: a sample result, and the lines that a reader looks for.
#include "reports/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/bars.h"
#include "reports/sample_result.h"

namespace sdbtwin::reports {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(TextReport, ShowsVerdictStoryChecksAndDigest) {
  EXPECT_THAT(
      render_text(sample_result(), {}),
      AllOf(StartsWith("PASSED  sample  seed 7\n"), HasSubstr("note: the twin supplies 3 nodes"),
            HasSubstr("     10.000s  demo/update"), HasSubstr("1h02m03.500s  demo/sdb-leaf-0"),
            HasSubstr("5 partitions, 3 streams"), HasSubstr("2 polls over 2s"),
            HasSubstr("the old pod stops"), HasSubstr("kill provisioner for good, at 5s"),
            HasSubstr("fired at 5.000s (event 12): process provisioner"),
            HasSubstr("age of the evidence: 1.5ms (at most 5s)"),
            HasSubstr("does not apply: switched off"),
            HasSubstr("UpdateVersion demo/update: Successful in 2m33s"),
            HasSubstr("pods on 8.9.3 x3"), HasSubstr("1,234,567 events"),
            HasSubstr("digest 0123456789abcdef")));
}

TEST(TextReport, ShowsWhatClientsSaw) {
  EXPECT_THAT(render_text(sample_result(), {}),
              AllOf(HasSubstr("demo/sdb app writes: 1 outage, 42s in total"),
                    HasSubstr("demo/sdb app reads: always available"),
                    HasSubstr("partitions 0, 2: 1 outage, 42s in total"),
                    HasSubstr("20.000s to   1m02.000s  42s  master-down"),
                    HasSubstr("1000 acknowledged, 20 refused, 3 without an answer")));
}

TEST(TextReport, APassedRunNeedsNoReplay) {
  EXPECT_THAT(render_text(sample_result(), {}), Not(HasSubstr("replay")));
}

TEST(TextReport, AFailedRunSaysWhyWhereAndHowToReplayIt) {
  EXPECT_THAT(render_text(failed_result(), {}),
              AllOf(StartsWith("VIOLATED"), HasSubstr("1m01.000s  one-pod-at-a-time (event 99)"),
                    HasSubstr("observed: Failed (f.yaml:9:7)"), HasSubstr("{\"event\":\"x\"}"),
                    HasSubstr("replay: sdbtwin run scenarios/sample.yaml --seed 7")));
}

TEST(TextReport, AFaultThatNeverFiredIsSaid) {
  scenarios::RunResult result = sample_result();
  result.faults.front().fired.reset();
  result.faults.front().triggered.reset();
  EXPECT_THAT(render_text(result, {}), HasSubstr("never fired"));
}

TEST(TextReport, WithoutColourThereIsNoEscape) {
  EXPECT_THAT(render_text(failed_result(), {}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(render_text(failed_result(), {true, false}), HasSubstr("\x1b[1;31mVIOLATED\x1b[0m"));
}

TEST(TextReport, TheClockIsNoPartOfIt) {
  scenarios::RunResult slow = sample_result();
  slow.cpu_time = 10s;
  EXPECT_EQ(render_text(slow, {}), render_text(sample_result(), {}));
  EXPECT_EQ(render_summary({slow}, {}), render_summary({sample_result()}, {}));
}

TEST(Summary, CountsAddUpAndFailuresAreExplained) {
  EXPECT_THAT(
      render_summary({sample_result(), failed_result()}, {}),
      AllOf(HasSubstr("passed              sample"), HasSubstr("violated            sample"),
            HasSubstr("<two> & \"more\""), HasSubstr("1 of 2 runs passed\n")));
}

TEST(Verdicts, EachOneHasItsWordInEveryPlace) {
  const std::vector<std::pair<scenarios::Verdict, std::string>> words{
      {scenarios::Verdict::kPassed, "passed"},
      {scenarios::Verdict::kViolated, "violated"},
      {scenarios::Verdict::kStuck, "stuck"},
      {scenarios::Verdict::kExpectationFailed, "expectation-failed"},
      {scenarios::Verdict::kVacuous, "vacuous"}};
  for (const auto& [verdict, word] : words) {
    scenarios::RunResult result = sample_result();
    result.verdict = verdict;
    result.reason = "because";
    std::string upper = word;
    for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    EXPECT_THAT(render_text(result, {}), StartsWith(upper + "  sample"));
    EXPECT_THAT(render_summary({result}, {}), StartsWith(word + " "));
    const bool passed = verdict == scenarios::Verdict::kPassed;
    EXPECT_THAT(render_summary({result}, {}),
                HasSubstr(passed ? "1 of 1 runs passed" : "0 of 1 runs passed"));
    EXPECT_EQ(render_text(result, {}).find("replay:") != std::string::npos, !passed);
  }
}

TEST(SpeedLine, TellsEventsPerSecondAndTheRatioToRealTime) {
  const std::string line = speed_line({sample_result()});
  EXPECT_THAT(line, HasSubstr("308,641,750 events/s"));
  EXPECT_THAT(line, HasSubstr("48,250 times real time"));
  EXPECT_EQ(speed_line({}), "");
}

TEST(ClockText, AlignsAndNeverRoundsUp) {
  EXPECT_EQ(clock_text(sim::Time(0s)), "0.000s");
  EXPECT_EQ(clock_text(sim::Time(59999999999ns)), "59.999s");
  EXPECT_EQ(clock_text(sim::Time(60s)), "1m00.000s");
  EXPECT_EQ(clock_text(sim::Time(3600s)), "1h00m00.000s");
}

TEST(Bars, ShowTheParts) {
  const std::string bars = render_bars(sample_result().restarts, {});
  EXPECT_THAT(bars, HasSubstr("|xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.===========rrrr|"));
  EXPECT_THAT(bars, HasSubstr("ready after 42s (stop 30s, start 12s)"));
}

TEST(Bars, APodThatNeverCameBackIsDrawnToTheEnd) {
  std::vector<scenarios::PodRestart> restarts = sample_result().restarts;
  restarts.push_back({"demo/sdb-leaf-1", sim::Time(30s), {}, {}, {}, {}, {}, {}});
  EXPECT_THAT(render_bars(restarts, {}), HasSubstr("ready after - (stop -, start -)"));
  EXPECT_EQ(render_bars({}, {}), "");
}

}  // namespace
}  // namespace sdbtwin::reports
