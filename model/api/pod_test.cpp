#include "model/api/pod.h"

#include <gtest/gtest.h>

namespace sdbtwin::api {
namespace {

Container container(ResourceList requests, ResourceList limits) {
  Container made;
  made.resources.requests = std::move(requests);
  made.resources.limits = std::move(limits);
  return made;
}

QosClass qos(std::vector<Container> containers, std::vector<Container> init = {}) {
  PodSpec spec;
  spec.containers = std::move(containers);
  spec.init_containers = std::move(init);
  return qos_class_of(spec);
}

// Goal: the class by which the kubelet evicts: from requests and limits of all containers.
TEST(Pods, HaveAQosClass) {
  const ResourceList both{{"cpu", "1"}, {"memory", "1Gi"}};
  const ResourceList same_amounts{{"cpu", "1000m"}, {"memory", "1024Mi"}};
  EXPECT_EQ(qos({container({}, {})}), QosClass::kBestEffort);
  EXPECT_EQ(qos({container({{"storage", "1"}}, {})}), QosClass::kBestEffort);
  EXPECT_EQ(qos({container(both, both)}), QosClass::kGuaranteed);
  EXPECT_EQ(qos({container(same_amounts, both)}), QosClass::kGuaranteed);
  EXPECT_EQ(qos({container({}, both)}), QosClass::kGuaranteed);
  EXPECT_EQ(qos({container(both, {})}), QosClass::kBurstable);
  EXPECT_EQ(qos({container(both, both), container({}, {})}), QosClass::kBurstable);
  EXPECT_EQ(qos({container(both, both)}, {container({}, {})}), QosClass::kBurstable);
  EXPECT_EQ(qos({container({{"cpu", "1"}}, {{"cpu", "1"}})}), QosClass::kBurstable);
}

TEST(Pods, AnswerCommonQuestions) {
  Pod pod;
  EXPECT_FALSE(is_pod_ready(pod));
  EXPECT_FALSE(is_pod_terminal(pod));
  PodCondition ready;
  ready.type = kPodReady;
  ready.status = ConditionStatus::kTrue;
  pod.status.edit().conditions.edit().push_back(ready);
  EXPECT_TRUE(is_pod_ready(pod));
  EXPECT_FALSE(is_running_and_ready(pod));
  pod.status.edit().phase = PodPhase::kRunning;
  EXPECT_TRUE(is_running_and_ready(pod));
  pod.status.edit().phase = PodPhase::kSucceeded;
  EXPECT_TRUE(is_pod_terminal(pod));
}

}  // namespace
}  // namespace sdbtwin::api
