#include "controller/ops_manager/ops_manager.h"

#include <utility>
#include <vector>

#include "controller/kit/controller.h"
#include "controller/ops_manager/messages.h"
#include "controller/ops_manager/planner.h"
#include "controller/ops_manager/reconciler.h"
#include "model/api/ops_request.h"
#include "model/api/petset.h"

namespace sdbtwin::ops_manager {
namespace {

OpsManagerOptions complete(OpsManagerOptions options) {
  if (!options.planner) options.planner = make_plan;
  return options;
}

api::ObjectRef database_of(const api::SinglestoreOpsRequest& request) {
  return api::ObjectRef(api::Kind::kSinglestore, request.metadata.namespace_,
                        request.spec->database_ref.name);
}

bool has_finished(const api::Object& before, const api::Object& after) {
  const auto phase = [](const api::Object& object) {
    return api::cast<api::SinglestoreOpsRequest>(object).status->phase;
  };
  return !api::is_finished(phase(before)) && api::is_finished(phase(after));
}

class OpsManager final : public kit::Operator {
 public:
  OpsManager(sim::Runtime& runtime, std::unique_ptr<api::Client> client,
             std::unique_ptr<sql::DatabaseClient> database_client, OpsManagerOptions options,
             std::unique_ptr<kit::Leadership> leadership)
      : options_(complete(std::move(options))),
        database_client_(std::move(database_client)),
        manager_(runtime, std::move(client), std::move(leadership)),
        recorder_(runtime, manager_.client(), std::string(kEventSource)),
        reconciler_(manager_, *database_client_, recorder_, options_),
        controller_(runtime, reconciler_, {.name = "ops-manager", .workers = options_.workers}) {
    watch_requests();
    watch_databases();
    watch_petsets();
    manager_.add(controller_);
    manager_.start();
  }

 private:
  // Status writes are our own, and progress is polled: they need no pass. When a request ends, or
  // goes, the janitor looks whether it has left anything behind.
  void watch_requests() {
    auto& informer = manager_.informer(api::Kind::kSinglestoreOpsRequest);
    informer.add_index(std::string(kDatabaseIndex), [](const api::Object& object,
                                                       std::vector<std::string>& values) {
      values.push_back(database_index_value(api::cast<api::SinglestoreOpsRequest>(object)));
    });
    client::EventHandlers handlers;
    handlers.on_add = [this](const api::ObjectPtr& object) {
      controller_.enqueue(api::ref_of(*object));
    };
    handlers.on_update = [this](const api::ObjectPtr& before, const api::ObjectPtr& object) {
      const bool other = before->metadata.uid != object->metadata.uid;
      const bool deleted = api::is_deleting(object->metadata);
      if (other || before->metadata.generation != object->metadata.generation) {
        controller_.enqueue(api::ref_of(*object));
      }
      if (other || deleted || has_finished(*before, *object)) enqueue_database(before);
    };
    handlers.on_delete = [this](const api::ObjectPtr& last, bool) { enqueue_database(last); };
    informer.add_handlers(std::move(handlers));
  }

  void enqueue_database(const api::ObjectPtr& request) {
    controller_.enqueue(database_of(*api::as<api::SinglestoreOpsRequest>(request)));
  }

  // A pause that names a request is looked at by the janitor when it appears.
  void watch_databases() {
    client::EventHandlers handlers;
    handlers.on_add = [this](const api::ObjectPtr& object) {
      if (kit::pause_owner(*api::as<api::Singlestore>(object))) {
        controller_.enqueue(api::ref_of(*object));
      }
    };
    handlers.on_update = [this](const api::ObjectPtr& before, const api::ObjectPtr& object) {
      const auto owner = kit::pause_owner(*api::as<api::Singlestore>(object));
      if (owner && kit::pause_owner(*api::as<api::Singlestore>(before)) != owner) {
        controller_.enqueue(api::ref_of(*object));
      }
    };
    manager_.informer(api::Kind::kSinglestore).add_handlers(std::move(handlers));
  }

  // The same for stamps.
  void watch_petsets() {
    client::EventHandlers handlers;
    handlers.on_add = [this](const api::ObjectPtr& object) { enqueue_owner_of_stamped(*object); };
    handlers.on_update = [this](const api::ObjectPtr& before, const api::ObjectPtr& object) {
      if (kit::fenced_by(before->metadata) != kit::fenced_by(object->metadata)) {
        enqueue_owner_of_stamped(*object);
      }
    };
    manager_.informer(api::Kind::kPetSet).add_handlers(std::move(handlers));
  }

  void enqueue_owner_of_stamped(const api::Object& petset) {
    if (kit::fenced_by(petset.metadata).empty()) return;
    const api::OwnerReference* owner = api::controller_of(petset.metadata);
    if (owner == nullptr || owner->kind != api::to_string(api::Kind::kSinglestore)) return;
    controller_.enqueue(
        api::ObjectRef(api::Kind::kSinglestore, petset.metadata.namespace_, owner->name));
  }

  OpsManagerOptions options_;
  std::unique_ptr<sql::DatabaseClient> database_client_;
  kit::Manager manager_;
  client::EventRecorder recorder_;
  OpsReconciler reconciler_;
  kit::Controller controller_;
};

}  // namespace

std::unique_ptr<kit::Operator> make_ops_manager(
    sim::Runtime& runtime, std::unique_ptr<api::Client> client,
    std::unique_ptr<sql::DatabaseClient> database_client, OpsManagerOptions options,
    std::unique_ptr<kit::Leadership> leadership) {
  return std::make_unique<OpsManager>(runtime, std::move(client), std::move(database_client),
                                      std::move(options), std::move(leadership));
}

}  // namespace sdbtwin::ops_manager
