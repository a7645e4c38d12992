#include "controller/provisioner/defaults.h"

#include <cstdint>
#include <string>

#include "controller/kit/images.h"

namespace sdbtwin::provisioner {
namespace {

// Of a version that does not say: those of all versions in KubeDB's catalogue (kubedb.md 5).
constexpr std::int64_t kRunAsUser = 999;
constexpr std::int64_t kRunAsGroup = 998;

std::int64_t user_of(const api::SinglestoreVersion& version) {
  return version.spec->security_context.run_as_user.value_or(kRunAsUser);
}
std::int64_t group_of(const api::SinglestoreVersion& version) {
  return version.spec->security_context.run_as_group.value_or(kRunAsGroup);
}

template <class T, class U>
void set_if_missing(std::optional<T>& field, U value) {
  if (!field) field = value;
}

void default_limit(api::ResourceRequirements& resources, const std::string& name,
                   const api::Quantity& limit) {
  if (resources.limits.contains(name)) return;
  const auto request = resources.requests.find(name);
  const bool above = request != resources.requests.end() && request->second.valid() &&
                     api::compare(request->second, limit) > 0;
  resources.limits[name] = above ? request->second : limit;
}

void default_request(api::ResourceRequirements& resources, const std::string& name,
                     const api::Quantity& request) {
  if (resources.requests.contains(name)) return;
  const auto limit = resources.limits.find(name);
  resources.requests[name] = limit != resources.limits.end() ? limit->second : request;
}

}  // namespace

api::ResourceRequirements default_resources(std::string_view container) {
  api::ResourceRequirements resources;
  if (container == kit::kDatabaseContainer) {
    resources.requests = {{"cpu", "600m"}, {"memory", "2Gi"}};
    resources.limits = {{"memory", "2Gi"}};
  } else if (container == kit::kCoordinatorContainer) {
    resources.requests = {{"cpu", "200m"}, {"memory", "256Mi"}};
    resources.limits = {{"memory", "256Mi"}};
  } else if (container == kit::kInitContainer) {
    resources.requests = {{"cpu", "200m"}, {"memory", "256Mi"}};
    resources.limits = {{"memory", "512Mi"}};
  }
  return resources;
}

void default_resources_into(api::ResourceRequirements& resources, std::string_view container) {
  const api::ResourceRequirements defaults = default_resources(container);
  for (const auto& [name, request] : defaults.requests) default_request(resources, name, request);
  for (const auto& [name, limit] : defaults.limits) default_limit(resources, name, limit);
}

void default_security_into(api::Container& container, const api::SinglestoreVersion& version) {
  if (!container.security_context) container.security_context.emplace();
  api::SecurityContext& context = *container.security_context;
  set_if_missing(context.allow_privilege_escalation, false);
  if (!context.capabilities) {
    context.capabilities.emplace();
    context.capabilities->drop = {"ALL"};
  }
  set_if_missing(context.run_as_non_root, true);
  set_if_missing(context.run_as_user, user_of(version));
  set_if_missing(context.run_as_group, group_of(version));
  if (!context.seccomp_profile) {
    context.seccomp_profile.emplace();
    context.seccomp_profile->type = "RuntimeDefault";
  }
}

void default_security_into(api::PodSpec& pod, const api::SinglestoreVersion& version) {
  if (!pod.security_context) pod.security_context.emplace();
  set_if_missing(pod.security_context->fs_group, user_of(version));
}

}  // namespace sdbtwin::provisioner
