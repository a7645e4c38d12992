// Goal: the parts of the PetSet controller do one thing each, and what they do when a request
// fails is known: pod control, claims and their owners, status, adoption, names.
// Method: a scripted API (script.h); Events are counted. Names begin with the rows of the
// catalogue (docs/PETSET_CATALOGUE.md).

#include "model/cluster/petset/claim_retention.h"
#include "model/cluster/petset/identity.h"
#include "model/cluster/petset/script.h"

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;
using api::Kind;
using api::Reason;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr api::PodManagementPolicy kInOrder = api::PodManagementPolicy::kOrderedReady;

// One set "foo" and what its pod 0 would be.
struct Parts : ScriptedSet {
  explicit Parts(Retention retention = Retention::kUnset) : ScriptedSet(kInOrder, retention) {}

  PetSetPodControl& control() { return parts().control(); }
  std::shared_ptr<api::Pod> fresh(int32_t ordinal = 0) const {
    return make_pod(*set(), *set()->spec->template_, "rev", ordinal);
  }
  api::Result<void> create() { return run(control().create_pod(set(), fresh())); }
  api::Result<void> update(const std::shared_ptr<const api::Pod>& pod) {
    return run(control().update_pod(set(), pod));
  }
  // Pod 0 and its claim are there; nothing of that is in the log.
  void given_pod() {
    EXPECT_TRUE(create());
    api.log.clear();
    api.sent.clear();
    forgotten = events();
  }
  std::vector<std::string> new_events() {
    std::vector<std::string> all = events();
    for (const std::string& old : forgotten) all.erase(std::find(all.begin(), all.end(), old));
    return all;
  }
  void own_claim(int32_t ordinal, const std::string& kind, const std::string& name,
                 const std::string& uid, const std::string& volume = "datadir") {
    api::ObjectRef ref(Kind::kPersistentVolumeClaim, "default", claim_name(volume, "foo", ordinal));
    auto claim = std::make_shared<api::PersistentVolumeClaim>();
    if (api.find(ref)) claim = api::copy(*api::as<api::PersistentVolumeClaim>(api.find(ref)));
    claim->metadata.name = ref.key.name;
    claim->metadata.namespace_ = ref.key.namespace_;
    if (!uid.empty()) {
      api::OwnerReference owner;
      owner.api_version = kind == "Pod" ? "v1" : "apps/v1";
      owner.kind = kind;
      owner.name = name;
      owner.uid = uid;
      claim->metadata.owner_references.edit().push_back(owner);
    }
    api.put(claim);
  }

  std::vector<std::string> forgotten;
};

// ---- Pod control.

TEST(PetSetPodControl, PC01TheClaimThenThePodWithAnEventEach) {
  Parts foo;
  ASSERT_TRUE(foo.create());
  EXPECT_THAT(foo.api.log,
              ElementsAre("create PersistentVolumeClaim datadir-foo-0", "create Pod foo-0"));
  EXPECT_THAT(foo.events(), ElementsAre("Normal SuccessfulCreate", "Normal SuccessfulCreate"));
}

TEST(PetSetPodControl, PC02APodThatExistsAlreadyIsAnErrorWithoutAnEvent) {
  Parts foo;
  foo.given_pod();
  EXPECT_TRUE(api::is(foo.create(), Reason::kAlreadyExists));
  EXPECT_THAT(foo.new_events(), IsEmpty());
}

TEST(PetSetPodControl, PC04AClaimThatIsBeingDeletedIsAnErrorWithOneWarning) {
  Parts foo;
  foo.own_claim(0, "", "", "");
  auto claim = api::copy(*foo.claim(0));
  claim->metadata.deletion_timestamp = api::Timestamp{1};
  foo.api.put(claim);
  EXPECT_FALSE(foo.create());
  EXPECT_EQ(foo.api.count("create Pod"), 0);
  EXPECT_THAT(foo.events(), ElementsAre("Warning FailedCreate"));
}

