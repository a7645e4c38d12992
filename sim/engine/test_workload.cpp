#include "sim/engine/test_workload.h"

#include <optional>
#include <utility>

#include "sim/core/assert.h"
#include "sim/core/race.h"
#include "sim/core/timer.h"

namespace sdbtwin::sim {
namespace {

using namespace std::chrono_literals;

// Counts a frame while it exists, and tries to act when it goes.
class Alive {
 public:
  Alive(Runtime& runtime, Mailbox& own) : runtime_(&runtime), own_(&own) { ++own_->frames; }
  Alive(const Alive&) = delete;
  Alive& operator=(const Alive&) = delete;
  ~Alive() {
    --own_->frames;
    const Step step{"frame ends", own_->frames};
    runtime_->trace(step);
    own_->bell.notify_all();
  }

 private:
  Runtime* runtime_;
  Mailbox* own_;
};

Duration some_time(Rng& rng) { return rng.between(0, 20) * Duration(1ms); }

Task<std::int64_t> nest(Runtime& runtime, Mailbox& own, std::int64_t depth, Duration pause) {
  const Alive alive(runtime, own);
  if (depth > 0) {
    const std::int64_t below = co_await nest(runtime, own, depth - 1, pause);
    co_return below + 1;
  }
  co_await runtime.sleep(pause);
  co_return 0;
}

Task<std::int64_t> receive(Runtime& runtime, Mailbox& own) {
  const Alive alive(runtime, own);
  const std::optional<std::int64_t> item = co_await own.mail.receive();
  co_return item.value_or(-1);
}

Task<std::int64_t> receive_within(Runtime& runtime, Mailbox& own, Duration limit) {
  const Alive alive(runtime, own);
  const auto item = co_await race(runtime, receive(runtime, own), runtime.now() + limit);
  co_return item.value_or(-2);
}

Task<void> wait_for_bell(Runtime& runtime, Mailbox& own) {
  const Alive alive(runtime, own);
  co_await own.bell.wait();
  const Step step{"bell", 0};
  runtime.trace(step);
}

Task<std::int64_t> one_step(Runtime& runtime, Mailbox& own, Mailbox& next, Rng& rng) {
  const Alive alive(runtime, own);
  const Duration pause = some_time(rng);
  const std::uint64_t kind = rng.below(7);
  switch (kind) {
    case 0:
      co_await runtime.sleep(pause);
      co_return 0;
    case 1:
      co_return co_await nest(runtime, own, rng.between(0, 6), pause);
    case 2:
      next.mail.send(rng.between(0, 99));
      co_return 0;
    case 3:
      co_return co_await receive_within(runtime, own, pause);
    case 4: {
      const auto value = co_await race(runtime, receive_within(runtime, own, pause),
                                       runtime.now() + some_time(rng));
      co_return value.value_or(-3);
    }
    case 5:
      runtime.spawn(wait_for_bell(runtime, own));
      co_return 0;
    case 6:
      next.bell.notify_all();
      co_return 0;
  }
  SIM_UNREACHABLE();
}

Task<void> live(Runtime& runtime, Mailbox& own, Mailbox& next, std::string stream) {
  const Alive alive(runtime, own);
  Rng rng = runtime.rng(stream);
  for (;;) {
    const std::int64_t value = co_await one_step(runtime, own, next, rng);
    const Step step{stream, value};
    runtime.trace(step);
    const Duration pause = some_time(rng);
    co_await runtime.sleep(pause);
  }
}

class CrowdActor final : public Actor {
 public:
  CrowdActor(Runtime& runtime, Mailbox& own)
      : alive_(runtime, own), timer_(runtime, [this, &runtime] {
          const Step step{"tick", ++ticks_};
          runtime.trace(step);
          timer_.set(runtime.now() + 7ms);
        }) {
    timer_.set(runtime.now());
  }

 private:
  Alive alive_;
  std::int64_t ticks_ = 0;
  Timer timer_;
};

}  // namespace

void Crowd::join(Simulation& simulation, int count) {
  for (int i = 0; i < count; ++i) mailboxes_.push_back(std::make_unique<Mailbox>());
  for (std::size_t i = 0; i < mailboxes_.size(); ++i) {
    Mailbox& own = *mailboxes_[i];
    Mailbox& next = *mailboxes_[(i + 1) % mailboxes_.size()];
    ProcessMain main = [&own, &next](Runtime& runtime) {
      SIM_ASSERT(own.frames == 0);  // Nothing of an earlier incarnation is left.
      runtime.spawn(live(runtime, own, next, "first"));
      runtime.spawn(live(runtime, own, next, "second"));
      return std::make_unique<CrowdActor>(runtime, own);
    };
    processes_.push_back(&simulation.add_process("crowd-" + std::to_string(i), std::move(main)));
  }
  for (Process* process : processes_) process->start();
}

}  // namespace sdbtwin::sim
