#include "controller/provisioner/database_reconciler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "controller/provisioner/conditions.h"
#include "controller/provisioner/fake_server.h"
#include "controller/provisioner/planner.h"
#include "controller/provisioner/test_samples.h"

namespace sdbtwin::provisioner {
namespace {

using namespace std::chrono_literals;

// A database whose health is not asked for in these tests.
class SilentDatabase final : public sql::DatabaseClient {
 public:
  sim::Task<sql::Answer> query(sql::Endpoint, sql::Credentials, sql::Statement,
                               sim::Duration) override {
    co_return sql::SqlError::make(sql::SqlErrorKind::kRefused, "nobody");
  }
};

class ReconcilerTest : public ::testing::Test {
 protected:
  explicit ReconcilerTest(Planner planner = make_plan)
      : cache_(server_),
        recorder_(simulation_.runtime(), server_, "test"),
        executor_(simulation_.runtime(), server_, cache_, recorder_),
        health_(simulation_.runtime(), server_, sql_, cache_),
        reconciler_({simulation_.runtime(), cache_, executor_, health_}, std::move(planner), 3s) {
    auto space = std::make_shared<api::Namespace>();
    space->metadata.name = "demo";
    server_.put(space);
    server_.put(sample_version("8.7.10"));
    server_.put(sample_version("8.9.3"));
    server_.put(sample_license());
    server_.put(sample_database());
    sync();
  }

  std::shared_ptr<const api::Singlestore> database() {
    return server_.get<api::Singlestore>("sample");
  }
  void sync() {
    for (const auto* name : {"8.7.10", "8.9.3"}) {
      cache_.sync(api::ObjectRef(api::Kind::kSinglestoreVersion, "", name));
    }
    cache_.sync(api::ObjectRef(api::Kind::kSecret, "demo", "license"));
    cache_.sync(kRef);
    for (const Child& child : children_of(*sample_database())) {
      cache_.sync(ref_of(child, *sample_database()));
    }
  }
  api::Result<kit::Outcome> reconcile() { return finish(simulation_, reconciler_.reconcile(kRef)); }
  // Passes until one changes nothing; the result is how many did something.
  int settle() {
    for (int pass = 0; pass < 10; ++pass) {
      const std::size_t before = server_.calls.size();
      const auto outcome = reconcile();
      EXPECT_TRUE(outcome.ok()) << (outcome.ok() ? "" : outcome.error().message);
      sync();
      if (server_.calls.size() == before && !outcome->requeue_after) return pass;
      if (outcome->requeue_after) {
        simulation_.run_until(simulation_.now() + *outcome->requeue_after);
      }
    }
    ADD_FAILURE() << "does not settle";
    return 10;
  }
  template <class Change>
  void edit_database(Change change) {
    auto next = api::copy(*database());
    change(*next);
    server_.put(next);
    server_.put_status(next);
    sync();
  }
  void put_claim(const std::string& name, const api::StringMap& labels) {
    auto claim = std::make_shared<api::PersistentVolumeClaim>();
    claim->metadata.name = name;
    claim->metadata.namespace_ = "demo";
    claim->metadata.labels = labels;
    claim->spec.edit().access_modes = {"ReadWriteOnce"};
    claim->spec.edit().resources.requests = {{"storage", "1Gi"}};
    server_.put(claim);
  }
  bool has_claim(const std::string& name) {
    const auto claim = server_.get<api::PersistentVolumeClaim>(name);
    return claim != nullptr && !api::is_deleting(claim->metadata);
  }