TEST(PetSetPodControl, PC05AClaimThatCannotBeMadeIsAnErrorWithAWarningEach) {
  // There it is the look-up that fails; reads of a cache cannot fail here.
  Parts foo;
  foo.api.fail("create PersistentVolumeClaim", Reason::kInternalError);
  EXPECT_FALSE(foo.create());
  EXPECT_EQ(foo.api.count("create Pod"), 0);
  EXPECT_THAT(foo.events(), ElementsAre("Warning FailedCreate", "Warning FailedCreate"));
}

TEST(PetSetPodControl, PC06APodThatCannotBeMadeLeavesItsClaim) {
  Parts foo;
  foo.api.fail("create Pod", Reason::kInternalError);
  EXPECT_FALSE(foo.create());
  EXPECT_NE(foo.claim(0), nullptr);
  EXPECT_THAT(foo.events(), ElementsAre("Normal SuccessfulCreate", "Warning FailedCreate"));
}

std::shared_ptr<api::Pod> with_wrong_label(const Parts& foo) {
  auto damaged = api::copy(*foo.pod(0));
  damaged->metadata.labels.edit()[std::string(api::kPodNameLabel)] = "goo-0";
  return damaged;
}

TEST(PetSetPodControl, PC08AWrongIdentityIsRestoredByOnePut) {
  Parts foo;
  foo.given_pod();
  ASSERT_TRUE(foo.update(with_wrong_label(foo)));
  EXPECT_TRUE(identity_matches(*foo.set(), *foo.pod(0)));
  EXPECT_THAT(foo.api.log, ElementsAre("update Pod foo-0"));
  EXPECT_THAT(foo.new_events(), ElementsAre("Normal SuccessfulUpdate"));
}

TEST(PetSetPodControl, PC09AFailedRepairIsAWarningAndLeavesTheCallersPod) {
  Parts foo;
  foo.given_pod();
  foo.api.fail("update Pod", Reason::kInternalError);
  const std::shared_ptr<api::Pod> damaged = with_wrong_label(foo);
  EXPECT_FALSE(foo.update(damaged));
  EXPECT_FALSE(identity_matches(*foo.set(), *damaged));
  EXPECT_THAT(foo.new_events(), ElementsAre("Warning FailedUpdate"));
}

TEST(PetSetPodControl, PC10MissingVolumesAreRestoredWithTheirClaims) {
  Parts foo;
  foo.given_pod();
  foo.api.erase(api::ref_of(*foo.claim(0)));
  auto damaged = api::copy(*foo.pod(0));
  damaged->spec.edit().volumes.clear();
  ASSERT_TRUE(foo.update(damaged));
  EXPECT_NE(foo.claim(0), nullptr);
  EXPECT_TRUE(storage_matches(*foo.set(), *foo.pod(0)));
  EXPECT_THAT(foo.new_events(), ElementsAre("Normal SuccessfulCreate", "Normal SuccessfulUpdate"));
}

TEST(PetSetPodControl, PC12AConflictIsTriedAgainFromTheCache) {
  Parts foo;
  foo.given_pod();
  foo.api.put(with_wrong_label(foo));
  foo.api.fail("update Pod", Reason::kConflict);
  ASSERT_TRUE(foo.update(foo.pod(0)));
  EXPECT_EQ(foo.api.count("update Pod"), 2);
  EXPECT_THAT(foo.new_events(), ElementsAre("Normal SuccessfulUpdate"));
}

TEST(PetSetPodControl, PC13PC14ADeletionHasOneEventWhicheverWayItGoes) {
  Parts foo;
  foo.given_pod();
  foo.api.fail("delete Pod", Reason::kInternalError);
  EXPECT_FALSE(foo.run(foo.control().delete_pod(foo.set(), "foo-0")));
  EXPECT_THAT(foo.new_events(), ElementsAre("Warning FailedDelete"));
  ASSERT_TRUE(foo.run(foo.control().delete_pod(foo.set(), "foo-0")));
  EXPECT_THAT(foo.new_events(), ElementsAre("Normal SuccessfulDelete", "Warning FailedDelete"));
}

