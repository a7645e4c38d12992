#pragma once

// For the tests of this folder: a store with namespace "demo" and short ways to ask it things.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/api/codec.h"
#include "model/api/core.h"
#include "model/api/errors.h"
#include "model/api/petset.h"
#include "model/api/pod.h"
#include "model/api/policy.h"
#include "model/store/store.h"

namespace sdbtwin::store {

using namespace std::chrono_literals;

class StoreTest : public testing::Test {
 protected:
  explicit StoreTest(const StoreOptions& options = StoreOptions{}) : store(options) {
    create(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"demo"}})");
  }

  ApplyResult apply(const api::Request& request) {
    const RequestContext context{"tester", now};
    return store.apply(request, context);
  }
  // The answer of a request that must succeed.
  api::Response must(const api::Request& request) {
    ApplyResult applied = apply(request);
    EXPECT_TRUE(applied.result.ok()) << error_text(applied.result);
    if (!applied.result.ok()) return {};
    return *std::move(applied.result);
  }
  // The error of a request that must fail, and fail without a trace.
  api::ApiError refused(const api::Request& request) {
    const std::uint64_t before = store.revision();
    ApplyResult applied = apply(request);
    EXPECT_FALSE(applied.result.ok());
    EXPECT_EQ(store.revision(), before) << "a refused request has written something";
    EXPECT_TRUE(applied.deltas.empty());
    return applied.result.ok() ? api::ApiError{} : applied.result.error();
  }

  static api::ObjectPtr parse(std::string_view json) {
    const api::Result<api::ObjectPtr> object = api::from_json(json);
    EXPECT_TRUE(object.ok()) << json;
    return *object;
  }
  api::ObjectPtr create(std::string_view json) {
    return must(api::Request::create(parse(json))).object;
  }
  api::ObjectPtr create_config_map(const std::string& name) {
    return create(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":")" + name +
                  R"(","namespace":"demo"},"data":{"k":"v"}})");
  }
  // A pod that has been bound to node n1 when `bound`.
  api::ObjectPtr create_pod(const std::string& name, bool bound = true) {
    create(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name +
           R"(","namespace":"demo","labels":{"app":"db"}},"spec":{"containers":)" +
           R"([{"name":"c","image":"i"}]}})");
    if (bound) must(api::Request::bind(pod_ref(name), "n1"));
    return get(pod_ref(name));
  }
  static api::ObjectRef pod_ref(const std::string& name) {
    return api::ObjectRef(api::Kind::kPod, "demo", name);
  }
  static api::ObjectRef map_ref(const std::string& name) {
    return api::ObjectRef(api::Kind::kConfigMap, "demo", name);
  }

  api::ObjectPtr get(const api::ObjectRef& ref) const { return store.get(ref); }
  std::shared_ptr<const api::Pod> pod(const std::string& name) const {
    return api::as_if<api::Pod>(store.get(pod_ref(name)));
  }

  // A changed copy of what is stored, to be sent.
  template <class T, class Edit>
  std::shared_ptr<T> edited(const api::ObjectRef& ref, Edit edit) const {
    auto next = api::copy(*api::as<T>(store.get(ref)));
    edit(*next);
    return next;
  }
  template <class Edit>
  void write_pod_status(const std::string& name, Edit edit) {
    must(api::Request::update_status(
        edited<api::Pod>(pod_ref(name), [&](api::Pod& next) { edit(next.status.edit()); })));
  }
  void make_running(const std::string& name, bool ready) {
    write_pod_status(name, [&](api::PodStatus& status) {
      status.phase = api::PodPhase::kRunning;
      api::PodCondition condition;
      condition.type = std::string(api::kPodReady);
      condition.status = ready ? api::ConditionStatus::kTrue : api::ConditionStatus::kFalse;
      api::set_pod_condition(status.conditions.edit(), condition, api::ClusterTime::at(now));
    });
  }

  template <class T>
  static std::string error_text(const api::Result<T>& result) {
    return result.ok() ? "" : result.error().message;
  }

  Store store;
  sim::Time now{10s};
};

}  // namespace sdbtwin::store
