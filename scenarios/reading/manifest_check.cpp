#include "scenarios/reading/manifest_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "model/api/ops_request.h"
#include "model/api/schema.h"
#include "scenarios/reading/manifest.h"
#include "scenarios/text/suggest.h"

namespace sdbtwin::scenarios {
namespace {

bool is_expected(const Scenario& scenario, const api::ObjectKey& request) {
  return std::ranges::any_of(scenario.expectations, [&](const Expectation& expectation) {
    const auto* expected = std::get_if<ExpectedRequest>(&expectation.what);
    return expected != nullptr && expected->key == request;
  });
}

class ManifestCheck {
 public:
  ManifestCheck(const Scenario& scenario, Problems& problems)
      : scenario_(scenario), problems_(problems) {}

  void run() {
    for (const Manifest* manifest : accepted_objects(scenario_)) {
      check_metadata(*manifest);
      check_fields(*manifest);
      if (const auto request = api::as_if<api::SinglestoreOpsRequest>(manifest->object)) {
        check_request(*manifest, *request);
      }
    }
  }

 private:
  void check_metadata(const Manifest& manifest) {
    if (manifest.object->metadata.resource_version == 0) return;
    problems_.add(
        place_of(manifest, "metadata.resourceVersion"),
        "metadata.resourceVersion must not be set on an object that is created",
        "remove it, with uid, creationTimestamp and status: they come from a live object");
  }

  // The rules of the field tables, after defaulting, as the API server applies them.
  void check_fields(const Manifest& manifest) {
    const std::shared_ptr<api::Object> object = manifest.object->clone();
    api::apply_defaults(*object);
    for (const api::StatusCause& cause : api::validate(*object)) {
      if (cause.field == "spec.type") continue;  // VersionCheck says more.
      problems_.add(
          place_of(manifest, cause.field),
          fmt::format("{}: {}", printable(cause.field, 120), printable(cause.message, 300)),
          "the API server refuses it; change the value");
    }
  }

  void check_request(const Manifest& manifest, const api::SinglestoreOpsRequest& request) {
    using enum api::OpsRequestType;
    const api::OpsRequestType type = request.spec->type;
    const bool simulated = type == kUpdateVersion || type == kRestart;
    if (!simulated && type != kUnset && !is_expected(scenario_, api::key_of(request))) {
      problems_.add(place_of(manifest, "spec.type"),
                    fmt::format("requests of type {} are not simulated", to_string(type)),
                    "the operator carries out UpdateVersion and Restart; another type fails, which "
                    "a scenario may expect");
    }
    if (const auto& timeout = request.spec->timeout; !timeout.empty()) {
      const auto duration = timeout.value();
      if (!duration || *duration <= sim::Duration::zero()) {
        problems_.add(place_of(manifest, "spec.timeout"),
                      fmt::format("spec.timeout is {}", printable(timeout.text, 60)),
                      "give a time above zero, for example 5m");
      }
    }
  }

  const Scenario& scenario_;
  Problems& problems_;
};

}  // namespace

void check_manifests(const Scenario& scenario, Problems& problems) {
  ManifestCheck(scenario, problems).run();
}

void expect_success(Scenario& scenario) {
  if (!scenario.expectations.empty()) return;
  for (const Manifest* manifest : accepted_objects(scenario)) {
    if (manifest->object->kind() != api::Kind::kSinglestoreOpsRequest) continue;
    const api::ObjectKey key = api::key_of(*manifest->object);
    const bool is_deleted = std::ranges::any_of(scenario.actions, [&](const Action& action) {
      const auto* removal = std::get_if<DeleteAction>(&action.what);
      return removal != nullptr && removal->ref == api::ref_of(*manifest->object);
    });
    if (is_deleted || key.name.empty()) continue;
    scenario.expectations.push_back(
        {ExpectedRequest{.key = key, .phase = "Successful"}, manifest->location});
  }
}

}  // namespace sdbtwin::scenarios
