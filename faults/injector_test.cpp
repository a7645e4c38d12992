// Goal: faults take hold where the plan says, do what they say, and the ledger tells the truth.
// Method: an API server and two processes that write to it; a plan; the objects, the process
// states and the ledger afterwards.
#include "faults/injector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/api/core.h"
#include "model/cluster/server/api_server.h"
#include "model/store/store.h"

namespace sdbtwin::faults {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Creates a ConfigMap "<process>-<i>" every second and notes what it was told.
sim::Task<void> write_every_second(sim::Runtime& runtime, api::Client& client, int count,
                                   std::vector<std::string>& log) {
  for (int i = 0; i < count; ++i) {
    co_await runtime.sleep(1s);
    auto object = std::make_shared<api::ConfigMap>();
    object->metadata.namespace_ = "demo";
    object->metadata.name = std::string(runtime.name()) + "-" + std::to_string(i);
    api::Request request = api::Request::create(object);
    const api::Result<api::Response> response = co_await client.call(std::move(request));
    log.push_back(object->metadata.name +
                  (response ? " ok" : " " + std::string(to_string(response.error().reason))));
  }
}

class Writer final : public sim::Actor {
 public:
  Writer(sim::Runtime& runtime, std::unique_ptr<api::Client> client, int count,
         std::vector<std::string>& log)
      : client_(std::move(client)) {
    runtime.spawn(write_every_second(runtime, *client_, count, log));
  }

 private:
  std::unique_ptr<api::Client> client_;
};

class InjectorTest : public ::testing::Test {
 protected:
  void run(FaultPlan plan, sim::Duration until) {
    sort(plan);
    injector_ = std::make_unique<Injector>(environment_, std::move(plan));
    endpoint_.add_interceptor(*injector_);
    simulation_.trace().add_observer(*injector_);
    simulation_
        .add_process("kube-apiserver",
                     [this](sim::Runtime& runtime) {
                       return std::make_unique<cluster::ApiServer>(runtime, store_, endpoint_);
                     })
        .start();
    create_namespace();
    for (const char* name : {"a", "b"}) {
      simulation_
          .add_process(name,
                       [this](sim::Runtime& runtime) {
                         return std::make_unique<Writer>(
                             runtime, endpoint_.client_for(runtime, std::string(runtime.name())), 4,
                             log_);
                       })
          .start();
    }
    simulation_.run_until(sim::Time(until));
  }
  ~InjectorTest() override {
    for (const auto& process : simulation_.processes()) {
      if (process->alive()) process->kill();
    }
    simulation_.trace().remove_observer(*injector_);
    endpoint_.remove_interceptor(*injector_);
  }

  void create_namespace() {
    auto object = std::make_shared<api::Namespace>();
    object->metadata.name = "demo";
    store::RequestContext context{"test", sim::Time()};
    ASSERT_TRUE(store_.apply(api::Request::create(object), context).result.ok());
  }
  const Evidence& evidence() const { return injector_->ledger().front(); }
  bool exists(const std::string& name) const {
    return store_.get(api::ObjectRef(api::Kind::kConfigMap, "demo", name)) != nullptr;
  }
  static Trigger when_written(std::string name) {
    Trigger trigger;
    ObjectIsWritten moment;
    moment.object.name = std::move(name);
    trigger.moment = moment;
    return trigger;
  }
  static Trigger at(sim::Duration time) {
    Trigger trigger;
    trigger.moment = AtTime{time};
    return trigger;
  }
  static RequestPattern by(std::string actor) {
    RequestPattern request;
    request.actor = std::move(actor);
    return request;
  }

