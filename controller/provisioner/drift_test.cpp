#include "controller/provisioner/drift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "controller/provisioner/test_samples.h"
#include "model/api/core.h"
#include "sim/core/rng.h"

namespace sdbtwin::provisioner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Goal: drift is seen when it comes and gone when it goes. Method: replicas of one PetSet.
TEST(Drift, IsSeenInTheChildThatHasIt) {
  DriftFinder finder;
  Snapshot snapshot = settled_snapshot(sample_database());
  const api::ObjectPtr good = snapshot.children.at(kLeaves);
  EXPECT_THAT(finder.find(snapshot), IsEmpty());
  edit_child<api::PetSet>(snapshot, kLeaves,
                          [](api::PetSet& set) { set.spec.edit().replicas = 9; });
  EXPECT_THAT(finder.find(snapshot), ElementsAre(kLeaves));
  EXPECT_THAT(finder.find(snapshot), ElementsAre(kLeaves));
  snapshot.children[kLeaves] = good;
  EXPECT_THAT(finder.find(snapshot), IsEmpty());
}

// Goal: a budget follows its PetSet's replicas, and is left alone when it is to go. Method: leaves
// scaled to 5 and to 1.
TEST(Drift, OfABudgetFollowsTheReplicas) {
  DriftFinder finder;
  Snapshot snapshot = settled_snapshot(sample_database());
  edit_database(snapshot, [](api::Singlestore& database) {
    database.spec.edit().topology->leaf->replicas = 5;
  });
  EXPECT_THAT(finder.find(snapshot), ElementsAre(kLeaves, kLeafBudget));
  edit_database(snapshot, [](api::Singlestore& database) {
    database.spec.edit().topology->leaf->replicas = 1;
  });
  EXPECT_THAT(finder.find(snapshot), ElementsAre(kLeaves));
}

std::vector<std::function<void(Snapshot&)>> edits() {
  return {
      [](Snapshot& s) {
        edit_child<api::PetSet>(s, kLeaves, [](api::PetSet& p) { ++*p.spec.edit().replicas; });
      },
      [](Snapshot& s) {
        edit_child<api::PetSet>(s, kLeaves, [](api::PetSet& p) { --*p.spec.edit().replicas; });
      },
      [](Snapshot& s) {
        edit_child<api::PetSet>(s, kLeaves,
                                [](api::PetSet& p) { ++p.status.edit().ready_replicas; });
      },
      [](Snapshot& s) {
        edit_child<api::PetSet>(s, kLeaves,
                                [](api::PetSet& p) { p.metadata.labels.edit().clear(); });
      },
      [](Snapshot& s) { s.children.erase(kLeaves); },
      [](Snapshot& s) {
        s.children[kLeaves] = stored_child(kLeaves, *s.database, *sample_version());
      },
      [](Snapshot& s) {
        const auto version = s.version->metadata.name == "8.9.3" ? "8.7.10" : "8.9.3";
        s.version = sample_version(version);
      },
      [](Snapshot& s) {
        edit_database(s, [](api::Singlestore& d) {
          auto& replicas = d.spec.edit().topology->leaf->replicas;
          replicas = *replicas == 2 ? 3 : 2;
        });
      },
      [](Snapshot& s) {
        edit_database(s, [](api::Singlestore& d) {
          auto& labels = d.metadata.labels.edit();
          labels["team"] = labels["team"] == "blue" ? "red" : "blue";
        });
      },
      [](Snapshot& s) {
        edit_database(s, [](api::Singlestore& d) { ++d.status.edit().observed_generation; });
      },
      [](Snapshot& s) {
        edit_child<api::Service>(s, {ChildKind::kPrimaryService}, [](api::Service& service) {
          auto& ports = service.spec.edit().ports;
          ports.front().port = ports.front().port == 3306 ? 3307 : 3306;
        });
      },
  };
}

// Goal: the memory never changes an answer. Method: 2,000 random edits of everything the answer
// depends on, and of what it does not; a finder with a memory against one without.
TEST(Drift, IsTheSameWithAndWithoutAMemory) {
  DriftFinder finder;
  Snapshot snapshot = settled_snapshot(sample_database());
  sim::Rng rng(5);
  const auto changes = edits();
  std::size_t with_drift = 0;
  for (int i = 0; i < 2'000; ++i) {
    const std::size_t pick = rng.below(changes.size());
    if (pick < 4 && !snapshot.children.contains(kLeaves)) continue;
    changes[pick](snapshot);
    const auto expected = drifted_children(snapshot);
    ASSERT_EQ(finder.find(snapshot), expected) << "after edit " << i << ", of sort " << pick;
    with_drift += expected.empty() ? 0 : 1;
  }
  EXPECT_GT(with_drift, 100U);
}

}  // namespace
}  // namespace sdbtwin::provisioner
