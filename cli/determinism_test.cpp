// Goal: the first difference between two runs is found and shown, and only a difference is.
// Method: small traces, one recorded and one compared.
#include "cli/determinism.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace sdbtwin::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct Step {
  static constexpr std::string_view kName = "step";
  std::int64_t number;
  template <class V>
  void visit(V& v) const {
    v("number", number);
  }
};

std::optional<std::string> compare(const std::vector<int>& first, const std::vector<int>& second) {
  const auto play = [](const std::vector<int>& numbers, sim::TraceObserver& observer) {
    sim::Trace trace;
    trace.add_observer(observer);
    const sim::TraceSource source{1, "user", 1};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const Step step{numbers[i]};
      trace.emit(source, sim::Time(std::chrono::seconds(i)), sim::kEventType<Step>, &step);
    }
    trace.remove_observer(observer);
  };
  TraceText text;
  play(first, text);
  TraceComparison comparison(text.text());
  play(second, comparison);
  return comparison.difference();
}

TEST(TraceComparison, EqualRunsDoNotDiffer) {
  EXPECT_EQ(compare({1, 2, 3}, {1, 2, 3}), std::nullopt);
  EXPECT_EQ(compare({}, {}), std::nullopt);
}

TEST(TraceComparison, TheFirstDifferenceIsShownWithBothEventsAndTheTime) {
  const auto difference = compare({1, 2, 3}, {1, 5, 6});
  ASSERT_TRUE(difference.has_value());
  EXPECT_THAT(*difference,
              AllOf(HasSubstr("at 1.000s"), HasSubstr("\"number\":2"), HasSubstr("\"number\":5")));
}

TEST(TraceComparison, ARunThatIsShorterOrLongerDiffers) {
  EXPECT_THAT(*compare({1, 2}, {1}), HasSubstr("second run: had ended"));
  EXPECT_THAT(*compare({1}, {1, 2}), HasSubstr("first run:  had ended"));
}

}  // namespace
}  // namespace sdbtwin::cli