  const api::ObjectRef kRef{api::Kind::kSinglestore, "demo", "sample"};
  sim::Simulation simulation_{1};
  FakeServer server_;
  FakeCache cache_;
  SilentDatabase sql_;
  client::EventRecorder recorder_;
  Executor executor_;
  HealthChecker health_;
  DatabaseReconciler reconciler_;
};

// Goal: from nothing to everything, and then rest. Method: passes until nothing is left to do.
TEST_F(ReconcilerTest, MakesEverythingAndThenRests) {
  settle();
  for (const Child& child : children_of(*database())) {
    const bool none = child == Child{ChildKind::kBudget, kit::Role::kAggregator};
    EXPECT_EQ(server_.get(ref_of(child, *database())) == nullptr, none)
        << to_string(child, *database());
  }
  EXPECT_EQ(database()->status->phase, api::DatabasePhase::kProvisioning);
  ASSERT_EQ(database()->status->conditions.size(), 1U);
  EXPECT_EQ(database()->status->conditions[0].reason, "DatabaseProvisioningStartedSuccessfully");
}

// Goal: the leaves' PetSet comes no earlier than the delay after the aggregators'. Method: the time
// at which each is created.
TEST_F(ReconcilerTest, CreatesTheLeavesThreeSecondsAfterTheAggregators) {
  std::map<std::string, sim::Time> made;
  server_.before_call = [&](const api::Request& request) {
    if (request.verb == api::Verb::kCreate) made[request.ref.key.name] = simulation_.now();
  };
  settle();
  EXPECT_EQ(made.at("sample-leaf") - made.at("sample-aggregator"), 3s);
}

// Goal: a direct edit of the spec reaches the PetSets. Method: version and replicas.
TEST_F(ReconcilerTest, CarriesAChangedSpecToThePetSets) {
  settle();
  edit_database([](api::Singlestore& db) {
    db.spec.edit().version = "8.9.3";
    db.spec.edit().topology->leaf->replicas = 4;
  });
  settle();
  const auto leaves = server_.get<api::PetSet>("sample-leaf");
  EXPECT_EQ(leaves->spec->replicas, 4);
  EXPECT_EQ(leaves->spec->template_->spec.containers[0].image, "node:8.9.3");
  EXPECT_EQ(leaves->spec->template_->spec.init_containers[0].image, "init:8.9.3");
}

// Goal: a conflict is an error of the pass, which brings the name back, and the next pass does it.
// Method: somebody else writes the PetSet in mid-write, once.
TEST_F(ReconcilerTest, FailsThePassOnAConflictAndDoesItTheNextTime) {
  settle();
  edit_database([](api::Singlestore& db) { db.spec.edit().version = "8.9.3"; });
  server_.before_call = [this](const api::Request& request) {
    if (request.verb != api::Verb::kUpdate || request.ref.kind != api::Kind::kPetSet) return;
    auto other = api::copy(*server_.get<api::PetSet>(request.ref.key.name));
    other->metadata.annotations.edit()["someone"] = "else";
    server_.before_call = nullptr;
    server_.put(other);
  };
  EXPECT_TRUE(api::is(reconcile(), api::Reason::kConflict));
  sync();
  settle();
  EXPECT_EQ(server_.get<api::PetSet>("sample-leaf")->spec->template_->spec.containers[0].image,
            "node:8.9.3");
}

// Goal: an unknown version is waited for, without harm. Method: version missing, then there.
TEST_F(ReconcilerTest, WaitsForAVersionThatIsNotThere) {
  edit_database([](api::Singlestore& db) { db.spec.edit().version = "9.9.9"; });
  settle();
  const auto* missing = api::find_condition(database()->status->conditions, kit::kDependencyReady);
  ASSERT_NE(missing, nullptr);
  EXPECT_EQ(missing->status, api::ConditionStatus::kFalse);
  EXPECT_EQ(missing->message, "SinglestoreVersion 9.9.9 is not there");
  EXPECT_EQ(server_.get<api::PetSet>("sample-aggregator"), nullptr);
  edit_database([](api::Singlestore& db) { db.spec.edit().version = "8.7.10"; });
  settle();
  EXPECT_NE(server_.get<api::PetSet>("sample-aggregator"), nullptr);
  EXPECT_TRUE(api::is_condition_true(database()->status->conditions, kit::kDependencyReady));
}

// Goal: an auth secret that is there is used, not written. Method: the secret of an earlier life.
TEST_F(ReconcilerTest, KeepsAnAuthSecretThatIsThere) {
  auto secret = std::make_shared<api::Secret>();
  secret->metadata.name = "sample-auth";
  secret->metadata.namespace_ = "demo";
  secret->data = api::BytesMap{{"username", {"root"}}, {"password", {"old"}}};
  server_.put(secret);
  sync();
  settle();
  EXPECT_EQ(server_.get<api::Secret>("sample-auth")->data->at("password").raw, "old");
}

// Goal: WipeOut takes claims and secret, and then the finalizer; other people's stay. Method: the
// deletion of a database with claims.
TEST_F(ReconcilerTest, OnWipeOutTakesClaimsAndSecretAndLetsTheDatabaseGo) {
  settle();
  put_claim("data-sample-leaf-0", kit::selector_labels("sample"));
  put_claim("data-other-leaf-0", kit::selector_labels("other"));
  server_.erase(kRef);
  sync();
  for (int pass = 0; pass < 3; ++pass) {
    EXPECT_TRUE(reconcile().ok());
    sync();
  }
  EXPECT_EQ(database(), nullptr);
  EXPECT_FALSE(has_claim("data-sample-leaf-0"));
  EXPECT_TRUE(has_claim("data-other-leaf-0"));
  EXPECT_EQ(server_.get<api::Secret>("sample-auth"), nullptr);
  EXPECT_NE(server_.get<api::Secret>("license"), nullptr);
}

// Goal: Halt keeps claims and secret. Method: as above with the other policy.
TEST_F(ReconcilerTest, OnHaltKeepsClaimsAndSecret) {
  edit_database(
      [](api::Singlestore& db) { db.spec.edit().deletion_policy = api::DeletionPolicy::kHalt; });
  settle();
  put_claim("data-sample-leaf-0", kit::selector_labels("sample"));
  server_.erase(kRef);
  sync();
  for (int pass = 0; pass < 3; ++pass) {
    EXPECT_TRUE(reconcile().ok());
    sync();
  }
  EXPECT_EQ(database(), nullptr);
  EXPECT_TRUE(has_claim("data-sample-leaf-0"));
  EXPECT_NE(server_.get<api::Secret>("sample-auth"), nullptr);
}

// An operator that does not honour the pause: it plans as if there were none, and its writes ask
// for no fence.
Plan ignore_pause(const Snapshot& snapshot) {
  Snapshot blind = snapshot;
  auto database = api::copy(*snapshot.database);
  api::remove_condition(database->status.edit().conditions, kit::kPaused);
  blind.database = std::move(database);
  Plan plan = make_plan(blind);
  for (Action& action : plan.actions) {
    if (auto* write = std::get_if<WriteChild>(&action)) write->fence = Fence::kNone;
  }
  return plan;
}

class WrongReconcilerTest : public ReconcilerTest {
 protected:
  WrongReconcilerTest() : ReconcilerTest(ignore_pause) {}
};

void break_images(FakeServer& server) {
  auto leaves = api::copy(*server.get<api::PetSet>("sample-leaf"));
  leaves->spec.edit().template_.edit().spec.containers[0].image = "node:8.9.3";
  server.put(leaves);
}

// Goal: the right operator leaves a paused database alone, and a wrong one can be run to see that
// the difference shows. Method: images of another version while paused, both planners.
TEST_F(ReconcilerTest, LeavesAPausedDatabaseAlone) {
  settle();
  edit_database([](api::Singlestore& db) {
    set_sample_condition(db, kit::kPaused, api::ConditionStatus::kTrue);
  });
  break_images(server_);
  sync();
  settle();
  EXPECT_EQ(server_.get<api::PetSet>("sample-leaf")->spec->template_->spec.containers[0].image,
            "node:8.9.3");
}
TEST_F(WrongReconcilerTest, RevertsTheImagesOfAPausedDatabase) {
  settle();
  edit_database([](api::Singlestore& db) {
    set_sample_condition(db, kit::kPaused, api::ConditionStatus::kTrue);
  });
  break_images(server_);
  sync();
  EXPECT_TRUE(reconcile().ok());
  EXPECT_EQ(server_.get<api::PetSet>("sample-leaf")->spec->template_->spec.containers[0].image,
            "node:8.7.10");
}

}  // namespace
}  // namespace sdbtwin::provisioner
