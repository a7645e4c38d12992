// Goal: faults of the traffic with the API server show a process the past, cut it off or make it
// list again, for as long as the plan says, and everything is made good afterwards.
// Method: one process writes an object a second, another keeps an informer of them and notes what
// it has every half second; one fault each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "faults/injector.h"
#include "model/api/core.h"
#include "model/client/informer.h"
#include "model/cluster/server/api_server.h"
#include "model/store/store.h"

namespace sdbtwin::faults {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<api::ConfigMap> config_map(int i) {
  auto object = std::make_shared<api::ConfigMap>();
  object->metadata.namespace_ = "demo";
  object->metadata.name = "c-" + std::to_string(i);
  return object;
}

// Creates "c-<i>" at i seconds and notes what it was told.
class SteadyWriter final : public sim::Actor {
 public:
  SteadyWriter(sim::Runtime& runtime, std::unique_ptr<api::Client> client,
               std::vector<std::string>& log)
      : client_(std::move(client)) {
    for (int i = 1; i <= 20; ++i) runtime.spawn(write(runtime, *client_, i, log));
  }

 private:
  static sim::Task<void> write(sim::Runtime& runtime, api::Client& client, int i,
                               std::vector<std::string>& log) {
    co_await runtime.sleep(std::chrono::seconds(i));
    api::Request request = api::Request::create(config_map(i));
    const api::Result<api::Response> response = co_await client.call(std::move(request));
    log.push_back("c-" + std::to_string(i) +
                  (response ? " ok" : " " + std::string(to_string(response.error().reason))));
  }

  std::unique_ptr<api::Client> client_;
};

struct Seen {
  std::size_t objects = 0;
  std::uint64_t lists = 0;
};

class CacheReader final : public sim::Actor {
 public:
  CacheReader(sim::Runtime& runtime, std::unique_ptr<api::Client> client,
              std::map<sim::Duration, Seen>& seen)
      : client_(std::move(client)), informer_(runtime, *client_, api::Kind::kConfigMap) {
    informer_.start();
    runtime.spawn(look(runtime, informer_, seen));
  }

 private:
  static sim::Task<void> look(sim::Runtime& runtime, const client::Informer& informer,
                              std::map<sim::Duration, Seen>& seen) {
    while (true) {
      co_await runtime.sleep(500ms);
      seen[runtime.now().time_since_epoch()] = Seen{informer.cache().size(), informer.lists()};
    }
  }

  std::unique_ptr<api::Client> client_;
  client::Informer informer_;
};

class ApiFaults : public ::testing::Test {
 protected:
  // The fault takes hold and ends, and the reader has everything in the end.
  void run(const Fault& fault, sim::Duration at) {
    drive(fault, at);
    EXPECT_TRUE(evidence().fired.has_value());
    EXPECT_TRUE(evidence().healed.has_value());
    EXPECT_TRUE(injector_->settled());
    EXPECT_EQ(seen_at(60s).objects, store_.table(api::Kind::kConfigMap).objects.size());
  }
  void drive(const Fault& fault, sim::Duration at) {
    Trigger trigger;
    trigger.moment = AtTime{at};
    injector_ = std::make_unique<Injector>(environment_, FaultPlan{{{trigger, fault, "f"}}});
    endpoint_.add_interceptor(*injector_);
    simulation_.trace().add_observer(*injector_);
    start("kube-apiserver", [this](sim::Runtime& runtime) {
      return std::make_unique<cluster::ApiServer>(runtime, store_, endpoint_);
    });
    auto demo = std::make_shared<api::Namespace>();
    demo->metadata.name = "demo";
    store::RequestContext context{"test", sim::Time()};
    ASSERT_TRUE(store_.apply(api::Request::create(demo), context).result.ok());
    start("reader", [this](sim::Runtime& runtime) {
      return std::make_unique<CacheReader>(runtime, endpoint_.client_for(runtime, "reader"), seen_);
    });
    start("writer", [this](sim::Runtime& runtime) {
      return std::make_unique<SteadyWriter>(runtime, endpoint_.client_for(runtime, "writer"), log_);
    });
    simulation_.run_until(sim::Time(60s));
  }
  ~ApiFaults() override {
    for (const auto& process : simulation_.processes()) {
      if (process->alive()) process->kill();
    }
    simulation_.trace().remove_observer(*injector_);
    endpoint_.remove_interceptor(*injector_);
  }

  template <class F>
  void start(const std::string& name, F factory) {
    simulation_.add_process(name, factory).start();
  }

  const Evidence& evidence() const { return injector_->ledger().front(); }
  const Seen& seen_at(sim::Duration time) const { return seen_.at(time); }
  // c-1 to c-20 that the writer was told are there.
  auto written() const {
    return std::count_if(log_.begin(), log_.end(),
                         [](const std::string& line) { return line.ends_with(" ok"); });
  }

