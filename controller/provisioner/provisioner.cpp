#include "controller/provisioner/provisioner.h"

#include <functional>
#include <utility>

#include "controller/kit/kubedb.h"
#include "controller/provisioner/conditions.h"
#include "model/api/petset.h"
#include "model/api/policy.h"

namespace sdbtwin::provisioner {
namespace {

using Listener = std::function<void(const api::Object&)>;

// Whether a plan could see the difference: of a PetSet's status it reads the ready pods only, of a
// budget's nothing.
bool is_news(const api::ObjectPtr& before, const api::ObjectPtr& after) {
  if (before->metadata.uid != after->metadata.uid) return true;
  if (!api::equal_except(*before, *after, {"metadata", "status"})) return true;
  if (before->metadata.generation != after->metadata.generation) return true;
  if (before->metadata.deletion_timestamp != after->metadata.deletion_timestamp) return true;
  if (before->metadata.labels != after->metadata.labels) return true;
  if (before->metadata.annotations != after->metadata.annotations) return true;
  if (before->metadata.owner_references != after->metadata.owner_references) return true;
  const auto petset = api::as_if<api::PetSet>(after);
  if (petset == nullptr) return false;
  const auto old = api::as<api::PetSet>(before);
  return old->status->ready_replicas != petset->status->ready_replicas;
}

client::EventHandlers every_change(Listener listener) {
  client::EventHandlers handlers;
  handlers.on_add = [listener](const api::ObjectPtr& object) { listener(*object); };
  handlers.on_update = [listener](const api::ObjectPtr&, const api::ObjectPtr& object) {
    listener(*object);
  };
  handlers.on_delete = [listener](const api::ObjectPtr& last, bool) { listener(*last); };
  return handlers;
}

client::EventHandlers news_only(Listener listener) {
  client::EventHandlers handlers = every_change(listener);
  handlers.on_update = [listener](const api::ObjectPtr& before, const api::ObjectPtr& after) {
    if (is_news(before, after)) listener(*after);
  };
  return handlers;
}

}  // namespace

Provisioner::Provisioner(sim::Runtime& runtime, std::unique_ptr<api::Client> client,
                         std::unique_ptr<sql::DatabaseClient> sql, ProvisionerOptions options)
    : manager_(runtime, std::move(client), std::move(options.leadership)),
      sql_(std::move(sql)),
      cache_(manager_),
      recorder_(runtime, manager_.client(), std::string(kEventSource)),
      executor_(runtime, manager_.client(), cache_, recorder_),
      health_(runtime, manager_.client(), *sql_, cache_),
      reconciler_({runtime, cache_, executor_, health_}, std::move(options.planner),
                  options.leaf_delay),
      controller_(runtime, reconciler_, {.name = "provisioner", .workers = options.workers}) {
  add_sources();
  manager_.add(controller_);
}

void Provisioner::start() { manager_.start(); }

void Provisioner::add_sources() {
  manager_.informer(api::Kind::kSinglestore)
      .add_handlers(every_change(
          [this](const api::Object& object) { controller_.enqueue(api::ref_of(object)); }));
  manager_.informer(api::Kind::kSinglestoreVersion)
      .add_handlers(
          every_change([this](const api::Object& object) { enqueue_users_of_version(object); }));
  manager_.informer(api::Kind::kSecret)
      .add_handlers(
          every_change([this](const api::Object& object) { enqueue_users_of_secret(object); }));
  for (const api::Kind kind : {api::Kind::kPetSet, api::Kind::kPodDisruptionBudget,
                               api::Kind::kService, api::Kind::kServiceAccount, api::Kind::kRole,
                               api::Kind::kRoleBinding, api::Kind::kAppBinding}) {
    manager_.informer(kind).add_handlers(
        news_only([this](const api::Object& object) { enqueue_owner(object); }));
  }
}

void Provisioner::enqueue_owner(const api::Object& child) {
  const api::OwnerReference* owner = api::controller_of(child.metadata);
  std::string name;
  if (owner != nullptr && owner->kind == api::to_string(api::Kind::kSinglestore)) {
    name = owner->name;
  } else if (api::label_of(child.metadata, kit::kNameLabel) == kit::kDatabaseFqn) {
    name = api::label_of(child.metadata, kit::kInstanceLabel);
  }
  if (name.empty()) return;
  controller_.enqueue(api::ObjectRef(api::Kind::kSinglestore, child.metadata.namespace_, name));
}

void Provisioner::enqueue_users_of_version(const api::Object& version) {
  for (const auto& database : manager_.lister<api::Singlestore>().list()) {
    if (database->spec->version != version.metadata.name) continue;
    controller_.enqueue(api::ref_of(*database));
  }
}

void Provisioner::enqueue_users_of_secret(const api::Object& secret) {
  const std::string& name = secret.metadata.name;
  const auto databases = manager_.lister<api::Singlestore>().list(secret.metadata.namespace_);
  for (const auto& database : databases) {
    const auto& license = database->spec->license_secret;
    const bool is_license = license && license->name == name;
    if (!is_license && kit::auth_secret_name(*database) != name) continue;
    controller_.enqueue(api::ref_of(*database));
  }
}

std::unique_ptr<kit::Operator> make_provisioner(sim::Runtime& runtime,
                                                std::unique_ptr<api::Client> client,
                                                std::unique_ptr<sql::DatabaseClient> sql,
                                                ProvisionerOptions options) {
  auto provisioner =
      std::make_unique<Provisioner>(runtime, std::move(client), std::move(sql), std::move(options));
  provisioner->start();
  return provisioner;
}

}  // namespace sdbtwin::provisioner
