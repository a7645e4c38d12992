// Goal: connections repeat what client-go repeats, and nothing else (kubernetes.md 5.3; section 7,
// row 15). Method: a server without latency, an interceptor that refuses a number of requests, and
// the times at which they were sent.
#include "model/client/rest_client.h"

#include <deque>

#include "model/cluster/server/api_server_fixture.h"

namespace sdbtwin::cluster {
namespace {

using client::RestClientOptions;

// Refuses the first requests and lets the others through.
class Refusing final : public RequestInterceptor {
 public:
  Verdict before_send(const CallInfo& call) override {
    sent.push_back(call.sent);
    return next();
  }
  Verdict before_apply(const CallInfo&) override { return Verdict::delayed(takes); }
  Verdict before_watch(const WatchInfo&) override {
    ++watches;
    return next();
  }

  int failures = 0;
  api::ApiError error;
  sim::Duration takes{0};
  std::vector<sim::Time> sent;
  int watches = 0;

 private:
  Verdict next() { return failures-- > 0 ? Verdict::failed(error) : Verdict::proceed(); }
};

class RestClientTest : public ApiServerTest {
 protected:
  RestClientTest() : ApiServerTest(ApiLatency::standard().without_jitter().scaled(0)) {
    create_map("a");
    endpoint.add_interceptor(refusing);
    connect(RestClientOptions{});
  }
  ~RestClientTest() override { endpoint.remove_interceptor(refusing); }

  void connect(const RestClientOptions& options) {
    client = endpoint.rest_client_for(client_process->runtime(), "user", options);
  }
  // The answer to the caller, when the first `failures` requests are answered `error`.
  api::Result<api::Response> ask_despite(int failures, api::ApiError error, api::Request request) {
    refusing.failures = failures;
    refusing.error = std::move(error);
    refusing.sent.clear();
    return ask(std::move(request));
  }
  // From the first request to the one of this index.
  sim::Duration after(std::size_t index) const {
    return refusing.sent.at(index) - refusing.sent.front();
  }
  std::size_t sent() const { return refusing.sent.size(); }

  static api::Request read() { return api::Request::get(map_ref("a")); }
  static api::Request write() {
    return api::Request::patch(map_ref("a"), api::PatchType::kMerge, api::Value::object({}));
  }

  Refusing refusing;
};

TEST_F(RestClientTest, OverloadWithRetryAfterIsRepeatedAfterThatTime) {
  EXPECT_TRUE(ask_despite(2, api::errors::too_many_requests("slow down", 10), write()).ok());
  ASSERT_EQ(sent(), 3U);
  EXPECT_EQ(after(1), 10s);
  EXPECT_EQ(after(2), 20s);
}

TEST_F(RestClientTest, WhatIsRepeatedIsTheSameRequest) {
  auto map = config_map("b");
  map->data.edit()["k"] = "v";
  const api::Request create = api::Request::create(map);
  ASSERT_TRUE(ask_despite(3, api::errors::too_many_requests("slow down", 1), create).ok());
  EXPECT_EQ(*api::as<api::ConfigMap>(store.get(map_ref("b")))->data, *map->data);
}

TEST_F(RestClientTest, AFullServerIsAskedAgain) {
  // 4.6: 200 writes at once, and more are answered 429 with Retry-After 1.
  refusing.takes = 500ms;
  std::deque<Call> calls(201);
  for (Call& each : calls) call(write(), each);
  run_for(900ms);
  EXPECT_TRUE(calls[199].answer.has_value());
  EXPECT_FALSE(calls[200].answer.has_value());
  run_for(1s);
  ASSERT_TRUE(calls[200].answer.has_value());
  EXPECT_TRUE(calls[200].answer->ok());
  EXPECT_EQ(calls[200].at - calls[199].at, 1s);
}

TEST_F(RestClientTest, AnEvictionThatABudgetForbidsIsNotRepeated) {
  const auto refused =
      ask_despite(1, api::errors::too_many_requests("Cannot evict pod", 0), write());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, 429);
  EXPECT_EQ(sent(), 1U);
}

TEST_F(RestClientTest, ItGivesUpAfterTenRepeats) {
  const auto refused = ask_despite(100, api::errors::too_many_requests("slow down", 1), read());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, 429);
  EXPECT_EQ(sent(), 11U);
  EXPECT_EQ(after(10), 10s);
}

TEST_F(RestClientTest, ServerErrorsAreRepeatedOnlyWithRetryAfter) {
  EXPECT_FALSE(ask_despite(1, api::errors::internal_error("no leader"), read()).ok());
  EXPECT_TRUE(ask_despite(1, api::errors::server_timeout({"", "pods"}, "get", 2), read()).ok());
  EXPECT_EQ(after(1), 2s);
  EXPECT_FALSE(ask_despite(1, api::errors::request_timeout(), write()).ok());
}