TEST(PetSetPodControl, PC16PC17ClaimsGetTheReferenceThatThePolicyAsksFor) {
  Parts foo(Retention::kDeleteWithSet);
  foo.own_claim(0, "", "", "");
  EXPECT_FALSE(foo.control().retention_matches(*foo.set(), *foo.fresh()));
  ASSERT_TRUE(foo.run(foo.control().update_claim_owners(foo.set(), foo.fresh())));
  EXPECT_TRUE(api::is_owned_by(foo.claim(0)->metadata, foo.set()->metadata.uid));
  EXPECT_TRUE(foo.control().retention_matches(*foo.set(), *foo.fresh()));
}

TEST(PetSetPodControl, PC18ToPC25AClaimIsStaleWhenItBelongsToAnEarlierPodOfTheName) {
  struct Row {
    std::vector<std::string> owners;  // of the first and second claim; "-": no claim; "": no owner
    std::string pod_uid;
    bool stale;
  };
  for (const Row& row : std::vector<Row>{{{"-", "-"}, "now", false},
                                         {{"-", ""}, "now", false},
                                         {{"now", "now"}, "now", false},
                                         {{"before", ""}, "now", true},
                                         {{"now", "before"}, "now", true},
                                         {{"now", ""}, "", true}}) {
    Parts foo(Retention::kDeleteScaled);
    foo.edit([](api::PetSetSpec& spec) {
      api::PersistentVolumeClaimTemplate second;
      second.metadata.name = "logdir";
      spec.volume_claim_templates.edit().push_back(second);
    });
    const std::vector<std::string> volumes{"datadir", "logdir"};
    for (size_t n = 0; n < volumes.size(); ++n) {
      if (row.owners[n] != "-") foo.own_claim(0, "Pod", "foo-0", row.owners[n], volumes[n]);
    }
    EXPECT_EQ(foo.control().is_stale(*foo.set(), 0, row.pod_uid), row.stale)
        << testing::PrintToString(row.owners);
  }
}

TEST(PetSetPodControl, PC26AReferenceThatThePolicyDoesNotWantIsRemoved) {
  Parts foo(Retention::kRetainBoth);
  foo.given_pod();
  foo.own_claim(0, "PetSet", "foo", foo.set()->metadata.uid);
  ASSERT_TRUE(foo.update(foo.pod(0)));
  EXPECT_THAT(*foo.claim(0)->metadata.owner_references, IsEmpty());
  EXPECT_THAT(foo.new_events(), ElementsAre("Normal SuccessfulUpdate"));
}

TEST(PetSetPodControl, PC28AReferenceThatThePolicyWantsIsAdded) {
  Parts foo(Retention::kDeleteWithSet);
  foo.given_pod();
  foo.own_claim(1, "", "", "");
  foo.api.put(foo.fresh(1));
  ASSERT_TRUE(foo.update(foo.fresh(1)));
  EXPECT_TRUE(api::is_owned_by(foo.claim(1)->metadata, foo.set()->metadata.uid));
  EXPECT_THAT(foo.new_events(), ElementsAre("Normal SuccessfulUpdate"));
}

TEST(PetSetPodControl, PC29AClaimThatIsNotSeenYetGetsItsReferenceLater) {
  Parts foo(Retention::kDeleteWithSet);
  foo.api.put(foo.fresh());
  ASSERT_TRUE(foo.update(foo.fresh()));
  EXPECT_THAT(foo.events(), IsEmpty());
  foo.own_claim(0, "", "", "");
  ASSERT_TRUE(foo.update(foo.fresh()));
  EXPECT_TRUE(api::is_owned_by(foo.claim(0)->metadata, foo.set()->metadata.uid));
  EXPECT_THAT(foo.events(), ElementsAre("Normal SuccessfulUpdate"));
}

// ---- The status.

api::PetSetStatus some_status() {
  api::PetSetStatus status;
  status.observed_generation = 3;
  status.replicas = 2;
  status.available_replicas = 3;
  return status;
}

TEST(PetSetStatusWrite, SU01SU02SU06TheStatusIsWrittenAsItIs) {
  ScriptedSet foo;
  ASSERT_TRUE(foo.run(foo.parts().write_status(foo.set(), some_status())));
  EXPECT_EQ(foo.status().replicas, 2);
  EXPECT_EQ(foo.status().observed_generation, 3);
  EXPECT_EQ(foo.status().available_replicas, 3);
}

