// Watch streams: start, order, filters, stalls, ends, and what they cost (kubernetes.md 4.8).
#include "model/cluster/server/watch_hub.h"

#include "model/cluster/server/api_server_fixture.h"

namespace sdbtwin::cluster {
namespace {

using api::Request;
using sim::Duration;
using sim::Time;
using testing::ElementsAre;

class WatchTest : public ApiServerTest {
 protected:
  using ApiServerTest::ApiServerTest;

  void update_map(const std::string& name, const std::string& value) {
    publish(Request::update(changed(name, value)));
  }
  void remove_map(const std::string& name) { publish(Request::remove(map_ref(name))); }
  void label_map(const std::string& name, const std::string& value) {
    auto map = api::copy(*api::as<api::ConfigMap>(store.get(map_ref(name))));
    map->metadata.labels.edit()["app"] = value;
    publish(Request::update(map));
  }

  void write_elsewhere() {
    auto secret = std::make_shared<api::Secret>();
    secret->metadata.namespace_ = "demo";
    secret->metadata.generate_name = "s-";
    publish(Request::create(secret));
  }

  Watched watched;
};

TEST_F(WatchTest, FromARevisionEveryLaterChangeArrivesOnceAndInOrder) {
  create_map("a");
  const std::uint64_t revision = store.revision();
  create_map("b");
  start_watch(watch_maps(revision), watched);
  run_for(1s);
  update_map("b", "1");
  remove_map("a");
  run_for(1s);
  EXPECT_THAT(watched.seen, ElementsAre("ADDED b", "MODIFIED b", "DELETED a"));
  EXPECT_EQ(watched.version, store.revision()) << "DELETED carries the deleting revision";
}

TEST_F(WatchTest, WithoutVersionTheStateComesFirst) {
  create_map("a");
  start_watch(watch_maps(std::nullopt), watched);
  run_for(1s);
  create_map("b");
  run_for(1s);
  EXPECT_THAT(watched.seen, ElementsAre("ADDED a", "ADDED b"));
}

TEST_F(WatchTest, InitialEventsEndWithABookmarkWhenAskedFor) {
  create_map("a");
  api::WatchRequest request = watch_maps(std::nullopt);
  request.send_initial_events = true;
  request.bookmarks = true;
  start_watch(request, watched);
  run_for(1s);
  EXPECT_THAT(watched.seen, ElementsAre("ADDED a", "BOOKMARK"));
  EXPECT_EQ(watched.version, store.revision());
}

TEST_F(WatchTest, AChangeArrivesAfterTheDeliveryLatencyAndCostsOneEvent) {
  start_watch(watch_maps(std::nullopt), watched);
  run_for(1s);
  const Time begin = simulation.now();
  create_map("a");
  const std::uint64_t events = simulation.events_processed();
  run_for(1s);
  EXPECT_EQ(watched.times.back() - begin, kDelivery);
  EXPECT_EQ(simulation.events_processed(), events + 1);
}

TEST_F(WatchTest, AnIdleStreamCostsNothing) {
  start_watch(watch_maps(std::nullopt), watched);
  run_for(1s);
  const std::uint64_t events = simulation.events_processed();
  run_for(24h);
  EXPECT_EQ(simulation.events_processed(), events);
}

TEST_F(WatchTest, ATooOldVersionIs410AtTheOpening) {
  create_map("a");
  const std::uint64_t revision = store.revision();
  create_map("b");
  server().forget_history();
  start_watch(watch_maps(revision), watched);
  run_for(1s);
  ASSERT_TRUE(watched.failed.has_value());
  EXPECT_EQ(watched.failed->reason, api::Reason::kExpired);
}

TEST_F(WatchTest, ASelectorTurnsTransitionsIntoAddedAndDeleted) {
  create_map("a");
  api::WatchRequest request = watch_maps(std::nullopt);
  request.label_selector = api::LabelSelector(api::StringMap{{"app", "x"}});
  start_watch(request, watched);
  run_for(1s);
  label_map("a", "x");
  update_map("a", "1");
  label_map("a", "y");
  update_map("a", "2");
  label_map("a", "x");
  remove_map("a");
  run_for(1s);
  EXPECT_THAT(watched.seen,
              ElementsAre("ADDED a", "MODIFIED a", "DELETED a", "ADDED a", "DELETED a"));
}

TEST_F(WatchTest, WhoeverLosesSightOfAnObjectIsShownItsLastVisibleState) {
  create_map("a");
  label_map("a", "x");
  api::WatchRequest request = watch_maps(std::nullopt);
  request.label_selector = api::LabelSelector(api::StringMap{{"app", "x"}});
  api::ObjectPtr last;
  auto reader = [](api::Client& through, api::WatchRequest what,
                   api::ObjectPtr& into) -> sim::Task<void> {
    auto stream = co_await through.watch(std::move(what));
    while (true) {
      const auto event = co_await (*stream)->next();
      if (!event) co_return;
      into = event->object;
    }
  };
  client_process->runtime().spawn(reader(*client, request, last));
  run_for(1s);
  label_map("a", "y");
  run_for(1s);
  EXPECT_EQ(api::label_of(last->metadata, "app"), "x");
  EXPECT_EQ(last->metadata.resource_version, store.revision());
}

TEST_F(WatchTest, AStreamOfOneNamespaceDoesNotSeeTheOthers) {
  auto other = std::make_shared<api::Namespace>();
  other->metadata.name = "other";
  publish(Request::create(other));
  start_watch(watch_maps(std::nullopt), watched);
  api::WatchRequest all(api::Kind::kConfigMap, "");
  Watched everywhere;
  start_watch(all, everywhere);
  run_for(1s);
  auto map = config_map("x");
  map->metadata.namespace_ = "other";
  publish(Request::create(map));
  create_map("a");
  run_for(1s);
  EXPECT_THAT(watched.seen, ElementsAre("ADDED a"));
  EXPECT_THAT(everywhere.seen, ElementsAre("ADDED x", "ADDED a"));
}

// --- Cost: what changed is what is visited ------------------------------------------------------

class PodWatchTest : public WatchTest {
 protected:
  void create_pod(const std::string& name) {
    auto pod = std::make_shared<api::Pod>();
    pod->metadata.name = name;
    pod->metadata.namespace_ = "demo";
    api::Container container;
    container.name = "c";
    container.image = "i";
    pod->spec.edit().containers.push_back(container);
    publish(Request::create(pod));
  }
  void bind(const std::string& name, const std::string& node) {
    publish(Request::bind(api::ObjectRef(api::Kind::kPod, "demo", name), node));
  }
  static api::WatchRequest watch_node(const std::string& node) {
    api::WatchRequest request(api::Kind::kPod, "");
    request.field_selector = *api::FieldSelector::parse("spec.nodeName=" + node);
    return request;
  }
};

TEST_F(PodWatchTest, KubeletsAreVisitedForPodsOfTheirOwnNodeOnly) {
  // Goal: a pod write costs the same with 300 kubelets as with one. Method: count visits.
  std::vector<Watched> kubelets(300);
  for (std::size_t i = 0; i < kubelets.size(); ++i) {
    start_watch(watch_node("node-" + std::to_string(i)), kubelets[i]);
  }
  run_for(1s);
  ASSERT_EQ(server().watches().streams(), 300u);
  const std::uint64_t visits = server().watches().visits();
  create_pod("p");
  EXPECT_EQ(server().watches().visits(), visits) << "bound to no node yet";
  bind("p", "node-7");
  EXPECT_EQ(server().watches().visits(), visits + 1);
  run_for(1s);
  EXPECT_THAT(kubelets[7].seen, ElementsAre("ADDED p"));
  EXPECT_THAT(kubelets[8].seen, ElementsAre());
}

TEST_F(PodWatchTest, AStreamOfOneNameIsVisitedForThatNameOnly) {
  api::WatchRequest request(api::Kind::kPod, "demo");
  request.field_selector = api::FieldSelector::name("p");
  start_watch(request, watched);
  run_for(1s);
  const std::uint64_t visits = server().watches().visits();
  create_pod("q");
  EXPECT_EQ(server().watches().visits(), visits);
  create_pod("p");
  run_for(1s);
  EXPECT_THAT(watched.seen, ElementsAre("ADDED p"));
}

// --- Faults and ends ----------------------------------------------------------------------------

class DeliveryFault final : public RequestInterceptor {
 public:
  explicit DeliveryFault(Verdict verdict, int times = 1)
      : verdict_(std::move(verdict)), times_(times) {}
  Verdict before_deliver(const WatchInfo& watch, const api::WatchEvent&) override {
    if (times_-- <= 0) return Verdict::proceed();
    id = watch.id;
    return verdict_;
  }
  std::uint64_t id = 0;

