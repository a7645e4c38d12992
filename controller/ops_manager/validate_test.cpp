#include "controller/ops_manager/validate.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "controller/ops_manager/skipper.h"

namespace sdbtwin::ops_manager {
namespace {

Versions catalogue() {
  struct Entry {
    const char* name;
    const char* allow;
    bool deprecated;
  };
  Versions versions;
  for (const Entry& entry :
       {Entry{"8.5.30", ">= 8.5.30, <= 8.9.3", false},
        Entry{"8.7.10", ">= 8.7.10, <= 8.9.3", false},
        Entry{"8.7.21", ">= 8.7.21, <= 8.9.3", false}, Entry{"8.8.0", ">= 8.8.0, <= 8.9.3", true},
        Entry{"8.9.3", "8.9.3", false}}) {
    auto version = std::make_shared<api::SinglestoreVersion>();
    version->metadata.name = entry.name;
    version->spec.edit().version = entry.name;
    version->spec.edit().deprecated = entry.deprecated;
    version->spec.edit().update_constraints.allowlist = {entry.allow};
    versions.push_back(std::move(version));
  }
  return versions;
}

api::Singlestore database(std::string version) {
  api::Singlestore object;
  object.metadata.name = "sdb";
  object.metadata.namespace_ = "demo";
  object.spec.edit().version = std::move(version);
  return object;
}

api::SinglestoreOpsRequest update_to(std::string target) {
  api::SinglestoreOpsRequest request;
  request.metadata.name = "update";
  request.metadata.namespace_ = "demo";
  request.spec.edit().type = api::OpsRequestType::kUpdateVersion;
  request.spec.edit().database_ref.name = "sdb";
  request.spec.edit().update_version.emplace().target_version = std::move(target);
  return request;
}

struct UpgradeCase {
  const char* from;
  const char* to;
  const char* problem;  // "": allowed
};

// Goal: KubeDB's rules for UpdateVersion (reference/kubedb.md 5). Method: a table over a catalogue
// like KubeDB's; same version is allowed, downgrades follow from the lists.
TEST(ValidateUpdateVersion, FollowsTheCatalogue) {
  const std::vector<UpgradeCase> cases{
      {"8.7.21", "8.9.3", ""},
      {"8.9.3", "8.9.3", ""},
      {"8.9.3", "8.7.21", "upgrade from version 8.9.3 to 8.7.21 is not supported"},
      {"8.7.21", "8.7.10", "upgrade from version 8.7.21 to 8.7.10 is not supported"},
      {"8.7.21", "8.8.0", "SinglestoreVersion 8.8.0 is deprecated"},
      {"8.7.21", "9.9.9", "SinglestoreVersion 9.9.9 does not exist"},
      {"1.0.0", "8.9.3", "SinglestoreVersion 1.0.0 of the database does not exist"},
  };
  for (const UpgradeCase& one : cases) {
    const auto db = database(one.from);
    const auto verdict = validate_ops_request(update_to(one.to), &db, catalogue());
    EXPECT_EQ(verdict.ok(), one.problem[0] == '\0') << one.from << " to " << one.to;
    if (!verdict.ok()) {
      EXPECT_EQ(verdict.error().reason, api::Reason::kInvalid);
      EXPECT_NE(verdict.error().message.find(one.problem), std::string::npos)
          << verdict.error().message;
    }
  }
}

// Goal: a constraint that cannot be parsed refuses, and a denylist wins. Method: both, one by one.
TEST(ValidateUpdateVersion, RefusesOnBrokenConstraintsAndDenylists) {
  Versions versions = catalogue();
  auto broken = api::copy(*versions[2]);
  broken->spec.edit().update_constraints.allowlist = {"newer"};
  versions[2] = broken;
  EXPECT_EQ(upgrade_problem("8.7.21", "8.9.3", versions),
            "the update constraints of version 8.7.21 cannot be parsed");
  auto denying = api::copy(*catalogue()[2]);
  denying->spec.edit().update_constraints.denylist = {"= 8.9.3"};
  versions[2] = denying;
  EXPECT_EQ(upgrade_problem("8.7.21", "8.9.3", versions),
            "upgrade from version 8.7.21 to 8.9.3 is not supported");
}

// Goal: without the database nothing starts; a Restart needs nothing else. Method: with and
// without.
TEST(ValidateOpsRequest, NeedsItsDatabase) {
  api::SinglestoreOpsRequest restart = update_to("");
  restart.spec.edit().type = api::OpsRequestType::kRestart;
  restart.spec.edit().update_version.reset();
  const auto db = database("8.9.3");
  EXPECT_TRUE(validate_ops_request(restart, &db, {}).ok());
  EXPECT_FALSE(validate_ops_request(restart, nullptr, {}).ok());
  restart.spec.edit().timeout = "soon";
  EXPECT_FALSE(validate_ops_request(restart, &db, {}).ok());
}

// Goal: the spec is for ever, the rest is not. Method: change the target, then the status.
TEST(ValidateOpsUpdate, ForbidsAnyChangeOfTheSpec) {
  const auto before = update_to("8.9.3");
  EXPECT_FALSE(validate_ops_update(before, update_to("8.7.21")).ok());
  auto after = before;
  after.status.edit().phase = api::OpsRequestPhase::kProgressing;
  EXPECT_TRUE(validate_ops_update(before, after).ok());
}

// ---- Whose turn it is

Requests requests(std::initializer_list<api::SinglestoreOpsRequest> list) {
  Requests all;
  for (const auto& one : list) all.push_back(std::make_shared<api::SinglestoreOpsRequest>(one));
  return all;
}

api::SinglestoreOpsRequest request(std::string name, api::OpsRequestType type, std::int64_t created,
                                   api::OpsRequestPhase phase = api::OpsRequestPhase::kPending) {
  api::SinglestoreOpsRequest object = update_to("8.9.3");
  object.metadata.name = name;
  object.metadata.uid = "uid-" + name;
  object.metadata.creation_timestamp = api::Timestamp{created};
  object.spec.edit().type = type;
  object.status.edit().phase = phase;
  return object;
}

constexpr auto kFirst = api::OpsRequestType::kUpdateVersion;
constexpr auto kAgain = api::OpsRequestType::kRestart;

// Goal: while one is under way the others wait. Method: a newer request against a Progressing one,
// and against one of another database.
TEST(WhoseTurn, WaitsForARequestThatHasBegun) {
  const auto mine = request("b", kFirst, 20);
  const auto busy = request("a", kAgain, 10, api::OpsRequestPhase::kProgressing);
  const auto decision = whose_turn(mine, requests({busy, mine}));
  EXPECT_EQ(decision.turn, Turn::kWait);
  EXPECT_TRUE(decision.because_progressing);
  auto elsewhere = busy;
  elsewhere.spec.edit().database_ref.name = "other";
  EXPECT_EQ(whose_turn(mine, requests({elsewhere, mine})).turn, Turn::kMine);
}

// Goal: of one type only the newest is carried out; KubeDB's words say so. Method: two of a type,
// by time, and of one second by name.
TEST(WhoseTurn, SkipsAllButTheNewestOfAType) {
  const auto older = request("a", kFirst, 10);
  const auto newer = request("b", kFirst, 20);
  const auto decision = whose_turn(older, requests({older, newer}));
  EXPECT_EQ(decision.turn, Turn::kSkip);
  EXPECT_EQ(decision.because,
            "skipped as demo/b is the most updated SinglestoreOpsRequest of type UpdateVersion at "
            "1970-01-01T00:00:20Z");
  EXPECT_EQ(whose_turn(newer, requests({older, newer})).turn, Turn::kMine);
  // Sorted by name descending, the last is kept.
  const auto same_second = request("a", kFirst, 20);
  EXPECT_EQ(whose_turn(newer, requests({same_second, newer})).turn, Turn::kSkip);
}

// Goal: across types the oldest survivor goes first. Method: an older Restart, then one that is
// itself replaced by a newer Restart.
TEST(WhoseTurn, LetsTheOldestSurvivorOfTheTypesGoFirst) {
  const auto mine = request("u", kFirst, 20);
  const auto older = request("r", kAgain, 10);
  const auto newer = request("s", kAgain, 30);
  EXPECT_EQ(whose_turn(mine, requests({mine, older})).turn, Turn::kWait);
  EXPECT_EQ(whose_turn(mine, requests({mine, older, newer})).turn, Turn::kMine);
  EXPECT_EQ(whose_turn(newer, requests({mine, older, newer})).turn, Turn::kWait);
}

}  // namespace
}  // namespace sdbtwin::ops_manager
