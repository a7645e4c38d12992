#include "controller/kit/edit.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "model/api/core.h"
#include "model/api/errors.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::kit {
namespace {

// One ConfigMap; before each of the first `rivals` updates somebody else writes it.
class ContendedClient final : public api::Client {
 public:
  explicit ContendedClient(int rivals) : rivals_(rivals) {
    object_.metadata.name = "x";
    object_.metadata.resource_version = 1;
  }

  sim::Task<api::Result<api::Response>> call(api::Request request) override {
    if (request.verb == api::Verb::kUpdate) {
      ++updates;
      if (rivals_ > 0) {
        --rivals_;
        object_.data.edit()["rival"] += "+";
        ++object_.metadata.resource_version;
      }
      if (request.object->metadata.resource_version != object_.metadata.resource_version) {
        co_return api::errors::modified({"", "configmaps"}, "x");
      }
      object_ = *api::as<api::ConfigMap>(request.object);
      ++object_.metadata.resource_version;
    }
    api::Response response;
    response.object = std::make_shared<api::ConfigMap>(object_);
    co_return response;
  }
  sim::Task<api::Result<std::unique_ptr<api::WatchStream>>> watch(api::WatchRequest) override {
    co_return api::errors::internal_error("no watch here");
  }

  int updates = 0;

 private:
  api::ConfigMap object_;
  int rivals_;
};

using Answer = std::optional<api::Result<Edited<api::ConfigMap>>>;

Answer add_ours(ContendedClient& client) {
  Answer answer;
  sim::Simulation simulation(1);
  auto run = [](ContendedClient& target, Answer& out) -> sim::Task<void> {
    auto change = [](api::ConfigMap& map) {
      return map.data.edit().try_emplace("ours", "1").second;
    };
    const api::ObjectKey key("demo", "x");
    out = co_await edit<api::ConfigMap>(target, key, Part::kObject, change);
  };
  sim::Process& process = simulation.add_process("p", [&](sim::Runtime& runtime) {
    runtime.spawn(run(client, answer));
    return std::unique_ptr<sim::Actor>();
  });
  process.start();
  simulation.run_until(sim::Time(std::chrono::seconds(1)));
  return answer;
}

// Goal: a retried write keeps what others wrote meanwhile. Method: three rivals, one after the
// other.
TEST(Edit, RecomputesFromAFreshReadAfterAConflict) {
  ContendedClient client(3);
  const Answer answer = add_ours(client);
  ASSERT_TRUE(answer && answer->ok());
  EXPECT_TRUE((*answer)->changed);
  EXPECT_EQ((*answer)->object->data->at("ours"), "1");
  EXPECT_EQ((*answer)->object->data->at("rival"), "+++");
  EXPECT_EQ(client.updates, 4);
}

// Goal: it does not fight for ever, and writes nothing when nothing is left. Method: endless
// rivals; then the same change twice.
TEST(Edit, GivesUpAfterItsAttemptsAndWritesNoChangeTwice) {
  ContendedClient storm(1'000);
  const Answer lost = add_ours(storm);
  ASSERT_TRUE(lost);
  EXPECT_TRUE(api::is(*lost, api::Reason::kConflict));
  EXPECT_EQ(storm.updates, kEditAttempts);

  ContendedClient calm(0);
  EXPECT_TRUE((*add_ours(calm))->changed);
  EXPECT_FALSE((*add_ours(calm))->changed);
  EXPECT_EQ(calm.updates, 1);
}

}  // namespace
}  // namespace sdbtwin::kit
