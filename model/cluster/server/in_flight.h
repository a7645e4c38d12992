#pragma once

// InFlight: one request between a client and the server, and Reply: the place in the client's frame
// where its answer arrives. The request belongs to the server it was sent to and is applied whether
// or not the client still lives; an answer to a client that is gone is dropped.

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "model/api/client.h"
#include "model/client/rest_client.h"
#include "model/cluster/server/interceptor.h"
#include "sim/core/runtime.h"
#include "sim/core/waiter.h"

namespace sdbtwin::cluster {

class ApiServer;
class InFlight;

class ReplyBase : public sim::FrameWaiter {
 public:
  explicit ReplyBase(sim::Runtime& client) noexcept : FrameWaiter(client) {}
  ~ReplyBase() override;

  bool await_ready() const noexcept { return false; }
  template <std::derived_from<sim::PromiseBase> P>
  void await_suspend(std::coroutine_handle<P> frame) noexcept {
    suspend(frame);
  }

 protected:
  // Effect: the frame goes on at `at`. False: it goes on earlier with what it has (a timeout).
  bool arrives(sim::Time at);

 private:
  friend class InFlight;
  InFlight* request_ = nullptr;
  std::optional<sim::Time> at_;
};

// `sent` is the client's request: moved from while it is under way, and given back by whoever
// answers what client-go repeats. So a request that is answered at once is never copied.
template <class Sent, class T>
class Reply final : public ReplyBase {
 public:
  Reply(sim::Runtime& client, Sent& sent) noexcept : ReplyBase(client), sent_(&sent) {}

  // For answers to what the server has not taken.
  void set(api::Result<T> result, sim::Time at) {
    if (arrives(at)) result_.emplace(std::move(result));
  }
  // For answers to `taken`, which goes no further when client-go repeats it. `read`: it changes
  // nothing.
  void set(api::Result<T> result, sim::Time at, Sent& taken, bool read) {
    if (!arrives(at)) return;
    if (!result.ok() && client::retry_wait(result.error(), read).count() > 0) {
      *sent_ = std::move(taken);
    }
    result_.emplace(std::move(result));
  }

  void await_resume() const noexcept {}
  // Preconditions of both: it has been waited for.
  bool ok() const { return result_->ok(); }
  // 0: client-go does not repeat it.
  sim::Duration retry_wait(bool read) const { return client::retry_wait(result_->error(), read); }
  api::Result<T> take() { return *std::move(result_); }

 private:
  Sent* sent_;
  std::optional<api::Result<T>> result_;
};
using CallReply = Reply<api::Request, api::Response>;
using WatchReply = Reply<api::WatchRequest, std::unique_ptr<api::WatchStream>>;

class InFlight : public sim::Waiter {
 public:
  InFlight(ApiServer& server, sim::Runtime& process, const Identity& client, std::uint64_t id,
           sim::Time sent, sim::Duration way_back)
      : Waiter(process),
        server_(&server),
        client_(&client),
        id_(id),
        sent_(sent),
        way_back_(way_back) {}
  ~InFlight() override {
    if (reply_ != nullptr) reply_->request_ = nullptr;
  }

  std::uint64_t id() const noexcept { return id_; }
  const Identity& client() const noexcept { return *client_; }
  sim::Time sent() const noexcept { return sent_; }
  sim::Duration way_back() const noexcept { return way_back_; }

  void answer_to(ReplyBase& reply) noexcept {
    reply_ = &reply;
    reply.request_ = this;
  }
  bool wanted() const noexcept { return reply_ != nullptr; }

  // Effect: takes the next step at `at`.
  void proceed_at(sim::Time at) { arm(at); }

  virtual bool is_write() const noexcept = 0;
  // Effect: the client reads the error at `at`, unless it has an answer by then. The request goes
  // no further, unless the error is one that client-go does not repeat (a timeout).
  virtual void refuse(api::ApiError error, sim::Time at) = 0;

 protected:
  ApiServer* server_;
  ReplyBase* reply_ = nullptr;

 private:
  friend class ReplyBase;

  const Identity* client_;
  std::uint64_t id_;
  sim::Time sent_;
  sim::Duration way_back_;
};

// A call(): applied once, then answered.
class CallInFlight final : public InFlight {
 public:
  // What happens when fire() comes.
  enum class Step : std::uint8_t { kArrive, kApply, kAnswer };

  // `seats`: how many of its sort are under way; it takes one of them for its life.
  template <class... Args>
  CallInFlight(api::Request&& request, std::int32_t& seats, Args&&... args)
      : InFlight(std::forward<Args>(args)...), request_(std::move(request)), seats_(&seats) {
    ++*seats_;
  }
  ~CallInFlight() override { --*seats_; }

  const api::Request& request() const noexcept { return request_; }
  CallInfo info() const noexcept { return CallInfo{id(), client(), request_, sent()}; }

  void fire() override;
  bool is_write() const noexcept override { return request_.is_write(); }
  void refuse(api::ApiError error, sim::Time at) override { answer(std::move(error), at); }
  void answer(api::Result<api::Response> result, sim::Time at) {
    if (reply_ == nullptr) return;
    static_cast<CallReply*>(reply_)->set(std::move(result), at, request_, !is_write());
  }

  Step step = Step::kArrive;
  std::optional<api::Result<api::Response>> outcome;  // once applied

 private:
  api::Request request_;
  std::int32_t* seats_;
};

// The opening of a watch.
class WatchInFlight final : public InFlight {
 public:
  using Stream = std::unique_ptr<api::WatchStream>;

  template <class... Args>
  explicit WatchInFlight(api::WatchRequest&& request, sim::Runtime& reader, sim::Rng rng,
                         Args&&... args)
      : InFlight(std::forward<Args>(args)...),
        request_(std::move(request)),
        reader_(&reader),
        rng_(rng) {}

  const api::WatchRequest& request() const noexcept { return request_; }
  WatchInfo info() const noexcept { return WatchInfo{id(), client(), request_}; }
  sim::Runtime& reader() const noexcept { return *reader_; }
  const sim::Rng& rng() const noexcept { return rng_; }

  void fire() override;
  bool is_write() const noexcept override { return false; }
  void refuse(api::ApiError error, sim::Time at) override { answer(std::move(error), at); }
  void answer(api::Result<Stream> result, sim::Time at) {
    if (reply_ == nullptr) return;
    static_cast<WatchReply*>(reply_)->set(std::move(result), at, request_, true);
  }

  bool admitted = false;  // interceptors have been asked

 private:
  api::WatchRequest request_;
  sim::Runtime* reader_;
  sim::Rng rng_;
};

}  // namespace sdbtwin::cluster
