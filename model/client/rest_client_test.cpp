// What client-go repeats by itself, and what it does not (kubernetes.md 5.3; section 7, row 15).
#include "model/client/rest_client.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "model/api/errors.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::client {
namespace {

using namespace std::chrono_literals;
using api::Request;
using sim::Duration;
using sim::Task;
using sim::Time;

// Answers the prepared error a number of times, then success; at once.
class Flaky final : public api::Client {
 public:
  explicit Flaky(sim::Runtime& runtime) : runtime_(&runtime) {}
  Task<api::Result<api::Response>> call(api::Request) override {
    calls.push_back(runtime_->now());
    if (failures-- > 0) co_return error;
    co_return api::Response();
  }
  Task<api::Result<std::unique_ptr<api::WatchStream>>> watch(api::WatchRequest) override {
    calls.push_back(runtime_->now());
    co_return error;
  }

  std::vector<Time> calls;
  int failures = 0;
  api::ApiError error;

 private:
  sim::Runtime* runtime_;
};

class RestClientTest : public testing::Test {
 protected:
  api::Result<api::Response> run(Request request, const RestClientOptions& options = {},
                                 int times = 1) {
    auto connection = std::make_unique<Flaky>(simulation.runtime());
    flaky = connection.get();
    flaky->failures = failures;
    flaky->error = error;
    client = std::make_unique<RestClient>(simulation.runtime(), std::move(connection), options);
    std::optional<api::Result<api::Response>> result;
    auto main = [](api::Client& through, Request what, int count,
                   std::optional<api::Result<api::Response>>& out) -> Task<void> {
      for (int i = 0; i < count; ++i) {
        Request copy = what;
        out = co_await through.call(std::move(copy));
      }
    };
    begin = simulation.now();
    simulation.runtime().spawn(main(*client, std::move(request), times, result));
    simulation.run_until(begin + 1h);
    EXPECT_TRUE(result.has_value());
    return *result;
  }
  static Request read() { return Request::get(api::ObjectRef(api::Kind::kPod, "demo", "p")); }
  static Request write() { return Request::remove(api::ObjectRef(api::Kind::kPod, "demo", "p")); }

  sim::Simulation simulation{1};
  std::unique_ptr<RestClient> client;
  Flaky* flaky = nullptr;
  int failures = 0;
  api::ApiError error;
  Time begin{};
};

TEST_F(RestClientTest, OverloadWithRetryAfterIsRepeatedAfterThatTime) {
  failures = 2;
  error = api::errors::too_many_requests("slow down", 10);
  EXPECT_TRUE(run(write()).ok());
  ASSERT_EQ(flaky->calls.size(), 3u);
  EXPECT_EQ(flaky->calls[2] - begin, 20s);
  EXPECT_EQ(client->retries(), 2u);
}

TEST_F(RestClientTest, AnEvictionThatABudgetForbidsIsNotRepeated) {
  failures = 1;
  error = api::errors::too_many_requests("Cannot evict pod", 0);
  EXPECT_EQ(run(write()).error().code, 429);
  EXPECT_EQ(flaky->calls.size(), 1u);
}

TEST_F(RestClientTest, ItGivesUpAfterTenRepeats) {
  failures = 100;
  error = api::errors::too_many_requests("slow down", 1);
  EXPECT_EQ(run(read()).error().code, 429);
  EXPECT_EQ(flaky->calls.size(), 11u);
}

TEST_F(RestClientTest, ServerErrorsAreRepeatedOnlyWithRetryAfter) {
  failures = 1;
  error = api::errors::internal_error("no leader");
  EXPECT_FALSE(run(read()).ok());
  error = api::errors::server_timeout({"", "pods"}, "get", 2);
  EXPECT_TRUE(run(read()).ok());
  EXPECT_EQ(flaky->calls[1] - begin, 2s);
  error = api::errors::request_timeout();
  EXPECT_FALSE(run(write()).ok());
}

TEST_F(RestClientTest, AConflictWithRetryAfterIsNotRepeated) {
  // 4.3: a clash of generated names carries Retry-After, and client-go looks at 429 and 5xx only.
  failures = 1;
  error = api::errors::already_exists_generated({"", "pods"}, "p", false);
  EXPECT_FALSE(run(write()).ok());
  EXPECT_EQ(flaky->calls.size(), 1u);
}

TEST_F(RestClientTest, ALostConnectionIsRepeatedForReadsOnly) {
  failures = 1;
  error = api::errors::connection_lost("reset by peer");
  EXPECT_TRUE(run(read()).ok());
  EXPECT_EQ(flaky->calls[1] - begin, 1s);
  EXPECT_FALSE(run(write()).ok());
  error.causes.push_back({std::string(kConnectionRefused), "", ""});
  EXPECT_FALSE(run(read()).ok()) << "refused: left to the caller's back-off";
}

// An answer that takes its time.
class Slow final : public api::Client {
 public:
  Slow(sim::Runtime& runtime, Duration delay) : runtime_(&runtime), delay_(delay) {}
  Task<api::Result<api::Response>> call(api::Request) override {
    ++calls;
    co_await runtime_->sleep(delay_);
    co_return api::Response();
  }
  Task<api::Result<std::unique_ptr<api::WatchStream>>> watch(api::WatchRequest) override {
    co_return api::errors::internal_error("no watches here");
  }
  int calls = 0;

 private:
  sim::Runtime* runtime_;
  Duration delay_;
};

TEST(RestClientTimeout, ACallThatTakesTooLongIsGivenUpAndNotRepeated) {
  for (const Duration delay : {1s, 9s}) {
    sim::Simulation simulation{1};
    sim::Runtime& runtime = simulation.runtime();
    auto connection = std::make_unique<Slow>(runtime, delay);
    const Slow& slow = *connection;
    RestClientOptions options;
    options.timeout = 5s;
    RestClient client(runtime, std::move(connection), options);
    std::optional<api::Result<api::Response>> result;
    Time done{};
    auto main = [&](api::Client& through) -> Task<void> {
      Request read = Request::get(api::ObjectRef(api::Kind::kPod, "demo", "p"));
      result = co_await through.call(std::move(read));
      done = runtime.now();
    };
    runtime.spawn(main(client));
    simulation.run_until(Time{1h});
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->ok(), delay == 1s);
    EXPECT_EQ(done, Time{std::min<Duration>(delay, 5s)});
    EXPECT_EQ(slow.calls, 1);
    if (!result->ok()) {
      EXPECT_EQ(result->error().reason, api::Reason::kConnectionLost)
          << "nobody knows whether it was applied";
    }
  }
}

TEST_F(RestClientTest, TheRateLimitLetsTheBurstThroughAndThenSpacesRequests) {
  EXPECT_TRUE(run(read(), RestClientOptions{.qps = 5, .burst = 10}, 12).ok());
  ASSERT_EQ(flaky->calls.size(), 12u);
  EXPECT_EQ(flaky->calls[9] - begin, 0s);
  EXPECT_EQ(flaky->calls[10] - begin, 200ms);
  EXPECT_EQ(flaky->calls[11] - begin, 400ms);
}

}  // namespace
}  // namespace sdbtwin::client
