// Reads: lists, pages, versions, selectors, and where watches start (kubernetes.md 4.7, 4.8).
#include "model/store/continue_token.h"
#include "model/store/store_fixture.h"

namespace sdbtwin::store {
namespace {

using api::ListOptions;
using api::Request;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> names(const std::vector<api::ObjectPtr>& objects) {
  std::vector<std::string> result;
  for (const api::ObjectPtr& object : objects) result.push_back(object->metadata.name);
  return result;
}

class ListTest : public StoreTest {
 protected:
  api::Response list(const ListOptions& options, const std::string& namespace_ = "demo") {
    return must(Request::list(api::Kind::kConfigMap, namespace_, options));
  }
  api::ApiError list_refused(const ListOptions& options) {
    return refused(Request::list(api::Kind::kConfigMap, "demo", options));
  }
};

TEST_F(ListTest, AListIsSortedAndCarriesTheRevisionOfItsReading) {
  create_config_map("c");
  create_config_map("a");
  create_config_map("b");
  create_pod("p");
  const api::Response response = list({});
  EXPECT_THAT(names(response.items), ElementsAre("a", "b", "c"));
  EXPECT_EQ(response.resource_version, store.revision());
}

TEST_F(ListTest, AListOfOneNamespaceDoesNotShowItsNeighbours) {
  create(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"demo-2"}})");
  create_config_map("a");
  create(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b","namespace":"demo-2"}})");
  EXPECT_THAT(names(list({}).items), ElementsAre("a"));
  EXPECT_THAT(names(list({}, "").items), ElementsAre("a", "b"));
}

TEST_F(ListTest, SelectorsFilterByLabelAndField) {
  create_pod("p");
  create_pod("q", /*bound=*/false);
  const api::Result<api::FieldSelector> node = api::FieldSelector::parse("spec.nodeName=n1");
  ASSERT_TRUE(node.ok());
  EXPECT_THAT(names(must(Request::list(api::Kind::kPod, "", ListOptions(*node))).items),
              ElementsAre("p"));
  const api::LabelSelector labels(api::StringMap{{"app", "db"}});
  EXPECT_THAT(names(must(Request::list(api::Kind::kPod, "", ListOptions(labels))).items),
              ElementsAre("p", "q"));
  const ListOptions by_name(api::FieldSelector::name("q"));
  EXPECT_THAT(names(must(Request::list(api::Kind::kPod, "demo", by_name)).items), ElementsAre("q"));

  const api::Result<api::FieldSelector> unknown = api::FieldSelector::parse("spec.nodeName=x");
  EXPECT_EQ(list_refused(ListOptions(*unknown)).code, 400) << "config maps have no such field";
}

TEST_F(ListTest, PagesAreOneSnapshotWhateverHappensBetweenThem) {
  // Method: read page by page while objects are created, changed and deleted; the pages together
  // are the state at the first.
  for (const char* name : {"a", "b", "c", "d", "e"}) create_config_map(name);
  ListOptions options;
  options.limit = 2;
  const api::Response first = list(options);
  EXPECT_THAT(names(first.items), ElementsAre("a", "b"));
  EXPECT_EQ(first.remaining, 3);

  must(Request::remove(map_ref("d")));
  create_config_map("bb");
  const api::ObjectPtr old_c = get(map_ref("c"));
  must(Request::update(edited<api::ConfigMap>(
      map_ref("c"), [](api::ConfigMap& map) { map.data.edit()["k"] = "w"; })));

  options.continue_token = first.continue_token;
  const api::Response second = list(options);
  EXPECT_THAT(names(second.items), ElementsAre("c", "d"));
  EXPECT_EQ(second.items[0], old_c);
  EXPECT_EQ(second.resource_version, first.resource_version);
  options.continue_token = second.continue_token;
  const api::Response third = list(options);
  EXPECT_THAT(names(third.items), ElementsAre("e"));
  EXPECT_EQ(third.continue_token, "");
}

TEST_F(ListTest, PagesAcrossNamespacesGoOnWhereTheyStopped) {
  create(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"other"}})");
  create_config_map("a");
  create_config_map("b");
  create(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"other"}})");
  ListOptions options;
  options.limit = 2;
  const api::Response first = list(options, "");
  options.continue_token = first.continue_token;
  const api::Response second = list(options, "");
  ASSERT_EQ(second.items.size(), 1u);
  EXPECT_EQ(second.items[0]->metadata.namespace_, "other");
}

TEST_F(ListTest, RemainingIsNotKnownWithASelector) {
  create_pod("p");
  create_pod("q");
  ListOptions options(api::LabelSelector(api::StringMap{{"app", "db"}}));
  options.limit = 1;
  const api::Response page = must(Request::list(api::Kind::kPod, "demo", options));
  EXPECT_NE(page.continue_token, "");
  EXPECT_EQ(page.remaining, 0);
}

