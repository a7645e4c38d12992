// Goal: the simulated API server answers what a real one (kube-apiserver 1.32) answered: status
// code, body, warnings, and how resource versions move.
// Method: the recorded exchanges are sent in their order through the simulated client; both answers
// are normalised (uids, times, injected objects, descriptions, the differences that Go prints) and
// compared member by member. The recording is not part of the project: its folder is named by
// SDBTWIN_RECORDINGS, or lies beside the project; without it this test is skipped. The rules that
// it shows are held by tests of our own in model/store.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/api/codec.h"
#include "model/api/errors.h"
#include "model/api/wire.h"
#include "model/cluster/controllers/disruption_controller.h"
#include "model/cluster/server/api_server.h"
#include "property_tests/recorded_answers.h"
#include "property_tests/recorded_http.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::property_tests {
namespace {

using namespace std::chrono_literals;
using api::Value;

// Exchanges that only an HTTP server can answer. They count for a later edge.
struct ForTheEdge {
  std::string_view name;
  std::string_view why;
};
constexpr std::array kForTheEdge{
    ForTheEdge{"05-cm-bad-json-400", "a body that is no JSON"},
    ForTheEdge{"14-cm-bad-ctype-415", "content negotiation"},
    ForTheEdge{"28-cm-list-rv-bad", "a query parameter that is no number"},
    ForTheEdge{"29-cm-table", "rendering as a table"},
    ForTheEdge{"31-cm-406", "content negotiation"},
    ForTheEdge{"34-method-405", "a method that the path does not have"},
    ForTheEdge{"35-path-404", "discovery"},
    ForTheEdge{"53-pod-table", "rendering as a table"},
};

// The deliberate differences: what is compared all the same is everything else of the answer.
struct DeliberateDifference {
  std::string_view name;
  std::string_view what;
};
constexpr std::array kDeliberateDifferences{
    DeliberateDifference{
        "32-cm-forbidden-403",
        "the twin does not authorise: the refusal is put in by an interceptor, as a fault "
        "would, in the server's words"},
};

// Requests of the sequence whose answers were not recorded: what the rules of the reference say.
struct ExpectedByRules {
  std::string_view name;
  int code;
  std::string_view message;  // its beginning; "" for successes
};
constexpr std::array kExpectedByRules{
    ExpectedByRules{"03-cm-create-again-409", 409, "configmaps \"a\" already exists"},
    ExpectedByRules{
        "06-cm-bad-name-422", 422,
        "ConfigMap \"A_b\" is invalid: metadata.name: Invalid value: \"A_b\": a lowercase RFC "
        "1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
        "must start and end with an alphanumeric character"},
    ExpectedByRules{"09-cm-update-noop", 200, ""},
    ExpectedByRules{"12-cm-json-patch-bad-422", 422,
                    "the server rejected our request due to an error in our request"},
    ExpectedByRules{"15-cm-ssa-create", 201, ""},
    ExpectedByRules{"18-cm-dryrun", 201, ""},
    ExpectedByRules{"39-cm-finalizer-create", 201, ""},
    ExpectedByRules{
        "42-cm-finalizer-readd-422", 422,
        "ConfigMap \"f\" is invalid: metadata.finalizers: Forbidden: no new finalizers can be "
        "added if the object is being deleted, found new finalizers []string{\"ex.com/y\"}"},
    ExpectedByRules{"45-cm-delete-precond-409", 409,
                    "Operation cannot be fulfilled on ConfigMap \"a\": the UID in the precondition "
                    "(00000000-0000-0000-0000-000000000000) does not match the UID in record ("},
    ExpectedByRules{"48-pod-create", 201, ""},
    ExpectedByRules{"51-pod-status-smp", 200, ""},
    ExpectedByRules{"54-pdb-create", 201, ""},
    ExpectedByRules{"57-pod-evict", 201, ""},
    ExpectedByRules{"60-sdb-invalid-422", 422,
                    "Singlestore.kubedb.com \"sdb2\" is invalid: [spec.version: Invalid value: "
                    "\"integer\": spec.version in body must be of type string: \"integer\", "
                    "spec.licenseSecret: Required value]"},
    ExpectedByRules{
        "63-sdb-smp-415", 415,
        "the body of the request was in an unknown format - accepted media types include: "
        "application/json-patch+json, application/merge-patch+json, "
        "application/apply-patch+yaml"},
    ExpectedByRules{"69-cm-deletecollection", 200, ""},
};

// "" when the answer is the expected one.
std::string difference_from_rules(std::string_view name, const RecordedAnswer& answer) {
  for (const ExpectedByRules& expected : kExpectedByRules) {
    if (expected.name != name) continue;
    const std::string_view message = answer.body.string_at("message");
    const bool same = answer.code == expected.code &&
                      (expected.message.empty() || message.starts_with(expected.message));
    return same ? "" : fmt::format("{}: {} {}", name, answer.code, answer.body.dump());
  }
  return fmt::format("{}: no rule says what to expect", name);
}

template <class Table>
bool is_named_in(const Table& table, std::string_view name) {
  return std::any_of(table.begin(), table.end(),
                     [name](const auto& entry) { return entry.name == name; });
}

// Whoever has no rights is refused, in the words of the real authoriser.
class NoRights final : public cluster::RequestInterceptor {
 public:
  cluster::Verdict before_apply(const cluster::CallInfo& call) override {
    if (call.client.user != "alice") return cluster::Verdict::proceed();
    return cluster::Verdict::failed(api::errors::no_rights(
        call.client.user, api::to_string(call.request.verb),
        api::kind_info(call.request.ref.kind).resource(), call.request.ref.key.namespace_));
  }
};

store::StoreOptions store_options() {
  store::StoreOptions options;
  options.pod_generation = false;  // 1.32 does not count them
  options.field_ownership = true;
  return options;
}

// A cluster with what was beside the recorded server, as far as it touched the recorded objects.
class RecordedWorld {
 public:
  RecordedWorld()
      : store_(store_options()), endpoint_(cluster::ApiLatency::standard().without_jitter()) {
    endpoint_.add_interceptor(no_rights_);
    add("kube-apiserver", [this](sim::Runtime& runtime) {
      return std::make_unique<cluster::ApiServer>(runtime, store_, endpoint_);
    });
    add("disruption-controller", [this](sim::Runtime& runtime) {
      return std::make_unique<cluster::DisruptionController>(
          runtime, endpoint_.client_for(runtime, "disruption-controller"));
    });
    user_ = &simulation_.add_process("user",
                                     [](sim::Runtime&) { return std::unique_ptr<sim::Actor>(); });
    user_->start();
    simulation_.run_until(simulation_.now() + 2s);
  }

