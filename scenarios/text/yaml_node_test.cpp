// Goal: YAML becomes a tree with exact positions, and hostile texts become problems quickly.
// Method: small texts in, positions, values and problems out.
#include "scenarios/text/yaml_node.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sdbtwin::scenarios {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

SourcePtr source(std::string text) {
  auto out = std::make_shared<SourceFile>();
  out->path = "test.yaml";
  out->text = std::move(text);
  return out;
}

YamlPtr parse(const std::string& text) {
  Problems problems;
  const auto documents = parse_yaml(source(text), problems);
  EXPECT_TRUE(documents.has_value()) << (problems.empty() ? "" : to_text(problems.all().front()));
  EXPECT_EQ(documents->size(), 1U);
  return documents->front().root;
}

Problem problem_of(const std::string& text) {
  Problems problems;
  EXPECT_FALSE(parse_yaml(source(text), problems).has_value());
  EXPECT_THAT(problems.all(), SizeIs(1));
  return problems.empty() ? Problem{} : problems.all().front();
}

TEST(YamlNode, EveryKeyAndValueKnowsItsLineAndColumn) {
  const YamlPtr root = parse("a: 1\nspec:\n  list:\n    - x\n    - {y: z}\n");
  const YamlEntry* spec = root->find("spec");
  ASSERT_NE(spec, nullptr);
  EXPECT_EQ(spec->key_at, (Position{2, 1}));
  const YamlPtr list = spec->value->find("list")->value;
  ASSERT_THAT(list->items, SizeIs(2));
  EXPECT_EQ(list->items[0]->at, (Position{4, 7}));
  EXPECT_EQ(list->items[1]->find("y")->key_at, (Position{5, 8}));
}

TEST(YamlNode, PlainScalarsAreResolvedAsKubectlDoes) {
  const YamlPtr root = parse(
      "a: 12\nb: -3\nc: 0644\nd: 0x10\ne: yes\nf: Off\ng: 1.5e3\nh: ~\ni: 8.7.21\nj: \"12\"\n"
      "k: 99999999999999999999\nl: -9223372036854775808\nm:\nn: .5\no: '-'\np: 10s\n");
  const auto at = [&](const char* key) { return root->find(key)->value; };
  EXPECT_EQ(at("a")->integer, 12);
  EXPECT_EQ(at("b")->integer, -3);
  EXPECT_EQ(at("c")->integer, 420);
  EXPECT_EQ(at("d")->integer, 16);
  EXPECT_TRUE(at("e")->boolean);
  EXPECT_EQ(at("f")->type, YamlType::kBool);
  EXPECT_FALSE(at("f")->boolean);
  EXPECT_EQ(at("g")->type, YamlType::kNumber);
  EXPECT_EQ(at("h")->type, YamlType::kNull);
  EXPECT_EQ(at("i")->type, YamlType::kString);
  EXPECT_EQ(at("j")->type, YamlType::kString);
  EXPECT_EQ(at("k")->type, YamlType::kNumber);
  EXPECT_EQ(at("l")->integer, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(at("m")->type, YamlType::kNull);
  EXPECT_EQ(at("n")->type, YamlType::kNumber);
  EXPECT_EQ(at("o")->type, YamlType::kString);
  EXPECT_EQ(at("p")->type, YamlType::kString);
}

TEST(YamlNode, AliasesRepeatTheirAnchorAndMergeKeysYieldToOwnOnes) {
  const YamlPtr root = parse("base: &b {x: 1, y: 2}\nuse: *b\nmerged:\n  <<: *b\n  y: 3\n");
  EXPECT_EQ(root->find("use")->value->find("y")->value->integer, 2);
  const YamlPtr merged = root->find("merged")->value;
  EXPECT_EQ(merged->find("x")->value->integer, 1);
  EXPECT_EQ(merged->find("y")->value->integer, 3);
  EXPECT_THAT(merged->entries, SizeIs(2));
}

TEST(YamlNode, SeveralDocumentsStayApart) {
  Problems problems;
  const auto documents = parse_yaml(source("a: 1\n---\n---\nb: 2\n"), problems);
  ASSERT_TRUE(documents.has_value());
  ASSERT_THAT(*documents, SizeIs(3));
  EXPECT_EQ((*documents)[1].root->type, YamlType::kNull);
  EXPECT_EQ((*documents)[2].root->find("b")->key_at, (Position{4, 1}));
}

TEST(YamlNode, ADuplicateKeyIsAProblemAtItsSecondPlace) {
  const Problem problem = problem_of("a: 1\nb: 2\na: 3\n");
  EXPECT_EQ(problem.at, (Position{3, 1}));
  EXPECT_THAT(problem.message, HasSubstr("\"a\" is here twice"));
}

TEST(YamlNode, ASyntaxErrorNamesItsPlace) {
  const Problem problem = problem_of("a: 1\nb: [1, 2\nc: 3\n");
  EXPECT_GE(problem.at.line, 2);
  EXPECT_THAT(problem.message, HasSubstr("not valid YAML"));
  EXPECT_FALSE(problem.hint.empty());
}

TEST(YamlNode, AnAliasBombIsRefused) {
  // Ten levels of ten aliases each: 10^10 values when written out.
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) text += (j > 0 ? ", " : "") + last;
    text += "]\n";
  }
  const Problem problem = problem_of(text);
  EXPECT_THAT(problem.message, HasSubstr("with aliases written out"));
  EXPECT_GT(problem.at.line, 1);
}

