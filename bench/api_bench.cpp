// Bounds the cost of objects: a new version of a pod must stay well below the 2 us that an event of
// the full model may take (500,000 events a second). One item = one operation on one object.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "model/api/codec.h"
#include "model/api/patch.h"
#include "model/api/pod.h"
#include "model/api/schema.h"
#include "sim/core/assert.h"

namespace sdbtwin::api {
namespace {

PodCondition condition(std::string_view type, ConditionStatus status) {
  PodCondition made;
  made.type = type;
  made.status = status;
  made.last_transition_time = Timestamp{1735689600};
  return made;
}

Container container(const std::string& name) {
  Container made;
  made.name = name;
  made.image = "registry.example/singlestore/" + name + ":8.7.21";
  made.resources.requests = {{"cpu", "600m"}, {"memory", "2Gi"}};
  made.resources.limits = made.resources.requests;
  made.env.resize(6);
  for (EnvVar& variable : made.env) variable.name = "SOME_VARIABLE_" + name;
  made.volume_mounts.resize(3);
  for (VolumeMount& mount : made.volume_mounts) {
    mount.name = "data";
    mount.mount_path = "/var/lib/memsql";
  }
  return made;
}

// A pod of a KubeDB database, about 4 KB of JSON.
std::shared_ptr<Pod> make_pod() {
  auto pod = std::make_shared<Pod>();
  pod->metadata.name = "sample-sdb-leaf-0";
  pod->metadata.namespace_ = "demo";
  pod->metadata.generate_name = "sample-sdb-leaf-";
  pod->metadata.uid = "3f2d7a52-0000-4000-8000-000000000001";
  pod->metadata.labels.edit() = {{"app.kubernetes.io/instance", "sample-sdb"},
                                 {"app.kubernetes.io/name", "singlestores.kubedb.com"},
                                 {"app.kubernetes.io/managed-by", "kubedb.com"},
                                 {"kubedb.com/petset", "leaf"},
                                 {"apps.kubernetes.io/pod-index", "0"}};
  PodSpec& spec = pod->spec.edit();
  spec.init_containers = {container("singlestore-init")};
  spec.containers = {container("singlestore"), container("singlestore-coordinator")};
  spec.volumes.resize(4);
  for (Volume& volume : spec.volumes) volume.name = "data";
  spec.node_name = "node-1";
  PodStatus& status = pod->status.edit();
  status.phase = PodPhase::kRunning;
  status.pod_ip = "10.0.0.17";
  status.conditions.edit() = {condition(kPodScheduled, ConditionStatus::kTrue),
                              condition(kPodReadyToStartContainers, ConditionStatus::kTrue),
                              condition(kPodInitialized, ConditionStatus::kTrue),
                              condition(kContainersReady, ConditionStatus::kTrue),
                              condition(kPodReady, ConditionStatus::kTrue)};
  status.container_statuses.edit().resize(2);
  for (ContainerStatus& one : status.container_statuses.edit()) {
    one.name = "singlestore";
    one.image = spec.containers.front().image;
    one.container_id = "containerd://0123456789abcdef0123456789abcdef";
  }
  return pod;
}

void new_version_of_status(benchmark::State& state) {
  std::shared_ptr<const Pod> current = make_pod();
  uint64_t version = 1;
  for (auto _ : state) {
    std::shared_ptr<Pod> next = copy(*current);
    next->metadata.resource_version = ++version;
    PodStatus& status = next->status.edit();
    status.phase = version % 2 == 0 ? PodPhase::kRunning : PodPhase::kPending;
    current = std::move(next);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(new_version_of_status);

void flip_ready_condition(benchmark::State& state) {
  std::shared_ptr<const Pod> current = make_pod();
  int64_t time = 0;
  for (auto _ : state) {
    std::shared_ptr<Pod> next = copy(*current);
    PodCondition ready =
        condition(kPodReady, time % 2 == 0 ? ConditionStatus::kFalse : ConditionStatus::kTrue);
    set_pod_condition(next->status.edit().conditions.edit(), std::move(ready), Timestamp{++time});
    current = std::move(next);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(flip_ready_condition);

// What a store asks of each write: is it a no-op, did the spec change, is it valid.
void check_status_write(benchmark::State& state) {
  const std::shared_ptr<const Pod> before = make_pod();
  auto after = copy(*before);
  after->status.edit().phase = PodPhase::kFailed;
  for (auto _ : state) {
    benchmark::DoNotOptimize(equal(*before, *after));
    benchmark::DoNotOptimize(equal_part(*before, *after, "spec"));
    benchmark::DoNotOptimize(validate(*after, before.get()));
    benchmark::DoNotOptimize(validate_update(*before, *after));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(check_status_write);

void validate_whole_pod(benchmark::State& state) {
  const std::shared_ptr<const Pod> pod = make_pod();
  SIM_ASSERT(validate(*pod).empty());
  for (auto _ : state) benchmark::DoNotOptimize(validate(*pod));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(validate_whole_pod);

void patch_status(benchmark::State& state) {
  const std::shared_ptr<const Pod> pod = make_pod();
  const Value patch = *Value::parse(
      R"({"status":{"phase":"Failed","conditions":[{"type":"Ready","status":"False"}]}})");
  for (auto _ : state) benchmark::DoNotOptimize(apply_strategic_merge_patch(*pod, patch));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(patch_status);

void compare_without_sharing(benchmark::State& state) {
  const std::shared_ptr<const Pod> pod = make_pod();
  const ObjectPtr other = *from_value(to_value(*pod));
  for (auto _ : state) benchmark::DoNotOptimize(equal(*pod, *other));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(compare_without_sharing);

void write_json(benchmark::State& state) {
  const std::shared_ptr<const Pod> pod = make_pod();
  for (auto _ : state) benchmark::DoNotOptimize(to_json(*pod));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(write_json);

void read_json(benchmark::State& state) {
  const std::string json = to_json(*make_pod());
  for (auto _ : state) benchmark::DoNotOptimize(from_json(json));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(read_json);

}  // namespace
}  // namespace sdbtwin::api
