// Kinds without a table: where they live, and who says it (kubernetes.md 4.1, 4.11).
#include "model/store/registry.h"

#include "model/store/store_fixture.h"

namespace sdbtwin::store {
namespace {

using api::Request;

class RegistryTest : public StoreTest {
 protected:
  api::ObjectPtr create_of(const std::string& api_version, const std::string& kind,
                           const std::string& metadata) {
    return create(R"({"apiVersion":")" + api_version + R"(","kind":")" + kind +
                  R"(","metadata":{)" + metadata + "}}");
  }
};

TEST_F(RegistryTest, KindsOfWholeClustersNeedNoNamespace) {
  const api::ObjectPtr policy =
      create_of("apps.k8s.appscode.com/v1", "PlacementPolicy", R"("name":"spread")");
  EXPECT_EQ(policy->metadata.namespace_, "");
  EXPECT_NE(store.get(api::ref_of(*policy)), nullptr);
  create_of("storage.k8s.io/v1beta1", "StorageClass", R"("name":"old")");
  create_of("catalog.kubedb.com/v1alpha1", "MySQLVersion", R"("name":"8.0")");
}

TEST_F(RegistryTest, KindsOfNamespacesNeedTheirs) {
  create_of("apps/v1", "Deployment", R"("name":"web","namespace":"demo")");
  const api::ApiError error = refused(Request::create(parse(
      R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"w","namespace":"no"}})")));
  EXPECT_EQ(error.message, "namespaces \"no\" not found");
}

TEST_F(RegistryTest, ADefinitionSaysWhatNobodyKnows) {
  create(R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
      "metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com","scope":"Cluster",
      "names":{"kind":"Widget","plural":"widgets"},"versions":[{"name":"v1",
      "subresources":{"status":{}}}]}})");
  const api::ObjectPtr widget = create_of("example.com/v1", "Widget", R"("name":"w")");
  EXPECT_EQ(widget->metadata.namespace_, "");
  const api::ApiError missing =
      refused(Request::get(api::ObjectRef("example.com/v1/Widget", api::ObjectKey("", "x"))));
  EXPECT_EQ(missing.message, "widgets.example.com \"x\" not found");
}

}  // namespace
}  // namespace sdbtwin::store
