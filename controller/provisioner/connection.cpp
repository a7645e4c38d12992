#include "controller/provisioner/connection.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "controller/kit/kubedb.h"

namespace sdbtwin::provisioner {
namespace {

constexpr int kPasswordLength = 16;
constexpr std::string_view kPasswordCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::string_view kUser = "root";  // kubedb.md 2.1

api::Value parameters_of(const api::Singlestore& database) {
  return api::Value::object({{"apiVersion", "config.kubedb.com/v1alpha1"},
                             {"kind", "SinglestoreConfiguration"},
                             {"masterAggregator", kit::default_master_host(database)}});
}

}  // namespace

std::string make_password(sim::Rng rng) {
  std::string password;
  for (int i = 0; i < kPasswordLength; ++i) {
    const std::uint64_t pick = rng.below(kPasswordCharacters.size());
    password.push_back(kPasswordCharacters[pick]);
  }
  return password;
}

std::shared_ptr<api::Secret> auth_secret_of(const api::Singlestore& database,
                                            std::string password) {
  auto secret = std::make_shared<api::Secret>();
  secret->metadata.name = kit::auth_secret_name(database);
  secret->metadata.namespace_ = database.metadata.namespace_;
  secret->metadata.labels = kit::offshoot_labels(database);
  secret->type = "kubernetes.io/basic-auth";
  secret->data = api::BytesMap{{"password", api::Bytes{std::move(password)}},
                               {"username", api::Bytes{std::string(kUser)}}};
  return secret;
}

std::optional<sql::Credentials> credentials_in(const api::Secret& secret) {
  const auto user = secret.data->find("username");
  const auto password = secret.data->find("password");
  if (user == secret.data->end() || password == secret.data->end()) return std::nullopt;
  return sql::Credentials(user->second.raw, password->second.raw);
}

std::shared_ptr<api::AppBinding> app_binding_of(const api::Singlestore& database) {
  auto binding = std::make_shared<api::AppBinding>();
  binding->metadata.name = database.metadata.name;
  binding->metadata.namespace_ = database.metadata.namespace_;
  binding->metadata.labels = kit::offshoot_labels(database);
  binding->metadata.owner_references.edit().push_back(api::make_controller_ref(database));
  api::AppBindingSpec& spec = binding->spec.edit();
  spec.type = "kubedb.com/singlestore";
  spec.version = database.spec->version;
  api::TypedReference& app = spec.app_ref.emplace();
  app.api_group = "kubedb.com";
  app.kind = "Singlestore";
  app.namespace_ = database.metadata.namespace_;
  app.name = database.metadata.name;
  spec.client_config.url = fmt::format("tcp({}:3306)/", kit::service_host(database));
  api::AppServiceReference& service = spec.client_config.service.emplace();
  service.scheme = "tcp";
  service.namespace_ = database.metadata.namespace_;
  service.name = database.metadata.name;
  service.port = sql::kDefaultPort;
  api::TypedReference& secret = spec.secret.emplace();
  secret.kind = "Secret";
  secret.name = kit::auth_secret_name(database);
  if (!kit::is_standalone(database)) spec.parameters = parameters_of(database);
  return binding;
}

}  // namespace sdbtwin::provisioner
