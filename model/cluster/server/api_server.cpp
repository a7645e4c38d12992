#include "model/cluster/server/api_server.h"

#include <algorithm>
#include <utility>

#include "model/api/errors.h"

namespace sdbtwin::cluster {

namespace {

using namespace std::chrono_literals;
using api::errors::connection_lost;

// kubernetes.md 4.6: --request-timeout, of all requests but writes (kRequestTimeout) and watches.
constexpr sim::Duration kReadTimeout = 60s;

// 4.7: so long the server waits for a version that it has not reached.
constexpr sim::Duration kVersionWait = 3s;

bool is_version_too_large(const api::ApiError& error) {
  return error.reason == api::Reason::kTimeout && !error.causes.empty() &&
         error.causes.front().type == "ResourceVersionTooLarge";
}

api::ApiError overloaded() {
  // What client-go makes of the filter's plain text.
  constexpr int kRetryAfterSeconds = 1;
  return api::errors::too_many_requests(
      "the server has received too many requests and has asked us to try again later",
      kRetryAfterSeconds);
}

constexpr std::string_view kLost = "the connection to the server was lost";

}  // namespace

ApiServer::ApiServer(sim::Runtime& runtime, store::Store& store, ApiEndpoint& endpoint,
                     const ApiServerOptions& options)
    : runtime_(&runtime),
      store_(&store),
      endpoint_(&endpoint),
      hub_(runtime, endpoint.latency(), endpoint.interceptors(), options),
      too_old_in_stream_(options.too_old_in_stream),
      reads_in_flight_max_(options.reads_in_flight_max),
      writes_in_flight_max_(options.writes_in_flight_max) {
  SIM_ASSERT(endpoint.server_ == nullptr);
  endpoint.server_ = this;
}

ApiServer::~ApiServer() {
  endpoint_->server_ = nullptr;
  while (sim::Waiter* waiter = in_flight_.front()) {
    auto& request = static_cast<InFlight&>(*waiter);
    request.refuse(connection_lost(std::string(kLost)), runtime_->now());
    land(request);
  }
}

void ApiServer::freeze_cache(std::uint64_t behind) {
  const std::uint64_t now = store_->revision();
  // A cache has a first revision; a list that said 0 would be watched from as from "any state".
  const std::uint64_t most_behind = now > 1 ? now - 1 : 0;
  if (frozen_at_) return;
  frozen_at_ = now - std::min(behind, most_behind);
  hub_.limit_bookmarks(frozen_at_);
}

void ApiServer::thaw_cache() {
  if (!frozen_at_) return;
  const std::uint64_t since = *frozen_at_;
  frozen_at_.reset();
  hub_.catch_up(*store_, since);
  hub_.limit_bookmarks(std::nullopt);
}

bool ApiServer::release(std::uint64_t id) {
  const auto found = std::find_if(held_.begin(), held_.end(),
                                  [id](const InFlight* request) { return request->id() == id; });
  if (found == held_.end()) return hub_.release(id);
  (*found)->proceed_at(runtime_->now());
  held_.erase(found);
  return true;
}

void ApiServer::release_all() {
  for (InFlight* request : held_) request->proceed_at(runtime_->now());
  held_.clear();
  hub_.release_all();
}

// --- On the way ---------------------------------------------------------------------------------

void ApiServer::send(api::Request&& request, const Identity& client, sim::Duration there,
                     sim::Duration back, CallReply& reply) {
  if (is_overloaded(request)) return reply.set(overloaded(), runtime_->now() + there + back);
  std::int32_t& seats = in_flight_like(request);
  auto call = std::make_unique<CallInFlight>(std::move(request), seats, *this, *runtime_, client,
                                             endpoint_->next_id(), runtime_->now(), back);
  call->answer_to(reply);
  for (RequestInterceptor* interceptor : endpoint_->interceptors()) {
    const Verdict verdict = interceptor->before_send(call->info());
    if (verdict.action() == Verdict::Action::kProceed) continue;
    const Fate fate = judge(*call, verdict, there);
    if (fate == Fate::kWaits) in_flight_.push_back(*call.release());
    return;
  }
  call->proceed_at(runtime_->now() + there);
  if (there + back > kRequestTimeout) expect_timeout(*call, runtime_->now() + there + back);
  in_flight_.push_back(*call.release());
}

void ApiServer::send(api::WatchRequest&& request, const Identity& client, sim::Duration there,
                     sim::Duration back, const sim::Rng& rng, WatchReply& reply) {
  auto watch =
      std::make_unique<WatchInFlight>(std::move(request), *reply.runtime(), rng, *this, *runtime_,
                                      client, endpoint_->next_id(), runtime_->now(), back);
  watch->answer_to(reply);
  watch->proceed_at(runtime_->now() + there);
  in_flight_.push_back(*watch.release());
}

void ApiServer::land(InFlight& request) { delete &request; }

ApiServer::Fate ApiServer::judge(InFlight& request, const Verdict& verdict, sim::Duration way) {
  const sim::Time now = runtime_->now();
  switch (verdict.action()) {
    case Verdict::Action::kProceed:
      return Fate::kGoesOn;
    case Verdict::Action::kDelay:
      request.proceed_at(now + way + verdict.delay());
      expect_timeout(request, now + way + verdict.delay());
      return Fate::kWaits;
    case Verdict::Action::kHold:
      held_.push_back(&request);
      expect_timeout(request, std::nullopt);
      return Fate::kWaits;
    case Verdict::Action::kFail:
      request.refuse(verdict.error(), now + request.way_back());
      return Fate::kEnds;
    case Verdict::Action::kLose:
      request.refuse(connection_lost(std::string(kLost)), now + verdict.delay());
      return Fate::kEnds;
  }
  SIM_UNREACHABLE();
}

// A request that is quick enough cannot time out, so only the others cost an event for it.
void ApiServer::expect_timeout(InFlight& request, std::optional<sim::Time> next_step) {
  const bool write = request.is_write();
  const sim::Time limit = request.sent() + (write ? kRequestTimeout : kReadTimeout);
  if (next_step && *next_step <= limit) return;
  api::ApiError error =
      write ? api::errors::request_timeout()
            : api::errors::timeout("request did not complete within the allotted timeout");
  request.refuse(std::move(error), std::max(limit, runtime_->now()));
}

// --- Calls --------------------------------------------------------------------------------------

void ApiServer::take(CallInFlight& call) {
  if (call.step == CallInFlight::Step::kArrive && arrive(call) != Fate::kGoesOn) return;
  if (call.step == CallInFlight::Step::kApply && apply(call) != Fate::kGoesOn) return;
  answer(call);
  land(call);
}

ApiServer::Fate ApiServer::arrive(CallInFlight& call) {
  call.step = CallInFlight::Step::kApply;
  for (RequestInterceptor* interceptor : endpoint_->interceptors()) {
    const Fate fate = judge(call, interceptor->before_apply(call.info()));
    if (fate == Fate::kGoesOn) continue;
    if (fate == Fate::kEnds) land(call);
    return fate;
  }
  return Fate::kGoesOn;
}

ApiServer::Fate ApiServer::apply(CallInFlight& call) {
  call.step = CallInFlight::Step::kAnswer;
  call.outcome.emplace(carry_out(call));
  for (RequestInterceptor* interceptor : endpoint_->interceptors()) {
    const Fate fate = judge(call, interceptor->after_apply(call.info(), *call.outcome));
    if (fate == Fate::kGoesOn) continue;
    if (fate == Fate::kEnds) land(call);
    return fate;
  }
  return Fate::kGoesOn;
}

api::Result<api::Response> ApiServer::carry_out(const CallInFlight& call) {
  const api::Request& request = call.request();
  if (frozen_at_ && !request.is_write()) return store_->read_as_of(request, *frozen_at_);
  const store::RequestContext context{call.client().user, runtime_->now()};
  store::ApplyResult applied = store_->apply(request, context);
  for (const store::Delta& delta : applied.deltas) {
    trace_write(call, delta);
    if (!frozen_at_) hub_.publish(delta);
  }
  if (!applied.result && request.is_write()) trace_refusal(call, applied.result.error().reason);
  return std::move(applied.result);
}

void ApiServer::trace_write(const CallInFlight& call, const store::Delta& delta) {
  const bool deleted = delta.type == store::DeltaType::kDeleted;
  const api::Object& object = *delta.object;
  const api::ObjectMeta& named = deleted ? delta.before->metadata : object.metadata;
  runtime_->trace(ObjectWritten{.actor = call.client().user,
                                .verb = call.request().verb,
                                .subresource = call.request().subresource,
                                .kind = object.kind(),
                                .namespace_ = named.namespace_,
                                .name = named.name,
                                .resource_version = delta.revision,
                                .deleted = deleted,
                                .before = delta.before,
                                .after = deleted ? nullptr : delta.object,
                                .sent = call.sent()});
}

void ApiServer::trace_refusal(const CallInFlight& call, api::Reason reason) {
  const api::Request& request = call.request();
  runtime_->trace(RequestRefused{.actor = call.client().user,
                                 .verb = request.verb,
                                 .subresource = request.subresource,
                                 .kind = request.ref.kind,
                                 .namespace_ = request.ref.key.namespace_,
                                 .name = request.ref.key.name,
                                 .reason = reason});
}

void ApiServer::answer(CallInFlight& call) {
  if (!call.wanted()) return;
  sim::Time at = runtime_->now() + call.way_back();
  if (call.outcome->ok()) {
    const auto listed = static_cast<std::int64_t>((*call.outcome)->items.size());
    at += endpoint_->latency().per_listed_object * listed;
  } else if (is_version_too_large(call.outcome->error())) {
    at += kVersionWait;
  }
  call.answer(*std::move(call.outcome), at);
}

// --- Watches ------------------------------------------------------------------------------------

void ApiServer::take(WatchInFlight& watch) {
  if (!watch.admitted) {
    watch.admitted = true;
    for (RequestInterceptor* interceptor : endpoint_->interceptors()) {
      const Fate fate = judge(watch, interceptor->before_watch(watch.info()));
      if (fate == Fate::kGoesOn) continue;
      if (fate == Fate::kEnds) land(watch);
      return;
    }
  }
  if (watch.wanted()) open(watch);
  land(watch);
}

void ApiServer::open(WatchInFlight& watch) {
  const sim::Time opened = runtime_->now() + watch.way_back();
  const api::WatchRequest& request = watch.request();
  const api::Result<store::WatchStart> start = store_->start_watch(request, cache_revision());
  const bool in_stream = too_old_in_stream_ && api::is(start, api::Reason::kExpired);
  if (!start && !in_stream) return watch.answer(start.error(), opened);
  api::Result<store::Selection> selection = store::Selection::of(request);
  SIM_ASSERT(selection.ok());  // start_watch has looked at it
  auto subscription = std::make_unique<Subscription>(watch.id(), watch.client(), watch.reader(),
                                                     request, *std::move(selection), watch.rng());
  if (in_stream) {
    hub_.refuse(*subscription, start.error(), opened);
    return watch.answer(WatchInFlight::Stream(std::move(subscription)), opened);
  }
  const store::ChangeLog& log = store_->table(request.kind, request.untyped).log;
  hub_.subscribe(*subscription, *start, log, cache_revision(), opened);
  watch.answer(WatchInFlight::Stream(std::move(subscription)), opened);
}

}  // namespace sdbtwin::cluster
