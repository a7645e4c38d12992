// The API server in time: latency, concurrency, the three outcomes of a write, kills, the trace.
#include "model/cluster/server/api_server.h"

#include <deque>

#include "model/cluster/server/api_server_fixture.h"

namespace sdbtwin::cluster {
namespace {

using api::Request;
using sim::Duration;
using sim::Time;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(ApiServerTest, AWriteIsAppliedHalfWayAndAnsweredAfterItsWholeLatency) {
  Call created;
  call(Request::create(config_map("a")), created);
  run_for(kWrite / 2 - 1ns);
  EXPECT_FALSE(exists("a"));
  run_for(1ns);
  EXPECT_TRUE(exists("a"));
  EXPECT_FALSE(created.answer.has_value());
  run_for(kWrite / 2);
  ASSERT_TRUE(created.answer.has_value());
  EXPECT_EQ((*created.answer)->code, 201);
  EXPECT_EQ(created.at, Time{kWrite});
}

TEST_F(ApiServerTest, AReadTakesTheReadLatencyAndAListItsObjectsOnTop) {
  for (const char* name : {"a", "b", "c"}) create_map(name);
  const Time begin = simulation.now();
  ASSERT_TRUE(ask(Request::get(map_ref("a"))).ok());
  EXPECT_EQ(simulation.now() - begin, kRead);
  ASSERT_TRUE(ask(Request::list(api::Kind::kConfigMap, "demo")).ok());
  EXPECT_EQ(simulation.now() - begin, 2 * kRead + 3 * 20us);
}

TEST_F(ApiServerTest, ARequestCostsTwoEvents) {
  run_for(1s);
  const std::uint64_t events = simulation.events_processed();
  Call created;
  call(Request::create(config_map("a")), created);
  run_for(1s);
  // One for the spawned task itself, one at the server, one for the answer.
  EXPECT_EQ(simulation.events_processed(), events + 3);
}

TEST_F(ApiServerTest, ManyCallsOfOneClientAreOnTheirWayAtOnce) {
  std::vector<Call> calls(10);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    call(Request::create(config_map("m" + std::to_string(i))), calls[i]);
  }
  run_for(kWrite);
  for (const Call& one : calls) EXPECT_TRUE(one.answer.has_value());
}

TEST_F(ApiServerTest, OneRequestMoreThanMayBeInFlightIs429WithRetryAfter1) {
  // kubernetes.md 4.6: 400 reads, 200 writes; each sort has its own limit.
  std::vector<Call> writes(201);
  std::vector<Call> reads(401);
  for (std::size_t i = 0; i < writes.size(); ++i) {
    call(Request::create(config_map("m" + std::to_string(i))), writes[i]);
  }
  for (Call& one : reads) call(Request::get(map_ref("m0")), one);
  run_for(kWrite);
  EXPECT_TRUE(writes[199].answer->ok());
  const api::ApiError& refused = writes[200].answer->error();
  EXPECT_EQ(refused.code, 429);
  EXPECT_EQ(refused.retry_after_seconds, 1);
  EXPECT_FALSE(exists("m200"));
  EXPECT_TRUE(api::is(*reads[399].answer, api::Reason::kNotFound)) << "it was served";
  EXPECT_TRUE(api::is(*reads[400].answer, api::Reason::kTooManyRequests));
  EXPECT_TRUE(ask(Request::create(config_map("later"))).ok()) << "the others are done";
}

TEST_F(ApiServerTest, WhatWasSentIsAppliedEvenIfTheSenderDies) {
  Call created;
  call(Request::create(config_map("a")), created);
  run_for(1ms);
  client_process->kill();
  run_for(1s);
  EXPECT_TRUE(exists("a"));
  EXPECT_FALSE(created.answer.has_value());
}

TEST_F(ApiServerTest, APausedClientReadsItsAnswerLate) {
  Call created;
  call(Request::create(config_map("a")), created);
  run_for(1ms);
  client_process->pause();
  run_for(1min);
  EXPECT_TRUE(exists("a"));
  EXPECT_FALSE(created.answer.has_value());
  client_process->resume();
  run_for(0s);
  EXPECT_TRUE(created.answer.has_value());
}

TEST_F(ApiServerTest, TheDeathOfTheServerLosesWhatIsOnItsWayButNotTheState) {
  create_map("kept");
  Call created;
  call(Request::create(config_map("a")), created);
  run_for(1ms);
  server_process->kill();
  run_for(0s);
  ASSERT_TRUE(created.answer.has_value());
  EXPECT_TRUE(api::is(*created.answer, api::Reason::kConnectionLost));
  EXPECT_FALSE(exists("a"));

  // While it is down, calls are refused; afterwards the same connection works again.
  EXPECT_TRUE(api::is(ask(Request::get(map_ref("kept"))), api::Reason::kConnectionLost));
  server_process->start();
  EXPECT_TRUE(ask(Request::get(map_ref("kept"))).ok());
}

TEST_F(ApiServerTest, AnAnswerThatHasLeftTheServerArrivesEvenIfTheServerDies) {
  Call created;
  call(Request::create(config_map("a")), created);
  run_for(kWrite / 2);
  server_process->kill();
  run_for(1s);
  ASSERT_TRUE(created.answer.has_value());
  EXPECT_TRUE(created.answer->ok());
}

TEST_F(ApiServerTest, AVersionThatIsNotReachedIsWaitedForBeforeItIsATimeout) {
  api::ListOptions future;
  future.resource_version = 1000;
  const Time begin = simulation.now();
  EXPECT_EQ(ask(Request::list(api::Kind::kConfigMap, "demo", future)).error().code, 504);
  EXPECT_EQ(simulation.now() - begin, 3s + kRead);
}

TEST_F(ApiServerTest, LatenciesAreDrawnPerProcessAndTheSameEveryRun) {
  // Goal: a second client shifts nobody. Method: answer times of a client alone and beside another.
  const auto answer_times = [](bool crowded) {
    ApiEndpoint jittery(ApiLatency::standard());
    store::Store own;
    sim::Simulation world(5);
    sim::Process& server = world.add_process("kube-apiserver", [&](sim::Runtime& runtime) {
      return std::make_unique<ApiServer>(runtime, own, jittery);
    });
    server.start();
    const auto none = [](sim::Runtime&) { return std::unique_ptr<sim::Actor>(); };
    sim::Process& a = world.add_process("a", none);
    sim::Process& b = world.add_process("b", none);
    a.start();
    b.start();
    const auto first = jittery.client_for(a.runtime(), "a");
    const auto second = jittery.client_for(b.runtime(), "b");
    std::vector<Call> calls(20);
    std::vector<Call> others(20);
    for (std::size_t i = 0; i < calls.size(); ++i) {
      a.runtime().spawn(send(a.runtime(), *first, Request::get(map_ref("x")), calls[i]));
      if (!crowded) continue;
      b.runtime().spawn(send(b.runtime(), *second, Request::get(map_ref("x")), others[i]));
    }
    world.run_until(Time{1min});
    std::vector<Time> times;
    for (const Call& one : calls) times.push_back(one.at);
    return times;
  };
  const std::vector<Time> alone = answer_times(false);
  EXPECT_EQ(alone, answer_times(true));
  EXPECT_NE(alone.front(), alone.back());
}

// --- Trace --------------------------------------------------------------------------------------

class Recorder final : public sim::TraceObserver {
 public:
  void on_event(const sim::TraceEvent& event) override {
    if (const auto* written = event.get_if<ObjectWritten>()) {
      writes.push_back(*written);
      times.push_back(event.time);
    }
    if (const auto* refused = event.get_if<RequestRefused>()) refusals.push_back(*refused);
  }
  std::vector<ObjectWritten> writes;
  std::vector<Time> times;
  std::vector<RequestRefused> refusals;
};

class ApiServerTraceTest : public ApiServerTest {
 protected:
  ApiServerTraceTest() { simulation.trace().add_observer(recorder); }
  ~ApiServerTraceTest() override { simulation.trace().remove_observer(recorder); }
  Recorder recorder;
};

TEST_F(ApiServerTraceTest, EveryEffectiveWriteIsTracedAtTheInstantOfItsApplication) {
  ASSERT_TRUE(ask(Request::create(config_map("a"))).ok());
  ASSERT_TRUE(ask(Request::update(changed("a", "v"))).ok());
  const auto same = api::copy(*api::as<api::ConfigMap>(store.get(map_ref("a"))));
  ASSERT_TRUE(ask(Request::update(same)).ok());  // changes nothing
  ASSERT_TRUE(ask(Request::remove(map_ref("a"))).ok());
  ASSERT_EQ(recorder.writes.size(), 3u);
  EXPECT_EQ(recorder.times[0], Time{kWrite / 2});
  const ObjectWritten& created = recorder.writes[0];
  EXPECT_EQ(created.actor, "user");
  EXPECT_EQ(created.verb, api::Verb::kCreate);
  EXPECT_EQ(created.name, "a");
  EXPECT_EQ(created.namespace_, "demo");
  EXPECT_EQ(created.before, nullptr);
  EXPECT_EQ(created.resource_version, created.after->metadata.resource_version);
  EXPECT_EQ(recorder.writes[1].before, created.after);
  EXPECT_TRUE(recorder.writes[2].deleted);
  EXPECT_EQ(recorder.writes[2].after, nullptr);
  EXPECT_EQ(recorder.writes[2].before, recorder.writes[1].after);
  EXPECT_EQ(recorder.writes[2].resource_version, store.revision());
}

TEST_F(ApiServerTraceTest, ARefusedWriteIsTracedAndARefusedReadIsNot) {
  EXPECT_FALSE(ask(Request::remove(map_ref("none"))).ok());
  EXPECT_FALSE(ask(Request::get(map_ref("none"))).ok());
  ASSERT_EQ(recorder.refusals.size(), 1u);
  EXPECT_EQ(recorder.refusals[0].verb, api::Verb::kDelete);
  EXPECT_EQ(recorder.refusals[0].reason, api::Reason::kNotFound);
}

// --- Interceptors -------------------------------------------------------------------------------

// Says the same at one point, for writes.
class Fault final : public RequestInterceptor {
 public:
  enum class Point { kSend, kApply, kAnswer };
  Fault(Point point, Verdict verdict) : point_(point), verdict_(std::move(verdict)) {}