  store::Store store_;
  cluster::ApiEndpoint endpoint_;
  sim::Simulation simulation_{1};
  Environment environment_{.simulation = &simulation_, .api = &endpoint_, .store = &store_};
  std::unique_ptr<Injector> injector_;
  std::vector<std::string> log_;
};

TEST_F(InjectorTest, AKilledProcessStaysDeadWithoutARestart) {
  run({{{when_written("a-1"), ProcessKill{"a", {}}, "f"}}}, 10s);
  EXPECT_TRUE(exists("a-1"));
  EXPECT_FALSE(exists("a-2"));
  EXPECT_FALSE(simulation_.find("a")->alive());
  EXPECT_TRUE(exists("b-3"));
  ASSERT_TRUE(evidence().fired.has_value());
  EXPECT_FALSE(evidence().healed.has_value());
  EXPECT_EQ(evidence().touched, "process a");
  EXPECT_TRUE(injector_->settled());
}

TEST_F(InjectorTest, AKillStrikesBeforeTheAnswerOfTheWriteThatTriggeredIt) {
  run({{{when_written("a-1"), ProcessKill{"a", {}}, "f"}}}, 10s);
  EXPECT_THAT(log_, ::testing::Not(::testing::Contains(HasSubstr("a-1"))));
}

TEST_F(InjectorTest, AKilledProcessComesBackWhenThePlanSaysSo) {
  run({{{at(2500ms), ProcessKill{"a", 3s}, "f"}}}, 20s);
  EXPECT_EQ(simulation_.find("a")->incarnation(), 2U);
  ASSERT_TRUE(evidence().healed.has_value());
  EXPECT_EQ(evidence().healed->time, sim::Time(5500ms));
  EXPECT_TRUE(injector_->settled());
}

TEST_F(InjectorTest, APausedProcessGoesOnLate) {
  run({{{at(1500ms), ProcessPause{"a", 5s}, "f"}}}, 20s);
  EXPECT_TRUE(exists("a-3"));
  const auto object = store_.get(api::ObjectRef(api::Kind::kConfigMap, "demo", "a-1"));
  EXPECT_GE(object->metadata.creation_timestamp->seconds,
            api::ClusterTime::at(sim::Time(6s)).seconds);
  EXPECT_EQ(evidence().healed->time, sim::Time(6500ms));
}

TEST_F(InjectorTest, AHeldWriteIsAppliedWhenItsTimeIsOver) {
  HoldWrite hold{by("a"), {10s, {}}};
  run({{{at(1500ms), hold, "f"}}}, 5s);
  EXPECT_FALSE(exists("a-1"));
  EXPECT_FALSE(injector_->settled());
  simulation_.run_until(sim::Time(30s));
  EXPECT_TRUE(exists("a-1"));
  EXPECT_TRUE(exists("a-3"));
  EXPECT_THAT(evidence().touched, HasSubstr("by a"));
  EXPECT_TRUE(injector_->settled());
}

TEST_F(InjectorTest, AHeldWriteIsAppliedWhenItsTriggerComes) {
  HoldWrite hold{by("a"), {{}, when_written("b-3")}};
  run({{{at(1500ms), hold, "f"}}}, 3500ms);
  EXPECT_FALSE(exists("a-1"));
  simulation_.run_until(sim::Time(5s));
  EXPECT_TRUE(exists("b-3"));
  EXPECT_TRUE(exists("a-1"));
}

TEST_F(InjectorTest, ALostAnswerLeavesTheWriteInPlace) {
  run({{{at(1500ms), LoseAnswer{by("a")}, "f"}}}, 20s);
  EXPECT_TRUE(exists("a-1"));
  EXPECT_THAT(log_, ::testing::Contains("a-1 ConnectionLost"));
  EXPECT_THAT(log_, ::testing::Contains("a-2 ok"));
}

TEST_F(InjectorTest, OnlyTheNthOccurrenceTriggersAndTheDelayIsWaited) {
  Trigger trigger = when_written("b-*");
  trigger.occurrence = 3;
  trigger.delay = 250ms;
  run({{{trigger, ProcessKill{"a", {}}, "f"}}}, 20s);
  const auto third = store_.get(api::ObjectRef(api::Kind::kConfigMap, "demo", "b-2"));
  ASSERT_NE(third, nullptr);
  ASSERT_TRUE(evidence().fired.has_value());
  EXPECT_GT(evidence().fired->time, sim::Time(3250ms));
  EXPECT_LT(evidence().fired->time, sim::Time(3500ms));
}

TEST_F(InjectorTest, AFaultWhoseMomentNeverComesIsArmedAndNothingElse) {
  run({{{when_written("never"), ProcessKill{"a", {}}, "f"}}}, 20s);
  EXPECT_TRUE(evidence().armed);
  EXPECT_FALSE(evidence().triggered.has_value());
  EXPECT_FALSE(evidence().fired.has_value());
}

TEST_F(InjectorTest, AKillOfADeadProcessTakesHoldOfNothing) {
  run({{{at(1s), ProcessKill{"a", {}}, "first"}, {at(2s), ProcessKill{"a", {}}, "second"}}}, 5s);
  ASSERT_THAT(injector_->ledger(), SizeIs(2));
  EXPECT_TRUE(injector_->ledger()[0].fired.has_value());
  EXPECT_TRUE(injector_->ledger()[1].triggered.has_value());
  EXPECT_FALSE(injector_->ledger()[1].fired.has_value());
}

TEST_F(InjectorTest, TheSameFaultTwiceHoldsTwoWrites) {
  HoldWrite hold{by("a"), {1s, {}}};
  run({{{at(500ms), hold, "first"}, {at(500ms), hold, "second"}}}, 20s);
  EXPECT_TRUE(injector_->ledger()[0].fired.has_value());
  EXPECT_TRUE(injector_->ledger()[1].fired.has_value());
  EXPECT_NE(injector_->ledger()[0].touched, injector_->ledger()[1].touched);
}

TEST_F(InjectorTest, ALostRequestIsNotApplied) {
  run({{{at(1500ms), LoseRequest{by("a")}, "f"}}}, 20s);
  EXPECT_FALSE(exists("a-1"));
  EXPECT_TRUE(exists("a-2"));
  EXPECT_THAT(log_, ::testing::Contains("a-1 ConnectionLost"));
}

TEST_F(InjectorTest, AFaultThatComesTooEarlyWaitsForWhatItIsToStrike) {
  run({{{at(1500ms), ProcessKill{"a", 5s}, "first"}, {at(2s), ProcessKill{"a", 1s}, "second"}}},
      20s);
  const Evidence& second = injector_->ledger()[1];
  ASSERT_TRUE(second.triggered.has_value());
  ASSERT_TRUE(second.fired.has_value());
  EXPECT_EQ(second.triggered->time, sim::Time(2s));
  EXPECT_EQ(second.fired->time, sim::Time(6500ms));  // when the first lets it live again
  EXPECT_EQ(simulation_.find("a")->incarnation(), 3U);
}

// The same write, seen at each point of its way.
TEST_F(InjectorTest, ARequestIsSeenAtEachPointOfItsWay) {
  FaultPlan plan;
  for (const auto& [name, point] : kRequestPoints) {
    RequestPasses moment;
    moment.request = by("a");
    moment.request.object.name = "a-1";
    moment.point = point;
    Trigger trigger;
    trigger.moment = moment;
    plan.faults.push_back({trigger, ProcessPause{"b", 1s}, std::string(name)});
  }
  run(plan, 20s);
  std::map<std::string, sim::Time> seen;
  for (const Evidence& fault : injector_->ledger()) {
    ASSERT_TRUE(fault.triggered.has_value()) << fault.name;
    seen[fault.name] = fault.triggered->time;
  }
  EXPECT_GE(seen["sent"], sim::Time(2s));
  EXPECT_LT(seen["sent"], seen["before-apply"]);
  EXPECT_LE(seen["before-apply"], seen["applied-unanswered"]);
}

// A kill at "before-apply" comes too late to keep a write from being applied; that is what a crash
// is like.
TEST_F(InjectorTest, AKillBeforeTheWriteIsAppliedDoesNotTakeItBack) {
  RequestPasses moment;
  moment.request = by("a");
  moment.point = RequestPoint::kBeforeApply;
  Trigger trigger;
  trigger.moment = moment;
  trigger.occurrence = 2;
  run({{{trigger, ProcessKill{"a", {}}, "f"}}}, 20s);
  EXPECT_TRUE(exists("a-1"));
  EXPECT_FALSE(exists("a-2"));
}

TEST_F(InjectorTest, HealingBringsBackTheDeadAndLetsHeldWritesGo) {
  HoldWrite hold{by("b"), {1h, {}}};
  run({{{at(1500ms), ProcessKill{"a", 1h}, "kill"}, {at(1600ms), hold, "hold"}}}, 6s);
  EXPECT_FALSE(exists("b-1"));
  EXPECT_TRUE(injector_->heal_all());
  simulation_.run_until(sim::Time(7s));
  EXPECT_TRUE(simulation_.find("a")->alive());
  EXPECT_TRUE(exists("b-1"));
  for (const Evidence& fault : injector_->ledger()) {
    EXPECT_TRUE(fault.fired.has_value());
    ASSERT_TRUE(fault.healed.has_value());
    EXPECT_EQ(fault.healed->time, sim::Time(6s));
    EXPECT_FALSE(fault.expired.has_value());
  }
  EXPECT_TRUE(injector_->settled());
}

TEST_F(InjectorTest, HealingLeavesDeadWhoWasKilledForGood) {
  run({{{at(1500ms), ProcessKill{"a", {}}, "kill"}}}, 6s);
  EXPECT_FALSE(injector_->heal_all());
  simulation_.run_until(sim::Time(10s));
  EXPECT_FALSE(simulation_.find("a")->alive());
  EXPECT_EQ(evidence().outcome, HealedOutcome::kStays);
  EXPECT_FALSE(evidence().healed.has_value());
  EXPECT_FALSE(evidence().expired.has_value());
}

// Goal: after healing, faults are either fired or expired, and none strikes any more.
// Method: one fault in each state: armed, due but waiting, waiting for traffic, running, over.
TEST_F(InjectorTest, HealingExpiresWhatHasNotStruck) {
  run({{{when_written("a-3"), ProcessKill{"b", {}}, "armed"},
        {at(10ms), ProcessKill{"nobody", {}}, "waiting"},
        {at(20ms), LoseAnswer{by("nobody")}, "in traffic"},
        {at(30ms), ProcessPause{"a", 10s}, "running"},
        {at(40ms), ProcessPause{"b", 10ms}, "over"},
        {at(1min), ProcessKill{"b", {}}, "later"}}},
      2s);
  EXPECT_TRUE(injector_->heal_all());  // the pause
  EXPECT_TRUE(injector_->settled());
  simulation_.run_until(sim::Time(2min));
  EXPECT_TRUE(exists("a-3"));
  EXPECT_TRUE(simulation_.find("b")->alive());
  for (const Evidence& fault : injector_->ledger()) {
    SCOPED_TRACE(fault.name);
    const bool struck = fault.name == "running" || fault.name == "over";
    EXPECT_EQ(fault.fired.has_value(), struck);
    EXPECT_EQ(fault.healed.has_value(), struck);
    EXPECT_EQ(fault.expired.has_value(), !struck);
  }
}

}  // namespace
}  // namespace sdbtwin::faults