TEST(PetSetStatusWrite, SU04AConflictIsTriedAgain) {
  ScriptedSet foo;
  foo.api.fail("update PetSet/status", Reason::kConflict);
  ASSERT_TRUE(foo.run(foo.parts().write_status(foo.set(), some_status())));
  EXPECT_EQ(foo.status().replicas, 2);
}

TEST(PetSetStatusWrite, SU05AfterFiveConflictsItIsAnError) {
  ScriptedSet foo;
  foo.api.fail("update PetSet/status", Reason::kConflict, 1, 100);
  EXPECT_TRUE(
      api::is(foo.run(foo.parts().write_status(foo.set(), some_status())), Reason::kConflict));
  EXPECT_EQ(foo.api.count("update PetSet/status"), 5);
}

// ---- Claiming pods.

struct Claims : ScriptedSet {
  std::shared_ptr<SetPodMemo> memo = std::make_shared<SetPodMemo>();
  void give(const std::string& name, const std::string& label, const std::string& owner,
            const std::string& namespace_ = "default", bool terminating = false) {
    auto pod = std::make_shared<api::Pod>();
    pod->metadata.name = name;
    pod->metadata.namespace_ = namespace_;
    pod->metadata.labels.edit()["foo"] = label;
    if (!owner.empty()) {
      pod->metadata.owner_references.edit().push_back(api::make_controller_ref(*set()));
      pod->metadata.owner_references.edit()[0].uid = owner;
    }
    if (terminating) pod->metadata.deletion_timestamp = api::Timestamp{1};
    api.put(pod);
  }
  std::vector<std::string> claim() {
    const auto claimed = run(parts().claim_pods(set(), memo));
    EXPECT_TRUE(claimed.ok());
    std::vector<std::string> names;
    if (!claimed) return names;
    for (const SetPod* pod : *claimed) names.push_back(pod->pod->metadata.name);
    std::sort(names.begin(), names.end());
    return names;
  }
  void start_deletion() {
    auto changed = api::copy(*set());
    changed->metadata.deletion_timestamp = api::Timestamp{1};
    api.put(changed);
  }
};

TEST(PetSetClaims, CR01CR08OrphansThatMatchInItsNamespaceAreAdoptedByOnePatch) {
  Claims foo;
  foo.give("foo-0", "bar", "");
  foo.give("foo-1", "other", "");
  foo.give("foo-2", "bar", "", "elsewhere");
  EXPECT_THAT(foo.claim(), ElementsAre("foo-0"));
  EXPECT_THAT(foo.api.log, ElementsAre("patch Pod foo-0"));
}

TEST(PetSetClaims, CR02ASetThatIsBeingDeletedAdoptsNothing) {
  Claims foo;
  foo.start_deletion();
  foo.give("foo-0", "bar", "");
  foo.give("foo-1", "bar", "");
  EXPECT_THAT(foo.claim(), IsEmpty());
  EXPECT_THAT(foo.api.log, IsEmpty());
}

TEST(PetSetClaims, CR04AnothersPodIsLeftAlone) {
  Claims foo;
  foo.give("foo-0", "bar", "another");
  EXPECT_THAT(foo.claim(), IsEmpty());
  EXPECT_THAT(foo.api.log, IsEmpty());
}

TEST(PetSetClaims, CR05CR10APodThatNoLongerMatchesIsReleasedByItsUid) {
  Claims foo;
  foo.give("foo-0", "other", "test");
  EXPECT_THAT(foo.claim(), IsEmpty());
  ASSERT_EQ(foo.api.sent.size(), 1U);
  EXPECT_EQ(foo.api.sent[0].patch_body.dump(),
            R"({"metadata":{"ownerReferences":[{"$patch":"delete","uid":"test"}],)"
            R"("uid":"foo-0-uid-1"}})");
}

TEST(PetSetClaims, CR06ATerminatingPodIsKeptButNotAdopted) {
  Claims foo;
  foo.give("foo-0", "bar", "test", "default", true);
  foo.give("foo-1", "bar", "", "default", true);
  EXPECT_THAT(foo.claim(), ElementsAre("foo-0"));
}

