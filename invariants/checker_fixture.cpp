#include "invariants/checker_fixture.h"

namespace sdbtwin::invariants {
namespace {

void label(api::Object& object) {
  object.metadata.namespace_ = "demo";
  object.metadata.labels.edit() = {{"app.kubernetes.io/instance", "sdb"},
                                   {"app.kubernetes.io/managed-by", "kubedb.com"}};
}

api::PodSpec pod_spec(const std::string& image) {
  api::PodSpec spec;
  spec.containers.emplace_back();
  spec.containers.back().name = "singlestore";
  spec.containers.back().image = image;
  return spec;
}

std::shared_ptr<api::PetSet> petset(const std::string& name, const std::string& image) {
  auto object = std::make_shared<api::PetSet>();
  label(*object);
  object->metadata.name = name;
  object->spec.edit().template_.edit().spec = pod_spec(image);
  return object;
}

}  // namespace

std::string image_for(const std::string& version) { return "image-" + version; }

std::shared_ptr<api::Pod> CheckerTest::pod(const std::string& name, const std::string& image,
                                           bool ready) {
  auto object = std::make_shared<api::Pod>();
  label(*object);
  object->metadata.name = name;
  object->spec.edit() = pod_spec(image);
  api::PodCondition condition;
  condition.type = api::kPodReady;
  condition.status = ready ? api::ConditionStatus::kTrue : api::ConditionStatus::kFalse;
  object->status.edit().conditions.edit().push_back(condition);
  return object;
}

void CheckerTest::make_database(const std::string& version) {
  for (const char* name : {"8.7.21", "8.9.3"}) {
    auto entry = std::make_shared<api::SinglestoreVersion>();
    entry->metadata.name = name;
    entry->spec.edit().db.image = image_for(name);
    put("user", entry);
  }
  auto database = std::make_shared<api::Singlestore>();
  database->metadata.namespace_ = "demo";
  database->metadata.name = "sdb";
  database->spec.edit().version = version;
  database->spec.edit().topology.emplace();
  put("user", database);
  put("provisioner", petset("sdb-aggregator", image_for(version)));
  put("provisioner", petset("sdb-leaf", image_for(version)));
  for (const char* name : {"sdb-aggregator-0", "sdb-leaf-0", "sdb-leaf-1"}) {
    put("petset-controller", pod(name, image_for(version), true));
    truth(name, true);
  }
  pass(1min);
}

void CheckerTest::pause(const std::string& uid) {
  auto database = edit<api::Singlestore>("sdb");
  api::Condition condition = api::new_condition("Paused", "paused, RequestUID:" + uid, 1);
  api::set_condition(database->status.edit().conditions, condition, api::ClusterTime::at(now_));
  put("ops-manager", database, api::Subresource::kStatus);
}

void CheckerTest::resume() {
  auto database = edit<api::Singlestore>("sdb");
  api::remove_condition(database->status.edit().conditions, "Paused");
  put("ops-manager", database, api::Subresource::kStatus);
}

void CheckerTest::stamp(const std::string& petset_name, const std::string& uid) {
  auto object = edit<api::PetSet>(petset_name);
  if (uid.empty()) {
    object->metadata.annotations.edit().erase(std::string(kFenceAnnotation));
  } else {
    object->metadata.annotations.edit()[std::string(kFenceAnnotation)] = uid;
  }
  put("ops-manager", object);
}

void CheckerTest::request(api::OpsRequestType type, api::OpsRequestPhase phase) {
  auto object = std::make_shared<api::SinglestoreOpsRequest>();
  object->metadata.namespace_ = "demo";
  object->metadata.name = "request";
  object->metadata.uid = "uid-1";
  object->spec.edit().type = type;
  object->spec.edit().database_ref.name = "sdb";
  object->status.edit().phase = phase;
  put("ops-manager", object, api::Subresource::kStatus);
}

void CheckerTest::evict(const std::string& pod_name) {
  auto object = edit<api::Pod>(pod_name);
  object->metadata.deletion_timestamp = api::ClusterTime::at(now_);
  api::ObjectPtr& stored = objects_[api::ref_of(*object)];
  const api::ObjectPtr before = stored;
  stored = object;
  write("ops-manager", api::Verb::kCreate, api::Subresource::kEviction, before, object);
}

void CheckerTest::replace(const std::string& pod_name, const std::string& image) {
  pass(30s);
  truth(pod_name, false);
  singlestore::ProcessChanged event{"demo", "sdb", pod_name, "", singlestore::ProcessState::kDown};
  const sim::TraceSource source{3, "singlestore", 9};
  trace_->emit(source, now_, sim::kEventType<singlestore::ProcessChanged>, &event);
  remove("kubelet/node-0", {api::Kind::kPod, "demo", pod_name});
  put("petset-controller", pod(pod_name, image, false));
  pass(10s);
  put("kubelet/node-0", pod(pod_name, image, true), api::Subresource::kStatus);
}

void CheckerTest::query(sim::Duration took, const std::string& client) {
  singlestore::QueryAnswered event{client, "show-leaves", "sdb-aggregator-0", now_, "ok", 1};
  now_ += took;
  const sim::TraceSource source{2, "ops-manager", 8};
  trace_->emit(source, now_, sim::kEventType<singlestore::QueryAnswered>, &event);
}

}  // namespace sdbtwin::invariants
