#include "sim/real/real_runtime.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <utility>

#include "sim/core/assert.h"
#include "sim/core/event.h"
#include "sim/core/hash.h"

namespace sdbtwin::sim {

// Calls run_due() at the time it is set to, the earliest setting first.
class RealRuntime::Alarm : public std::enable_shared_from_this<Alarm> {
 public:
  Alarm(boost::asio::io_context& context, RealRuntime& runtime)
      : context_(context), timer_(context), runtime_(&runtime) {}

  boost::asio::io_context& context() noexcept { return context_; }

  void set_now() {
    if (posted_) return;
    posted_ = true;
    boost::asio::post(context_, [self = shared_from_this()] {
      self->posted_ = false;
      if (self->runtime_ != nullptr) self->runtime_->run_due();
    });
  }

  void set(Clock::time_point at) {
    if (posted_ || (pending_ && timer_.expiry() <= at)) return;
    pending_ = true;
    timer_.expires_at(at);  // Cancels the earlier wait, whose handler sees that it is stale.
    timer_.async_wait([self = shared_from_this(), wait = ++wait_](boost::system::error_code) {
      if (wait != self->wait_) return;
      self->pending_ = false;
      if (self->runtime_ != nullptr) self->runtime_->run_due();
    });
  }

  // Effect: never calls the runtime again.
  void abandon() {
    runtime_ = nullptr;
    timer_.cancel();
  }

 private:
  boost::asio::io_context& context_;
  boost::asio::steady_timer timer_;
  RealRuntime* runtime_;
  bool posted_ = false;
  bool pending_ = false;
  std::uint64_t wait_ = 0;
};

RealRuntime::RealRuntime(boost::asio::io_context& context, std::string name, std::uint64_t seed,
                         Clock::time_point start)
    : name_(std::move(name)),
      source_{.process_id = 0, .process = name_, .process_hash = hash64(name_)},
      rng_(Rng(seed).stream(name_)),
      start_(start),
      alarm_(std::make_shared<Alarm>(context, *this)) {}

RealRuntime::~RealRuntime() {
  close();
  alarm_->abandon();
}

Time RealRuntime::now() const noexcept {
  return Time{std::chrono::duration_cast<Duration>(Clock::now() - start_)};
}

Rng RealRuntime::rng(std::string_view stream) const { return rng_.stream(stream); }

void RealRuntime::spawn(Task<void> task) {
  if (closed_) return;
  roots_.add(*this, std::move(task));
}

void RealRuntime::arm(Waiter& waiter, Time at) {
  if (closed_) return;
  queue_.arm(waiter, at, now());
  if (!running_) schedule();
}

void RealRuntime::disarm(Waiter& waiter) noexcept { queue_.disarm(waiter); }

boost::asio::io_context& RealRuntime::context() noexcept { return alarm_->context(); }

void RealRuntime::emit(const EventType& type, const void* payload) {
  if (closed_ || trace_ == nullptr) return;
  trace_->emit(source_, now(), type, payload);
}

// Runs what is due at this moment. What becomes due meanwhile waits for the next turn, so that the
// io_context gets to its other work.
void RealRuntime::run_due() {
  if (closed_) return;
  running_ = true;
  const Time until = now();
  Time time;
  while (queue_.first(time) && time <= until) {
    Waiter* waiter = queue_.take(queue_.pop().slot);
    waiter->fire();
    if (roots_.has_ended()) roots_.reap();
  }
  running_ = false;
  schedule();
}

void RealRuntime::schedule() {
  Time time;
  if (!queue_.first(time)) return;
  if (time <= now()) {
    alarm_->set_now();
  } else {
    alarm_->set(start_ + (time - Time{}));
  }
}

void RealRuntime::close() {
  if (closed_) return;
  SIM_ASSERT(!running_);
  closed_ = true;
  std::list<Event> in_use;
  for (Waiter* leaf : roots_.leaves()) {
    Event& released = in_use.emplace_back();
    if (leaf->release(released)) in_use.pop_back();
  }
  while (!in_use.empty()) {
    if (in_use.front().is_set()) {
      in_use.pop_front();
      continue;
    }
    if (alarm_->context().stopped()) alarm_->context().restart();
    const bool ran = alarm_->context().run_one() > 0;
    SIM_ASSERT(ran || in_use.front().is_set());  // Cancelled operations come to an end.
  }
  roots_.destroy_all();
}

}  // namespace sdbtwin::sim