TEST(PetSetClaims, CR12UidsAreEscapedInPatches) {
  api::PetSet set;
  set.metadata.uid = "a\"b";
  api::Pod pod;
  pod.metadata.uid = "c\\d";
  EXPECT_EQ(release_patch(set, pod).dump(),
            R"({"metadata":{"ownerReferences":[{"$patch":"delete","uid":"a\"b"}],)"
            R"("uid":"c\\d"}})");
}

TEST(PetSetClaims, SC22SC24LabelsAndNameBothHaveToMatch) {
  Claims foo;
  foo.give("foo-1", "bar", "test");
  foo.give("foo-2", "bar", "");
  foo.give("foo-3", "other", "");
  foo.give("goo-4", "bar", "");
  EXPECT_THAT(foo.claim(), ElementsAre("foo-1", "foo-2"));
  Claims released;
  released.give("foo-1", "bar", "test");
  released.give("goo-2", "bar", "test");
  released.give("foo-3", "other", "test");
  released.give("goo-4", "bar", "");
  EXPECT_THAT(released.claim(), ElementsAre("foo-1"));
  EXPECT_EQ(released.api.count("patch Pod"), 2);
}

// ---- Claims of pods that the set does not have.

struct Strays : Claims {
  explicit Strays(Retention retention) {
    const Parts like(retention);
    edit([&](api::PetSetSpec& spec) {
      spec.replicas = 2;
      spec.pod_management_policy = api::PodManagementPolicy::kParallel;
      spec.persistent_volume_claim_retention_policy =
          like.set()->spec->persistent_volume_claim_retention_policy;
    });
  }
  bool set_owns(int32_t ordinal) const {
    return api::is_owned_by(claim_of(ordinal).metadata, "test");
  }
  size_t owners(int32_t ordinal) const {
    return claim_of(ordinal).metadata.owner_references->size();
  }
  const api::PersistentVolumeClaim& claim_of(int32_t ordinal) const {
    return *ScriptedSet::claim(ordinal);
  }
};

class StrayClaims : public testing::TestWithParam<Retention> {};
INSTANTIATE_TEST_SUITE_P(Policies, StrayClaims,
                         testing::Values(Retention::kRetainBoth, Retention::kDeleteWithSet,
                                         Retention::kDeleteBoth));

TEST_P(StrayClaims, SC25SC26SC28OnlyClaimsOfItsOwnPodsGetReferences) {
  // An orphan, a pod of another name, and a claim beyond the range that no pod of the set has.
  Strays foo(GetParam());
  foo.give("goo-2", "bar", "");
  auto stray = std::make_shared<api::PersistentVolumeClaim>();
  stray->metadata.name = "datadir-foo-2";
  stray->metadata.namespace_ = "default";
  foo.api.put(stray);
  for (int round = 0; round < 10; ++round) {
    ASSERT_TRUE(foo.sync());
    foo.make_ready();
  }
  const bool by_set = GetParam() != Retention::kRetainBoth;
  for (const int32_t ordinal : {0, 1}) {
    EXPECT_EQ(foo.set_owns(ordinal), by_set);
    EXPECT_EQ(foo.owners(ordinal), by_set ? 1U : 0U);
  }
  EXPECT_EQ(foo.owners(2), 0U);
}

class StaleClaims : public testing::TestWithParam<Retention> {};
INSTANTIATE_TEST_SUITE_P(Policies, StaleClaims,
                         testing::Values(Retention::kDeleteScaled, Retention::kDeleteBoth));

TEST_P(StaleClaims, SC29SC30AStaleClaimHoldsItsPodBackUntilItIsGone) {
  Parts foo(GetParam());
  ASSERT_TRUE(foo.drive_up());
  foo.scale(2);
  for (int round = 0; round < 3; ++round) ASSERT_TRUE(foo.sync());
  ASSERT_EQ(foo.ordinals().size(), 2U);
  const auto owners = *foo.claim(2)->metadata.owner_references;
  ASSERT_EQ(owners.size(), 1U);
  EXPECT_EQ(owners[0].kind, "Pod");
  foo.scale(3);
  for (int round = 0; round < 10; ++round) ASSERT_TRUE(foo.sync());
  EXPECT_EQ(foo.ordinals().size(), 2U);
  EXPECT_EQ(*foo.claim(2)->metadata.owner_references, owners);
  foo.collect_claims();
  ASSERT_TRUE(foo.drive_up());
  EXPECT_EQ(foo.ordinals().size(), 3U);
}

