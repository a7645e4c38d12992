#include "model/api/coordination.h"
#include "model/api/policy.h"
#include "model/api/rbac.h"
#include "model/api/scheduling.h"
#include "model/api/table.h"

namespace sdbtwin::api {

const TypeInfo& LeaseSpec::type_info() {
  using T = LeaseSpec;
  static constexpr FieldInfo kFields[] = {
      field<&T::holder_identity>("holderIdentity"),
      field<&T::lease_duration_seconds>("leaseDurationSeconds"),
      field<&T::acquire_time>("acquireTime"),
      field<&T::renew_time>("renewTime"),
      field<&T::lease_transitions>("leaseTransitions"),
      known("strategy"),
      known("preferredHolder"),
  };
  static constexpr TypeInfo kType = struct_type<T>("LeaseSpec", kFields);
  return kType;
}

const TypeInfo& Lease::type_info() {
  using T = Lease;
  static constexpr FieldInfo kFields[] = {
      field<&T::spec>("spec").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("Lease", kFields);
  return kType;
}

std::shared_ptr<Object> Lease::clone() const { return clone_of(*this); }

const TypeInfo& PolicyRule::type_info() {
  using T = PolicyRule;
  static constexpr FieldInfo kFields[] = {
      field<&T::verbs>("verbs").always(), field<&T::api_groups>("apiGroups"),
      field<&T::resources>("resources"),  field<&T::resource_names>("resourceNames"),
      known("nonResourceURLs"),
  };
  static constexpr TypeInfo kType = struct_type<T>("PolicyRule", kFields);
  return kType;
}

const TypeInfo& Role::type_info() {
  using T = Role;
  static constexpr FieldInfo kFields[] = {
      field<&T::rules>("rules").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("Role", kFields);
  return kType;
}

std::shared_ptr<Object> Role::clone() const { return clone_of(*this); }

const TypeInfo& Subject::type_info() {
  using T = Subject;
  static constexpr FieldInfo kFields[] = {
      field<&T::kind>("kind").always(),
      field<&T::api_group>("apiGroup"),
      field<&T::name>("name").always(),
      field<&T::namespace_>("namespace"),
  };
  static constexpr TypeInfo kType = struct_type<T>("Subject", kFields);
  return kType;
}

const TypeInfo& RoleRef::type_info() {
  using T = RoleRef;
  static constexpr FieldInfo kFields[] = {
      field<&T::api_group>("apiGroup").always(),
      field<&T::kind>("kind").always(),
      field<&T::name>("name").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("RoleRef", kFields);
  return kType;
}

const TypeInfo& RoleBinding::type_info() {
  using T = RoleBinding;
  static constexpr FieldInfo kFields[] = {
      field<&T::subjects>("subjects"),
      field<&T::role_ref>("roleRef").always().need().immutable(),
  };
  static constexpr TypeInfo kType = struct_type<T>("RoleBinding", kFields);
  return kType;
}

std::shared_ptr<Object> RoleBinding::clone() const { return clone_of(*this); }

const TypeInfo& PriorityClass::type_info() {
  using T = PriorityClass;
  static constexpr FieldInfo kFields[] = {
      field<&T::value>("value").always().immutable(),
      field<&T::global_default>("globalDefault"),
      field<&T::description>("description"),
      field<&T::preemption_policy>("preemptionPolicy")
          .immutable()
          .built_in_default(R"("PreemptLowerPriority")"),
  };
  static constexpr TypeInfo kType = struct_type<T>("PriorityClass", kFields);
  return kType;
}

std::shared_ptr<Object> PriorityClass::clone() const { return clone_of(*this); }

const TypeInfo& PodDisruptionBudgetSpec::type_info() {
  using T = PodDisruptionBudgetSpec;
  static constexpr FieldInfo kFields[] = {
      field<&T::min_available>("minAvailable"),
      field<&T::selector>("selector"),
      field<&T::max_unavailable>("maxUnavailable"),
      field<&T::unhealthy_pod_eviction_policy>("unhealthyPodEvictionPolicy"),
  };
  static constexpr TypeInfo kType = struct_type<T>("PodDisruptionBudgetSpec", kFields);
  return kType;
}

const TypeInfo& PodDisruptionBudgetStatus::type_info() {
  using T = PodDisruptionBudgetStatus;
  static constexpr FieldInfo kFields[] = {
      field<&T::observed_generation>("observedGeneration"),
      field<&T::disrupted_pods>("disruptedPods"),
      field<&T::disruptions_allowed>("disruptionsAllowed").always(),
      field<&T::current_healthy>("currentHealthy").always(),
      field<&T::desired_healthy>("desiredHealthy").always(),
      field<&T::expected_pods>("expectedPods").always(),
      field<&T::conditions>("conditions").list_map("type"),
  };
  static constexpr TypeInfo kType = struct_type<T>("PodDisruptionBudgetStatus", kFields);
  return kType;
}

const TypeInfo& PodDisruptionBudget::type_info() {
  using T = PodDisruptionBudget;
  static constexpr FieldInfo kFields[] = {
      field<&T::spec>("spec").always(),
      field<&T::status>("status").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("PodDisruptionBudget", kFields);
  return kType;
}

std::shared_ptr<Object> PodDisruptionBudget::clone() const { return clone_of(*this); }

}  // namespace sdbtwin::api
