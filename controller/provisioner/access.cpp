#include "controller/provisioner/access.h"

#include <string>
#include <utility>
#include <vector>

#include "controller/kit/kubedb.h"

namespace sdbtwin::provisioner {
namespace {

constexpr std::string_view kRbacGroup = "rbac.authorization.k8s.io";

template <class T>
std::shared_ptr<T> named_like(const api::Singlestore& database) {
  auto object = std::make_shared<T>();
  object->metadata.name = database.metadata.name;
  object->metadata.namespace_ = database.metadata.namespace_;
  object->metadata.labels = kit::offshoot_labels(database);
  object->metadata.owner_references.edit().push_back(api::make_controller_ref(database));
  return object;
}

api::PolicyRule allow(std::vector<std::string> verbs, std::string group,
                      std::vector<std::string> resources) {
  api::PolicyRule rule;
  rule.verbs = std::move(verbs);
  rule.api_groups.push_back(std::move(group));
  rule.resources = std::move(resources);
  return rule;
}

}  // namespace

std::shared_ptr<api::ServiceAccount> service_account_of(const api::Singlestore& database) {
  return named_like<api::ServiceAccount>(database);
}

std::shared_ptr<api::Role> role_of(const api::Singlestore& database) {
  auto role = named_like<api::Role>(database);
  role->rules = {allow({"get", "list"}, "apps.k8s.appscode.com", {"petsets"}),
                 allow({"get", "list", "patch"}, "", {"pods"}),
                 allow({"get"}, "kubedb.com", {"singlestores"})};
  return role;
}

std::shared_ptr<api::RoleBinding> role_binding_of(const api::Singlestore& database) {
  auto binding = named_like<api::RoleBinding>(database);
  api::Subject subject;
  subject.kind = "ServiceAccount";
  subject.name = database.metadata.name;
  subject.namespace_ = database.metadata.namespace_;
  binding->subjects.push_back(std::move(subject));
  binding->role_ref.api_group = kRbacGroup;
  binding->role_ref.kind = "Role";
  binding->role_ref.name = database.metadata.name;
  return binding;
}

}  // namespace sdbtwin::provisioner
