#include "model/api/selector.h"

#include <gtest/gtest.h>

#include "model/api/core.h"
#include "model/api/pod.h"

namespace sdbtwin::api {
namespace {

struct SelectorCase {
  const char* selector;
  StringMap labels;
  bool matches;
};

// Goal: the text form means what apimachinery's labels.Parse makes of it.
TEST(LabelSelector, MatchesByItsTextForm) {
  const StringMap web{{"app", "web"}, {"tier", "front"}};
  const SelectorCase cases[] = {
      {"", {}, true},
      {"", web, true},
      {"app=web", web, true},
      {"app==web", web, true},
      {"app = web , tier=front", web, true},
      {"app=db", web, false},
      {"app!=db", web, true},
      {"app!=web", web, false},
      {"zone!=a", web, true},  // absent is not equal
      {"app in (db,web)", web, true},
      {"app in (db)", web, false},
      {"zone in (a)", web, false},
      {"app notin (db, cache)", web, true},
      {"zone notin (a)", web, true},
      {"app", web, true},
      {"zone", web, false},
      {"!zone", web, true},
      {"!app", web, false},
      {"app=web,app=db", web, false},
      {"app=", {{"app", ""}}, true},
      {"app in (,web)", {{"app", ""}}, true},
      {"kubedb.com/petset=leaf", {{"kubedb.com/petset", "leaf"}}, true},
  };
  for (const SelectorCase& one : cases) {
    Result<LabelSelector> selector = LabelSelector::parse(one.selector);
    ASSERT_TRUE(selector.ok()) << one.selector;
    EXPECT_EQ(selector->matches(one.labels), one.matches) << one.selector;
    // The text form reads back as the same selector.
    Result<LabelSelector> again = LabelSelector::parse(selector->to_text());
    ASSERT_TRUE(again.ok()) << selector->to_text();
    EXPECT_EQ(again->matches(one.labels), one.matches) << selector->to_text();
  }
}

TEST(LabelSelector, RefusesBadTexts) {
  for (const char* text : {"=a", "a in", "a in b", "a in (b", "a,,b", "!", "a b", "a=b=c", "a=-x-",
                           "a/b/c=d", "a@=b"}) {
    Result<LabelSelector> selector = LabelSelector::parse(text);
    ASSERT_FALSE(selector.ok()) << text;
    EXPECT_EQ(selector.error().reason, Reason::kBadRequest) << text;
  }
}

// Goal: the rules of metav1.LabelSelectorAsSelector for the operators' values.
TEST(LabelSelector, ChecksItsExpressions) {
  LabelSelector selector;
  LabelRequirement requirement;
  requirement.key = "a";
  requirement.operator_ = SelectorOperator::kIn;
  selector.match_expressions = {requirement};
  ASSERT_FALSE(selector.check().ok());
  EXPECT_EQ(selector.check().error().causes.front().field, "matchExpressions[0].values");
  selector.match_expressions.front().operator_ = SelectorOperator::kExists;
  EXPECT_TRUE(selector.check().ok());
  selector.match_expressions.front().values = {"x"};
  EXPECT_FALSE(selector.check().ok());
  selector.match_expressions.front().operator_ = SelectorOperator::kUnset;
  EXPECT_FALSE(selector.check().ok());
}

Pod make_pod() {
  Pod pod;
  pod.metadata.name = "web-0";
  pod.metadata.namespace_ = "demo";
  pod.spec.edit().node_name = "n1";
  pod.spec.edit().restart_policy = RestartPolicy::kAlways;
  pod.status.edit().phase = PodPhase::kRunning;
  return pod;
}

// Goal: every field a pod can be selected by is compared as text.
TEST(FieldSelector, MatchesPodFields) {
  const Pod pod = make_pod();
  const std::pair<const char*, bool> cases[] = {
      {"", true},
      {"metadata.name=web-0", true},
      {"metadata.name=web-1", false},
      {"metadata.namespace==demo,spec.nodeName=n1", true},
      {"spec.nodeName!=n1", false},
      {"spec.nodeName=", false},
      {"status.phase=Running", true},
      {"status.phase!=Pending,spec.restartPolicy=Always", true},
      {"status.podIP=", true},
      {"spec.hostNetwork=false", true},
  };
  for (const auto& [text, matches] : cases) {
    Result<FieldSelector> selector = FieldSelector::parse(text);
    ASSERT_TRUE(selector.ok()) << text;
    EXPECT_TRUE(selector->check(Kind::kPod).ok()) << text;
    EXPECT_EQ(selector->matches(pod), matches) << text;
  }
}

TEST(FieldSelector, RefusesFieldsThatTheKindDoesNotHave) {
  Result<FieldSelector> selector = FieldSelector::parse("spec.nodeName=n1");
  ASSERT_TRUE(selector.ok());
  Result<void> checked = selector->check(Kind::kPetSet);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().message, "field label not supported: spec.nodeName");
  EXPECT_FALSE(FieldSelector::parse("nothing").ok());
  EXPECT_TRUE(FieldSelector::name("x").check(Kind::kSinglestore).ok());
}

TEST(FieldSelector, SelectsEventsByWhatTheyAreAbout) {
  Event event;
  event.involved_object.kind = "Pod";
  event.source.component = "kubelet";
  Result<FieldSelector> selector = FieldSelector::parse("involvedObject.kind=Pod,source=kubelet");
  ASSERT_TRUE(selector.ok());
  EXPECT_TRUE(selector->check(Kind::kEvent).ok());
  EXPECT_TRUE(selector->matches(event));
  EXPECT_EQ(*selector->exact("involvedObject.kind"), "Pod");
  EXPECT_EQ(selector->exact("metadata.name"), nullptr);
}

}  // namespace
}  // namespace sdbtwin::api
