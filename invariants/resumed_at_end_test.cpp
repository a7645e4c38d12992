// Goal: whatever becomes of a request, it does not keep the database.
// Method: requests that end or are deleted while the pause or a stamp of theirs is still there.
#include "invariants/checker_fixture.h"

namespace sdbtwin::invariants {
namespace {

class ResumedAtEndTest : public CheckerTest {
 protected:
  void begin() {
    make_database("8.7.21");
    request(api::OpsRequestType::kRestart, api::OpsRequestPhase::kProgressing);
    pause("uid-1");
    stamp("sdb-leaf", "uid-1");
  }
};

TEST_F(ResumedAtEndTest, LetGoAndThenEndIsFine) {
  begin();
  stamp("sdb-leaf", "");
  resume();
  request(api::OpsRequestType::kRestart, api::OpsRequestPhase::kSuccessful);
  expect_holds();
}

TEST_F(ResumedAtEndTest, EndingWhilePausedViolates) {
  begin();
  stamp("sdb-leaf", "");
  request(api::OpsRequestType::kRestart, api::OpsRequestPhase::kFailed);
  expect_violates("resumed-at-end");
}

TEST_F(ResumedAtEndTest, EndingWhileFencedViolates) {
  begin();
  resume();
  request(api::OpsRequestType::kRestart, api::OpsRequestPhase::kSuccessful);
  expect_violates("resumed-at-end");
}

TEST_F(ResumedAtEndTest, AnothersPauseIsNotItsBusiness) {
  make_database("8.7.21");
  pause("somebody-else");
  request(api::OpsRequestType::kRestart, api::OpsRequestPhase::kFailed);
  expect_holds();
}

TEST_F(ResumedAtEndTest, ADeletedRequestIsGivenTimeToLetGo) {
  begin();
  remove("user", {api::Kind::kSinglestoreOpsRequest, "demo", "request"});
  pass(5s);
  stamp("sdb-leaf", "");
  resume();
  expect_holds();
}

TEST_F(ResumedAtEndTest, ADeletedRequestThatNeverLetsGoViolates) {
  begin();
  remove("user", {api::Kind::kSinglestoreOpsRequest, "demo", "request"});
  pass(10min);
  expect_violates("resumed-at-end");
}

}  // namespace
}  // namespace sdbtwin::invariants
