#include "controller/provisioner/child_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/kit/images.h"
#include "controller/provisioner/fake_server.h"
#include "controller/provisioner/test_samples.h"
#include "model/api/policy.h"

namespace sdbtwin::provisioner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kReadDatabase = "get Singlestore demo/sample";
constexpr const char* kWriteLeaves = "update PetSet demo/sample-leaf";
constexpr const char* kCreateLeaves = "create PetSet demo/sample-leaf";

class ChildWriterTest : public ::testing::Test {
 protected:
  ChildWriterTest() : cache_(server_), writer_(simulation_.runtime(), server_, cache_) {
    auto space = std::make_shared<api::Namespace>();
    space->metadata.name = "demo";
    server_.put(space);
    for (const auto* name : {"8.7.10", "8.9.3"}) {
      cache_.sync(api::ref_of(*server_.put(sample_version(name))));
    }
    server_.put(sample_database());
    sync();
  }

  std::shared_ptr<const api::Singlestore> database() {
    return server_.get<api::Singlestore>("sample");
  }
  std::shared_ptr<const api::PetSet> leaves() { return server_.get<api::PetSet>("sample-leaf"); }
  void sync() {
    cache_.sync(api::ref_of(*database()));
    for (const Child& child : children_of(*database())) cache_.sync(ref_of(child, *database()));
  }
  // The leaves' PetSet as it should be, known to the cache; calls made so far are forgotten.
  void have_leaves() {
    ASSERT_EQ(written(write(kLeaves)), Written::kCreated);
    sync();
    server_.calls.clear();
  }

  template <class Change>
  void edit_database(Change change) {
    auto next = api::copy(*database());
    change(*next);
    server_.put(next);
    server_.put_status(next);
  }
  template <class Change>
  void edit_leaves(Change change) {
    auto next = api::copy(*leaves());
    change(*next);
    server_.put(next);
  }
  void pause() {
    edit_database([](api::Singlestore& db) {
      set_sample_condition(db, kit::kPaused, api::ConditionStatus::kTrue);
    });
  }
  void resume() {
    edit_database([](api::Singlestore& db) {
      api::remove_condition(db.status.edit().conditions, kit::kPaused);
    });
  }
  void set_version(const std::string& version) {
    edit_database([&](api::Singlestore& db) { db.spec.edit().version = version; });
  }
  // What the Ops-manager does to a PetSet.
  void stamp_and_update(const std::string& version) {
    edit_leaves([&](api::PetSet& set) {
      stamp(set, "request-uid");
      kit::set_images(set.spec.edit().template_.edit().spec,
                      kit::images_of(*sample_version(version), false));
    });
  }
  void lift_stamp() {
    edit_leaves([](api::PetSet& set) { set.metadata.annotations.edit().clear(); });
  }
  std::string image() { return std::string(kit::database_image(leaves()->spec->template_->spec)); }

  api::Result<Written> write(const Child& child, Fence fence = Fence::kLive) {
    // What the plan was made from: the database as the cache has it.
    const auto seen = cache_.get<api::Singlestore>("demo", "sample");
    return finish(simulation_, writer_.write(child, seen, fence));
  }
  api::Result<Written> remove(const Child& child) {
    const auto seen = cache_.get<api::Singlestore>("demo", "sample");
    return finish(simulation_, writer_.remove(child, seen, Fence::kLive));
  }
  static Written written(const api::Result<Written>& result) {
    EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().message);
    return result.ok() ? *result : Written::kHeldBack;
  }

  sim::Simulation simulation_{1};
  FakeServer server_;
  FakeCache cache_;
  ChildWriter writer_;
};

// Goal: the order of a write. Method: the requests of a correction.
TEST_F(ChildWriterTest, ReadsTheLiveSinglestoreBetweenTheChildsReadAndTheWrite) {
  have_leaves();
  set_version("8.9.3");
  cache_.sync(api::ref_of(*database()));
  EXPECT_EQ(written(write(kLeaves)), Written::kChanged);
  EXPECT_THAT(server_.calls, ElementsAre(kReadDatabase, kWriteLeaves));
  EXPECT_EQ(image(), "node:8.9.3");
}