TEST_F(ListTest, AnExactVersionIsThatStateAndACompactedOneIsGone) {
  create_config_map("a");
  const std::uint64_t revision = store.revision();
  create_config_map("b");
  ListOptions options;
  options.resource_version = revision;
  options.version_match = api::VersionMatch::kExact;
  EXPECT_THAT(names(list(options).items), ElementsAre("a"));
  options.version_match = api::VersionMatch::kNotOlderThan;
  EXPECT_THAT(names(list(options).items), ElementsAre("a", "b"));

  store.compact(store.revision());
  options.version_match = api::VersionMatch::kExact;
  const api::ApiError error = list_refused(options);
  EXPECT_EQ(error.code, 410);
  EXPECT_EQ(error.reason, api::Reason::kExpired);
}

TEST_F(ListTest, ACompactedContinueTokenIsGone) {
  create_config_map("a");
  create_config_map("b");
  ListOptions options;
  options.limit = 1;
  options.continue_token = list(options).continue_token;
  create_config_map("c");
  store.compact(store.revision());
  const api::ApiError error = list_refused(options);
  EXPECT_EQ(error.reason, api::Reason::kExpired);
  // The answer says how to go on with the present state.
  options.continue_token = error.continue_token;
  const api::Response rest = list(options);
  ASSERT_EQ(rest.items.size(), 1u);
  EXPECT_EQ(rest.items.front()->metadata.name, "b");
  EXPECT_EQ(rest.remaining, 1) << "c was created after the first page";
}

TEST_F(ListTest, AVersionMatchNeedsAVersionItCanMatch) {
  ListOptions options;
  options.version_match = api::VersionMatch::kExact;
  EXPECT_EQ(list_refused(options).message,
            "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: "
            "resourceVersionMatch is forbidden unless resourceVersion is provided");
  options.resource_version = 0;
  EXPECT_EQ(list_refused(options).code, 422);
  options.version_match = api::VersionMatch::kNotOlderThan;
  EXPECT_EQ(list(options).items.size(), 0u);
}

TEST_F(ListTest, ACacheIsNeverOlderThanWhatItWasFilledWith) {
  create_config_map("a");
  store.compact(store.revision());
  const api::Request any = [] {
    ListOptions options;
    options.resource_version = 0;
    return api::Request::list(api::Kind::kConfigMap, "demo", options);
  }();
  const auto read = store.read_as_of(any, 1);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->items.size(), 1u);
}

TEST_F(ListTest, AVersionOfTheFutureIsATimeout) {
  ListOptions options;
  options.resource_version = store.revision() + 100;
  const api::ApiError error = list_refused(options);
  EXPECT_EQ(error.code, 504);
  EXPECT_THAT(error.message, HasSubstr("Too large resource version"));
  EXPECT_EQ(error.retry_after_seconds, 1);
}

TEST_F(ListTest, ALaggingCacheServesWhatItHasReachedAndNoVersionAfterIt) {
  create_config_map("a");
  const std::uint64_t cached = store.revision();
  create_config_map("b");
  const auto read = [&](std::optional<std::uint64_t> version) {
    ListOptions options;
    options.resource_version = version;
    return store.read_as_of(Request::list(api::Kind::kConfigMap, "demo", options), cached);
  };
  EXPECT_THAT(names(read(0)->items), ElementsAre("a")) << "any version: the cache's";
  EXPECT_THAT(names(read(cached)->items), ElementsAre("a")) << "not older than N";
  EXPECT_THAT(names(read(std::nullopt)->items), ElementsAre("a", "b")) << "the most recent";
  const api::Result<api::Response> later = read(store.revision());
  ASSERT_FALSE(later.ok());
  EXPECT_EQ(later.error().code, 504);
  EXPECT_EQ(later.error().causes.at(0).type, "ResourceVersionTooLarge");
  const api::GetOptions version(store.revision());
  const api::Result<api::Response> one =
      store.read_as_of(Request::get(map_ref("b"), version), cached);
  EXPECT_TRUE(api::is(one, api::Reason::kTimeout));
  EXPECT_TRUE(api::is(store.read_as_of(Request::get(map_ref("b"), api::GetOptions(0)), cached),
                      api::Reason::kNotFound));
  EXPECT_TRUE(store.read_as_of(Request::get(map_ref("b")), cached).ok());
}

TEST_F(ListTest, AContinueTokenWithAVersionOrOfNonsenseIsABadRequest) {
  create_config_map("a");
  create_config_map("b");
  ListOptions options;
  options.limit = 1;
  options.continue_token = list(options).continue_token;
  options.resource_version = 1;
  EXPECT_EQ(list_refused(options).code, 400);
  options.resource_version.reset();
  options.continue_token = "zzz";
  EXPECT_EQ(list_refused(options).message,
            "invalid continue token: continue key is not valid: invalid character '\xc3\x8f' "
            "looking for beginning of value");
}