// ---- Names, identity and storage.

struct Names : testing::Test {
  const Parts foo;
  const api::PetSet set = *foo.set();
  std::shared_ptr<api::Pod> pod = foo.fresh(1);
};

TEST_F(Names, UT01UT02UT08NamesSayParentAndOrdinal) {
  EXPECT_EQ(identity_of("foo-1").parent, "foo");
  EXPECT_EQ(identity_of("foo-1").ordinal, 1);
  EXPECT_EQ(identity_of("1-bar").parent, "");
  EXPECT_EQ(identity_of("1-bar").ordinal, -1);
  api::PetSet other;
  other.metadata.name = "foo2";
  EXPECT_TRUE(is_member(set, *pod));
  EXPECT_FALSE(is_member(other, *pod));
}

TEST_F(Names, UT09UT10UT12UT18IdentityIsNameNamespaceAndNameLabel) {
  pod->metadata.namespace_ = "default";
  EXPECT_TRUE(identity_matches(set, *pod));
  api::Pod named = *pod;
  named.metadata.name = "goo-1";
  EXPECT_FALSE(identity_matches(set, named));
  api::Pod unlabelled = *pod;
  unlabelled.metadata.labels.edit().erase(std::string(api::kPodNameLabel));
  EXPECT_FALSE(identity_matches(set, unlabelled));
  api::Pod elsewhere = *pod;
  elsewhere.metadata.namespace_ = "";
  EXPECT_FALSE(identity_matches(set, elsewhere));
  restore_identity(set, elsewhere);
  EXPECT_TRUE(identity_matches(set, elsewhere));
}

TEST_F(Names, UT13UT14UT16UT17StorageIsAVolumePerTemplateWithThatClaim) {
  EXPECT_TRUE(storage_matches(set, *pod));
  api::Pod bare = *pod;
  bare.spec.edit().volumes.clear();
  EXPECT_FALSE(storage_matches(set, bare));
  api::Pod wrong = *pod;
  wrong.spec.edit().volumes[0].persistent_volume_claim->claim_name = "datadir-foo-2";
  EXPECT_FALSE(storage_matches(set, wrong));
  api::Pod unparsable = *pod;
  unparsable.metadata.name = "foo-x";
  EXPECT_FALSE(storage_matches(set, unparsable));
}

TEST_F(Names, UT20UT21UT22StorageIsRestored) {
  const auto restored = [&](const std::function<void(std::vector<api::Volume>&)>& damage) {
    api::Pod damaged = *pod;
    damage(damaged.spec.edit().volumes);
    restore_storage(set, damaged);
    return storage_matches(set, damaged);
  };
  EXPECT_TRUE(restored([](auto& volumes) { volumes.clear(); }));
  EXPECT_TRUE(restored([](auto& volumes) {
    volumes[0].persistent_volume_claim.reset();
    volumes[0].empty_dir.emplace();
  }));
  EXPECT_TRUE(
      restored([](auto& volumes) { volumes[0].persistent_volume_claim->claim_name = "other"; }));
}

TEST_F(Names, UT60UT61UT62ClaimLabelsAreTheTemplatesUnderTheSelectors) {
  api::PetSet labelled = set;
  const auto labels = [&] { return *make_claims(labelled, 0).at(0)->metadata.labels; };
  labelled.spec.edit().selector.reset();
  EXPECT_THAT(labels(), IsEmpty());
  labelled.spec.edit().selector = api::LabelSelector(api::StringMap{{"foo", "bar"}});
  EXPECT_THAT(labels(), ElementsAre(testing::Pair("foo", "bar")));
  labelled.spec.edit().volume_claim_templates.edit()[0].metadata.labels.edit()["own"] = "1";
  EXPECT_THAT(labels(), ElementsAre(testing::Pair("foo", "bar"), testing::Pair("own", "1")));
}