// Goal: a stamped PetSet costs not even a read. Method: stamp in the cache, drift in the spec.
TEST_F(ChildWriterTest, LeavesAStampedPetSetAlone) {
  have_leaves();
  set_version("8.9.3");
  edit_leaves([](api::PetSet& set) { stamp(set, "request-uid"); });
  sync();
  EXPECT_EQ(written(write(kLeaves)), Written::kHeldBack);
  EXPECT_THAT(server_.calls, IsEmpty());
}

// Goal: a pause that the cache does not show yet stops the write. Method: pause after the sync.
TEST_F(ChildWriterTest, SendsNothingWhenTheLiveSinglestoreIsPaused) {
  have_leaves();
  set_version("8.9.3");
  sync();
  pause();
  EXPECT_EQ(written(write(kLeaves)), Written::kHeldBack);
  EXPECT_THAT(server_.calls, ElementsAre(kReadDatabase));
  EXPECT_EQ(image(), "node:8.7.10");
}

// Goal: a write that a pause overtakes loses. Method: pause, stamp and new images arrive after the
// live read and before the PUT of other replicas.
TEST_F(ChildWriterTest, LosesWithAConflictWhenThePauseComesInMidWrite) {
  have_leaves();
  edit_database([](api::Singlestore& db) { db.spec.edit().topology->leaf->replicas = 4; });
  sync();
  server_.before_call = [this](const api::Request& request) {
    if (request.verb != api::Verb::kUpdate) return;
    pause();
    stamp_and_update("8.9.3");
  };
  const auto result = write(kLeaves);
  EXPECT_TRUE(api::is(result, api::Reason::kConflict));
  EXPECT_EQ(image(), "node:8.9.3");
  EXPECT_EQ(leaves()->spec->replicas, 2);
}

// Goal: a cache that slept through a whole rollout cannot bring the old images back. Method: the
// cache has child and database of before it; all is resumed when the write begins.
TEST_F(ChildWriterTest, CannotRevertImagesFromACacheOlderThanTheRollout) {
  have_leaves();
  edit_leaves([](api::PetSet& set) { set.spec.edit().replicas = 7; });  // Something to correct.
  sync();
  pause();
  stamp_and_update("8.9.3");
  set_version("8.9.3");
  lift_stamp();
  resume();
  const auto result = write(kLeaves);
  EXPECT_TRUE(api::is(result, api::Reason::kConflict));
  EXPECT_EQ(image(), "node:8.9.3");
}

// Goal: the child is read before the Singlestore, or a whole rollout may pass between the two reads
// and the old images go back with the new resourceVersion. Method: just that, and the cache
// follows.
TEST_F(ChildWriterTest, LosesWhenAWholeRolloutPassesAfterTheLiveRead) {
  have_leaves();
  edit_database([](api::Singlestore& db) { db.spec.edit().topology->leaf->replicas = 4; });
  sync();
  server_.after_call = [this](const api::Request& request) {
    if (request.verb != api::Verb::kGet) return;
    server_.after_call = nullptr;
    pause();
    stamp_and_update("8.9.3");
    set_version("8.9.3");
    lift_stamp();
    resume();
    sync();
  };
  EXPECT_TRUE(api::is(write(kLeaves), api::Reason::kConflict));
  EXPECT_EQ(image(), "node:8.9.3");
}

// Goal: what is wanted comes from the live Singlestore. Method: the cache has the new child, but
// the old database, whose version would revert the images.
TEST_F(ChildWriterTest, TakesWhatIsWantedFromTheLiveSinglestore) {
  have_leaves();
  stamp_and_update("8.9.3");
  set_version("8.9.3");
  lift_stamp();
  cache_.sync(ref_of(kLeaves, *database()));  // Not the database.
  EXPECT_EQ(written(write(kLeaves)), Written::kNothing);
  EXPECT_THAT(server_.calls, ElementsAre(kReadDatabase));
  EXPECT_EQ(image(), "node:8.9.3");
}

// Goal: another database of the same name gets nothing that was planned for the old one. Method:
// deleted and made anew behind the cache's back.
TEST_F(ChildWriterTest, DoesNothingForANamesakeOfItsDatabase) {
  edit_database([](api::Singlestore& db) { db.metadata.finalizers.edit().clear(); });
  server_.erase(api::ref_of(*database()));
  EXPECT_EQ(written(write(kLeaves)), Written::kHeldBack);
  server_.put(sample_database());
  EXPECT_EQ(written(write(kLeaves)), Written::kHeldBack);
  EXPECT_THAT(server_.calls, ElementsAre(kReadDatabase, kReadDatabase));
}

