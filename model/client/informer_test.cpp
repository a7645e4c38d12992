// The reflector's rules (kubernetes.md 5.1) against a client that answers what the test says. How
// informers do against the real store is in model/cluster/server/informer_property_test.cpp.
#include "model/client/informer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/api/core.h"
#include "model/api/errors.h"
#include "model/client/rest_client.h"
#include "sim/core/channel.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::client {
namespace {

using namespace std::chrono_literals;
using api::WatchEvent;
using api::WatchEventType;
using sim::Duration;
using sim::Task;
using testing::ElementsAre;

api::ObjectPtr make(const std::string& name, std::uint64_t version, const std::string& uid = "u1") {
  auto map = std::make_shared<api::ConfigMap>();
  map->metadata.namespace_ = "demo";
  map->metadata.name = name;
  map->metadata.uid = uid;
  map->metadata.resource_version = version;
  return map;
}

// Answers lists and watches in the order in which the test has prepared them, and remembers what
// was asked. A watch stream is a channel that the test fills; closing it breaks the connection.
class ScriptedClient final : public api::Client {
 public:
  using Events = sim::Channel<WatchEvent>;

  class Stream final : public api::WatchStream {
   public:
    explicit Stream(std::shared_ptr<Events> events) : events_(std::move(events)) {}
    Task<api::Result<WatchEvent>> next() override {
      std::optional<WatchEvent> event = co_await events_->receive();
      if (!event) co_return api::errors::connection_lost("broken");
      co_return *event;
    }

   private:
    std::shared_ptr<Events> events_;
  };

  Task<api::Result<api::Response>> call(api::Request request) override {
    lists.push_back(request.list_options->resource_version);
    if (list_answers.empty()) co_return api::errors::internal_error("no answer prepared");
    api::Result<api::Response> answer = std::move(list_answers.front());
    list_answers.pop_front();
    co_return answer;
  }
  Task<api::Result<std::unique_ptr<api::WatchStream>>> watch(api::WatchRequest request) override {
    watches.push_back(*request.resource_version);
    bookmarks = request.bookmarks;
    timeout_seconds = request.timeout_seconds;
    if (!watch_errors.empty()) {
      const api::ApiError error = watch_errors.front();
      watch_errors.pop_front();
      co_return error;
    }
    stream = std::make_shared<Events>();
    std::unique_ptr<api::WatchStream> opened = std::make_unique<Stream>(stream);
    co_return opened;
  }

  void answer_list(std::uint64_t version, std::vector<api::ObjectPtr> items) {
    api::Response response;
    response.resource_version = version;
    response.items = std::move(items);
    list_answers.emplace_back(std::move(response));
  }

  std::deque<api::Result<api::Response>> list_answers;
  std::deque<api::ApiError> watch_errors;
  std::vector<std::optional<std::uint64_t>> lists;
  std::vector<std::uint64_t> watches;
  bool bookmarks = false;
  std::int64_t timeout_seconds = 0;
  std::shared_ptr<Events> stream;
};

class InformerTest : public testing::Test {
 protected:
  InformerTest() { informer.add_handlers(recorder("")); }

  EventHandlers recorder(const std::string& who) {
    EventHandlers handlers;
    handlers.on_add = [this, who](const api::ObjectPtr& object) {
      told.push_back(fmt::format("{}add {}@{}", who, object->metadata.name,
                                 object->metadata.resource_version));
      EXPECT_EQ(informer.cache().get(api::key_of(*object)), object) << "the cache comes first";
    };
    handlers.on_update = [this, who](const api::ObjectPtr& before, const api::ObjectPtr& object) {
      told.push_back(fmt::format("{}update {}@{}->{}", who, object->metadata.name,
                                 before->metadata.resource_version,
                                 object->metadata.resource_version));
    };
    handlers.on_delete = [this, who](const api::ObjectPtr& last, bool tombstone) {
      told.push_back(fmt::format("{}{} {}@{}", who, tombstone ? "tombstone" : "delete",
                                 last->metadata.name, last->metadata.resource_version));
      EXPECT_EQ(informer.cache().get(api::key_of(*last)), nullptr) << "the cache comes first";
    };
    return handlers;
  }
  void run_for(Duration duration) { simulation.run_until(simulation.now() + duration); }
  void send(WatchEventType type, const api::ObjectPtr& object) {
    client.stream->send(WatchEvent(type, object));
    run_for(0s);
  }
  // Starts, lists {a@5} at 10 and watches.
  void start_with_a() {
    client.answer_list(10, {make("a", 5)});
    informer.start();
    run_for(0s);
    told.clear();
  }