  RecordedAnswer ask(const RecordedExchange& exchange) {
    const std::string user = exchange.user == "admin" ? "curl" : "alice";
    const api::Result<RecordedCall> call = call_of(exchange, "curl");
    if (!call) return answer_of(call.error());
    return call->watch ? watch(*call->watch, user) : send(*call->request, user);
  }

  // What the controllers of the recorded cluster had done when the next exchange came.
  void let_others_act(std::string_view after) {
    if (after == "01-ns-create") {
      for (const char* name : {"kube-root-ca.crt", "openshift-service-ca.crt"}) {
        must(api::Request::create(object_from(
                 fmt::format(R"({{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"{}",)"
                             R"("namespace":"demo"}}}})",
                             name))),
             "kube-controller-manager");
      }
    }
    if (after == "48-pod-create") {
      must(api::Request::patch_status(
               api::ObjectRef(api::Kind::kPod, "demo", "p"), api::PatchType::kStrategicMerge,
               *Value::parse(R"({"status":{"conditions":[{"type":"PodScheduled","status":"False",)"
                             R"("reason":"Unschedulable","message":"no nodes available"}]}})")),
           "kube-scheduler");
    }
    simulation_.run_until(simulation_.now() + 2s);
  }

 private:
  template <class Factory>
  void add(std::string name, Factory factory) {
    simulation_.add_process(std::move(name), std::move(factory)).start();
  }

  static api::ObjectPtr object_from(const std::string& json) { return *api::from_json(json); }

