#include "sim/core/trace.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/core/trace_ring.h"

namespace sdbtwin::sim {
namespace {

using namespace std::chrono_literals;

enum class Phase { kPending, kRunning };
std::string_view to_string(Phase phase) { return phase == Phase::kPending ? "Pending" : "Running"; }

struct PodChanged {
  static constexpr std::string_view kName = "pod-changed";
  std::string pod;
  std::int64_t rank = 0;
  std::uint32_t attempt = 0;
  bool ready = false;
  Phase phase = Phase::kPending;
  Time since{};
  Duration age{};
  int unseen = 0;  // Not visited.
  template <class V>
  void visit(V& v) const {
    v("pod", pod);
    v("rank", rank);
    v("attempt", attempt);
    v("ready", ready);
    v("phase", phase);
    v("since", since);
    v("age", age);
  }
};

struct Ping {
  static constexpr std::string_view kName = "ping";
  std::int64_t number;
  template <class V>
  void visit(V& v) const {
    v("number", number);
  }
};

constexpr TraceSource kSource{
    .process_id = 3, .process = "kubelet", .process_hash = hash64("kubelet")};

template <class E>
void emit(Trace& trace, const E& event, Time time = Time{}) {
  trace.emit(kSource, time, kEventType<E>, &event);
}

PodChanged sample_event() {
  PodChanged event;
  event.pod = "leaf-0";
  event.rank = -7;
  event.attempt = 2;
  event.phase = Phase::kRunning;
  event.since = Time{1s};
  event.age = 250ms;
  return event;
}

std::uint64_t digest_of(const PodChanged& event, Time time = Time{}) {
  Trace trace;
  emit(trace, event, time);
  return trace.digest();
}

class Recorder final : public TraceObserver, public FieldVisitor {
 public:
  void on_event(const TraceEvent& event) override {
    text += std::to_string(event.sequence) + ' ' + std::string(event.process) + ' ' +
            std::string(event.type->name);
    visit_fields(event, *this);
    text += '\n';
  }
  void field(std::string_view name, std::int64_t value) override {
    add(name, std::to_string(value));
  }
  void field(std::string_view name, std::uint64_t value) override {
    add(name, "u" + std::to_string(value));
  }
  void field(std::string_view name, bool value) override { add(name, value ? "true" : "false"); }
  void field(std::string_view name, std::string_view value) override {
    add(name, "'" + std::string(value) + "'");
  }
  void field(std::string_view name, Time value) override {
    add(name, "@" + format_duration(value.time_since_epoch()));
  }
  void field(std::string_view name, Duration value) override { add(name, format_duration(value)); }

  std::string text;

