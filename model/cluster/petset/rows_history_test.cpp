// Goal: the PetSet controller's revisions are listed, made, renumbered, adopted, cut and sorted as
// the catalogue says (docs/PETSET_CATALOGUE.md, rows HI). Method: a scripted API (script.h).

#include "model/cluster/petset/script.h"

namespace sdbtwin::cluster {
namespace {

using api::Reason;
using testing::ElementsAre;
using testing::IsEmpty;

struct History : ScriptedSet {
  History() : ScriptedSet(api::PodManagementPolicy::kOrderedReady, Retention::kUnset, 0) {}

  PetSetHistory& history() { return parts().history(); }
  std::shared_ptr<api::ControllerRevision> revision(const std::string& image, int64_t number) {
    api::PodTemplateSpec of = *set()->spec->template_;
    of.spec.containers[0].image = image;
    return new_revision(*set(), revision_data(of), number, 0);
  }
  std::vector<std::string> listed() {
    std::vector<std::string> names;
    for (const RevisionPtr& found : history().list(*set())) names.push_back(found->metadata.name);
    return names;
  }
};

TEST(PetSetHistoryRows, HI01HI02HI04ItsOwnAndMatchingOrphansAreListed) {
  History foo;
  EXPECT_THAT(foo.listed(), IsEmpty());
  const auto first = foo.revision("a", 1);
  const auto second = foo.revision("b", 2);
  auto orphan = foo.revision("c", 3);
  orphan->metadata.owner_references = {};
  auto foreign = foo.revision("d", 4);
  foreign->metadata.owner_references.edit()[0].uid = "another";
  for (const auto& one : {first, second, orphan, foreign}) foo.api.put(one);
  EXPECT_THAT(foo.listed(),
              ElementsAre(first->metadata.name, second->metadata.name, orphan->metadata.name));
}

TEST(PetSetHistoryRows, HI05HI06ARevisionIsNamedAfterSetAndTemplateSoSetsDoNotCollide) {
  History foo;
  const std::string data = revision_data(*foo.set()->spec->template_);
  const auto made = foo.run(foo.history().resolve(foo.set(), {}));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->update->metadata.name, revision_name("foo", revision_hash(data, 0)));
  EXPECT_NE(made->update->metadata.name, revision_name("goo", revision_hash(data, 0)));
}

TEST(PetSetHistoryRows, HI08TheSameDataUnderTheSameNameIsTakenAsItIs) {
  // The cache does not show it: the POST is refused, a GET finds the same bytes.
  History foo;
  foo.api.put(foo.revision("nginx", 1));
  const auto made = foo.run(foo.history().resolve(foo.set(), {}));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->collision_count, 0);
  EXPECT_EQ(foo.revisions().size(), 1U);
}

TEST(PetSetHistoryRows, HI09HI10ARevisionIsRenumberedOnlyWhenItsNumberChanges) {
  History foo;
  foo.api.put(foo.revision("nginx", 1));
  ASSERT_TRUE(foo.run(foo.history().resolve(foo.set(), foo.revisions())).ok());
  EXPECT_THAT(foo.api.log, IsEmpty());
  foo.api.put(foo.revision("newer", 2));
  const auto made = foo.run(foo.history().resolve(foo.set(), foo.revisions()));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->update->revision, 3);
}

TEST(PetSetHistoryRows, HI12ConflictsOfTheRenumberingAreTriedAgain) {
  History foo;
  foo.api.put(foo.revision("nginx", 1));
  foo.api.put(foo.revision("newer", 2));
  foo.api.fail("update ControllerRevision", Reason::kConflict, 1, 2);
  ASSERT_TRUE(foo.run(foo.history().resolve(foo.set(), foo.revisions())).ok());
  EXPECT_EQ(foo.api.count("update ControllerRevision"), 3);
}

TEST(PetSetHistoryRows, HI13HI14DeletingARevisionThatIsGoneIsAnError) {
  History foo;
  for (int n = 1; n <= 4; ++n) foo.api.put(foo.revision("image-" + std::to_string(n), n));
  const std::vector<RevisionPtr> known = foo.revisions();
  const RevisionPair live{known.back(), known.back(), 0};
  ASSERT_TRUE(foo.run(foo.history().truncate(foo.set(), known, live, {})));
  EXPECT_EQ(foo.revisions().size(), 3U);
  const auto again = foo.run(foo.history().truncate(foo.set(), known, live, {}));
  EXPECT_TRUE(api::is(again, Reason::kNotFound));
}

TEST(PetSetHistoryRows, HI16HI17HI18OnlyOrphansAreAdoptedAndAMissingOneIsAnError) {
  History foo;
  auto orphan = foo.revision("a", 1);
  orphan->metadata.owner_references = {};
  foo.api.put(orphan);
  foo.api.put(foo.revision("b", 2));
  const std::vector<RevisionPtr> known = foo.revisions();
  ASSERT_TRUE(foo.run(foo.history().adopt_orphans(foo.set(), known)));
  EXPECT_THAT(foo.api.log, ElementsAre("patch ControllerRevision " + orphan->metadata.name));
  EXPECT_EQ(api::controller_of(foo.revisions()[0]->metadata)->uid, foo.set()->metadata.uid);
  foo.api.erase(api::ref_of(*orphan));
  EXPECT_TRUE(api::is(foo.run(foo.history().adopt_orphans(foo.set(), known)), Reason::kNotFound));
}

TEST(PetSetHistoryRows, HI24HI25WithoutEqualBytesThereIsNoEqualRevision) {
  History foo;
  EXPECT_EQ(find_equal({}, "data"), nullptr);
  const std::vector<RevisionPtr> some{foo.revision("a", 1), foo.revision("b", 2)};
  EXPECT_EQ(find_equal(some, "data"), nullptr);
}

TEST(PetSetHistoryRows, HI26HI28HI29HI30RevisionsSortByNumberThenAgeThenName) {
  History foo;
  const auto dated = [&](const std::string& image, int64_t number, int64_t seconds) {
    auto made = foo.revision(image, number);
    made->metadata.creation_timestamp = api::Timestamp{seconds};
    return made;
  };
  const RevisionPtr one = dated("a", 1, 9);
  const RevisionPtr two_old = dated("b", 2, 1);
  const RevisionPtr two_young = dated("c", 2, 2);
  const RevisionPtr three = dated("d", 3, 1);
  const std::vector<RevisionPtr> sorted{one, two_old, two_young, three};
  std::vector<RevisionPtr> shuffled{two_young, three, one, two_old};
  sort_revisions(shuffled);
  EXPECT_EQ(shuffled, sorted);
  std::vector<RevisionPtr> reversed(sorted.rbegin(), sorted.rend());
  sort_revisions(reversed);
  EXPECT_EQ(reversed, sorted);
  std::vector<RevisionPtr> none;
  sort_revisions(none);
  EXPECT_THAT(none, IsEmpty());
}

}  // namespace
}  // namespace sdbtwin::cluster