  void must(const api::Request& request, const std::string& user) {
    api::Request named = request;
    named.field_manager = user;
    const RecordedAnswer answer = send(named, user);
    EXPECT_LT(answer.code, 300) << to_string(request) << ": " << answer.body.dump();
  }

  RecordedAnswer send(const api::Request& request, const std::string& user) {
    const std::unique_ptr<api::Client> client = endpoint_.client_for(user_->runtime(), user);
    std::optional<api::Result<api::Response>> answer;
    auto call = [](api::Client& through, api::Request what, auto& into) -> sim::Task<void> {
      into = co_await through.call(std::move(what));
    };
    user_->runtime().spawn(call(*client, request, answer));
    simulation_.run_until([&] { return answer.has_value(); }, simulation_.now() + 1h);
    return answer->ok() ? answer_of(request, **answer) : answer_of(answer->error());
  }

  // All that arrives before the time asked for is over.
  RecordedAnswer watch(const api::WatchRequest& request, const std::string& user) {
    const std::unique_ptr<api::Client> client = endpoint_.client_for(user_->runtime(), user);
    RecordedAnswer answer;
    Value::Array lines;
    std::unique_ptr<api::WatchStream> stream;
    auto read = [&](api::Client& through, api::WatchRequest what) -> sim::Task<void> {
      api::Result<std::unique_ptr<api::WatchStream>> opened =
          co_await through.watch(std::move(what));
      if (!opened) {
        answer = answer_of(opened.error());
        co_return;
      }
      stream = *std::move(opened);
      while (true) {
        const api::Result<api::WatchEvent> event = co_await stream->next();
        if (!event || event->type == api::WatchEventType::kEnd) co_return;
        lines.push_back(api::watch_event_value(request, *event));
      }
    };
    user_->runtime().spawn(read(*client, request));
    simulation_.run_until(simulation_.now() + std::chrono::seconds(request.timeout_seconds));
    if (answer.code == 200) answer.body = Value(std::move(lines));
    // The reader's frame ends with its process.
    user_->restart(sim::Duration(0));
    simulation_.run_until(simulation_.now() + 1ms);
    return answer;
  }

  NoRights no_rights_;
  store::Store store_;
  cluster::ApiEndpoint endpoint_;
  sim::Simulation simulation_{1};
  sim::Process* user_;
};

std::string api_recording() {
  const char* folder = std::getenv("SDBTWIN_RECORDINGS");
  return std::string(folder == nullptr ? "../shared/recorded" : folder) +
         "/kube-apiserver-1.32.json";
}

TEST(RecordedApiServer, AnswersWhatTheRealOneAnswered) {
  const auto exchanges = read_recording(api_recording());
  if (!exchanges) GTEST_SKIP() << "no recording at " << api_recording();
  RecordedWorld world;
  Normaliser recorded;
  Normaliser ours;
  int compared = 0;
  int matched = 0;
  int later = 0;
  int without_answer = 0;
  for (const RecordedExchange& exchange : *exchanges) {
    if (is_named_in(kForTheEdge, exchange.name)) {
      ++later;
      continue;
    }
    const RecordedAnswer answer = world.ask(exchange);
    world.let_others_act(exchange.name);
    if (!exchange.has_response) {
      ++without_answer;
      EXPECT_EQ(difference_from_rules(exchange.name, answer), "");
      continue;
    }
    ++compared;
    const std::vector<std::string> differences =
        differences_of(recorded.normalised(recorded_answer(exchange)), ours.normalised(answer));
    if (differences.empty()) ++matched;
    EXPECT_TRUE(differences.empty())
        << exchange.name << "\n  " << fmt::format("{}", fmt::join(differences, "\n  "));
  }
  fmt::print(
      "{} exchanges: {} compared, {} match ({} of them with a deliberate difference); {} for the "
      "HTTP edge, {} recorded without an answer\n",
      exchanges->size(), compared, matched, kDeliberateDifferences.size(), later, without_answer);
  EXPECT_EQ(matched, compared);
  EXPECT_GT(compared, 30);
}

}  // namespace
}  // namespace sdbtwin::property_tests