 private:
  void add(std::string_view name, const std::string& value) {
    text += ' ' + std::string(name) + '=' + value;
  }
};

TEST(Trace, DigestIsTheSameEverywhere) {
  // Goal: digests compare across compilers and machines. Method: one fixed value over every type of
  // field; the presets release, dev, asan and clang all run this test.
  Trace trace;
  emit(trace, sample_event(), Time{5s});
  emit(trace, Ping{1}, Time{6s});
  EXPECT_EQ(trace.digest(), 0x11d03fd0653c3d78ULL);
  EXPECT_EQ(trace.count(), 2U);
}

TEST(Trace, EveryVisitedFieldChangesTheDigest) {
  // Goal: nothing that is visited is left out. Method: change one field at a time.
  const PodChanged base = sample_event();
  std::vector<PodChanged> changed(7, base);
  changed[0].pod = "leaf-1";
  changed[1].rank = 7;
  changed[2].attempt = 3;
  changed[3].ready = true;
  changed[4].phase = Phase::kPending;
  changed[5].since += 1ns;
  changed[6].age += 1ns;
  for (const PodChanged& event : changed) EXPECT_NE(digest_of(event), digest_of(base));
  EXPECT_NE(digest_of(base, Time{1ns}), digest_of(base));
  PodChanged unseen = base;
  unseen.unseen = 1;
  EXPECT_EQ(digest_of(unseen), digest_of(base));
}

TEST(Trace, DigestDependsOnOrderProcessAndType) {
  // Goal: the digest stands for the whole sequence. Method: swap, rename.
  Trace forward;
  emit(forward, Ping{1});
  emit(forward, Ping{2});
  Trace backward;
  emit(backward, Ping{2});
  emit(backward, Ping{1});
  EXPECT_NE(forward.digest(), backward.digest());
  Trace elsewhere;
  constexpr TraceSource kOther{.process_id = 3, .process = "x", .process_hash = hash64("x")};
  const Ping one{1};
  elsewhere.emit(kOther, Time{}, kEventType<Ping>, &one);
  Trace here;
  emit(here, one);
  EXPECT_NE(elsewhere.digest(), here.digest());
}

TEST(Trace, FieldsAreVisitedInOrderWithTheirTypes) {
  // Goal: text and JSON follow from the one table. Method: a visitor that writes text.
  Trace trace;
  Recorder recorder;
  trace.add_observer(recorder);
  emit(trace, sample_event());
  EXPECT_EQ(recorder.text,
            "0 kubelet pod-changed pod='leaf-0' rank=-7 attempt=u2 ready=false phase='Running' "
            "since=@1s age=250ms\n");
}

TEST(Trace, GetIfKnowsTheType) {
  // Goal: observers see typed events. Method: ask for the right and for another type.
  const Ping ping{4};
  const TraceEvent event{0, Time{}, 3, "kubelet", &kEventType<Ping>, &ping};
  ASSERT_NE(event.get_if<Ping>(), nullptr);
  EXPECT_EQ(event.get_if<Ping>()->number, 4);
  EXPECT_EQ(event.get_if<PodChanged>(), nullptr);
}

// Answers each Ping below three with the next one, from inside on_event.
class Answerer final : public TraceObserver {
 public:
  explicit Answerer(Trace& trace) : trace_(&trace) {}
  void on_event(const TraceEvent& event) override {
    const Ping* ping = event.get_if<Ping>();
    if (ping->number < 3) emit(*trace_, Ping{ping->number + 1});
  }

 private:
  Trace* trace_;
};

TEST(Trace, AnEventTracedByAnObserverFollowsForAllObservers) {
  // Goal: every observer sees the order of sequence. Method: an observer that traces, before one
  // that records.
  Trace trace;
  Answerer answerer(trace);
  Recorder recorder;
  trace.add_observer(answerer);
  trace.add_observer(recorder);
  emit(trace, Ping{1});
  EXPECT_EQ(recorder.text,
            "0 kubelet ping number=1\n1 kubelet ping number=2\n2 kubelet ping number=3\n");
}

TEST(TraceRing, KeepsTheLastEventsWithTheirOwnPayloads) {
  // Goal: bounded, oldest first, payloads outlive the event. Method: more events than places, of
  // two types; strings that are gone by then.
  Trace trace;
  TraceRing ring(3);
  trace.add_observer(ring);
  EXPECT_EQ(ring.size(), 0U);
  for (int i = 0; i < 5; ++i) {
    emit(trace, Ping{i});
    PodChanged event = sample_event();
    event.pod = "a-name-that-needs-the-heap-for-sure-" + std::to_string(i);
    emit(trace, event);
  }
  ASSERT_EQ(ring.size(), 3U);
  EXPECT_EQ(ring.at(0).sequence, 7U);
  EXPECT_EQ(ring.at(0).get_if<PodChanged>()->pod, "a-name-that-needs-the-heap-for-sure-3");
  EXPECT_EQ(ring.at(1).get_if<Ping>()->number, 4);
  EXPECT_EQ(ring.at(2).get_if<PodChanged>()->pod, "a-name-that-needs-the-heap-for-sure-4");
}

}  // namespace
}  // namespace sdbtwin::sim