TEST_F(ListTest, ContinueTokensAreTheServersByteForByte) {
  // Recorded: page 1 of config maps in a namespace, revision 271, last name "a".
  ContinueToken token;
  token.revision = 271;
  token.start = ContinueToken::start_after(api::ObjectKey("demo", "a"), "demo");
  EXPECT_EQ(token.encode(), "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MjcxLCJzdGFydCI6Ii9hXHUwMDAwIn0");
  const api::Result<ContinueToken> back = ContinueToken::decode(token.encode());
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->revision, 271u);
  EXPECT_EQ(back->start, token.start);
}

// --- Where watches start ------------------------------------------------------------------------

class WatchStartTest : public StoreTest {
 protected:
  const ChangeLog& log() const { return store.table(api::Kind::kConfigMap).log; }
  static api::WatchRequest request(std::optional<std::uint64_t> version) {
    api::WatchRequest watch(api::Kind::kConfigMap, "demo");
    watch.resource_version = version;
    return watch;
  }
};

TEST_F(WatchStartTest, FromARevisionComesEveryLaterChangeOnce) {
  create_config_map("a");
  const std::uint64_t revision = store.revision();
  create_pod("p");  // of another resource
  create_config_map("b");
  must(Request::remove(map_ref("a")));
  const api::Result<WatchStart> start = store.start_watch(request(revision));
  ASSERT_TRUE(start.ok());
  EXPECT_TRUE(start->initial.empty());
  ASSERT_EQ(log().size() - start->next, 2u);
  EXPECT_EQ(log().at(start->next).type, DeltaType::kAdded);
  EXPECT_EQ(log().at(start->next + 1).type, DeltaType::kDeleted);
}

TEST_F(WatchStartTest, WithoutVersionOrWithZeroComesTheStateFirst) {
  create_config_map("a");
  create_config_map("b");
  for (const std::optional<std::uint64_t> version :
       {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(0)}) {
    const api::Result<WatchStart> start = store.start_watch(request(version));
    ASSERT_TRUE(start.ok());
    EXPECT_THAT(names(start->initial), ElementsAre("a", "b"));
    EXPECT_EQ(start->next, log().size());
  }
}

TEST_F(WatchStartTest, ALaggingCacheStartsFromItsOwnRevision) {
  create_config_map("a");
  const std::uint64_t cached = store.revision();
  create_config_map("b");
  const api::Result<WatchStart> start = store.start_watch(request(0), cached);
  ASSERT_TRUE(start.ok());
  EXPECT_THAT(names(start->initial), ElementsAre("a"));
  EXPECT_EQ(log().size() - start->next, 1u);
}

TEST_F(WatchStartTest, AVersionThatIsStillToComeIsFollowedAndItsStateIsATimeout) {
  create_config_map("a");
  api::WatchRequest future = request(store.revision() + 5);
  const api::Result<WatchStart> start = store.start_watch(future);
  ASSERT_TRUE(start.ok());
  EXPECT_THAT(start->initial, testing::IsEmpty());
  future.send_initial_events = true;
  EXPECT_TRUE(api::is(store.start_watch(future), api::Reason::kTimeout));
}

TEST_F(WatchStartTest, TooOldIsExpiredPerResource) {
  create_config_map("a");
  const std::uint64_t revision = store.revision();
  create_config_map("b");
  store.compact(store.revision());
  const api::Result<WatchStart> start = store.start_watch(request(revision));
  ASSERT_FALSE(start.ok());
  EXPECT_EQ(start.error().reason, api::Reason::kExpired);
  EXPECT_EQ(start.error().message, "too old resource version: " + std::to_string(revision) + " (" +
                                       std::to_string(store.revision()) + ")");
  EXPECT_TRUE(store.start_watch(request(store.revision())).ok());
}

TEST(HistoryTest, TheLogKeepsAtLeast100ChangesAndOtherwiseThoseOf75Seconds) {
  StoreOptions options;
  Store store(options);
  const auto create = [&](int i, sim::Time at) {
    auto map = std::make_shared<api::Namespace>();
    map->metadata.name = "n" + std::to_string(i);
    const RequestContext context{"tester", at};
    ASSERT_TRUE(store.apply(Request::create(map), context).result.ok());
  };
  const ChangeLog& log = store.table(api::Kind::kNamespace).log;
  for (int i = 0; i < 300; ++i) create(i, sim::Time{1s});
  EXPECT_EQ(log.size(), 300u) << "all of them are young";
  create(300, sim::Time{77s});
  EXPECT_EQ(log.size(), 100u);
  EXPECT_EQ(log.complete_since(), 201u);
  EXPECT_EQ(log.at(0).revision, 202u);
}

}  // namespace
}  // namespace sdbtwin::store
