// Goal: what a PlacementPolicy makes of a pod. Method: literal policies; the expected JSON is what
// the real controller was seen to send.
#include "model/cluster/petset/placement.h"

#include <gtest/gtest.h>

#include "model/api/codec.h"

namespace sdbtwin::cluster {
namespace {

class Placement : public testing::Test {
 protected:
  Placement() {
    set.metadata.name = "web";
    set.spec.edit().template_.edit().metadata.labels.edit()["app"] = "web";
  }
  // Null: there was no room.
  std::shared_ptr<api::Pod> place(const std::string& spec) {
    const auto object =
        api::from_json(R"({"apiVersion":"apps.k8s.appscode.com/v1","kind":"PlacementPolicy",)"
                       R"("metadata":{"name":"p"},"spec":)" +
                       spec + "}");
    auto pod = std::make_shared<api::Pod>();
    const auto placed = place_by_policy(*api::as<api::Unstructured>(*object), set, others, *pod);
    if (!placed) return nullptr;
    others.push_back(pod);
    return pod;
  }

  static std::string affinity_of(const api::Pod& pod) {
    return api::struct_to_value(*pod.spec).find("affinity")->dump();
  }

  api::PetSet set;
  std::vector<std::shared_ptr<const api::Pod>> others;
};

TEST_F(Placement, ASoftSpreadIsAConstraintAndAnEmptyAntiAffinity) {
  const auto pod =
      place(R"({"zoneSpreadConstraint":{"maxSkew":1,"whenUnsatisfiable":"ScheduleAnyway"},)"
            R"("nodeSpreadConstraint":{"maxSkew":1,"whenUnsatisfiable":"ScheduleAnyway"}})");
  const api::Value spec = api::struct_to_value(*pod->spec);
  EXPECT_EQ(spec.find("affinity")->dump(), R"({"podAntiAffinity":{}})");
  EXPECT_EQ(spec.find("topologySpreadConstraints")->dump(),
            R"([{"labelSelector":{"matchLabels":{"app":"web"}},"maxSkew":1,)"
            R"("topologyKey":"topology.kubernetes.io/zone","whenUnsatisfiable":"ScheduleAnyway"},)"
            R"({"labelSelector":{"matchLabels":{"app":"web"}},"maxSkew":1,)"
            R"("topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"ScheduleAnyway"}])");
}

TEST_F(Placement, AHardSpreadForbidsASecondPodInTheSamePlace) {
  const auto pod =
      place(R"({"nodeSpreadConstraint":{"maxSkew":1,"whenUnsatisfiable":"DoNotSchedule"}})");
  EXPECT_EQ(affinity_of(*pod),
            R"({"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[)"
            R"({"labelSelector":{"matchLabels":{"app":"web"}},)"
            R"("topologyKey":"kubernetes.io/hostname"}]}})");
}

constexpr const char* kSoftZones =
    R"({"affinity":{"nodeAffinity":[{"topologyKey":"topology.kubernetes.io/zone",)"
    R"("whenUnsatisfiable":"ScheduleAnyway","weight":10,"domains":[)"
    R"({"values":["zone-a"],"replicas":"1"},{"values":["zone-b"],"replicas":"1"}]}]}})";

TEST_F(Placement, DomainsAreFilledInOrderAndNoneLeftIsAnError) {
  EXPECT_EQ(affinity_of(*place(kSoftZones)),
            R"({"nodeAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[)"
            R"({"preference":{"matchExpressions":[{"key":"topology.kubernetes.io/zone",)"
            R"("operator":"In","values":["zone-a"]}]},"weight":10}]}})");
  EXPECT_NE(affinity_of(*place(kSoftZones)).find("zone-b"), std::string::npos);
  EXPECT_EQ(place(kSoftZones), nullptr);
}

TEST_F(Placement, AHardDomainIsARequirementAndAnEmptyNumberHasNoLimit) {
  const std::string zones =
      R"({"affinity":{"nodeAffinity":[{"topologyKey":"topology.kubernetes.io/zone",)"
      R"("whenUnsatisfiable":"DoNotSchedule","domains":[{"values":["zone-a"],"replicas":"1"},)"
      R"({"values":["zone-b"],"replicas":""}]}]}})";
  EXPECT_EQ(affinity_of(*place(zones)),
            R"({"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":)"
            R"({"nodeSelectorTerms":[{"matchExpressions":[{"key":"topology.kubernetes.io/zone",)"
            R"("operator":"In","values":["zone-a"]}]}]}}})");
  for (int pods = 0; pods < 5; ++pods)
    EXPECT_NE(affinity_of(*place(zones)).find("zone-b"), std::string::npos);
}

TEST_F(Placement, AnExpressionIsRefused) {
  EXPECT_EQ(place(R"({"affinity":{"nodeAffinity":[{"topologyKey":"z",)"
                  R"("domains":[{"values":["a"],"replicas":"obj.spec.replicas / 2"}]}]}})"),
            nullptr);
}

}  // namespace
}  // namespace sdbtwin::cluster
