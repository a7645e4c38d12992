// Events are written off the caller's path, merged, limited and dropped (kubernetes.md 5.3): nobody
// may decide anything by them.
#include "model/client/event_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "model/api/errors.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::client {
namespace {

using namespace std::chrono_literals;
using sim::Task;
using testing::ElementsAre;

// Takes down what is sent, and answers errors first, if the test says so.
class Sink final : public api::Client {
 public:
  Task<api::Result<api::Response>> call(api::Request request) override {
    sent.push_back(request);
    if (failures > 0) {
      --failures;
      co_return api::errors::connection_lost("not now");
    }
    co_return api::Response();
  }
  Task<api::Result<std::unique_ptr<api::WatchStream>>> watch(api::WatchRequest) override {
    co_return api::errors::internal_error("no watches here");
  }
  std::vector<api::Verb> verbs() const {
    std::vector<api::Verb> all;
    for (const api::Request& request : sent) all.push_back(request.verb);
    return all;
  }
  std::vector<api::Request> sent;
  int failures = 0;
};

class EventRecorderTest : public testing::Test {
 protected:
  EventRecorderTest() {
    about.metadata.namespace_ = "demo";
    about.metadata.name = "m";
    about.metadata.uid = "u";
  }
  void record(const std::string& message) {
    recorder.record(about, EventType::kNormal, "Reason", message);
  }
  void run_for(sim::Duration duration) { simulation.run_until(simulation.now() + duration); }

  sim::Simulation simulation{1};
  Sink sink;
  EventRecorder recorder{simulation.runtime(), sink, "tester"};
  api::ConfigMap about;
};

TEST_F(EventRecorderTest, TheCallerDoesNotWaitAndARepeatIsAPatchOfTheCount) {
  record("a");
  EXPECT_TRUE(sink.sent.empty());
  run_for(10s);
  record("a");
  run_for(10s);
  ASSERT_THAT(sink.verbs(), ElementsAre(api::Verb::kCreate, api::Verb::kPatch));
  EXPECT_EQ(sink.sent[1].patch_body.find("count")->as_integer(), 2);
}

TEST_F(EventRecorderTest, OneObjectMayCauseABurstOf25AndThenOneIn300Seconds) {
  for (int i = 0; i < 40; ++i) record("message " + std::to_string(i));
  run_for(10s);
  EXPECT_EQ(sink.sent.size(), 25U);
  record("too early");
  run_for(10s);
  EXPECT_EQ(sink.sent.size(), 25U);
  run_for(300s);
  record("one more");
  run_for(10s);
  EXPECT_EQ(sink.sent.size(), 26U);
}

TEST_F(EventRecorderTest, AWriteIsTriedUpTo12Times) {
  sink.failures = 100;
  record("a");
  run_for(1h);
  EXPECT_EQ(sink.sent.size(), 12U);
}

TEST_F(EventRecorderTest, WhatComesWhile1000AreWaitingIsDropped) {
  for (int i = 0; i < 1100; ++i) {
    about.metadata.uid = "u" + std::to_string(i);  // each with a budget of its own
    record("a");
  }
  run_for(1h);
  EXPECT_EQ(sink.sent.size(), 1000U);
}

}  // namespace
}  // namespace sdbtwin::client
