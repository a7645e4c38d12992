// For the tests of this folder: an API server without time that remembers what it was asked, and an
// ObjectCache that shows what the server had when sync() was called last.
//
// The server is the real Store. `before_call` sees every request before it is applied: there a test
// puts what others do at just that moment.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "controller/provisioner/object_cache.h"
#include "model/api/client.h"
#include "model/store/store.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::provisioner {

class FakeServer final : public api::Client {
 public:
  sim::Task<api::Result<api::Response>> call(api::Request request) override;
  // Nobody watches here.
  sim::Task<api::Result<std::unique_ptr<api::WatchStream>>> watch(api::WatchRequest) override;

  // What others do: not remembered. The result is as stored.
  api::ObjectPtr put(api::ObjectPtr object);  // creates, or replaces whatever is there
  void put_status(api::ObjectPtr object);
  void erase(const api::ObjectRef& ref);
  api::ObjectPtr get(const api::ObjectRef& ref) const { return store_.get(ref); }
  template <class T>
  std::shared_ptr<const T> get(const std::string& name) const {
    return api::as_if<T>(store_.get(api::ObjectRef(T::kKind, "demo", name)));
  }

  std::function<void(const api::Request&)> before_call;
  std::function<void(const api::Request&)> after_call;  // applied, and not yet answered
  std::vector<std::string> calls;                       // "get singlestores demo/sample", ...

 private:
  api::Result<api::Response> apply(const api::Request& request);

  store::Store store_;
};

class FakeCache final : public ObjectCache {
 public:
  explicit FakeCache(const FakeServer& server) : server_(server) {}

  api::ObjectPtr find(const api::ObjectRef& ref) override;
  // Ignored: the cache stays as old as the test wants it.
  void note(api::ObjectPtr) override {}

  // Effect: the object is shown as the server has it now.
  void sync(const api::ObjectRef& ref) { seen_[ref] = server_.get(ref); }

 private:
  const FakeServer& server_;
  std::map<api::ObjectRef, api::ObjectPtr> seen_;
};

// Runs one task to its end in virtual time, and yields its result.
template <class T>
T finish(sim::Simulation& simulation, sim::Task<T> task) {
  std::optional<T> result;
  const auto keep = [](sim::Task<T> inner, std::optional<T>* out) -> sim::Task<void> {
    out->emplace(co_await std::move(inner));
  };
  simulation.runtime().spawn(keep(std::move(task), &result));
  simulation.run_until([&result] { return result.has_value(); },
                       simulation.now() + std::chrono::hours(1));
  SIM_ASSERT(result.has_value());
  return *std::move(result);
}

}  // namespace sdbtwin::provisioner
