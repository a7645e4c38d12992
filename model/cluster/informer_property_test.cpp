// Property: whatever is written, broken, compacted, frozen or killed, once the faults end every
// informer's cache is the store's state under its selector, and what its handlers were told adds up
// to the same. Method: plans drawn by rapidcheck, run in a simulation with jitter and drawn ties;
// the model of the handlers is a plain map. `RC_PARAMS=max_success=20000` for a longer run.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/api/core.h"
#include "model/client/informer.h"
#include "model/cluster/api_server.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::cluster {
namespace {

using namespace std::chrono_literals;
using api::Request;

enum class Op : std::uint8_t {
  kCreate,
  kUpdate,
  kLabel,
  kUnlabel,
  kRemove,
  kBreakStreams,
  kForgetHistory,
  kFreeze,
  kThaw,
  kRestartServer,
  kRestartClient,
  kPauseClient,
  kResumeClient,
};
constexpr int kOps = 13;

struct Step {
  Op op;
  int target;  // which object, or which client
  std::int64_t wait_ms;
};

std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << static_cast<int>(step.op) << "(" << step.target << ")+" << step.wait_ms << "ms";
}

rc::Gen<Step> gen_step() {
  return rc::gen::build<Step>(
      // Writes are twice as likely as faults.
      rc::gen::set(&Step::op, rc::gen::map(rc::gen::inRange(0, kOps + 8),
                                           [](int i) { return static_cast<Op>(i % kOps); })),
      rc::gen::set(&Step::target, rc::gen::inRange(0, 4)),
      rc::gen::set(&Step::wait_ms, rc::gen::element<std::int64_t>(0, 1, 3, 10, 40, 1500, 70000)));
}

// A process with one informer, and the plain map that its handlers keep.
struct Watcher {
  api::LabelSelector selector;
  std::map<std::string, api::ObjectPtr> told;
  bool coherent = true;
  client::Informer* informer = nullptr;
};

class WatcherActor final : public sim::Actor {
 public:
  WatcherActor(sim::Runtime& runtime, ApiEndpoint& endpoint, Watcher& watcher)
      : client_(endpoint.client_for(runtime, std::string(runtime.name()))),
        informer_(runtime, *client_, api::Kind::kConfigMap,
                  client::InformerOptions{.label_selector = watcher.selector}),
        watcher_(&watcher) {
    watcher.told.clear();
    watcher.informer = &informer_;
    client::EventHandlers handlers;
    handlers.on_add = [&watcher](const api::ObjectPtr& object) {
      const bool fresh = watcher.told.emplace(object->metadata.name, object).second;
      watcher.coherent = watcher.coherent && fresh;
    };
    handlers.on_update = [&watcher](const api::ObjectPtr& before, const api::ObjectPtr& object) {
      api::ObjectPtr& known = watcher.told[object->metadata.name];
      watcher.coherent = watcher.coherent && known == before;
      known = object;
    };
    handlers.on_delete = [&watcher](const api::ObjectPtr& last, bool) {
      const bool known = watcher.told.erase(last->metadata.name) == 1;
      watcher.coherent = watcher.coherent && known;
    };
    informer_.add_handlers(std::move(handlers));
    informer_.start();
  }
  ~WatcherActor() override { watcher_->informer = nullptr; }

 private:
  std::unique_ptr<api::Client> client_;
  client::Informer informer_;
  Watcher* watcher_;
};

class World {
 public:
  explicit World(std::uint64_t seed) : simulation_(seed) {
    simulation_.permute_ties(seed);
    watchers_.resize(3);
    watchers_[1].selector = api::LabelSelector(api::StringMap{{"app", "x"}});
    server_ = &simulation_.add_process("kube-apiserver", [this](sim::Runtime& runtime) {
      return std::make_unique<ApiServer>(runtime, store_, endpoint_);
    });
    server_->start();
    auto home = std::make_shared<api::Namespace>();
    home->metadata.name = "demo";
    apply(Request::create(home));
    for (std::size_t i = 0; i < watchers_.size(); ++i) {
      processes_.push_back(&simulation_.add_process(
          "watcher-" + std::to_string(i), [this, i](sim::Runtime& runtime) {
            return std::make_unique<WatcherActor>(runtime, endpoint_, watchers_[i]);
          }));
      processes_.back()->start();
    }
  }

  void run(const Step& step) {
    carry_out(step);
    simulation_.run_until(simulation_.now() + std::chrono::milliseconds(step.wait_ms));
  }

  // All faults end; informers have time to find back.
  void heal() {
    if (!server_->alive()) server_->start();
    for (sim::Process* process : processes_) process->resume();
    if (endpoint_.server() != nullptr) endpoint_.server()->thaw_cache();
    simulation_.run_until(simulation_.now() + 10min);
  }