 private:
  Verdict verdict_;
  int times_;
};

TEST_F(WatchTest, ADelayedEventHoldsBackWhatFollowsOnItsStream) {
  DeliveryFault fault(Verdict::delayed(5s));
  endpoint.add_interceptor(fault);
  start_watch(watch_maps(std::nullopt), watched);
  run_for(1s);
  const Time begin = simulation.now();
  create_map("a");
  create_map("b");
  run_for(1min);
  EXPECT_THAT(watched.seen, ElementsAre("ADDED a", "ADDED b"));
  EXPECT_THAT(watched.times, ElementsAre(begin + 5s + kDelivery, begin + 5s + kDelivery));
  endpoint.remove_interceptor(fault);
}

TEST_F(WatchTest, StreamsOfDifferentResourcesAreNotOrderedAmongThemselves) {
  DeliveryFault fault(Verdict::delayed(5s));
  endpoint.add_interceptor(fault);
  start_watch(watch_maps(std::nullopt), watched);
  Watched secrets;
  start_watch(api::WatchRequest(api::Kind::kSecret, "demo"), secrets);
  run_for(1s);
  create_map("first");
  write_elsewhere();
  run_for(10s);
  ASSERT_EQ(watched.times.size(), 1U);
  ASSERT_EQ(secrets.times.size(), 1U);
  EXPECT_LT(watched.version, secrets.version);
  EXPECT_GT(watched.times[0], secrets.times[0]) << "what was written later is seen earlier";
  endpoint.remove_interceptor(fault);
}

TEST_F(WatchTest, AHeldStreamStallsUntilItsReleaseAndLosesNothing) {
  DeliveryFault fault(Verdict::held());
  endpoint.add_interceptor(fault);
  start_watch(watch_maps(std::nullopt), watched);
  Watched other;
  run_for(1s);
  create_map("a");
  create_map("b");
  run_for(1min);
  EXPECT_TRUE(watched.seen.empty());
  EXPECT_TRUE(endpoint.release(fault.id));
  run_for(1s);
  EXPECT_THAT(watched.seen, ElementsAre("ADDED a", "ADDED b"));
  endpoint.remove_interceptor(fault);
}

TEST_F(WatchTest, AStreamThatBreaksSaysSoAndIsForgotten) {
  DeliveryFault fault(Verdict::lost());
  endpoint.add_interceptor(fault);
  start_watch(watch_maps(std::nullopt), watched);
  run_for(1s);
  create_map("a");
  run_for(1s);
  EXPECT_TRUE(watched.seen.empty());
  ASSERT_TRUE(watched.failed.has_value());
  EXPECT_EQ(watched.failed->reason, api::Reason::kConnectionLost);
  EXPECT_EQ(server().watches().streams(), 0u);
  endpoint.remove_interceptor(fault);
}

TEST_F(WatchTest, WhatWasStillOnItsWayIsLostWithTheConnection) {
  start_watch(watch_maps(std::nullopt), watched);
  run_for(1s);
  create_map("a");
  run_for(kDelivery / 2);
  server().break_watches("user");
  run_for(1s);
  EXPECT_TRUE(watched.seen.empty());
  EXPECT_TRUE(watched.failed.has_value());
}

TEST_F(WatchTest, BreakingTheStreamsOfOneProcessLeavesTheOthers) {
  start_watch(watch_maps(std::nullopt), watched);
  run_for(1s);
  server().break_watches("somebody-else");
  create_map("a");
  run_for(1s);
  EXPECT_THAT(watched.seen, ElementsAre("ADDED a"));
}

TEST_F(WatchTest, StreamsBreakWithTheServerAndEndWithTheClient) {
  start_watch(watch_maps(std::nullopt), watched);
  run_for(1s);
  server_process->restart(1s);
  run_for(5s);
  EXPECT_TRUE(watched.failed.has_value());

  Watched again;
  start_watch(watch_maps(std::nullopt), again);
  run_for(1s);
  EXPECT_EQ(server().watches().streams(), 1u);
  client_process->kill();
  run_for(1s);
  EXPECT_EQ(server().watches().streams(), 0u);
  create_map("a");
  run_for(1s);
  EXPECT_TRUE(again.seen.empty());
}

TEST_F(WatchTest, AClientThatDiesWhileTheStreamOpensLeavesNothingBehind) {
  start_watch(watch_maps(std::nullopt), watched);
  run_for(kRead * 3 / 4);
  EXPECT_EQ(server().watches().streams(), 1u);
  client_process->kill();
  run_for(1s);
  EXPECT_EQ(server().watches().streams(), 0u);
}

TEST_F(WatchTest, AFrozenCacheShowsTheOldStateAndCatchesUpWhenItThaws) {
  create_map("a");
  start_watch(watch_maps(std::nullopt), watched);
  run_for(1s);
  server().freeze_cache();
  create_map("b");
  remove_map("a");
  run_for(1min);
  EXPECT_THAT(watched.seen, ElementsAre("ADDED a"));
  api::ListOptions cached;
  cached.resource_version = 0;
  const auto stale = ask(Request::list(api::Kind::kConfigMap, "demo", cached));
  ASSERT_EQ(stale->items.size(), 1u);
  EXPECT_EQ(stale->items[0]->metadata.name, "a");
  EXPECT_TRUE(ask(Request::get(map_ref("a"), api::GetOptions(0))).ok());
  EXPECT_FALSE(ask(Request::get(map_ref("a"))).ok());
  const auto fresh = ask(Request::list(api::Kind::kConfigMap, "demo"));
  EXPECT_EQ(fresh->items[0]->metadata.name, "b");
  Watched late;
  start_watch(watch_maps(0), late);
  run_for(1s);
  EXPECT_THAT(late.seen, ElementsAre("ADDED a"));

  server().thaw_cache();
  run_for(1s);
  EXPECT_THAT(watched.seen, ElementsAre("ADDED a", "ADDED b", "DELETED a"));
  EXPECT_THAT(late.seen, ElementsAre("ADDED a", "ADDED b", "DELETED a"));
}

TEST_F(WatchTest, AFrozenCacheThatMissedTooMuchEndsItsStreamsWith410InsideTheStream) {
  start_watch(watch_maps(std::nullopt), watched);
  run_for(1s);
  server().freeze_cache();
  create_map("a");
  server().forget_history();
  server().thaw_cache();
  run_for(1s);
  EXPECT_THAT(watched.seen, ElementsAre("ERROR"));
  EXPECT_EQ(server().watches().streams(), 0u);
}

// --- Bookmarks (kubernetes.md 4.8): about once a minute, and shortly before the stream's end. A
// client can only tell them by where it may go on, so they are made when its stream ends.

class BookmarkTest : public WatchTest {
 protected:
  void watch_with_bookmarks() {
    api::WatchRequest request = watch_maps(store.revision());
    request.bookmarks = true;
    start_watch(request, watched);
    run_for(1s);
  }
};

TEST_F(BookmarkTest, AnIdleStreamKnowsTheRevisionOfTheLastMinuteWhenItBreaks) {
  watch_with_bookmarks();
  run_for(30s);
  write_elsewhere();
  const std::uint64_t before_the_minute = store.revision();
  run_for(40s);
  write_elsewhere();
  const std::uint64_t events = simulation.events_processed();
  run_for(10s);
  EXPECT_EQ(simulation.events_processed(), events) << "no bookmark costs anything by itself";
  server().break_watches("");
  run_for(1s);
  EXPECT_THAT(watched.seen, ElementsAre("BOOKMARK"));
  EXPECT_EQ(watched.version, before_the_minute);
  EXPECT_TRUE(watched.failed.has_value());
}

TEST_F(BookmarkTest, InItsFirstMinuteAStreamHasNone) {
  watch_with_bookmarks();
  write_elsewhere();
  run_for(50s);
  server().break_watches("");
  run_for(1s);
  EXPECT_THAT(watched.seen, testing::IsEmpty());
}

TEST_F(BookmarkTest, AStreamThatHasSeenMoreGoesNotBack) {
  watch_with_bookmarks();
  run_for(30s);
  write_elsewhere();
  run_for(40s);
  create_map("a");
  const std::uint64_t seen = store.revision();
  run_for(10s);
  server().break_watches("");
  run_for(1s);
  EXPECT_THAT(watched.seen, ElementsAre("ADDED a"));
  EXPECT_EQ(watched.version, seen);
}

TEST_F(BookmarkTest, NoBookmarkComesBeforeTheEventThatItFollows) {
  // The event was on its way before the bookmark; when it is lost, so is the bookmark.
  DeliveryFault slow(Verdict::delayed(5min));
  endpoint.add_interceptor(slow);
  watch_with_bookmarks();
  create_map("a");
  run_for(2min);
  server().break_watches("");
  run_for(1s);
  EXPECT_THAT(watched.seen, testing::IsEmpty());
  endpoint.remove_interceptor(slow);
}

TEST_F(BookmarkTest, NobodyGetsOneWithoutAskingForIt) {
  start_watch(watch_maps(store.revision()), watched);
  run_for(1s);
  write_elsewhere();
  run_for(2min);
  server().break_watches("");
  run_for(1s);
  EXPECT_THAT(watched.seen, testing::IsEmpty());
}

TEST_F(BookmarkTest, BookmarksOfAFrozenCacheStayWhereItStopped) {
  const std::uint64_t frozen = store.revision();
  server().freeze_cache();
  write_elsewhere();
  watch_with_bookmarks();  // it asks for a version that the cache has not reached
  write_elsewhere();
  run_for(3min);
  server().break_watches("");
  run_for(1s);
  EXPECT_THAT(watched.seen, testing::IsEmpty()) << frozen;
}

class WatchTimeoutTest : public WatchTest {
 protected:
  WatchTimeoutTest()
      : WatchTest(ApiLatency::standard().without_jitter(),
                  ApiServerOptions{{.watch_timeouts = true}}) {}
};

TEST_F(WatchTimeoutTest, AStreamEndsCleanlyWithABookmarkAtTheFirstChangeAfterItsTime) {
  // Lazy: until then nobody can tell the difference, so nothing is scheduled for it.
  api::WatchRequest request = watch_maps(std::nullopt);
  request.timeout_seconds = 300;
  request.bookmarks = true;
  start_watch(request, watched);
  run_for(1s);
  write_elsewhere();
  const std::uint64_t written = store.revision();
  const std::uint64_t events = simulation.events_processed();
  run_for(10min);
  EXPECT_EQ(simulation.events_processed(), events);
  create_map("a");
  run_for(1s);
  EXPECT_THAT(watched.seen, ElementsAre("BOOKMARK", "END"));
  EXPECT_EQ(watched.versions.front(), written) << "as of 2 s before the end";
  EXPECT_EQ(server().watches().streams(), 0u);
}

TEST_F(WatchTimeoutTest, WithoutATimeOfItsClientTheServerEndsAStreamAfterHalfAnHourToAnHour) {
  start_watch(watch_maps(std::nullopt), watched);
  run_for(30min - 1s);
  create_map("a");
  run_for(30min + 2s);
  create_map("b");
  run_for(1s);
  EXPECT_THAT(watched.seen, ElementsAre("ADDED a", "END"));
}

class TooOldInStreamTest : public WatchTest {
 protected:
  TooOldInStreamTest()
      : WatchTest(ApiLatency::standard().without_jitter(), [] {
          ApiServerOptions options;
          options.too_old_in_stream = true;
          return options;
        }()) {}
};

TEST_F(TooOldInStreamTest, ATooOldVersionCanAlsoBeTheOnlyEventOfAStream) {
  create_map("a");
  server().forget_history();
  start_watch(watch_maps(1), watched);
  run_for(1s);
  EXPECT_THAT(watched.seen, ElementsAre("ERROR"));
  EXPECT_EQ(server().watches().streams(), 0u);
}

class SlowConsumerTest : public WatchTest {
 protected:
  SlowConsumerTest()
      : WatchTest(ApiLatency::standard().without_jitter(), [] {
          ApiServerOptions options;
          options.watch_backlog_max = 3;
          return options;
        }()) {}
};

TEST_F(SlowConsumerTest, AStreamWhoseClientDoesNotReadEndsAfterWhatIsUnread) {
  start_watch(watch_maps(std::nullopt), watched);
  run_for(1s);
  client_process->pause();
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    create_map(name);
    run_for(1s);
  }
  EXPECT_EQ(server().watches().streams(), 0u);
  client_process->resume();
  run_for(1s);
  EXPECT_THAT(watched.seen, ElementsAre("ADDED a", "ADDED b", "ADDED c", "END"));
}

TEST_F(SlowConsumerTest, AClientThatReadsIsNotSlowHoweverMuchIsOnItsWay) {
  start_watch(watch_maps(std::nullopt), watched);
  run_for(1s);
  for (const char* name : {"a", "b", "c", "d", "e"}) create_map(name);
  run_for(1s);
  EXPECT_EQ(watched.seen.size(), 5u);
  EXPECT_EQ(server().watches().streams(), 1u);
}

}  // namespace
}  // namespace sdbtwin::cluster
