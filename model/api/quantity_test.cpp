#include "model/api/quantity.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace sdbtwin::api {
namespace {

struct QuantityCase {
  std::string text;
  int64_t milli;
};

// Goal: amounts are exact, and what is finer than a thousandth is rounded away from zero.
// Method: a table of every suffix and form.
TEST(Quantity, ReadsEveryForm) {
  const QuantityCase cases[] = {
      {"0", 0},
      {"2", 2000},
      {"600m", 600},
      {"0.5", 500},
      {".5", 500},
      {"5.", 5000},
      {"+1", 1000},
      {"-1500m", -1500},
      {"1k", 1'000'000},
      {"1e3", 1'000'000},
      {"1E3", 1'000'000},
      {"12e-3", 12},
      {"1Ki", 1'024'000},
      {"0.5Mi", 524'288'000},
      {"2Gi", 2'147'483'648'000},
      {"1Ti", 1'099'511'627'776'000},
      {"1Pi", 1'125'899'906'842'624'000},
      {"3M", 3'000'000'000},
      {"1G", 1'000'000'000'000},
      {"1u", 1},
      {"1n", 1},
      {"-1n", -1},
      {"1000u", 1},
      {"1001u", 2},
      {"0.0001", 1},
      {"9223372036854775807m", std::numeric_limits<int64_t>::max()},
  };
  for (const QuantityCase& one : cases) {
    EXPECT_EQ(Quantity(one.text).milli(), one.milli) << one.text;
    EXPECT_TRUE(Quantity(one.text).valid()) << one.text;
  }
}

TEST(Quantity, RoundsWholeUnitsUp) {
  EXPECT_EQ(Quantity("1500m").value(), 2);
  EXPECT_EQ(Quantity("-1500m").value(), -2);
  EXPECT_EQ(Quantity("10Gi").value(), 10'737'418'240);
}

TEST(Quantity, RefusesWhatIsNotOne) {
  for (const char* text :
       {"", "m", "1 Gi", "1gi", "Gi", "1e", "1e+", "1.2.3", "--1", "1mi", "abc"}) {
    EXPECT_FALSE(Quantity(text).valid()) << text;
    EXPECT_EQ(Quantity(text).milli(), std::nullopt) << text;
  }
}

// Goal: overflow is reported, never wrapped.
TEST(Quantity, SaysThatAnAmountIsTooLarge) {
  EXPECT_TRUE(Quantity("10Ei").valid());
  EXPECT_EQ(Quantity("10Ei").milli(), std::nullopt);
  EXPECT_EQ(Quantity("1e40").value(), std::nullopt);
  EXPECT_TRUE(Quantity(std::string(60, '9')).valid());
  EXPECT_EQ(Quantity(std::string(60, '9')).value(), std::nullopt);
}

// Goal: the text decides whether stored objects are equal; the amount decides comparisons.
TEST(Quantity, KeepsItsTextAndComparesByAmount) {
  EXPECT_NE(Quantity("1"), Quantity("1000m"));
  EXPECT_EQ(compare(Quantity("1"), Quantity("1000m")), 0);
  EXPECT_EQ(compare(Quantity("1Gi"), Quantity("1G")), 1);
  EXPECT_EQ(compare(Quantity("0.1"), Quantity("101m")), -1);
  EXPECT_EQ(compare(Quantity("0.1n"), Quantity("0")), 1);
}

TEST(Quantity, MakesCanonicalTexts) {
  EXPECT_EQ(Quantity::from_milli(600).text, "600m");
  EXPECT_EQ(Quantity::from_milli(2000).text, "2");
  EXPECT_EQ(Quantity::from_bytes(2'147'483'648).text, "2Gi");
  EXPECT_EQ(Quantity::from_bytes(1025).text, "1025");
  EXPECT_EQ(Quantity::from_bytes(0).text, "0");
}

// Goal: percentages scale as intstr does: down for unavailable, up for budgets.
TEST(IntOrString, ScalesPercentages) {
  EXPECT_EQ(IntOrString("25%").scaled_down(10), 2);
  EXPECT_EQ(IntOrString("25%").scaled_up(10), 3);
  EXPECT_EQ(IntOrString("100%").scaled_up(7), 7);
  EXPECT_EQ(IntOrString(3).scaled_up(10), 3);
  EXPECT_EQ(IntOrString("3").scaled_up(10), std::nullopt);
  EXPECT_EQ(IntOrString("x%").scaled_down(10), std::nullopt);
}

TEST(DurationText, KeepsItsTextAndReadsItsLength) {
  EXPECT_EQ(DurationText("10m").value(), sim::Duration(600'000'000'000));
  EXPECT_EQ(DurationText("").value(), std::nullopt);
  EXPECT_EQ(DurationText("soon").value(), std::nullopt);
  EXPECT_NE(DurationText("10m"), DurationText("600s"));
}

}  // namespace
}  // namespace sdbtwin::api
