// Goal: names, identity, storage and claims of a set's pods (kubernetes.md 1.7; UT rows of section
// 2). Method: literal objects.
#include "model/cluster/petset/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/cluster/petset/claim_retention.h"

namespace sdbtwin::cluster {
namespace {

using testing::ElementsAre;
using testing::Pair;

class PetSetIdentity : public testing::Test {
 protected:
  PetSetIdentity() {
    set.metadata.name = "web";
    set.metadata.namespace_ = "demo";
    set.metadata.uid = "set-uid";
    set.metadata.labels.edit()["not"] = "copied";
    api::PetSetSpec& spec = set.spec.edit();
    spec.replicas = 2;
    spec.service_name = "web-pods";
    spec.selector = api::LabelSelector(api::StringMap{{"app", "web"}});
    spec.template_.edit().metadata.labels = api::StringMap{{"app", "web"}, {"tier", "db"}};
    api::Volume scripts;
    scripts.name = "scripts";
    scripts.empty_dir.emplace();
    spec.template_.edit().spec.volumes.push_back(scripts);
    api::PersistentVolumeClaimTemplate claim;
    claim.metadata.name = "data";
    claim.metadata.labels = api::StringMap{{"kind", "disk"}};
    claim.spec.access_modes = {"ReadWriteOnce"};
    spec.volume_claim_templates.edit().push_back(claim);
  }

  std::shared_ptr<api::Pod> pod(int32_t ordinal) const {
    return make_pod(set, *set.spec->template_, "web-123", ordinal);
  }
  void retain(api::ClaimRetention scaled, api::ClaimRetention deleted) {
    auto& policy = set.spec.edit().persistent_volume_claim_retention_policy.emplace();
    policy.when_scaled = scaled;
    policy.when_deleted = deleted;
  }