  void check() {
    for (Watcher& watcher : watchers_) {
      RC_ASSERT(watcher.informer != nullptr);
      std::map<std::string, api::ObjectPtr> truth;
      for (const api::ObjectPtr& object : store_.list(api::Kind::kConfigMap, "")) {
        if (watcher.selector.matches(*object->metadata.labels)) {
          truth[object->metadata.name] = object;
        }
      }
      std::map<std::string, api::ObjectPtr> cached;
      for (const auto& [key, object] : watcher.informer->cache().objects()) {
        cached[key.name] = object;
      }
      RC_ASSERT(cached == truth);
      RC_ASSERT(watcher.told == truth);
      RC_ASSERT(watcher.coherent);
    }
  }

  std::uint64_t digest() { return simulation_.trace().digest(); }

 private:
  void apply(Request request) {
    auto send = [](api::Client& through, Request what) -> sim::Task<void> {
      const auto ignored = co_await through.call(std::move(what));
      static_cast<void>(ignored);
    };
    clients_.push_back(endpoint_.client_for(simulation_.runtime(), "writer"));
    simulation_.runtime().spawn(send(*clients_.back(), std::move(request)));
    simulation_.run_until(simulation_.now() + 20ms);
  }

  std::shared_ptr<api::ConfigMap> stored(int target) {
    const auto found = api::as_if<api::ConfigMap>(store_.get(ref(target)));
    return found == nullptr ? nullptr : api::copy(*found);
  }
  static api::ObjectRef ref(int target) {
    return api::ObjectRef(api::Kind::kConfigMap, "demo", "m" + std::to_string(target));
  }

  template <class Edit>
  void edit(int target, Edit change) {
    const std::shared_ptr<api::ConfigMap> map = stored(target);
    if (map == nullptr) return;
    change(*map);
    apply(Request::update(map));
  }

  void create(int target) {
    auto map = std::make_shared<api::ConfigMap>();
    map->metadata.name = "m" + std::to_string(target);
    map->metadata.namespace_ = "demo";
    if (target % 2 == 0) map->metadata.labels.edit()["app"] = "x";
    apply(Request::create(map));
  }

  void carry_out(const Step& step) {
    sim::Process& process = *processes_[static_cast<std::size_t>(step.target) % 3];
    ApiServer* server = endpoint_.server();
    switch (step.op) {
      case Op::kCreate:
        return create(step.target);
      case Op::kUpdate:
        return edit(step.target, [this](api::ConfigMap& map) {
          map.data.edit()["n"] = std::to_string(++writes_);
        });
      case Op::kLabel:
        return edit(step.target,
                    [](api::ConfigMap& map) { map.metadata.labels.edit()["app"] = "x"; });
      case Op::kUnlabel:
        return edit(step.target,
                    [](api::ConfigMap& map) { map.metadata.labels.edit().erase("app"); });
      case Op::kRemove:
        return apply(Request::remove(ref(step.target)));
      case Op::kBreakStreams:
        if (server != nullptr) server->break_watches(process.name());
        return;
      case Op::kForgetHistory:
        if (server != nullptr) server->forget_history();
        return;
      case Op::kFreeze:
        if (server != nullptr) server->freeze_cache();
        return;
      case Op::kThaw:
        if (server != nullptr) server->thaw_cache();
        return;
      case Op::kRestartServer:
        return server_->restart(500ms);
      case Op::kRestartClient:
        return process.restart(100ms);
      case Op::kPauseClient:
        return process.pause();
      case Op::kResumeClient:
        if (process.alive()) process.resume();
        return;
    }
  }

  store::Store store_;
  ApiEndpoint endpoint_;
  std::vector<Watcher> watchers_;
  sim::Simulation simulation_;
  sim::Process* server_;
  std::vector<sim::Process*> processes_;
  std::vector<std::unique_ptr<api::Client>> clients_;
  int writes_ = 0;
};

TEST(InformerProperty, CachesAndHandlersConvergeToTheStore) {
  const bool held = rc::check("informers converge", [](std::uint64_t seed) {
    const auto plan = *rc::gen::container<std::vector<Step>>(gen_step());
    World world(seed);
    for (const Step& step : plan) world.run(step);
    world.heal();
    world.check();
  });
  EXPECT_TRUE(held);
}

TEST(InformerProperty, TheSamePlanYieldsTheSameTrace) {
  const bool held = rc::check("same digest", [](std::uint64_t seed) {
    const auto plan = *rc::gen::container<std::vector<Step>>(gen_step());
    const auto digest = [&] {
      World world(seed);
      for (const Step& step : plan) world.run(step);
      return world.digest();
    };
    const std::uint64_t first = digest();
    RC_ASSERT(first == digest());
  });
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace sdbtwin::cluster