  store::Store store_;
  cluster::ApiEndpoint endpoint_;
  sim::Simulation simulation_{1};
  Environment environment_{.simulation = &simulation_, .api = &endpoint_, .store = &store_};
  std::unique_ptr<Injector> injector_;
  std::vector<std::string> log_;
  std::map<sim::Duration, Seen> seen_;
};

Lasting lasting(sim::Duration duration) { return Lasting{duration, {}}; }

TEST_F(ApiFaults, AStalledWatchShowsThePastAndCatchesUpAtTheEnd) {
  run(WatchStall{"reader", {}, lasting(10s)}, 5500ms);
  EXPECT_EQ(seen_at(5500ms).objects, 5U);
  EXPECT_EQ(seen_at(15s).objects, 5U);
  EXPECT_EQ(seen_at(16s).objects, 15U);
  EXPECT_EQ(seen_at(60s).lists, 1U);
  EXPECT_EQ(evidence().touched, "watch of ConfigMap by reader");
  EXPECT_EQ(written(), 20);
}

TEST_F(ApiFaults, AStallStartsWithTheFirstEventOfItsObject) {
  WatchStall stall{"reader", {}, lasting(10s)};
  stall.object.name = "c-8";
  run(stall, 5500ms);
  EXPECT_EQ(seen_at(7500ms).objects, 7U);
  EXPECT_EQ(seen_at(15s).objects, 7U);
}

TEST_F(ApiFaults, AStallOfOthersChangesNothing) {
  drive(WatchStall{"writer", {}, lasting(10s)}, 5500ms);
  EXPECT_FALSE(evidence().fired.has_value());
  EXPECT_EQ(seen_at(15s).objects, 14U);
}

TEST_F(ApiFaults, ABrokenWatchGoesOnWhereItWas) {
  run(WatchBreak{"reader", 5s, false}, 5500ms);
  EXPECT_EQ(seen_at(10500ms).objects, 5U);
  EXPECT_EQ(seen_at(60s).lists, 1U);
  EXPECT_EQ(seen_at(60s).objects, 20U);
}

TEST_F(ApiFaults, AWatchWhoseHistoryIsLostListsAgain) {
  run(WatchBreak{"reader", 5s, true}, 5500ms);
  EXPECT_EQ(seen_at(60s).lists, 2U);
  EXPECT_EQ(seen_at(60s).objects, 20U);
}

TEST_F(ApiFaults, AFrozenCacheServesNothingNewAndWritesGoOn) {
  run(StaleCache{0, lasting(10s)}, 5500ms);
  EXPECT_EQ(seen_at(15s).objects, 5U);
  EXPECT_EQ(seen_at(16s).objects, 15U);
  EXPECT_EQ(written(), 20);
}

TEST_F(ApiFaults, WhoeverConnectsToARefusingServerIsToldSo) {
  run(ApiOutage{"writer", OutageAnswer::kConnectionRefused, lasting(3s)}, 5500ms);
  EXPECT_EQ(written(), 17);
  EXPECT_THAT(log_, ::testing::Contains("c-6 ConnectionLost"));
  EXPECT_EQ(seen_at(10500ms).objects, 7U);
}

TEST_F(ApiFaults, RefusedReadersCatchUp) {
  run(ApiOutage{"reader", OutageAnswer::kConnectionRefused, lasting(10s)}, 5500ms);
  EXPECT_EQ(seen_at(15s).objects, 5U);
  EXPECT_EQ(seen_at(60s).objects, 20U);
}

TEST_F(ApiFaults, AnOverloadedServerSaysSoAndOpenWatchesGoOn) {
  run(ApiOutage{"", OutageAnswer::kTooManyRequests, lasting(3s)}, 5500ms);
  EXPECT_THAT(log_, ::testing::Contains("c-7 TooManyRequests"));
  EXPECT_EQ(seen_at(60s).lists, 1U);
  EXPECT_EQ(written(), 17);
}

TEST_F(ApiFaults, AnUnavailableServerSaysSo) {
  run(ApiOutage{"writer", OutageAnswer::kServiceUnavailable, lasting(3s)}, 5500ms);
  EXPECT_THAT(log_, ::testing::Contains("c-8 ServiceUnavailable"));
}

TEST_F(ApiFaults, WhatGetsNoAnswerLandsAtTheEnd) {
  run(ApiOutage{"writer", OutageAnswer::kNone, lasting(30s)}, 5500ms);
  EXPECT_EQ(seen_at(35s).objects, 5U);
  EXPECT_EQ(seen_at(60s).objects, 20U);  // all of them have been carried out
  EXPECT_EQ(written(), 20);
}

TEST_F(ApiFaults, WhoeverHasGivenUpDoesNotStopWhatIsUnderWay) {
  run(ApiOutage{"writer", OutageAnswer::kNone, lasting(45s)}, 5500ms);
  EXPECT_THAT(log_, ::testing::Contains("c-6 Timeout"));  // 34 s later (kubernetes.md 4.6)
  EXPECT_EQ(seen_at(60s).objects, 20U);
}

}  // namespace
}  // namespace sdbtwin::faults
