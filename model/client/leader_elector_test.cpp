// Leader election as client-go does it (kubernetes.md 5.4). Method: a real store behind the
// simulated server, two candidates as processes, virtual time.
#include "model/client/leader_elector.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "model/api/core.h"
#include "model/cluster/server/api_server.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::client {
namespace {

using namespace std::chrono_literals;

// What the candidates did, in order: "a leads", "a lost".
struct Diary {
  struct Entry {
    sim::Time time;
    std::string text;
  };
  std::vector<Entry> entries;

  sim::Time time_of(const std::string& text) const {
    for (const Entry& entry : entries) {
      if (entry.text == text) return entry.time;
    }
    ADD_FAILURE() << "never: " << text;
    return {};
  }
  bool has(const std::string& text) const {
    for (const Entry& entry : entries) {
      if (entry.text == text) return true;
    }
    return false;
  }
};

class Candidate final : public sim::Actor {
 public:
  Candidate(sim::Runtime& runtime, cluster::ApiEndpoint& endpoint, Diary& diary,
            LeaderElector*& elector)
      : runtime_(&runtime),
        diary_(&diary),
        client_(endpoint.client_for(runtime, std::string(runtime.name()))),
        elector_(runtime, *client_, options(std::string(runtime.name()))) {
    elector = &elector_;
    runtime.spawn(run());
  }

 private:
  static LeaderElectionOptions options(std::string identity) {
    LeaderElectionOptions options;
    options.namespace_ = "demo";
    options.name = "operator";
    options.identity = std::move(identity);
    return options;
  }
  sim::Task<void> run() {
    co_await elector_.acquire();
    note(" leads");
    co_await elector_.hold();
    note(" lost");
  }
  void note(const std::string& what) {
    diary_->entries.push_back({runtime_->now(), std::string(runtime_->name()) + what});
  }

  sim::Runtime* runtime_;
  Diary* diary_;
  std::unique_ptr<api::Client> client_;
  LeaderElector elector_;
};

// Holds every request of one process while it is on.
class CutOff final : public cluster::RequestInterceptor {
 public:
  std::string process;

  cluster::Verdict before_apply(const cluster::CallInfo& call) override {
    return call.client.process == process ? cluster::Verdict::held() : cluster::Verdict::proceed();
  }
};

class LeaderElectionTest : public testing::Test {
 protected:
  LeaderElectionTest() : endpoint_(cluster::ApiLatency::standard().without_jitter()) {
    endpoint_.add_interceptor(cut_off_);
    simulation_
        .add_process("kube-apiserver",
                     [this](sim::Runtime& runtime) {
                       return std::make_unique<cluster::ApiServer>(runtime, store_, endpoint_);
                     })
        .start();
    auto home = std::make_shared<api::Namespace>();
    home->metadata.name = "demo";
    const store::RequestContext context{"bootstrap", simulation_.now()};
    EXPECT_TRUE(store_.apply(api::Request::create(home), context).result.ok());
    a_ = &add("a", elector_a_);
    b_ = &add("b", elector_b_);
  }

  void run_for(sim::Duration duration) { simulation_.run_until(simulation_.now() + duration); }
  std::shared_ptr<const api::Lease> lease() const {
    return api::as_if<api::Lease>(
        store_.get(api::ObjectRef(api::Kind::kLease, "demo", "operator")));
  }
  void start_both() {
    a_->start();
    run_for(1s);
    b_->start();
    run_for(30s);
    ASSERT_TRUE(diary_.has("a leads"));
    ASSERT_FALSE(diary_.has("b leads"));
  }

  CutOff cut_off_;
  store::Store store_;
  cluster::ApiEndpoint endpoint_;
  sim::Simulation simulation_{1};
  Diary diary_;
  LeaderElector* elector_a_ = nullptr;
  LeaderElector* elector_b_ = nullptr;
  sim::Process* a_;
  sim::Process* b_;

