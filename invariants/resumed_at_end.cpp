#include "invariants/resumed_at_end.h"

#include <fmt/format.h>

#include <map>

namespace sdbtwin::invariants {
namespace {

struct Request {
  api::ObjectKey database;
  sim::Time deleted{};
};

class ResumedAtEnd final : public Invariant {
 public:
  std::vector<api::Kind> kinds() const override {
    return {api::Kind::kSinglestoreOpsRequest, api::Kind::kSinglestore, api::Kind::kPetSet};
  }

  void on_write(const cluster::ObjectWritten& write, Context& context) override {
    if (write.kind != api::Kind::kSinglestoreOpsRequest) return release(context);
    if (write.deleted) {
      const auto before = api::as<api::SinglestoreOpsRequest>(write.before);
      deleted_[before->metadata.uid] = {
          {std::string(write.namespace_), before->spec->database_ref.name}, context.now()};
      return release(context);
    }
    const auto after = api::as<api::SinglestoreOpsRequest>(write.after);
    const auto before = api::as_if<api::SinglestoreOpsRequest>(write.before);
    const bool ended = api::is_finished(after->status->phase) &&
                       !(before && api::is_finished(before->status->phase));
    if (!ended) return;
    checked();
    const api::ObjectKey key(std::string(write.namespace_), after->spec->database_ref.name);
    if (const std::string held = held_by(key, after->metadata.uid, context); !held.empty()) {
      context.violated(fmt::format("request {} became {}, but {}", write.name,
                                   to_string(after->status->phase), held));
    }
  }

  void at_end(Context& context) override {
    for (const auto& [uid, request] : deleted_) {
      checked();
      if (const std::string held = held_by(request.database, uid, context); !held.empty()) {
        context.violated(fmt::format("a request was deleted {} ago, but {}",
                                     sim::format_duration(context.now() - request.deleted), held));
      }
    }
  }

  std::vector<Margin> margins(const Settings&) const override {
    if (longest_ == sim::Duration::zero()) return {};
    return {{"from the deletion of a request to the resumption", longest_.count(),
             sim::Duration(std::chrono::hours(1)).count(), true, Margin::Unit::kNanoseconds}};
  }

 private:
  // What the request still holds of the database: "" when nothing.
  static std::string held_by(const api::ObjectKey& key, const std::string& uid,
                             const Context& context) {
    const Database* database = context.view().find(key);
    if (database == nullptr || database->object == nullptr) return {};
    const api::Condition* paused =
        api::find_condition(database->object->status->conditions, kPausedCondition);
    // Who paused is in the message: another's pause is not this request's.
    if (paused != nullptr && paused->status == api::ConditionStatus::kTrue &&
        paused->message.find(uid) != std::string::npos) {
      return fmt::format("{} is still paused by it", to_string(key));
    }
    for (const auto& [name, petset] : database->petsets) {
      if (api::annotation_of(petset->metadata, kFenceAnnotation) == uid) {
        return fmt::format("PetSet {} is still fenced by it", name);
      }
    }
    return {};
  }

  void release(Context& context) {
    for (auto request = deleted_.begin(); request != deleted_.end();) {
      if (!held_by(request->second.database, request->first, context).empty()) {
        ++request;
        continue;
      }
      checked();
      longest_ = std::max(longest_, context.now() - request->second.deleted);
      request = deleted_.erase(request);
    }
  }

  std::map<std::string, Request> deleted_;  // by UID: gone, and not yet let go
  sim::Duration longest_{};
};

}  // namespace

std::unique_ptr<Invariant> make_resumed_at_end() { return std::make_unique<ResumedAtEnd>(); }

}  // namespace sdbtwin::invariants