  Verdict before_send(const CallInfo& call) override { return at(Point::kSend, call); }
  Verdict before_apply(const CallInfo& call) override { return at(Point::kApply, call); }
  Verdict after_apply(const CallInfo& call, const api::Result<api::Response>& result) override {
    if (point_ == Point::kAnswer) applied_ok = result.ok();
    return at(Point::kAnswer, call);
  }

  std::uint64_t id = 0;
  int asked = 0;
  bool applied_ok = false;
  bool reads = false;  // else writes

 private:
  Verdict at(Point point, const CallInfo& call) {
    if (point != point_ || call.request.is_write() == reads) return Verdict::proceed();
    id = call.id;
    ++asked;
    return verdict_;
  }
  Point point_;
  Verdict verdict_;
};

class InterceptorTest : public ApiServerTest {
 protected:
  // A create under the fault, with ten minutes to happen. The answer may also come later.
  const Call& create_under(Fault& fault, Duration wait = 10min) {
    endpoint.add_interceptor(fault);
    Call& created = calls.emplace_back();
    call(Request::create(config_map("a")), created);
    run_for(wait);
    endpoint.remove_interceptor(fault);
    return created;
  }
  std::deque<Call> calls;
};

TEST_F(InterceptorTest, AWriteThatFailsBeforeItIsAppliedIsNotApplied) {
  for (const Fault::Point point : {Fault::Point::kSend, Fault::Point::kApply}) {
    Fault fault(point, Verdict::failed(api::errors::internal_error("no leader")));
    const Call& created = create_under(fault);
    ASSERT_TRUE(created.answer.has_value());
    EXPECT_THAT(created.answer->error().message, HasSubstr("no leader"));
    EXPECT_FALSE(exists("a"));
    EXPECT_EQ(fault.asked, 1);
  }
}

TEST_F(InterceptorTest, AWriteThatFailsAfterwardsIsAppliedAndTheClientCannotTell) {
  Fault fault(Fault::Point::kAnswer, Verdict::failed(api::errors::request_timeout()));
  const Call& created = create_under(fault);
  ASSERT_TRUE(created.answer.has_value());
  EXPECT_EQ(created.answer->error().code, 504);
  EXPECT_TRUE(exists("a"));
  EXPECT_TRUE(fault.applied_ok);
}

TEST_F(InterceptorTest, ALostAnswerIsAppliedAndALostRequestIsNot) {
  Fault answer(Fault::Point::kAnswer, Verdict::lost(5s));
  const Call& unanswered = create_under(answer);
  ASSERT_TRUE(unanswered.answer.has_value());
  EXPECT_TRUE(api::is(*unanswered.answer, api::Reason::kConnectionLost));
  EXPECT_EQ(unanswered.at, Time{kWrite / 2 + 5s});
  EXPECT_TRUE(exists("a"));

  publish(Request::remove(map_ref("a")));
  Fault request(Fault::Point::kApply, Verdict::lost());
  const Call& unapplied = create_under(request);
  EXPECT_TRUE(api::is(*unapplied.answer, api::Reason::kConnectionLost));
  EXPECT_FALSE(exists("a"));
}

TEST_F(InterceptorTest, DelaysMoveTheInstantAtWhichTheyAreAsked) {
  Fault before(Fault::Point::kApply, Verdict::delayed(2s));
  const Call& late = create_under(before, kWrite / 2 + 2s - 1ns);
  EXPECT_FALSE(exists("a"));
  run_for(1ns);
  EXPECT_TRUE(exists("a"));
  run_for(1s);
  EXPECT_TRUE(late.answer.has_value());

  publish(Request::remove(map_ref("a")));
  const Time begin = simulation.now();
  Fault after(Fault::Point::kAnswer, Verdict::delayed(2s));
  const Call& answered = create_under(after);
  EXPECT_EQ(answered.at - begin, kWrite + 2s);

  publish(Request::remove(map_ref("a")));
  Fault sending(Fault::Point::kSend, Verdict::delayed(3s));
  create_under(sending, kWrite / 2 + 3s - 1ns);
  EXPECT_FALSE(exists("a"));
  run_for(1s);
  EXPECT_TRUE(exists("a"));
}

TEST_F(InterceptorTest, AHeldWriteWaitsForItsRelease) {
  for (const Fault::Point point : {Fault::Point::kSend, Fault::Point::kApply}) {
    Fault fault(point, Verdict::held());
    Call created;
    endpoint.add_interceptor(fault);
    call(Request::create(config_map("a")), created);
    run_for(20s);
    EXPECT_FALSE(exists("a"));
    EXPECT_TRUE(endpoint.release(fault.id));
    EXPECT_FALSE(endpoint.release(fault.id)) << "only once";
    run_for(1s);
    EXPECT_TRUE(exists("a"));
    ASSERT_TRUE(created.answer.has_value());
    EXPECT_TRUE(created.answer->ok());
    endpoint.remove_interceptor(fault);
    publish(Request::remove(map_ref("a")));
  }
}

TEST_F(InterceptorTest, AHeldAnswerIsAppliedAtOnce) {
  Fault fault(Fault::Point::kAnswer, Verdict::held());
  Call created;
  endpoint.add_interceptor(fault);
  call(Request::create(config_map("a")), created);
  run_for(10s);
  EXPECT_TRUE(exists("a"));
  EXPECT_FALSE(created.answer.has_value());
  endpoint.release_all();
  run_for(1s);
  EXPECT_TRUE(created.answer.has_value());
  endpoint.remove_interceptor(fault);
}

TEST_F(InterceptorTest, After34SecondsTheClientReads504AndTheWriteMayStillHappen) {
  // kubernetes.md 4.6. Requests that nobody delays cost no event for this.
  Fault fault(Fault::Point::kApply, Verdict::held());
  const Call& created = create_under(fault, 1h);
  ASSERT_TRUE(created.answer.has_value());
  EXPECT_EQ(created.answer->error().code, 504);
  EXPECT_EQ(created.at, Time{34s});
  EXPECT_FALSE(exists("a"));
  EXPECT_TRUE(endpoint.release(fault.id));
  run_for(0s);
  EXPECT_TRUE(exists("a"));
}

TEST_F(InterceptorTest, AReadIsGivenUpAfter60Seconds) {
  // kubernetes.md 4.6: the global request timeout; only handlers of writes have the shorter one.
  Fault fault(Fault::Point::kApply, Verdict::held());
  fault.reads = true;
  endpoint.add_interceptor(fault);
  Call got;
  call(Request::get(map_ref("a")), got);
  run_for(1h);
  ASSERT_TRUE(got.answer.has_value());
  EXPECT_EQ(got.answer->error().code, 504);
  EXPECT_EQ(got.at, Time{60s});
  endpoint.remove_interceptor(fault);
}

TEST_F(InterceptorTest, ADelayedAnswerThatIsInTimeWinsOverTheTimeout) {
  Fault fault(Fault::Point::kAnswer, Verdict::delayed(40s));
  EXPECT_EQ(create_under(fault).at, Time{34s});
  publish(Request::remove(map_ref("a")));
  const Time begin = simulation.now();
  Fault held(Fault::Point::kApply, Verdict::held());
  Call created;
  endpoint.add_interceptor(held);
  call(Request::create(config_map("a")), created);
  run_for(10s);
  endpoint.release(held.id);
  run_for(1min);
  EXPECT_EQ(created.at - begin, 10s + kWrite / 2);
  EXPECT_TRUE(created.answer->ok());
  endpoint.remove_interceptor(held);
}

TEST_F(InterceptorTest, TheFirstThatDoesNotProceedDecides) {
  Fault quiet(Fault::Point::kAnswer, Verdict::proceed());
  Fault fails(Fault::Point::kApply, Verdict::failed(api::errors::internal_error("first")));
  Fault never(Fault::Point::kApply, Verdict::failed(api::errors::internal_error("second")));
  endpoint.add_interceptor(quiet);
  endpoint.add_interceptor(fails);
  endpoint.add_interceptor(never);
  EXPECT_THAT(ask(Request::create(config_map("a"))).error().message, HasSubstr("first"));
  EXPECT_EQ(never.asked, 0);
  for (Fault* fault : {&quiet, &fails, &never}) endpoint.remove_interceptor(*fault);
}

TEST_F(InterceptorTest, AHeldRequestOfADeadClientIsStillApplied) {
  Fault fault(Fault::Point::kApply, Verdict::held());
  Call created;
  endpoint.add_interceptor(fault);
  call(Request::create(config_map("a")), created);
  run_for(1s);
  client_process->kill();
  run_for(1min);
  endpoint.release_all();
  run_for(1s);
  EXPECT_TRUE(exists("a"));
  endpoint.remove_interceptor(fault);
}

TEST_F(InterceptorTest, TheServersDeathEndsHeldRequests) {
  Fault fault(Fault::Point::kApply, Verdict::held());
  Call created;
  endpoint.add_interceptor(fault);
  call(Request::create(config_map("a")), created);
  run_for(1s);
  server_process->restart(5s);
  run_for(10s);
  EXPECT_TRUE(api::is(*created.answer, api::Reason::kConnectionLost));
  EXPECT_FALSE(endpoint.release(fault.id));
  EXPECT_FALSE(exists("a"));
  endpoint.remove_interceptor(fault);
}

}  // namespace
}  // namespace sdbtwin::cluster
