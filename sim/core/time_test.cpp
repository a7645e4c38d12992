#include "sim/core/time.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace sdbtwin::sim {
namespace {

using namespace std::chrono_literals;

TEST(Later, StopsAtTheEndOfTime) {
  // Goal: no overflow. Method: sums within, at and beyond the end, and a negative one.
  EXPECT_EQ(later(Time{1s}, 2s), Time{3s});
  EXPECT_EQ(later(Time{1s}, -2s), Time{-1s});
  EXPECT_EQ(later(Time{1s}, Duration::max()), Time::max());
  EXPECT_EQ(later(Time{1s}, Duration::max() - 1s), Time::max());
  EXPECT_EQ(later(Time{}, Duration::max() - 1ns), Time::max() - 1ns);
}

TEST(FormatDuration, ReadsLikeAManifest) {
  // Goal: the text people write in manifests. Method: examples of each range.
  EXPECT_EQ(format_duration(2min + 33s), "2m33s");
  EXPECT_EQ(format_duration(1250ms), "1.25s");
  EXPECT_EQ(format_duration(350ms), "350ms");
  EXPECT_EQ(format_duration(1500us), "1.5ms");
  EXPECT_EQ(format_duration(250us), "250us");
  EXPECT_EQ(format_duration(7ns), "7ns");
  EXPECT_EQ(format_duration(0s), "0s");
  EXPECT_EQ(format_duration(-5s), "-5s");
  EXPECT_EQ(format_duration(90min), "1h30m");
  EXPECT_EQ(format_duration(1h + 5s), "1h5s");
  EXPECT_EQ(format_duration(1min + 1ns), "1m0.000000001s");
  EXPECT_EQ(format_duration(Duration::max()), "2562047h47m16.854775807s");
  EXPECT_EQ(format_duration(Duration::min()), "-2562047h47m16.854775808s");
}

TEST(ParseDuration, TakesWhatGoTakes) {
  // Goal: Go's time.ParseDuration syntax. Method: its documented forms.
  EXPECT_EQ(parse_duration("10m"), 10min);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("-2s"), -2s);
  EXPECT_EQ(parse_duration("+.5h"), 30min);
  EXPECT_EQ(parse_duration("1.h"), 1h);
  EXPECT_EQ(parse_duration("0"), 0s);
  EXPECT_EQ(parse_duration("3us"), 3us);
  EXPECT_EQ(parse_duration("3\xc2\xb5s"), 3us);
  EXPECT_EQ(parse_duration("0.3333333333333333333333333333333333333333s"), 333333333ns);
}

TEST(ParseDuration, RefusesWhatIsNotADuration) {
  // Goal: nullopt, never a wrong value. Method: malformed texts and overflow.
  for (const char* text : {"", "-", "1", "s", "1x", "1 s", ".s", "1s2", "--1s", "1e3s", "1S"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_duration("2562048h"), std::nullopt);
  EXPECT_EQ(parse_duration("9223372036854775808ns"), std::nullopt);
  EXPECT_EQ(parse_duration(std::string(60, '9') + "ns"), std::nullopt);
  EXPECT_EQ(parse_duration("-9223372036854775808ns"), Duration::min());
}

TEST(ParseDuration, ReadsBackWhatFormatWrites) {
  // Goal: nothing is rounded. Method: random durations of all magnitudes, there and back.
  EXPECT_TRUE(rc::check([](std::int64_t count, unsigned char shift) {
    const Duration duration(count >> (shift % 64));
    RC_ASSERT(parse_duration(format_duration(duration)) == duration);
  }));
}

}  // namespace
}  // namespace sdbtwin::sim