// Goal: nothing is made for a database that is going. Method: deleted, held by its finalizer.
TEST_F(ChildWriterTest, MakesNothingForADatabaseThatIsBeingDeleted) {
  server_.erase(api::ref_of(*database()));
  EXPECT_EQ(written(write(kLeaves)), Written::kHeldBack);
  EXPECT_EQ(leaves(), nullptr);
}

// Goal: creation reads first, and makes nothing anew while paused. Method: both.
TEST_F(ChildWriterTest, CreatesOnlyWhatTheLiveSinglestoreAllows) {
  pause();
  EXPECT_EQ(written(write(kLeaves)), Written::kHeldBack);
  EXPECT_THAT(server_.calls, ElementsAre(kReadDatabase));
  resume();
  server_.calls.clear();
  EXPECT_EQ(written(write(kLeaves)), Written::kCreated);
  EXPECT_THAT(server_.calls, ElementsAre(kReadDatabase, kCreateLeaves));
}

// Goal: an object under our name that is not ours stays as it is. Method: one without an owner,
// which the cache does not know.
TEST_F(ChildWriterTest, DoesNotAdoptWhatSomebodyElseMade) {
  auto foreign = std::make_shared<api::PetSet>(
      api::cast<api::PetSet>(*stored_child(kLeaves, *database(), *sample_version())));
  foreign->metadata.owner_references.edit().clear();
  server_.put(foreign);
  const uint64_t before = leaves()->metadata.resource_version;
  EXPECT_EQ(written(write(kLeaves)), Written::kHeldBack);
  cache_.sync(ref_of(kLeaves, *database()));
  EXPECT_EQ(written(write(kLeaves)), Written::kHeldBack);
  EXPECT_EQ(leaves()->metadata.resource_version, before);
}

// Goal: what we made and the cache does not show yet is taken as made. Method: create twice without
// a sync.
TEST_F(ChildWriterTest, TakesItsOwnUnseenCreationForDone) {
  EXPECT_EQ(written(write(kLeaves)), Written::kCreated);
  EXPECT_EQ(written(write(kLeaves)), Written::kNothing);
}

// Goal: a budget that is not wanted any more by the live Singlestore is not made. Method: scaled to
// one replica behind the cache's back.
TEST_F(ChildWriterTest, MakesNoBudgetForAPetSetThatHasJustBecomeSmall) {
  have_leaves();
  edit_database([](api::Singlestore& db) { db.spec.edit().topology->leaf->replicas = 1; });
  EXPECT_EQ(written(write({ChildKind::kBudget, kit::Role::kLeaf})), Written::kHeldBack);
}

// Goal: a deletion loses against a stamp as a write does. Method: stamp between read and delete.
TEST_F(ChildWriterTest, DeletesOnlyTheVersionItHasSeen) {
  have_leaves();
  server_.before_call = [this](const api::Request& request) {
    if (request.verb == api::Verb::kDelete) stamp_and_update("8.9.3");
  };
  EXPECT_TRUE(api::is(remove(kLeaves), api::Reason::kConflict));
  ASSERT_NE(leaves(), nullptr);
  server_.before_call = nullptr;
  lift_stamp();
  sync();
  EXPECT_EQ(written(remove(kLeaves)), Written::kChanged);
}

// Goal: tests can run an operator that is wrong. Method: the same pause and stamp, the two lower
// fences: one misses a pause the cache does not show, the other overrides everything.
TEST_F(ChildWriterTest, WithALowerFenceDoesWhatAWrongOperatorWouldDo) {
  have_leaves();
  set_version("8.9.3");
  sync();
  pause();
  EXPECT_EQ(written(write(kLeaves, Fence::kCache)), Written::kChanged);
  EXPECT_THAT(server_.calls, ElementsAre(kWriteLeaves));
  stamp_and_update("8.7.10");
  sync();
  EXPECT_EQ(written(write(kLeaves, Fence::kCache)), Written::kHeldBack);
  EXPECT_EQ(written(write(kLeaves, Fence::kNone)), Written::kChanged);
  EXPECT_EQ(image(), "node:8.9.3");
}

}  // namespace
}  // namespace sdbtwin::provisioner
