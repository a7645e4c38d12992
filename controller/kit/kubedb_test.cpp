#include "controller/kit/kubedb.h"

#include <gtest/gtest.h>

#include <memory>

namespace sdbtwin::kit {
namespace {

api::Singlestore cluster() {
  api::Singlestore database;
  database.metadata.name = "sample-sdb";
  database.metadata.namespace_ = "demo";
  api::SinglestoreTopology topology;
  topology.aggregator.emplace();
  topology.leaf.emplace();
  database.spec.edit().topology = topology;
  return database;
}

// Goal: the names that a user types in kubectl. Method: the table of reference/kubedb.md 2.1.
TEST(KubeDbNames, AreThoseOfTheReferenceTable) {
  const api::Singlestore database = cluster();
  EXPECT_EQ(petset_name(database, Role::kAggregator), "sample-sdb-aggregator");
  EXPECT_EQ(petset_name(database, Role::kLeaf), "sample-sdb-leaf");
  EXPECT_EQ(governing_service_name("sample-sdb"), "sample-sdb-pods");
  EXPECT_EQ(auth_secret_name(database), "sample-sdb-auth");
  EXPECT_EQ(claim_name("sample-sdb-leaf-0"), "data-sample-sdb-leaf-0");
  EXPECT_EQ(default_master_host(database), "sample-sdb-aggregator-0.sample-sdb-pods.demo.svc");
  EXPECT_EQ(service_host(database), "sample-sdb.demo.svc");
}

// Goal: a suffix goes between the database's name and the role. Method: one suffix.
TEST(KubeDbNames, PutTheSuffixBeforeTheRole) {
  api::Singlestore database = cluster();
  database.spec.edit().topology->leaf->suffix = "fast";
  EXPECT_EQ(petset_name(database, Role::kLeaf), "sample-sdb-fast-leaf");
}

// Goal: without a topology there is one PetSet with the database's own name. Method: none given.
TEST(KubeDbNames, OfAStandaloneAreTheDatabasesOwn) {
  api::Singlestore database;
  database.metadata.name = "solo";
  database.metadata.namespace_ = "demo";
  EXPECT_EQ(roles_of(database), std::vector<Role>{Role::kStandalone});
  EXPECT_EQ(petset_name(database, Role::kStandalone), "solo");
  EXPECT_EQ(replicas_of(database, Role::kStandalone), 1);
  EXPECT_EQ(default_master_host(database), "solo-0.solo-pods.demo.svc");
}

// Goal: KubeDB's default sizes. Method: a topology without replicas, then with.
TEST(KubeDbDefaults, AreThreeAggregatorsAndTwoLeaves) {
  api::Singlestore database = cluster();
  EXPECT_EQ(replicas_of(database, Role::kAggregator), 3);
  EXPECT_EQ(replicas_of(database, Role::kLeaf), 2);
  database.spec.edit().topology->leaf->replicas = 5;
  EXPECT_EQ(replicas_of(database, Role::kLeaf), 5);
}

// Goal: a user's labels travel, except those that would be taken for KubeDB's. Method: both kinds.
TEST(KubeDbLabels, CarryTheUsersButNotThoseWithThePrefix) {
  api::Singlestore database = cluster();
  database.metadata.labels.edit() = {{"team", "payments"}, {"kubedb.com/role", "fake"}};
  const api::StringMap labels = offshoot_labels(database);
  EXPECT_EQ(labels.at("team"), "payments");
  EXPECT_FALSE(labels.contains("kubedb.com/role"));
  EXPECT_EQ(labels.at("app.kubernetes.io/instance"), "sample-sdb");
  EXPECT_EQ(labels.at("app.kubernetes.io/component"), "database");
  EXPECT_EQ(petset_selector("sample-sdb", Role::kLeaf).at("kubedb.com/petset"), "leaf");
}

// Goal: the pause says whose it is, and somebody else's pause is not taken for ours. Method: round
// trip, and the text that KubeDB's command line tool writes.
TEST(PauseMarker, NamesItsRequestAndNobodyElses) {
  const PauseOwner owner{.request = "update", .uid = "u-1"};
  const std::string message = pause_message("demo", owner);
  EXPECT_EQ(message, "paused by SinglestoreOpsRequest: demo/update; RequestUID:u-1");
  EXPECT_EQ(parse_pause_message(message), owner);
  EXPECT_EQ(parse_pause_message("Paused by KubeDB CLI tool"), std::nullopt);
}

}  // namespace
}  // namespace sdbtwin::kit