// ---- Who owns a claim.

struct OwnerRow {
  Retention retention;
  int32_t ordinal;  // 3 is out of range
  bool set_owns;
  bool pod_owns;
};

class ClaimOwners : public testing::TestWithParam<OwnerRow> {};
INSTANTIATE_TEST_SUITE_P(
    Policies, ClaimOwners,
    testing::Values(OwnerRow{Retention::kRetainBoth, 0, false, false},    // UT25
                    OwnerRow{Retention::kRetainBoth, 3, false, false},    // UT25
                    OwnerRow{Retention::kDeleteWithSet, 0, true, false},  // UT26, UT32
                    OwnerRow{Retention::kDeleteWithSet, 3, true, false},  // UT26, UT32
                    OwnerRow{Retention::kDeleteScaled, 0, false, false},  // UT28, UT33
                    OwnerRow{Retention::kDeleteScaled, 3, false, true},   // UT34
                    OwnerRow{Retention::kDeleteBoth, 3, false, true},     // UT29, UT36
                    OwnerRow{Retention::kDeleteBoth, 0, true, false}));   // UT30

TEST_P(ClaimOwners, UT25ToUT36AreWhatThePolicySaysWhateverTheyWereAndOthersStay) {
  const OwnerRow& row = GetParam();
  for (int before = 0; before < 8; ++before) {
    Parts foo(row.retention);
    const std::shared_ptr<api::Pod> pod = foo.fresh(row.ordinal);
    pod->metadata.uid = "pod-uid";
    foo.own_claim(row.ordinal, "", "", "");
    if ((before & 1) != 0) foo.own_claim(row.ordinal, "PetSet", "foo", "test");
    if ((before & 2) != 0) foo.own_claim(row.ordinal, "Pod", pod->metadata.name, "pod-uid");
    if ((before & 4) != 0) foo.own_claim(row.ordinal, "Pod", "unrelated", "unrelated");
    auto claim = api::copy(*foo.claim(row.ordinal));
    const bool matches =
        (before & 1) == (row.set_owns ? 1 : 0) && (before & 2) == (row.pod_owns ? 2 : 0);
    EXPECT_EQ(claim_owners_match(*foo.set(), *pod, *claim), matches) << before;
    EXPECT_EQ(set_claim_owners(*foo.set(), *pod, *claim), !matches) << before;
    EXPECT_EQ(api::is_owned_by(claim->metadata, "test"), row.set_owns) << before;
    EXPECT_EQ(api::is_owned_by(claim->metadata, "pod-uid"), row.pod_owns) << before;
    EXPECT_EQ(api::is_owned_by(claim->metadata, "unrelated"), (before & 4) != 0) << before;
  }
}

TEST(ClaimOwnerRows, UT24UT37UT38UT40UT41OwnersAreKnownByUidAndStaleByName) {
  Parts foo(Retention::kDeleteScaled);
  EXPECT_TRUE(deletes_claims_on_scale_down(*foo.set()));
  EXPECT_FALSE(deletes_claims_with_set(*foo.set()));
  foo.own_claim(0, "Pod", "foo-0", "uid");
  const auto claim = foo.claim(0);
  EXPECT_TRUE(api::is_owned_by(claim->metadata, "uid"));
  EXPECT_FALSE(api::is_owned_by(claim->metadata, "other"));
  EXPECT_TRUE(has_stale_owner(*claim, "foo-0", "other"));
  EXPECT_FALSE(has_stale_owner(*claim, "foo-0", "uid"));
  EXPECT_FALSE(has_stale_owner(*claim, "foo-1", "other"));
}