 private:
  sim::Process& add(const std::string& name, LeaderElector*& elector) {
    return simulation_.add_process(name, [this, &elector](sim::Runtime& runtime) {
      return std::make_unique<Candidate>(runtime, endpoint_, diary_, elector);
    });
  }
};

TEST_F(LeaderElectionTest, OneLeadsAndTheOtherWaitsAsLongAsItRenews) {
  start_both();
  run_for(10min);
  EXPECT_FALSE(diary_.has("a lost"));
  EXPECT_FALSE(diary_.has("b leads"));
  EXPECT_EQ(elector_b_->holder(), "a");
  EXPECT_EQ(lease()->spec->lease_transitions, 0);
  EXPECT_LT(lease()->spec->acquire_time, lease()->spec->renew_time);
}

TEST_F(LeaderElectionTest, AfterACrashTheOtherTakesOverWithin13To24Seconds) {
  // Goal: the fail-over time of 5.4, over the phases in which the crash may come.
  for (int round = 0; round < 20; ++round) {
    sim::Process& leader = round % 2 == 0 ? *a_ : *b_;
    sim::Process& other = &leader == a_ ? *b_ : *a_;
    diary_.entries.clear();
    if (!leader.alive()) leader.start();
    run_for(40s);
    if (!other.alive()) other.start();
    run_for(30s + round * 137ms);
    const sim::Time crash = simulation_.now();
    leader.kill();
    const std::string takes_over = std::string(&other == a_ ? "a" : "b") + " leads";
    diary_.entries.clear();
    run_for(30s);
    const sim::Duration took = diary_.time_of(takes_over) - crash;
    EXPECT_GE(took, 12s) << round;
    EXPECT_LE(took, 24s) << round;
    other.kill();
    run_for(40s);
  }
}

TEST_F(LeaderElectionTest, ALeaderThatCannotRenewGivesUpBeforeAnotherTakesOver) {
  start_both();
  cut_off_.process = "a";
  const sim::Time cut = simulation_.now();
  run_for(40s);
  EXPECT_LE(diary_.time_of("a lost") - cut, 12s + 100ms);
  EXPECT_GE(diary_.time_of("a lost") - cut, 8s);
  EXPECT_LT(diary_.time_of("a lost"), diary_.time_of("b leads"));
  EXPECT_EQ(lease()->spec->holder_identity, "b");
  EXPECT_EQ(lease()->spec->lease_transitions, 1);
}

TEST_F(LeaderElectionTest, APausedLeaderBelievesItLeadsAfterAnotherHasBegun) {
  // Goal: the overlap that election cannot exclude is there to be found.
  start_both();
  a_->pause();
  run_for(40s);
  ASSERT_TRUE(diary_.has("b leads"));
  EXPECT_TRUE(elector_a_->leads());
  EXPECT_TRUE(elector_b_->leads());
  a_->resume();
  run_for(30s);
  EXPECT_TRUE(diary_.has("a lost"));
}

TEST_F(LeaderElectionTest, TimesInTheLeaseAreNotComparedWithTheOwnClock) {
  // Method: a lease whose renewTime is an hour ahead and never changes: the candidate waits its own
  // 15 s, no more and no less.
  auto lease = std::make_shared<api::Lease>();
  lease->metadata.namespace_ = "demo";
  lease->metadata.name = "operator";
  lease->spec.edit().holder_identity = "gone";
  lease->spec.edit().lease_duration_seconds = 15;
  lease->spec.edit().renew_time = api::ClusterTime::micro_at(simulation_.now() + 1h);
  const store::RequestContext context{"bootstrap", simulation_.now()};
  ASSERT_TRUE(store_.apply(api::Request::create(lease), context).result.ok());
  const sim::Time begin = simulation_.now();
  b_->start();
  run_for(30s);
  EXPECT_GE(diary_.time_of("b leads") - begin, 15s);
  EXPECT_LE(diary_.time_of("b leads") - begin, 20s);
}

TEST_F(LeaderElectionTest, AReleasedLeaseIsTakenWithTheNextPoll) {
  start_both();
  auto give_up = [](LeaderElector& elector) -> sim::Task<void> { co_await elector.release(); };
  a_->runtime().spawn(give_up(*elector_a_));
  const sim::Time released = simulation_.now();
  run_for(200ms);
  EXPECT_EQ(lease()->spec->holder_identity, "");
  a_->kill();
  run_for(10s);
  EXPECT_LE(diary_.time_of("b leads") - released, 4400ms + 200ms);
}

}  // namespace
}  // namespace sdbtwin::client
