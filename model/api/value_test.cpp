#include "model/api/value.h"

#include <gtest/gtest.h>

#include <string>

#include "model/api/test_json.h"
#include "model/api/value_parse.h"

namespace sdbtwin::api {
namespace {

// Goal: what an opaque part holds comes back as it was. Method: texts in canonical form, including
// numbers that no 64-bit integer and no double can hold.
TEST(Value, KeepsEveryDocumentInCanonicalForm) {
  for (std::string_view text :
       {"null", "true", "0", "-7", "9223372036854775807", "9223372036854775808", "1.50",
        "0.1000000000000000055511151231257827", "-0.0", R"("a\"b\\c\n")", "[]", "{}",
        R"([1,[2,[]],{"a":null}])", R"({"a":{"b":[true,false]},"z":"é"})"}) {
    EXPECT_EQ(parse(text).dump(), text);
  }
}

// Goal: objects do not depend on the order in which they were written.
TEST(Value, SortsKeys) {
  EXPECT_EQ(parse(R"({"b":1,"a":{"d":2,"c":3}})").dump(), R"({"a":{"c":3,"d":2},"b":1})");
  EXPECT_EQ(parse(R"({"b":1,"a":2})"), parse(R"({"a":2,"b":1})"));
}

// Goal: bytes equal those of Go's encoding/json, because revisions are hashed by their bytes.
TEST(Value, EscapesAsGoDoes) {
  EXPECT_EQ(Value("<a> & 'b'\t\x01").dump(), R"("\u003ca\u003e \u0026 'b'\t\u0001")");
  EXPECT_EQ(Value("\xE2\x80\xA8|\xE2\x80\xA9|\xE2\x80\xAA").dump(),
            "\"\\u2028|\\u2029|\xE2\x80\xAA\"");
}

TEST(Value, ANumberIsEqualByItsText) {
  EXPECT_EQ(Value::number("12"), Value(12));
  EXPECT_EQ(Value::number("12").type(), Value::Type::kInteger);
  EXPECT_NE(Value::number("1.0"), Value(1));
  EXPECT_EQ(Value::number("1.0"), Value::number("1.0"));
}

// Goal: editing makes a new value; the old one and its other readers do not change.
TEST(Value, EditingLeavesTheOriginalAlone) {
  const Value before = parse(R"({"a":1})");
  const Value after = before.with("b", Value::array({Value(1), Value("x")})).without("a");
  EXPECT_EQ(before.dump(), R"({"a":1})");
  EXPECT_EQ(after.dump(), R"({"b":[1,"x"]})");
  EXPECT_EQ(Value().with("k", true).dump(), R"({"k":true})");
}

TEST(Value, FindsMembersAlongAPath) {
  const Value value = parse(R"({"spec":{"template":{"name":"x"}}})");
  ASSERT_NE(value.find_path({"spec", "template", "name"}), nullptr);
  EXPECT_EQ(value.find_path({"spec", "template", "name"})->text(), "x");
  EXPECT_EQ(value.find_path({"spec", "none", "name"}), nullptr);
  EXPECT_EQ(value.string_at("spec"), "");
}

// Goal: a syntax error is an error value that says what is wrong.
TEST(Value, RefusesWhatIsNotJson) {
  for (std::string_view text : {"", "{", "{\"a\":}", "[1,]", "tru", "1 2", "{\"a\":1}}", "1e400"}) {
    Result<Value> value = Value::parse(text);
    ASSERT_FALSE(value.ok()) << text;
    EXPECT_EQ(value.error().reason, Reason::kBadRequest);
    EXPECT_NE(value.error().message.find("json parse error"), std::string::npos);
  }
  EXPECT_FALSE(Value::parse(std::string(100'000, '[')).ok());
}

TEST(Value, ReportsDuplicateKeysWithTheirPaths) {
  Result<ParsedJson> parsed =
      parse_json(R"({"spec":{"a":1,"list":[{"n":1,"n":2}],"a":2},"kind":"x"})");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->duplicate_paths, (std::vector<std::string>{"spec.list[0].n", "spec.a"}));
  EXPECT_EQ(parsed->value.find_path({"spec", "a"})->as_integer(), 2);
}

}  // namespace
}  // namespace sdbtwin::api