  api::PetSet set;
};

TEST_F(PetSetIdentity, NamesGiveParentAndOrdinal) {
  EXPECT_EQ(identity_of("foo-1").parent, "foo");
  EXPECT_EQ(identity_of("foo-1").ordinal, 1);
  EXPECT_EQ(identity_of("my-set-20").parent, "my-set");
  EXPECT_EQ(identity_of("1-bar").parent, "");
  EXPECT_EQ(identity_of("1-bar").ordinal, -1);
  EXPECT_EQ(identity_of("foo").ordinal, -1);
  EXPECT_EQ(identity_of("foo-99999999999").ordinal, -1);
}

TEST_F(PetSetIdentity, APodHasTheNameLabelsAndOwnerThatItsOrdinalGivesIt) {
  const auto made = pod(1);
  EXPECT_EQ(made->metadata.name, "web-1");
  EXPECT_EQ(made->metadata.generate_name, "web-");  // changes the text of a 409 (4.3)
  EXPECT_EQ(made->metadata.namespace_, "demo");
  EXPECT_EQ(made->spec->hostname, "web-1");
  EXPECT_EQ(made->spec->subdomain, "web-pods");
  EXPECT_THAT(*made->metadata.labels,
              ElementsAre(Pair("app", "web"), Pair("apps.kubernetes.io/pod-index", "1"),
                          Pair("controller-revision-hash", "web-123"),
                          Pair("statefulset.kubernetes.io/pod-name", "web-1"), Pair("tier", "db")));
  ASSERT_EQ(made->metadata.owner_references->size(), 1U);
  const api::OwnerReference& owner = made->metadata.owner_references->front();
  EXPECT_EQ(owner.api_version, "apps.k8s.appscode.com/v1");
  EXPECT_EQ(owner.kind, "PetSet");
  EXPECT_EQ(owner.uid, "set-uid");
  EXPECT_TRUE(owner.controller.value_or(false));
  EXPECT_TRUE(owner.block_owner_deletion.value_or(false));
}

TEST_F(PetSetIdentity, ClaimVolumesComeFirstAndTheTemplatesOwnFollow) {
  const auto made = pod(1);
  ASSERT_EQ(made->spec->volumes.size(), 2U);
  EXPECT_EQ(made->spec->volumes[0].name, "data");
  EXPECT_EQ(made->spec->volumes[0].persistent_volume_claim->claim_name, "data-web-1");
  EXPECT_EQ(made->spec->volumes[1].name, "scripts");
}

TEST_F(PetSetIdentity, ClaimsTakeTheSelectorsLabelsNotThePods) {
  const auto claims = make_claims(set, 1);
  ASSERT_EQ(claims.size(), 1U);
  EXPECT_EQ(claims[0]->metadata.name, "data-web-1");
  EXPECT_THAT(*claims[0]->metadata.labels, ElementsAre(Pair("app", "web"), Pair("kind", "disk")));
  EXPECT_TRUE(claims[0]->metadata.owner_references->empty());
}

TEST_F(PetSetIdentity, AFreshPodMatchesAndADamagedOneIsRepaired) {
  const auto made = pod(1);
  EXPECT_TRUE(identity_matches(set, *made));
  EXPECT_TRUE(storage_matches(set, *made));
  made->metadata.labels.edit().erase(std::string(api::kPodNameLabel));
  made->spec.edit().volumes[0].persistent_volume_claim->claim_name = "other";
  EXPECT_FALSE(identity_matches(set, *made));
  EXPECT_FALSE(storage_matches(set, *made));
  restore_identity(set, *made);
  restore_storage(set, *made);
  EXPECT_TRUE(identity_matches(set, *made));
  EXPECT_TRUE(storage_matches(set, *made));
}

TEST_F(PetSetIdentity, AnotherSetsPodDoesNotMatch) {
  const auto made = pod(1);
  made->metadata.name = "goo-1";
  EXPECT_FALSE(identity_matches(set, *made));
  EXPECT_FALSE(is_member(set, *made));
}

TEST_F(PetSetIdentity, RetentionDecidesWhoOwnsAClaim) {
  // UT25-UT36: in range (ordinal 1) and condemned (ordinal 5), for each policy.
  const auto kept = pod(1);
  const auto condemned = pod(5);
  kept->metadata.uid = "kept-uid";
  condemned->metadata.uid = "condemned-uid";
  constexpr auto kRetain = api::ClaimRetention::kRetain;
  constexpr auto kDelete = api::ClaimRetention::kDelete;
  struct Row {
    api::ClaimRetention scaled, deleted;
    const api::Pod& pod;
    bool by_set, by_pod;
  };
  for (const Row& row : std::vector<Row>{{kRetain, kRetain, *kept, false, false},
                                         {kRetain, kRetain, *condemned, false, false},
                                         {kRetain, kDelete, *kept, true, false},
                                         {kRetain, kDelete, *condemned, true, false},
                                         {kDelete, kRetain, *kept, false, false},
                                         {kDelete, kRetain, *condemned, false, true},
                                         {kDelete, kDelete, *kept, true, false},
                                         {kDelete, kDelete, *condemned, false, true}}) {
    retain(row.scaled, row.deleted);
    api::PersistentVolumeClaim claim;
    EXPECT_EQ(claim_owners_match(set, row.pod, claim), !row.by_set && !row.by_pod);
    EXPECT_EQ(set_claim_owners(set, row.pod, claim), row.by_set || row.by_pod);
    EXPECT_EQ(api::is_owned_by(claim.metadata, "set-uid"), row.by_set);
    EXPECT_EQ(api::is_owned_by(claim.metadata, row.pod.metadata.uid), row.by_pod);
    EXPECT_TRUE(claim_owners_match(set, row.pod, claim));
    EXPECT_FALSE(set_claim_owners(set, row.pod, claim));
  }
}

TEST_F(PetSetIdentity, AClaimNamesTheSetByAResourceThatDoesNotExist) {
  // 1.9: apiVersion apps/v1 with kind PetSet, as the real controller writes it.
  retain(api::ClaimRetention::kRetain, api::ClaimRetention::kDelete);
  api::PersistentVolumeClaim claim;
  set_claim_owners(set, *pod(0), claim);
  ASSERT_EQ(claim.metadata.owner_references->size(), 1U);
  EXPECT_EQ(claim.metadata.owner_references->front().api_version, "apps/v1");
  EXPECT_FALSE(claim.metadata.owner_references->front().controller.has_value());
}

TEST_F(PetSetIdentity, AnOwnerOfTheSameNameWithAnotherUidIsStale) {
  api::PersistentVolumeClaim claim;
  api::OwnerReference owner;
  owner.name = "web-1";
  owner.uid = "old";
  claim.metadata.owner_references.edit().push_back(owner);
  EXPECT_TRUE(has_stale_owner(claim, "web-1", "new"));
  EXPECT_FALSE(has_stale_owner(claim, "web-1", "old"));
  EXPECT_TRUE(has_stale_owner(claim, "web-1", ""));  // the pod has no uid yet
  EXPECT_FALSE(has_stale_owner(claim, "web-2", "new"));
}

}  // namespace
}  // namespace sdbtwin::cluster
