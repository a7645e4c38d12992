// Goal: the command line means what the help says, and wrong usage says what is wrong.
// Method: argument lists in, options or messages out.
#include "cli/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/exit_code.h"

namespace sdbtwin::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ParseResult parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "sdbtwin");
  return parse_arguments(static_cast<int>(arguments.size()), arguments.data());
}

std::string problem_of(const std::vector<const char*>& arguments) {
  const ParseResult result = parse(arguments);
  EXPECT_FALSE(result.options.has_value());
  EXPECT_EQ(result.exit_code, static_cast<int>(ExitCode::kBadInput));
  return result.output;
}

TEST(Options, ARunWithEverything) {
  const auto options =
      parse({"run", "a.yaml", "b", "--seeds", "3..5", "--jobs", "2", "--filter", "x", "--format",
             "json", "--junit", "j.xml", "--digests", "d.txt", "--check-determinism", "-q"})
          .options;
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(options->command, Command::kRun);
  EXPECT_THAT(options->paths, ElementsAre("a.yaml", "b"));
  EXPECT_EQ(options->seeds.first, 3U);
  EXPECT_EQ(options->seeds.last, 5U);
  EXPECT_EQ(options->jobs, 2U);
  EXPECT_EQ(options->filter, "x");
  EXPECT_EQ(options->format, Format::kJson);
  EXPECT_EQ(options->junit_file, "j.xml");
  EXPECT_EQ(options->digests_file, "d.txt");
  EXPECT_TRUE(options->check_determinism);
  EXPECT_TRUE(options->quiet);
}

TEST(Options, ManifestsMayBeRepeated) {
  const auto options = parse({"run", "-f", "a.yaml", "-f", "b.yaml", "--seed", "9"}).options;
  ASSERT_TRUE(options.has_value());
  EXPECT_THAT(options->manifests, ElementsAre("a.yaml", "b.yaml"));
  EXPECT_EQ(options->seeds.first, 9U);
  EXPECT_EQ(options->seeds.last, 9U);
}

TEST(Options, TheOtherCommands) {
  EXPECT_EQ(parse({"validate", "x"}).options->command, Command::kValidate);
  const auto list = parse({"list", "faults"}).options;
  EXPECT_EQ(list->command, Command::kList);
  EXPECT_EQ(list->list_what, "faults");
}

TEST(Options, HelpAndVersionAreNoErrors) {
  const ParseResult help = parse({"--help"});
  EXPECT_FALSE(help.options.has_value());
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.output, HasSubstr("Examples:"));
  EXPECT_THAT(help.output, HasSubstr("Exit codes:"));
  EXPECT_THAT(parse({"run", "--help"}).output, HasSubstr("--check-determinism"));
  const ParseResult version = parse({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.output, HasSubstr("sdbtwin "));
}

TEST(Options, WrongUsageSaysWhatIsWrong) {
  EXPECT_THAT(problem_of({}), HasSubstr("subcommand"));
  EXPECT_THAT(problem_of({"rum"}), HasSubstr("rum"));
  EXPECT_THAT(problem_of({"run"}), HasSubstr("nothing to do"));
  EXPECT_THAT(problem_of({"run", "a.yaml", "-f", "b.yaml"}), HasSubstr("do not go together"));
  EXPECT_THAT(problem_of({"run", "a.yaml", "--seed", "1", "--seeds", "1..2"}),
              HasSubstr("give one of them"));
  EXPECT_THAT(problem_of({"run", "a.yaml", "--seed", "-1"}), HasSubstr("--seed"));
  EXPECT_THAT(problem_of({"run", "a.yaml", "--jobs", "0"}), HasSubstr("--jobs"));
  EXPECT_THAT(problem_of({"run", "a.yaml", "--format", "xml"}), HasSubstr("--format"));
  EXPECT_THAT(problem_of({"run", "a.yaml", "--nope"}), HasSubstr("--nope"));
  EXPECT_THAT(problem_of({"list", "everything"}), HasSubstr("everything"));
}

TEST(ParseSeeds, RangesAreInclusiveAndBounded) {
  EXPECT_EQ(parse_seeds("5")->last, 5U);
  EXPECT_EQ(parse_seeds("1..200")->last, 200U);
  EXPECT_EQ(parse_seeds("7..7")->first, 7U);
  EXPECT_EQ(parse_seeds("18446744073709551615")->first, 18446744073709551615U);
  for (const char* wrong : {"", "..", "1..", "..2", "2..1", "1...3", "a..b", "1-3", "0..99999999",
                            "18446744073709551616", " 1..2"}) {
    EXPECT_FALSE(parse_seeds(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace sdbtwin::cli
