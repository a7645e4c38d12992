#include "controller/ops_manager/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "controller/ops_manager/semver.h"
#include "model/api/errors.h"

namespace sdbtwin::ops_manager {
namespace {

constexpr std::string_view kGroup = "ops.kubedb.com";
constexpr std::string_view kKindName = "SinglestoreOpsRequest";

std::string quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

// Whether any constraint of the list matches; nullopt: one of them cannot be parsed.
std::optional<bool> any_allows(const std::vector<std::string>& constraints,
                               const SemVer& candidate) {
  bool found = false;
  for (const std::string& text : constraints) {
    const auto constraint = SemVerConstraint::parse(text);
    if (!constraint) return std::nullopt;
    found = found || constraint->allows(candidate);
  }
  return found;
}

void check_update_version(const api::SinglestoreOpsRequest& request,
                          const api::Singlestore* database, const Versions& versions,
                          std::vector<api::StatusCause>& causes) {
  const auto& update = request.spec->update_version;
  if (!update) {
    causes.push_back(api::field_error::required("spec.updateVersion",
                                                "spec.updateVersion is required for type "
                                                "UpdateVersion"));
    return;
  }
  const std::string path = "spec.updateVersion.targetVersion";
  const std::string& target = update->target_version;
  const auto version = find_version(versions, target);
  if (!version) {
    causes.push_back(api::field_error::invalid(
        path, quoted(target), fmt::format("SinglestoreVersion {} does not exist", target)));
    return;
  }
  if (version->spec->deprecated) {
    causes.push_back(api::field_error::invalid(
        path, quoted(target), fmt::format("SinglestoreVersion {} is deprecated", target)));
  }
  if (database == nullptr) return;
  const std::string problem = upgrade_problem(database->spec->version, target, versions);
  if (!problem.empty()) {
    causes.push_back(api::field_error::invalid(path, quoted(target), problem));
  }
}

}  // namespace

std::shared_ptr<const api::SinglestoreVersion> find_version(const Versions& versions,
                                                            std::string_view name) {
  const auto found = std::find_if(versions.begin(), versions.end(), [&](const auto& version) {
    return version->metadata.name == name;
  });
  return found == versions.end() ? nullptr : *found;
}

std::string upgrade_problem(std::string_view current, std::string_view target,
                            const Versions& versions) {
  const auto from = find_version(versions, current);
  if (!from) return fmt::format("SinglestoreVersion {} of the database does not exist", current);
  const auto to = find_version(versions, target);
  if (!to) return fmt::format("SinglestoreVersion {} does not exist", target);
  const auto candidate = parse_semver(to->spec->version);
  if (!candidate) {
    return fmt::format("version {} of {} cannot be parsed", to->spec->version, target);
  }
  const auto& constraints = from->spec->update_constraints;
  const auto allowed = constraints.allowlist.empty()
                           ? std::optional<bool>(true)
                           : any_allows(constraints.allowlist, *candidate);
  const auto denied = any_allows(constraints.denylist, *candidate);
  if (!allowed || !denied) {
    return fmt::format("the update constraints of version {} cannot be parsed", current);
  }
  if (*allowed && !*denied) return {};
  return fmt::format("upgrade from version {} to {} is not supported", current, target);
}

std::vector<api::StatusCause> find_problems(const api::SinglestoreOpsRequest& request,
                                            const api::Singlestore* database,
                                            const Versions& versions) {
  std::vector<api::StatusCause> causes;
  const std::string& name = request.spec->database_ref.name;
  if (database == nullptr) {
    causes.push_back(api::field_error::invalid(
        "spec.databaseRef", quoted(name),
        fmt::format("Singlestore {}/{} does not exist", request.metadata.namespace_, name)));
  }
  switch (request.spec->type) {
    case api::OpsRequestType::kUpdateVersion:
      check_update_version(request, database, versions, causes);
      break;
    case api::OpsRequestType::kRestart:
      break;  // Nothing beyond databaseRef (kubedb.md 5).
    case api::OpsRequestType::kUnset:
      causes.push_back(api::field_error::required("spec.type"));
      break;
    case api::OpsRequestType::kHorizontalScaling:
    case api::OpsRequestType::kVerticalScaling:
    case api::OpsRequestType::kVolumeExpansion:
    case api::OpsRequestType::kReconfigure:
    case api::OpsRequestType::kReconfigureTls:
    case api::OpsRequestType::kRotateAuth:
    case api::OpsRequestType::kStorageMigration:
      causes.push_back(api::field_error::not_supported(
          "spec.type", quoted(api::to_string(request.spec->type)), {"UpdateVersion", "Restart"}));
      break;
  }
  if (!request.spec->timeout.empty() && !request.spec->timeout.value()) {
    causes.push_back(api::field_error::invalid("spec.timeout", quoted(request.spec->timeout.text),
                                               "must be a duration such as 10m"));
  }
  return causes;
}

api::Result<void> validate_ops_request(const api::SinglestoreOpsRequest& request,
                                       const api::Singlestore* database, const Versions& versions) {
  auto causes = find_problems(request, database, versions);
  if (causes.empty()) return {};
  return api::errors::invalid(kGroup, kKindName, request.metadata.name, std::move(causes));
}

api::Result<void> validate_ops_update(const api::SinglestoreOpsRequest& before,
                                      const api::SinglestoreOpsRequest& after) {
  if (before.spec == after.spec) return {};
  return api::errors::invalid(kGroup, kKindName, after.metadata.name,
                              {api::field_error::forbidden("spec", "the spec cannot be changed")});
}

}  // namespace sdbtwin::ops_manager
