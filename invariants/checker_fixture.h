// A cluster that exists only as writes: tests say what the API server applied and what the database
// really was, and the checker judges it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "invariants/checker.h"
#include "model/singlestore/events.h"

namespace sdbtwin::invariants {

using namespace std::chrono_literals;

class CheckerTest : public ::testing::Test, public Truth {
 protected:
  CheckerTest() { start(Settings{}); }

  // What becomes of a history that simply stops is judged only where a test asks for it.
  static std::vector<std::string> liveness() {
    return {"converges", "request-ends", "termination-ends"};
  }
  void start(const Settings& settings, const std::vector<std::string>& disabled = liveness()) {
    if (checker_) trace_->remove_observer(*checker_);
    trace_ = std::make_unique<sim::Trace>();
    checker_ = std::make_unique<Checker>(settings, *this, disabled);
    trace_->add_observer(*checker_);
  }

  const singlestore::TruthHistory* history(std::string_view, std::string_view,
                                           std::string_view pod) const override {
    const auto found = histories_.find(std::string(pod));
    return found == histories_.end() ? nullptr : &found->second;
  }
  const singlestore::ClusterState* state(std::string_view, std::string_view) const override {
    return state_ ? &*state_ : nullptr;
  }
  const singlestore::ClientLog* clients(std::string_view, std::string_view) const override {
    return clients_ ? &*clients_ : nullptr;
  }
  void truth(const std::string& pod, bool in_sync) {
    singlestore::NodeTruth truth;
    truth.online = in_sync;
    truth.synced_at = in_sync ? now_ : singlestore::kNever;
    histories_[pod].note(now_, truth);
  }

  void pass(sim::Duration time) { now_ += time; }

  // What the API server applied.
  void write(const std::string& actor, api::Verb verb, api::Subresource subresource,
             const api::ObjectPtr& before, const api::ObjectPtr& after) {
    const api::Object& object = after ? *after : *before;
    cluster::ObjectWritten event{actor,
                                 verb,
                                 subresource,
                                 object.kind(),
                                 object.metadata.namespace_,
                                 object.metadata.name,
                                 ++revision_,
                                 after == nullptr,
                                 before,
                                 after};
    const sim::TraceSource source{1, "kube-apiserver", 7};
    trace_->emit(source, now_, sim::kEventType<cluster::ObjectWritten>, &event);
  }
  // Stores the object as the newest version of itself.
  void put(const std::string& actor, const std::shared_ptr<api::Object>& object,
           api::Subresource subresource = api::Subresource::kNone) {
    api::ObjectPtr& stored = objects_[api::ref_of(*object)];
    const api::ObjectPtr before = stored;
    stored = object;
    write(actor, before ? api::Verb::kUpdate : api::Verb::kCreate, subresource, before, object);
  }
  void remove(const std::string& actor, const api::ObjectRef& ref) {
    const api::ObjectPtr before = objects_.at(ref);
    objects_.erase(ref);
    write(actor, api::Verb::kDelete, api::Subresource::kNone, before, nullptr);
  }
  template <class T>
  std::shared_ptr<T> edit(const std::string& name) {
    return api::copy(*api::as<T>(objects_.at(api::ObjectRef(T::kKind, "demo", name))));
  }

  // A database `sdb` of one aggregator and two leaves on `version`, all ready.
  void make_database(const std::string& version);
  std::shared_ptr<api::Pod> pod(const std::string& name, const std::string& image, bool ready);
  void pause(const std::string& uid);
  void resume();
  void stamp(const std::string& petset, const std::string& uid);
  void request(api::OpsRequestType type, api::OpsRequestPhase phase);
  void evict(const std::string& pod_name);
  // The evicted pod is gone, and its successor there and ready.
  void replace(const std::string& pod_name, const std::string& image);
  void query(sim::Duration took, const std::string& client = "ops-manager");

  void expect_holds() {
    checker_->finish(now_);
    for (const Violation& violation : checker_->violations()) {
      ADD_FAILURE() << violation.invariant << ": " << violation.message;
    }
  }
  void expect_violates(const std::string& invariant) {
    checker_->finish(now_);
    ASSERT_EQ(checker_->violations().size(), 1U);
    EXPECT_EQ(checker_->violations().front().invariant, invariant);
    EXPECT_FALSE(checker_->violations().front().message.empty());
  }

  sim::Time now_{};
  std::uint64_t revision_ = 0;
  std::unique_ptr<sim::Trace> trace_;
  std::unique_ptr<Checker> checker_;
  std::map<api::ObjectRef, api::ObjectPtr> objects_;
  std::map<std::string, singlestore::TruthHistory> histories_;
  std::optional<singlestore::ClusterState> state_;  // absent: nothing is known of the inside
  std::optional<singlestore::ClientLog> clients_;
};

// "image-<version>", as make_database() and the catalogue of the fixture name them.
std::string image_for(const std::string& version);

}  // namespace sdbtwin::invariants