TEST(YamlNode, AMergeBombIsRefused) {
  std::string text = "base: &b {";
  for (int i = 0; i < 1000; ++i) text += "k" + std::to_string(i) + ": 1, ";
  text += "z: 1}\nlist:\n";
  for (int i = 0; i < 1000; ++i) text += "  - {<<: *b}\n";
  EXPECT_THAT(problem_of(text).message, HasSubstr("with aliases written out"));
}

TEST(YamlNode, AnAliasInItsOwnAnchorIsRefused) {
  EXPECT_THAT(problem_of("a: &a [1, *a]\n").message, HasSubstr("inside its own anchor"));
}

TEST(YamlNode, DeepNestingIsRefusedWhateverItsStyle) {
  // A flow list in a flow list may be the key of a pair: refused for one reason or the other.
  EXPECT_FALSE(problem_of(std::string(100'000, '[')).message.empty());
  EXPECT_FALSE(problem_of("a: " + std::string(100'000, '{')).message.empty());
  std::string block;
  for (int i = 0; i < 2'000; ++i) block += "- ";
  EXPECT_THAT(problem_of(block + "x\n").message, HasSubstr("nested"));
  std::string maps;
  for (int i = 0; i < 2'000; ++i) maps += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_THAT(problem_of(maps).message, HasSubstr("nested"));
}

TEST(YamlNode, AHugeListIsRefused) {
  std::string text = "list:\n";
  for (int i = 0; i < 300'000; ++i) text += "- 1\n";
  EXPECT_THAT(problem_of(text).message, HasSubstr("more than 200000 values"));
}

TEST(YamlNode, AKeyThatIsNoNameIsRefused) {
  EXPECT_THAT(problem_of("? [1, 2]\n: x\n").message, HasSubstr("the key is a list"));
  EXPECT_THAT(problem_of("? {a: b}\n: x\n").message, HasSubstr("the key is a mapping"));
}

TEST(YamlNode, UnknownTagsAreRefused) {
  EXPECT_THAT(problem_of("a: !!python/object x\n").message, HasSubstr("tag"));
}

TEST(YamlNode, ProblemsShowTheLineWithACaret) {
  const Problem problem = problem_of("a: 1\nlong_name: 2\nlong_name: 3\n");
  EXPECT_EQ(to_text(problem),
            "test.yaml:3:1: error: the key \"long_name\" is here twice\n"
            "     3 | long_name: 3\n"
            "       | ^\n"
            "       = keep one of them\n");
}

TEST(Source, ControlCharactersNeverReachATerminal) {
  EXPECT_EQ(printable("a\x1b[31mb\x07"), "a\\x1b[31mb\\x07");
  EXPECT_EQ(printable("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
  EXPECT_EQ(printable("\xc2\x9b\xff\xe2\x82"), "\\xc2\\x9b\\xff\\xe2\\x82");
  EXPECT_THAT(printable(std::string(1000, 'x')), SizeIs(163));
}

}  // namespace
}  // namespace sdbtwin::scenarios