  sim::Simulation simulation{1};
  ScriptedClient client;
  Informer informer{simulation.runtime(), client, api::Kind::kConfigMap};
  std::vector<std::string> told;
};

TEST_F(InformerTest, ItListsAnyVersionThenWatchesFromThere) {
  client.answer_list(10, {make("a", 5), make("b", 7)});
  EXPECT_FALSE(informer.has_synced());
  informer.start();
  run_for(0s);
  EXPECT_THAT(client.lists, ElementsAre(std::optional<std::uint64_t>(0)));
  EXPECT_THAT(client.watches, ElementsAre(10u));
  EXPECT_TRUE(client.bookmarks);
  EXPECT_GE(client.timeout_seconds, 300);
  EXPECT_LE(client.timeout_seconds, 600);
  EXPECT_THAT(told, ElementsAre("add a@5", "add b@7"));
  EXPECT_TRUE(informer.has_synced());
}

TEST_F(InformerTest, SyncedCanBeAwaited) {
  bool synced = false;
  auto waits = [](Informer& of, bool& flag) -> Task<void> {
    co_await of.synced();
    flag = true;
  };
  simulation.runtime().spawn(waits(informer, synced));
  run_for(1s);
  EXPECT_FALSE(synced);
  start_with_a();
  EXPECT_TRUE(synced);
}

TEST_F(InformerTest, SyncIsLookedForAtOnceAndThenEach100Milliseconds) {
  // kubernetes.md 5.1; client-go's WaitForCacheSync.
  client.answer_list(10, {});
  std::vector<sim::Time> done;
  auto wait = [&](sim::Runtime& runtime) -> Task<void> {
    std::vector<Informer*> all{&informer};
    co_await wait_for_sync(runtime, std::move(all));
    done.push_back(runtime.now());
  };
  sim::Runtime& runtime = simulation.runtime();
  const sim::Time begin = simulation.now();
  runtime.spawn(wait(runtime));
  simulation.run_until(begin + 130ms);
  informer.start();
  simulation.run_until(begin + 1s);
  runtime.spawn(wait(runtime));
  simulation.run_until(begin + 2s);
  EXPECT_THAT(done, ElementsAre(begin + 200ms, begin + 1s));
}

TEST_F(InformerTest, EventsAreToldAsAddsUpdatesAndDeletes) {
  start_with_a();
  send(WatchEventType::kAdded, make("b", 11));
  send(WatchEventType::kModified, make("a", 12));
  send(WatchEventType::kDeleted, make("a", 13));
  EXPECT_THAT(told, ElementsAre("add b@11", "update a@5->12", "delete a@13"));
  EXPECT_EQ(informer.resource_version(), 13u);
}

TEST_F(InformerTest, WhatAnEventSaysIsSettledByTheCache) {
  start_with_a();
  send(WatchEventType::kAdded, make("a", 11));     // known: an update
  send(WatchEventType::kModified, make("b", 12));  // unknown: an addition
  send(WatchEventType::kDeleted, make("c", 13));   // unknown: nothing
  EXPECT_THAT(told, ElementsAre("update a@5->11", "add b@12"));
}

TEST_F(InformerTest, ACleanEndIsWatchedAgainFromTheLastVersionWithoutAList) {
  start_with_a();
  send(WatchEventType::kAdded, make("b", 11));
  client.stream->send(WatchEvent::bookmark(20));
  client.stream->send(WatchEvent::end());
  run_for(0s);
  EXPECT_EQ(client.lists.size(), 1u);
  EXPECT_THAT(client.watches, ElementsAre(10u, 20u));
}

TEST_F(InformerTest, ABrokenConnectionIsWatchedAgainWithoutAList) {
  start_with_a();
  run_for(5s);
  client.stream->close();
  run_for(0s);
  EXPECT_EQ(client.lists.size(), 1u);
  EXPECT_THAT(client.watches, ElementsAre(10u, 10u));
}

TEST_F(InformerTest, AShortAndEmptyWatchIsAnErrorAndBacksOff) {
  start_with_a();
  client.answer_list(10, {make("a", 5)});
  client.stream->close();
  run_for(700ms);
  EXPECT_EQ(client.lists.size(), 1u) << "the back-off is at least 0.8 s";
  run_for(1s);
  EXPECT_EQ(client.lists.size(), 2u);
}

TEST_F(InformerTest, An410InsideTheStreamListsAgainFromTheLastVersion) {
  start_with_a();
  send(WatchEventType::kAdded, make("b", 11));
  told.clear();
  client.answer_list(30, {make("b", 25), make("c", 22)});
  client.stream->send(WatchEvent::failed(api::errors::too_old_resource_version(11, 20)));
  run_for(2s);
  EXPECT_THAT(client.lists,
              ElementsAre(std::optional<std::uint64_t>(0), std::optional<std::uint64_t>(11)));
  EXPECT_THAT(client.watches, ElementsAre(10u, 30u));
  EXPECT_THAT(told, ElementsAre("update b@11->25", "add c@22", "tombstone a@5"));
}

TEST_F(InformerTest, An410AtTheOpeningListsAgainToo) {
  client.answer_list(10, {});
  client.answer_list(12, {});
  client.watch_errors.push_back(api::errors::too_old_resource_version(10, 11));
  informer.start();
  run_for(2s);
  EXPECT_EQ(client.lists.size(), 2u);
  EXPECT_THAT(client.watches, ElementsAre(10u, 12u));
}

TEST_F(InformerTest, WhenTheLastVersionIsGoneItListsTheMostRecentAtOnce) {
  start_with_a();
  client.list_answers.emplace_back(api::errors::expired("gone"));
  client.answer_list(40, {});
  client.stream->send(WatchEvent::failed(api::errors::expired("gone")));
  run_for(2s);
  EXPECT_THAT(client.lists,
              ElementsAre(std::optional<std::uint64_t>(0), std::optional<std::uint64_t>(10),
                          std::optional<std::uint64_t>()));
}

TEST_F(InformerTest, AVersionThatTheServerDoesNotKnowYetIsTreatedTheSame) {
  // After a restore of the server's state the last version lies in its future.
  start_with_a();
  client.list_answers.emplace_back(api::errors::too_large_resource_version(10, 3, 1));
  client.answer_list(3, {});
  client.stream->send(WatchEvent::failed(api::errors::expired("gone")));
  run_for(2s);
  EXPECT_EQ(client.lists.back(), std::nullopt);
  EXPECT_THAT(told, ElementsAre("tombstone a@5"));
}

TEST_F(InformerTest, OverloadAndRefusedConnectionsBackOffWithoutAList) {
  client.answer_list(10, {});
  client.watch_errors.push_back(api::errors::too_many_requests("slow down", 1));
  api::ApiError refused = api::errors::connection_lost("refused");
  refused.causes.push_back({std::string(kConnectionRefused), "", ""});
  client.watch_errors.push_back(refused);
  informer.start();
  run_for(0s);
  EXPECT_EQ(client.watches.size(), 1u);
  run_for(10s);
  EXPECT_EQ(client.watches.size(), 3u);
  EXPECT_EQ(client.lists.size(), 1u);
}

TEST_F(InformerTest, AConnectionThatBreaksWhileAWatchOpensLeadsToANewList) {
  start_with_a();
  client.answer_list(10, {});
  client.watch_errors.push_back(api::errors::connection_lost("reset"));
  client.stream->send(WatchEvent::bookmark(11));
  client.stream->send(WatchEvent::end());
  run_for(10s);
  EXPECT_EQ(client.lists.size(), 2u);
}

TEST_F(InformerTest, AServerThatIsDownIsAskedEverMoreRarely) {
  // Goal: no busy loop. 0.8 s doubling to 30 s with jitter up to the double.
  informer.start();
  run_for(1h);
  EXPECT_GE(client.lists.size(), 60u);
  EXPECT_LE(client.lists.size(), 130u);
  EXPECT_FALSE(informer.has_synced());
}

TEST_F(InformerTest, DeletedAndCreatedAnewInBetweenIsOneUpdateToAnotherUid) {
  // Section 7, row 23.
  start_with_a();
  client.answer_list(30, {make("a", 28, "u2")});
  client.stream->send(WatchEvent::failed(api::errors::expired("gone")));
  run_for(2s);
  EXPECT_THAT(told, ElementsAre("update a@5->28"));
  EXPECT_EQ(informer.cache().get(api::ObjectKey("demo", "a"))->metadata.uid, "u2");
}

TEST_F(InformerTest, UnchangedObjectsOfANewListAreNotTold) {
  start_with_a();
  client.answer_list(30, {make("a", 5)});
  client.stream->send(WatchEvent::failed(api::errors::expired("gone")));
  run_for(2s);
  EXPECT_EQ(informer.lists(), 2u);
  EXPECT_TRUE(told.empty());
}

TEST_F(InformerTest, LaterHandlersAreToldWhatIsThere) {
  start_with_a();
  informer.add_handlers(recorder("second "));
  EXPECT_THAT(told, ElementsAre("second add a@5"));
  told.clear();
  send(WatchEventType::kModified, make("a", 12));
  EXPECT_THAT(told, ElementsAre("update a@5->12", "second update a@5->12"));
}

TEST_F(InformerTest, AResyncTellsEveryObjectAgain) {
  Informer resyncing(simulation.runtime(), client, api::Kind::kConfigMap,
                     InformerOptions{.resync = 10min});
  std::vector<std::string> again;
  EventHandlers handlers;
  handlers.on_update = [&](const api::ObjectPtr& before, const api::ObjectPtr& object) {
    EXPECT_EQ(before, object);
    again.push_back(object->metadata.name);
  };
  resyncing.add_handlers(std::move(handlers));
  client.answer_list(10, {make("a", 5), make("b", 6)});
  resyncing.start();
  run_for(10min - 1s);
  EXPECT_TRUE(again.empty());
  run_for(1s);
  EXPECT_THAT(again, ElementsAre("a", "b"));
}

TEST_F(InformerTest, AnIdleInformerCostsNoEvents) {
  start_with_a();
  const std::uint64_t events = simulation.events_processed();
  run_for(24h);
  EXPECT_EQ(simulation.events_processed(), events);
}

}  // namespace
}  // namespace sdbtwin::client
