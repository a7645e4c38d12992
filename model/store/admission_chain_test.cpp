// The admission chain: order, refusals, side effects, unreachable plugins.
#include "model/store/store_fixture.h"

namespace sdbtwin::store {
namespace {

using api::AdmissionEffects;
using api::AdmissionRequest;
using api::ObjectPtr;
using api::Request;
using api::StoreReader;

class Plugin : public api::AdmissionPlugin {
 public:
  explicit Plugin(bool fails_open = false) : fails_open_(fails_open) {}

  std::string_view name() const override { return "test.example.com"; }
  bool handles(const AdmissionRequest& request) const override {
    return request.ref.kind == api::Kind::kConfigMap;
  }
  api::Result<ObjectPtr> mutate(const AdmissionRequest& request, const StoreReader&) override {
    if (request.object == nullptr || request.operation != api::Operation::kCreate) {
      return request.object;
    }
    auto next = api::copy(*api::as<api::ConfigMap>(request.object));
    next->data.edit()["added"] = request.user;
    return ObjectPtr(next);
  }
  api::Result<void> validate(const AdmissionRequest& request, const StoreReader& reader,
                             AdmissionEffects& effects) override {
    seen.push_back(request.operation);
    if (request.object == nullptr) return {};
    const auto map = api::as<api::ConfigMap>(request.object);
    if (map->data->contains("bad")) {
      return api::errors::webhook_denied(name(), "no bad data");
    }
    if (map->data->contains("twin")) {
      auto twin = std::make_shared<api::Secret>();
      twin->metadata.name = map->metadata.name;
      twin->metadata.namespace_ = map->metadata.namespace_;
      effects.writes.push_back(Request::create(twin));
      effects.warnings.emplace_back("made a twin");
    }
    known = reader.list(api::Kind::kConfigMap, "demo").size();
    return {};
  }
  bool fails_open() const override { return fails_open_; }

  std::vector<api::Operation> seen;
  std::size_t known = 0;

 private:
  bool fails_open_;
};

class AdmissionTest : public StoreTest {
 protected:
  Request create_with(const std::string& key) {
    auto map = std::make_shared<api::ConfigMap>();
    map->metadata.name = "a";
    map->metadata.namespace_ = "demo";
    map->data.edit()[key] = "x";
    return Request::create(map);
  }
};

TEST_F(AdmissionTest, APluginChangesWhatIsStoredAndSeesTheStateBefore) {
  Plugin plugin;
  store.admission().add(plugin);
  const auto stored = api::as<api::ConfigMap>(must(create_with("k")).object);
  EXPECT_EQ(stored->data->at("added"), "tester");
  EXPECT_EQ(plugin.known, 0u);
}

TEST_F(AdmissionTest, ARefusalWritesNothing) {
  Plugin plugin;
  store.admission().add(plugin);
  const api::ApiError error = refused(create_with("bad"));
  EXPECT_THAT(error.message, testing::HasSubstr("no bad data"));
  EXPECT_EQ(error.code, 403);
}

TEST_F(AdmissionTest, SideEffectsAreWrittenBeforeTheObject) {
  Plugin plugin;
  store.admission().add(plugin);
  const ApplyResult applied = apply(create_with("twin"));
  ASSERT_TRUE(applied.result.ok());
  ASSERT_EQ(applied.deltas.size(), 2u);
  EXPECT_EQ(applied.deltas[0].object->kind(), api::Kind::kSecret);
  EXPECT_EQ(applied.deltas[1].object->kind(), api::Kind::kConfigMap);
  EXPECT_THAT(applied.result->warnings, testing::ElementsAre("made a twin"));
}

TEST_F(AdmissionTest, PluginsAreAskedAboutUpdatesAndDeletionsToo) {
  Plugin plugin;
  store.admission().add(plugin);
  must(create_with("k"));
  must(Request::update(edited<api::ConfigMap>(
      map_ref("a"), [](api::ConfigMap& map) { map.data.edit()["k"] = "w"; })));
  must(Request::remove(map_ref("a")));
  EXPECT_THAT(plugin.seen, testing::ElementsAre(api::Operation::kCreate, api::Operation::kUpdate,
                                                api::Operation::kDelete));
}

TEST_F(AdmissionTest, AnUnreachablePluginRefusesUnlessItFailsOpen) {
  Plugin closed;
  store.admission().add(closed);
  store.admission().set_reachable("test.example.com", false);
  const api::ApiError error = refused(create_with("k"));
  EXPECT_EQ(error.code, 500);
  EXPECT_THAT(error.message, testing::HasSubstr("failed calling webhook"));
  create_pod("p");  // not its business

  Store other;
  Plugin open(/*fails_open=*/true);
  other.admission().add(open);
  other.admission().set_reachable("test.example.com", false);
  const RequestContext context{"tester", now};
  auto home = std::make_shared<api::Namespace>();
  home->metadata.name = "demo";
  ASSERT_TRUE(other.apply(Request::create(home), context).result.ok());
  const ApplyResult applied = other.apply(create_with("bad"), context);
  EXPECT_TRUE(applied.result.ok()) << "not asked, so not refused";
}

}  // namespace
}  // namespace sdbtwin::store