TEST_F(RestClientTest, AConflictWithRetryAfterIsNotRepeated) {
  // 4.3: a clash of generated names carries Retry-After, and client-go looks at 429 and 5xx only.
  EXPECT_FALSE(
      ask_despite(1, api::errors::already_exists_generated({"", "pods"}, "p", false), write())
          .ok());
  EXPECT_EQ(sent(), 1U);
}

TEST_F(RestClientTest, ALostConnectionIsRepeatedForReadsOnly) {
  const api::ApiError lost = api::errors::connection_lost("reset by peer");
  EXPECT_TRUE(ask_despite(1, lost, read()).ok());
  EXPECT_EQ(after(1), 1s);
  EXPECT_FALSE(ask_despite(1, lost, write()).ok());
  EXPECT_EQ(sent(), 1U);
  EXPECT_FALSE(ask_despite(1, connection_refused(), read()).ok())
      << "refused: left to the caller's back-off";
}

TEST_F(RestClientTest, AReadIsRepeatedWhenTheServerDiesUnderIt) {
  refusing.takes = 500ms;
  Call reading;
  Call writing;
  call(read(), reading);
  call(write(), writing);
  run_for(100ms);
  server_process->kill();
  server_process->start();
  run_for(10s);
  ASSERT_TRUE(reading.answer.has_value());
  EXPECT_TRUE(reading.answer->ok());
  ASSERT_TRUE(writing.answer.has_value());
  EXPECT_TRUE(api::is(*writing.answer, api::Reason::kConnectionLost));
  EXPECT_EQ(sent(), 3U);
}

TEST_F(RestClientTest, AWatchIsOpenedAgainAsAReadIs) {
  for (const api::ApiError& error : {api::errors::too_many_requests("slow down", 1),
                                     api::errors::connection_lost("reset by peer")}) {
    refusing.watches = 0;
    refusing.failures = 2;
    refusing.error = error;
    Watched watched;
    start_watch(watch_maps(0), watched);
    run_for(10s);
    EXPECT_FALSE(watched.failed.has_value());
    EXPECT_EQ(refusing.watches, 3);
    EXPECT_THAT(watched.seen, testing::Contains("ADDED a"));
    server().break_watches("");
    run_for(1s);
  }
}

TEST_F(RestClientTest, WithoutClientGoEveryAnswerIsTheCallers) {
  connect(RestClientOptions::plain());
  EXPECT_FALSE(ask_despite(1, api::errors::too_many_requests("slow down", 1), read()).ok());
  EXPECT_FALSE(ask_despite(1, api::errors::connection_lost("reset by peer"), read()).ok());
}

TEST_F(RestClientTest, ACallThatTakesTooLongIsGivenUpAndNotRepeated) {
  RestClientOptions options;
  options.timeout = 5s;
  connect(options);
  for (const sim::Duration takes : {1s, 9s}) {
    refusing.takes = takes;
    const sim::Time begin = simulation.now();
    const std::string name = takes == 1s ? "quick" : "slow";
    const auto answer = ask_despite(0, {}, api::Request::create(config_map(name)));
    EXPECT_EQ(answer.ok(), takes == 1s);
    EXPECT_EQ(simulation.now() - begin, std::min<sim::Duration>(takes, 5s));
    if (!answer.ok()) {
      EXPECT_EQ(answer.error().reason, api::Reason::kConnectionLost)
          << "nobody knows whether it was applied";
      EXPECT_FALSE(exists(name));
    }
    run_for(1min);
    EXPECT_TRUE(exists(name)) << "the server carries it out all the same";
    EXPECT_EQ(sent(), 1U);
  }
  refusing.takes = 9s;
  EXPECT_FALSE(ask_despite(0, {}, read()).ok());
  run_for(1min);
  EXPECT_EQ(sent(), 1U) << "nor is a read";
}

TEST_F(RestClientTest, TheRateLimitLetsTheBurstThroughAndThenSpacesRequests) {
  connect(RestClientOptions{.qps = 5, .burst = 10});
  refusing.sent.clear();
  for (int i = 0; i < 12; ++i) EXPECT_TRUE(ask(read()).ok());
  ASSERT_EQ(sent(), 12U);
  EXPECT_EQ(after(9), 0s);
  EXPECT_EQ(after(10), 200ms);
  EXPECT_EQ(after(11), 400ms);
}

}  // namespace
}  // namespace sdbtwin::cluster