TEST(ClaimOwnerRows, UT42UT44UT45UT46UT48ReferencesAreAppendedAndRemovedOneByOne) {
  Parts foo(Retention::kDeleteWithSet);
  foo.own_claim(0, "Pod", "first", "first");
  auto claim = api::copy(*foo.claim(0));
  const auto uids = [&] {
    std::vector<std::string> all;
    for (const auto& owner : *claim->metadata.owner_references) all.push_back(owner.uid);
    return all;
  };
  EXPECT_TRUE(set_claim_owners(*foo.set(), *foo.fresh(), *claim));
  EXPECT_THAT(uids(), ElementsAre("first", "test"));
  EXPECT_FALSE(set_claim_owners(*foo.set(), *foo.fresh(), *claim));
  Parts retaining(Retention::kRetainBoth);
  EXPECT_TRUE(set_claim_owners(*retaining.set(), *foo.fresh(), *claim));
  EXPECT_THAT(uids(), ElementsAre("first"));
  EXPECT_FALSE(set_claim_owners(*retaining.set(), *foo.fresh(), *claim));
}

// ---- Phases and order.

SetPod seen(const Parts& foo, api::PodPhase phase, std::optional<bool> ready, sim::Duration since) {
  std::shared_ptr<api::Pod> pod = foo.fresh();
  pod->status.edit().phase = phase;
  if (ready) {
    api::PodCondition condition;
    condition.type = api::kPodReady;
    condition.status = *ready ? api::ConditionStatus::kTrue : api::ConditionStatus::kFalse;
    condition.last_transition_time = api::ClusterTime::at(foo.simulation.now() - since);
    pod->status.edit().conditions.edit().push_back(condition);
  }
  return look_at(*foo.set(), pod);
}

TEST(PodPhases, UT49UT50UT64UT65UT66ReadyAndAvailableAreTwoThings) {
  const Parts foo;
  const sim::Time now = foo.simulation.now();
  EXPECT_FALSE(seen(foo, api::PodPhase::kUnset, std::nullopt, 0s).running_and_ready());
  EXPECT_FALSE(seen(foo, api::PodPhase::kRunning, std::nullopt, 0s).running_and_ready());
  EXPECT_FALSE(seen(foo, api::PodPhase::kRunning, false, 0s).available(0, now));
  EXPECT_FALSE(seen(foo, api::PodPhase::kRunning, true, 0s).available(1, now));
  EXPECT_TRUE(seen(foo, api::PodPhase::kRunning, true, 0s).available(0, now));
}

TEST(PodPhases, UT68OnlyFailedAndSucceededAreTerminal) {
  const Parts foo;
  for (const auto phase : {api::PodPhase::kFailed, api::PodPhase::kSucceeded})
    EXPECT_TRUE(seen(foo, phase, std::nullopt, 0s).terminal());
  for (const auto phase : {api::PodPhase::kUnset, api::PodPhase::kPending, api::PodPhase::kRunning,
                           api::PodPhase::kUnknown})
    EXPECT_FALSE(seen(foo, phase, std::nullopt, 0s).terminal());
}

TEST(PodPhases, UT52PodsStandInTheOrderOfTheirOrdinalsNotOfTheirNames) {
  ScriptedSet foo(api::PodManagementPolicy::kParallel, Retention::kUnset, 12);
  ASSERT_TRUE(foo.drive_up());
  foo.scale(0);
  foo.api.log.clear();
  ASSERT_TRUE(foo.sync());
  EXPECT_EQ(foo.api.log.at(0), "delete Pod foo-11");
  EXPECT_EQ(foo.api.count("delete Pod"), 12);
}

TEST(RevisionRows, UT56UT57UT58ARevisionGivesTheTemplateBackWhole) {
  Parts foo;
  auto annotated = api::copy(*foo.set());
  annotated->metadata.annotations.edit()["note"] = "kept";
  const auto before = new_revision(*annotated, revision_data(*annotated->spec->template_), 1, 0);
  EXPECT_EQ(before->metadata.annotations->at("note"), "kept");  // UT57
  foo.edit([](api::PetSetSpec& spec) {
    spec.template_.edit().spec.containers[0].env.emplace_back().name = "ADDED";
  });
  const auto restored = template_of(*before);
  ASSERT_NE(restored, nullptr);
  EXPECT_THAT(restored->spec.containers[0].env, IsEmpty());  // UT58: all of it is replaced
  EXPECT_EQ(revision_data(*restored), before->data->bytes);  // UT56
}

}  // namespace
}  // namespace sdbtwin::cluster
