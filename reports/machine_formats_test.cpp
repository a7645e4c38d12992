// Goal: JSON, JUnit XML and trace lines are well-formed whatever the texts are.
// Method: sample results, some with hostile text; JSON is parsed again, XML is checked by eye.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "reports/json.h"
#include "reports/junit.h"
#include "reports/sample_result.h"
#include "reports/trace_json.h"

namespace sdbtwin::reports {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(JsonReport, HasItsSchemaItsSummaryAndEveryRun) {
  const auto json = nlohmann::json::parse(render_json({sample_result(), failed_result()}, false));
  EXPECT_EQ(json["schemaVersion"], 1);
  EXPECT_EQ(json["summary"]["runs"], 2);
  EXPECT_EQ(json["summary"]["passed"], 1);
  EXPECT_EQ(json["summary"]["violated"], 1);
  ASSERT_EQ(json["runs"].size(), 2U);
  const auto& run = json["runs"][0];
  EXPECT_EQ(run["digest"], "0123456789abcdef");
  EXPECT_EQ(run["seed"], 7);
  EXPECT_EQ(run["requests"][0]["finishedNs"], 163'000'000'000);
  EXPECT_EQ(run["faults"][0]["fired"]["event"], 12);
  EXPECT_TRUE(run["faults"][0]["healed"].is_null());
  EXPECT_EQ(run["invariants"][0]["margins"][0]["limitIs"], "maximum");
  EXPECT_EQ(run["availability"][0]["outages"][0]["cause"], "master-down");
  EXPECT_TRUE(run["availability"][0]["partition"].is_null());
  EXPECT_EQ(run["availability"][4]["partition"], 2);
  EXPECT_EQ(run["clients"][0]["unknownRows"], 3);
  EXPECT_FALSE(run.contains("cpuTimeNs"));
}

TEST(JsonReport, TextThatIsNotUtf8IsReplaced) {
  scenarios::RunResult result = sample_result();
  result.reason = "bad \xff\xfe";
  const auto json = nlohmann::json::parse(render_json({result}, true));
  EXPECT_EQ(json["runs"][0]["reason"], "bad \xef\xbf\xbd\xef\xbf\xbd");
}

TEST(MachineFormats, EveryVerdictIsToldAndOnlyPassedIsNoFailure) {
  for (const char* word : {"passed", "violated", "stuck", "expectation-failed", "vacuous"}) {
    scenarios::RunResult result = sample_result();
    for (const scenarios::Verdict verdict :
         {scenarios::Verdict::kPassed, scenarios::Verdict::kViolated, scenarios::Verdict::kStuck,
          scenarios::Verdict::kExpectationFailed, scenarios::Verdict::kVacuous}) {
      if (scenarios::to_string(verdict) == word) result.verdict = verdict;
    }
    result.reason = "because";
    const auto json = nlohmann::json::parse(render_json({result}, false));
    EXPECT_EQ(json["runs"][0]["verdict"], word);
    EXPECT_EQ(json["summary"][word], 1);
    const std::string xml = render_junit({result});
    const std::string failure = std::string("<failure type=\"") + word + "\" message=\"because\">";
    if (result.verdict == scenarios::Verdict::kPassed) {
      EXPECT_THAT(xml, AllOf(HasSubstr("failures=\"0\""), Not(HasSubstr("<failure"))));
    } else {
      EXPECT_THAT(xml, AllOf(HasSubstr("failures=\"1\""), HasSubstr(failure)));
    }
  }
}

TEST(JunitReport, CountsAndEscapes) {
  const std::string xml = render_junit({sample_result(), failed_result()});
  EXPECT_THAT(xml, AllOf(HasSubstr("<testsuites name=\"sdbtwin\" tests=\"2\" failures=\"1\""),
                         HasSubstr("name=\"sample seed 7\""), HasSubstr("time=\"193.000\""),
                         HasSubstr("<failure type=\"violated\" message=\"one-pod-at-a-time: "
                                   "&lt;two&gt; &amp; &quot;more&quot;\">"),
                         HasSubstr("--seed 7\n</failure>")));
}

TEST(JunitReport, RunsOfOneScenarioAreOneSuite) {
  scenarios::RunResult other = sample_result();
  other.scenario = "other";
  const std::string xml = render_junit({sample_result(), sample_result(), other});
  EXPECT_THAT(xml, HasSubstr("<testsuite name=\"sample\" tests=\"2\" failures=\"0\""));
  EXPECT_THAT(xml, HasSubstr("<testsuite name=\"other\" tests=\"1\" failures=\"0\""));
}

TEST(JunitReport, NoRunsIsStillADocument) {
  EXPECT_THAT(render_junit({}), HasSubstr("<testsuites name=\"sdbtwin\" tests=\"0\""));
}

TEST(EscapeXml, WhatXmlCannotHoldIsReplaced) {
  EXPECT_EQ(escape_xml("a\x01"
                       "b"),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(escape_xml("\xff"), "\xef\xbf\xbd");
  EXPECT_EQ(escape_xml("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // a surrogate
  EXPECT_EQ(escape_xml("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
  EXPECT_EQ(escape_xml("]]>"), "]]&gt;");
  EXPECT_EQ(escape_xml("it's\t"), "it&apos;s&#9;");
}

struct Sample {
  static constexpr std::string_view kName = "sample";
  std::string text;
  std::int64_t number;
  bool flag;
  sim::Time at;
  sim::Duration took;
  std::string process;
  template <class V>
  void visit(V& v) const {
    v("text", text);
    v("number", number);
    v("flag", flag);
    v("at", at);
    v("took", took);
    v("process", process);
  }
};

TEST(TraceJson, ALineIsOneObjectWithAllFields) {
  const Sample payload{"a \"b\"\n\\", -5, true, sim::Time(3ns), 4ns, "mine"};
  const sim::TraceEvent event{42, sim::Time(1s), 1, "user", &sim::kEventType<Sample>, &payload};
  std::string line;
  append_json_line(line, event);
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["sequence"], 42);
  EXPECT_EQ(json["timeNs"], 1'000'000'000);
  EXPECT_EQ(json["process"], "user");
  EXPECT_EQ(json["process_"], "mine");
  EXPECT_EQ(json["text"], "a \"b\"\n\\");
  EXPECT_EQ(json["number"], -5);
  EXPECT_EQ(json["flag"], true);
  EXPECT_EQ(json["at"], 3);
  EXPECT_EQ(json["took"], 4);
}

}  // namespace
}  // namespace sdbtwin::reports
