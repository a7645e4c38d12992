// Goal: every wrong field of a mapping is reported at its place, with what would be right.
// Method: one reader over a small text; the problems as text.
#include "scenarios/text/map_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace sdbtwin::scenarios {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class MapReaderTest : public ::testing::Test {
 protected:
  MapReader reader(const std::string& text) {
    auto source = std::make_shared<SourceFile>();
    source->path = "f.yaml";
    source->text = text;
    document_ = parse_yaml(source, problems_)->front();
    return MapReader(document_, document_.root, "spec", problems_);
  }
  const Problem& only_problem() {
    EXPECT_THAT(problems_.all(), SizeIs(1));
    static const Problem kNone;
    return problems_.empty() ? kNone : problems_.all().front();
  }

  Problems problems_;
  YamlDocument document_;
};

TEST_F(MapReaderTest, ReadsWhatIsThereAndLeavesTheRest) {
  MapReader r = reader("text: x\nnumber: 7\nflag: true\nwait: 1m30s\nsize: 2Ki\nshare: 12.5%\n");
  std::string text, other = "default";
  std::int32_t number = 0;
  bool flag = false;
  sim::Duration wait{};
  std::int64_t size = 0, share = 0;
  EXPECT_TRUE(r.read("text", text));
  EXPECT_FALSE(r.read("other", other));
  EXPECT_TRUE(r.read("number", number, {0, 10}));
  EXPECT_TRUE(r.read("flag", flag));
  EXPECT_TRUE(r.read("wait", wait));
  EXPECT_TRUE(r.read_quantity("size", size));
  EXPECT_TRUE(r.read_per_mille("share", share, {0, 1000}));
  r.finish();
  EXPECT_THAT(problems_.all(), IsEmpty());
  EXPECT_EQ(text, "x");
  EXPECT_EQ(other, "default");
  EXPECT_EQ(number, 7);
  EXPECT_TRUE(flag);
  EXPECT_EQ(wait, 90s);
  EXPECT_EQ(size, 2048);
  EXPECT_EQ(share, 125);
}

TEST_F(MapReaderTest, AnUnknownFieldSuggestsTheNearestKnownOne) {
  MapReader r = reader("ok: 1\nnodez: 3\n");
  std::int64_t out = 0;
  r.read("ok", out);
  r.read("nodes", out);
  r.finish();
  EXPECT_EQ(only_problem().at, (Position{2, 1}));
  EXPECT_EQ(only_problem().message, "unknown field \"nodez\" in spec");
  EXPECT_EQ(only_problem().hint, "did you mean \"nodes\"? fields here: nodes, ok");
}

TEST_F(MapReaderTest, AWrongTypeSaysWhatItIsAndShowsAnExample) {
  MapReader r = reader("nodes: three\n");
  std::int64_t out = 5;
  EXPECT_FALSE(r.read("nodes", out));
  EXPECT_EQ(out, 5);
  EXPECT_EQ(only_problem().at, (Position{1, 8}));
  EXPECT_EQ(only_problem().message, "spec.nodes must be an integer, not text \"three\"");
  EXPECT_THAT(only_problem().hint, HasSubstr("nodes: 1"));
}

TEST_F(MapReaderTest, ANumberOutOfRangeSaysTheRange) {
  MapReader r = reader("redundancy: 3\n");
  std::int32_t out = 1;
  EXPECT_FALSE(r.read("redundancy", out, {1, 2}));
  EXPECT_EQ(only_problem().hint, "it must be 1 to 2");
}

TEST_F(MapReaderTest, ANegativeDurationIsRefused) {
  MapReader r = reader("for: -10s\n");
  sim::Duration out = 1s;
  EXPECT_FALSE(r.read("for", out));
  EXPECT_EQ(out, 1s);
  EXPECT_EQ(only_problem().message, "spec.for is negative: -10s");
}

TEST_F(MapReaderTest, AnUnquotedVersionThatIsANumberIsShownQuoted) {
  MapReader r = reader("version: 8.9\n");
  std::string out;
  EXPECT_FALSE(r.read("version", out));
  EXPECT_THAT(only_problem().hint, HasSubstr("version: \"8.9\""));
}

TEST_F(MapReaderTest, AChoiceListsWhatItCanBe) {
  MapReader r = reader("order: leafs-first\n");
  EXPECT_EQ(r.read_choice("order", {"aggregators-first", "leaves-first"}), -1);
  EXPECT_THAT(only_problem().hint, HasSubstr("did you mean \"leaves-first\"?"));
}

TEST_F(MapReaderTest, AListInPlaceOfAMappingIsReportedOnce) {
  MapReader r = reader("- a\n- b\n");
  std::string out;
  r.read("a", out);
  (void)r.required("b", "");
  r.finish();
  EXPECT_THAT(only_problem().message, HasSubstr("spec is a list"));
}

TEST_F(MapReaderTest, PercentagesOutsideTheirRangeAreRefused) {
  MapReader r = reader("a: 101%\nb: ten\nc: 5\n");
  std::int64_t out = 0;
  EXPECT_FALSE(r.read_per_mille("a", out, {0, 1000}));
  EXPECT_FALSE(r.read_per_mille("b", out, {0, 1000}));
  EXPECT_FALSE(r.read_per_mille("c", out, {0, 1000}));
  EXPECT_THAT(problems_.all(), SizeIs(3));
}

}  // namespace
}  // namespace sdbtwin::scenarios
