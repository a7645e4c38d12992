// Goal: what write_faults() writes, read_faults() reads back equal, and what is wrong in a fault is
// said with its place.
// Method: random plans over all kinds of moments and faults, drawn field by field, through YAML
// text and back; texts with one mistake each.
#include "scenarios/reading/fault_yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <type_traits>
#include <vector>

namespace sdbtwin::scenarios {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

template <class T>
T pick(std::vector<T> values) {
  return *rc::gen::elementOf(std::move(values));
}

// Both draw from the whole range, whatever size rapidcheck has reached: a small size means its low
// end only, and a fault that needs a positive number, or one of two fields, would never be drawn.
template <class N>
N within(N lowest, N highest) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<N>(lowest, highest));
}
bool toss() { return within(0, 2) == 1; }

sim::Duration any_duration() {
  return sim::Duration(*rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000));
}

faults::Trigger any_trigger(int depth);

// A visitor of fields (faults/fields.h) that gives each a random value.
class FieldDrawer {
 public:
  explicit FieldDrawer(int depth) : depth_(depth) {}

  void text(std::string_view, std::string& out, std::string_view hint) {
    if (hint.empty() && toss()) return;  // as a new struct has it
    out = pick<std::string>({"a", "sdb-leaf-0", "a \"quoted\" \\ name: x", "*", "True", "8.9"});
  }
  void process(std::string_view, std::string& out, faults::Processes which) {
    if (which == faults::Processes::kClients && toss()) return;
    out = pick<std::string>({"provisioner", "ops-manager", "kubelet/node-0"});
  }
  void duration(std::string_view, sim::Duration& out, std::string_view) { out = any_duration(); }
  void duration(std::string_view, std::optional<sim::Duration>& out) {
    if (toss()) out = any_duration();
  }
  template <class N>
  void number(std::string_view, N& out, std::int64_t lowest, std::int64_t highest) {
    out = static_cast<N>(within<std::int64_t>(lowest, highest));
  }
  void bytes(std::string_view, std::int64_t& out) {
    out = within<std::int64_t>(-1'000'000'000'000, 1'000'000'000'000);
  }
  void flag(std::string_view, bool& out) { out = toss(); }
  void target(std::string_view, faults::Target& out) {
    using faults::TargetRole;
    out.role =
        pick<TargetRole>({TargetRole::kLeaf, TargetRole::kAggregator, TargetRole::kMasterAggregator,
                          TargetRole::kMaster, TargetRole::kReplica, TargetRole::kCopyOn});
    if (out.role == TargetRole::kCopyOn) out.leaf = *rc::gen::inRange(0, 99);
    if (out.role != TargetRole::kMasterAggregator) out.ordinal = *rc::gen::inRange(0, 999'999);
    if (out.is_copy()) out.database = pick<std::string>({"app", "x_1"});
    if (toss()) out.cluster = {"demo", "sdb"};
  }
  void streams(std::string_view, faults::Streams& out) {
    using faults::StreamsOf;
    out.of = static_cast<StreamsOf>(*rc::gen::inRange(0, 8));
    const bool named = out.of == StreamsOf::kDatabase || out.of == StreamsOf::kPartition;
    const bool numbered = out.of != StreamsOf::kAll && out.of != StreamsOf::kDatabase &&
                          out.of != StreamsOf::kMetadata;
    if (named) out.database = "app";
    if (numbered) out.ordinal = *rc::gen::inRange(0, 999);
    if (out.of == StreamsOf::kLink) out.peer = *rc::gen::inRange(0, 999);
    if (toss()) out.cluster = {"demo", "sdb"};
  }
  void partition(std::string_view, faults::PartitionName& out) {
    out.database = pick<std::string>({"app", "x_1"});
    out.ordinal = *rc::gen::inRange(0, 999);
    if (toss()) out.cluster = {"demo", "sdb"};
  }
  void object(faults::ObjectPattern& out) {
    if (toss()) out.kind = pick<api::Kind>({api::Kind::kPod, api::Kind::kSinglestore});
    out.namespace_ = pick<std::string>({"", "demo", "*"});
    out.name = pick<std::string>({"", "sdb-*", "a \"quoted\" \\ name: x"});
  }
  void trigger(std::string_view, std::optional<faults::Trigger>& out) {
    if (depth_ > 0 && toss()) out = any_trigger(depth_ - 1);
  }
  void check(bool holds, std::string_view, std::string_view) { fits = fits && holds; }
  template <class E, std::size_t n>
  void word(std::string_view, E& out, const faults::Words<E, n>& words, std::string_view) {
    out = words[*rc::gen::inRange<std::size_t>(0, n)].value;
  }
  template <class E, std::size_t n>
  void word(std::string_view name, std::optional<E>& out, const faults::Words<E, n>& words) {
    if (toss()) word(name, out.emplace(), words, {});
  }

  bool fits = true;  // no rule over several fields is broken

 private:
  int depth_;
};

template <class V, std::size_t... i>
V alternative(std::size_t index, std::index_sequence<i...>) {
  V out;
  ((i == index ? void(out.template emplace<i>()) : void()), ...);
  return out;
}

// Any alternative of a variant, with any fields.
template <class V>
V any_of(int depth) {
  const auto all = std::make_index_sequence<std::variant_size_v<V>>();
  const auto index = *rc::gen::inRange<std::size_t>(0, std::variant_size_v<V>);
  while (true) {
    V out = alternative<V>(index, all);
    FieldDrawer drawer(depth);
    std::visit(
        [&](auto& value) {
          using A = std::remove_reference_t<decltype(value)>;
          if constexpr (std::is_same_v<A, faults::AtTime>) {
            value.at = any_duration();
          } else {
            A::fields(value, drawer);
          }
        },
        out);
    if (drawer.fits) return out;
  }
}

faults::Trigger any_trigger(int depth) {
  faults::Trigger trigger;
  trigger.moment = any_of<faults::Moment>(depth);
  if (std::holds_alternative<faults::AtTime>(trigger.moment)) return trigger;
  trigger.occurrence = *rc::gen::inRange(1, 9);
  trigger.delay = any_duration();
  return trigger;
}

std::vector<YamlDocument> parse(const std::string& text, Problems& problems) {
  auto source = std::make_shared<SourceFile>();
  source->path = "plan.yaml";
  source->text = text;
  const auto documents = parse_yaml(source, problems);
  return documents ? *documents : std::vector<YamlDocument>();
}

RC_GTEST_PROP(FaultYaml, APlanSurvivesItsText, ()) {
  faults::FaultPlan plan;
  const int count = *rc::gen::inRange(0, 6);
  for (int i = 0; i < count; ++i) {
    plan.faults.push_back(
        {any_trigger(1), any_of<faults::Fault>(1), "fault number " + std::to_string(i)});
  }
  sort(plan);

  const std::string text = write_faults(plan);
  Problems problems;
  const auto documents = parse(text, problems);
  RC_ASSERT(documents.size() == 1U);
  MapReader reader(documents.front(), documents.front().root, "spec", problems);
  const faults::FaultPlan again = read_faults(reader);
  reader.finish();
  if (!problems.empty()) RC_FAIL(to_text(problems.all().front()) + text);
  RC_ASSERT(again == plan);
  for (const faults::PlannedFault& planned : plan.faults) {
    RC_ASSERT(!describe(planned.fault).empty());
    RC_ASSERT(!describe(planned.trigger).empty());
  }
}

// What is said of the only fault of a plan.
std::vector<Problem> problems_of(const std::string& text) {
  Problems problems;
  const auto documents = parse(text, problems);
  EXPECT_THAT(documents, SizeIs(1));
  if (documents.empty()) return {};
  MapReader reader(documents.front(), documents.front().root, "spec", problems);
  (void)read_faults(reader);
  reader.finish();
  return problems.all();
}

struct Mistake {
  std::string text;
  std::string said;  // path:line:column and what is wrong
  std::string hint;
};

TEST(FaultYaml, AMistakeIsSaidOnceWithItsPlaceAndWhatWouldBeRight) {
  const std::vector<Mistake> mistakes{
      {"faults:\n  - at: 1s\n    podDelete: {target: leave/1}\n", "plan.yaml:3:25",
       "did you mean \"leaf/1\"?"},
      {"faults:\n  - at: 1s\n    podDelete: {}\n", "faults[0].podDelete.target is missing",
       "leaf/1"},
      {"faults:\n  - at: 1s\n    podDelet: {target: leaf/1}\n", "plan.yaml:3:5",
       "did you mean \"podDelete\"?"},
      {"faults:\n  - at: 1s\n", "spec.faults[0] has 0 faults", "containerCrash"},
      {"faults:\n  - at: 1s\n    podDelete: {target: leaf/1, force: true, gracePeriod: 5s}\n",
       "plan.yaml:3:16", "leave one of them out"},
      {"faults:\n  - when: {copy: {target: partition app/3 replica}}\n"
       "    podDelete: {target: leaf/1}\n",
       "spec.faults[0].when.copy.becomes is missing", "becomes: out-of-sync"},
      {"faults:\n  - when: {request: {point: befor-apply}}\n    podDelete: {target: leaf/1}\n",
       "plan.yaml:2:29", "did you mean \"before-apply\"?"},
      {"faults:\n  - when: {}\n    podDelete: {target: leaf/1}\n",
       "spec.faults[0].when has 0 moments", "condition"},
      {"faults:\n  - when: {quary: {}}\n    podDelete: {target: leaf/1}\n", "plan.yaml:2:12",
       "did you mean \"query\"?"},
      {"faults:\n  - at: 1s\n    containerCrash: {target: leaf/1, times: 0}\n", "plan.yaml:3:45",
       "it must be 1 to 1000"},
      {"faults:\n  - at: 1s\n    holdWrite: {by: provisioner}\n", "holdWrite never ends",
       "for: 10s"},
  };
  for (const Mistake& mistake : mistakes) {
    SCOPED_TRACE(mistake.text);
    const std::vector<Problem> problems = problems_of(mistake.text);
    ASSERT_FALSE(problems.empty());
    const std::string said = to_text(problems.front());
    EXPECT_THAT(said, HasSubstr(mistake.said));
    EXPECT_THAT(said, HasSubstr(mistake.hint));
    EXPECT_EQ(problems.size(), 1U);
  }
}

}  // namespace
}  // namespace sdbtwin::scenarios
