#include "scenarios/reading/version_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "controller/ops_manager/semver.h"
#include "model/api/ops_request.h"
#include "model/api/singlestore.h"
#include "scenarios/reading/manifest.h"
#include "scenarios/spec/catalogue.h"
#include "scenarios/text/suggest.h"

namespace sdbtwin::scenarios {
namespace {

using ops_manager::SemVer;
using ops_manager::SemVerConstraint;
using VersionPtr = std::shared_ptr<const api::SinglestoreVersion>;

bool matches(const std::string& constraint, const SemVer& version) {
  const auto parsed = SemVerConstraint::parse(constraint);
  return parsed && parsed->allows(version);
}

class VersionCheck {
 public:
  VersionCheck(const Scenario& scenario, Problems& problems)
      : scenario_(scenario), problems_(problems), versions_(versions_of(scenario)) {}

  void run() {
    for (const Manifest* manifest : all_objects(scenario_)) {
      if (auto database = api::as_if<api::Singlestore>(manifest->object)) {
        check_database(*manifest, *database);
      }
    }
    for (const Manifest* manifest : accepted_objects(scenario_)) check_request(*manifest);
  }

 private:
  VersionPtr find(const std::string& name) const {
    const auto found =
        std::find_if(versions_.begin(), versions_.end(),
                     [&](const VersionPtr& version) { return version->metadata.name == name; });
    return found == versions_.end() ? nullptr : *found;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const VersionPtr& version : versions_) out.push_back(version->metadata.name);
    return out;
  }

  void check_database(const Manifest& manifest, const api::Singlestore& database) {
    const std::string& version = database.spec->version;
    reachable_[api::key_of(database)] = {version};
    if (find(version) != nullptr) return;
    problems_.add(place_of(manifest, "spec.version"),
                  version.empty() ? "spec.version is missing"
                                  : fmt::format("there is no SinglestoreVersion \"{}\"",
                                                printable(version, 60)),
                  suggestion(version, names(), "versions of this scenario"));
  }

  void check_request(const Manifest& manifest) {
    const auto request = api::as_if<api::SinglestoreOpsRequest>(manifest.object);
    if (request == nullptr) return;
    const api::ObjectKey database(request->metadata.namespace_, request->spec->database_ref.name);
    const auto found = reachable_.find(database);
    if (found == reachable_.end()) {
      std::vector<std::string> known;
      for (const auto& [key, versions] : reachable_) known.push_back(to_string(key));
      problems_.add(place_of(manifest, "spec.databaseRef.name"),
                    fmt::format("there is no Singlestore {}", printable(to_string(database), 120)),
                    suggestion(to_string(database), known, "databases of this scenario"));
      return;
    }
    if (request->spec->type == api::OpsRequestType::kUnset) {
      const api::Value* given = request->spec->extra.find("type");
      problems_.add(place_of(manifest, "spec.type"),
                    given == nullptr ? "spec.type is missing"
                                     : fmt::format("spec.type is {}", printable(given->dump(), 60)),
                    suggestion(given != nullptr && given->is_string() ? given->text() : "",
                               {"UpdateVersion", "Restart"}, "types"));
    }
    if (request->spec->type == api::OpsRequestType::kUpdateVersion) {
      check_target(manifest, *request, found->second);
    }
  }

  void check_target(const Manifest& manifest, const api::SinglestoreOpsRequest& request,
                    std::vector<std::string>& from) {
    if (!request.spec->update_version || request.spec->update_version->target_version.empty()) {
      problems_.add(place_of(manifest, "spec.updateVersion"),
                    "spec.updateVersion.targetVersion is missing",
                    suggestion("", allowed_from(from), "allowed targets"));
      return;
    }
    const std::string& target = request.spec->update_version->target_version;
    const Location at = place_of(manifest, "spec.updateVersion.targetVersion");
    if (find(target) == nullptr) {
      problems_.add(at, fmt::format("there is no SinglestoreVersion \"{}\"", printable(target, 60)),
                    suggestion(target, names(), "versions of this scenario"));
      return;
    }
    const std::vector<std::string> allowed = allowed_from(from);
    if (std::find(allowed.begin(), allowed.end(), target) == allowed.end()) {
      problems_.add(at, fmt::format("an update from {} to {} is not allowed", from.back(), target),
                    fmt::format("its updateConstraints allow: {}", fmt::join(allowed, ", ")));
      return;
    }
    from.push_back(target);
  }

  // Targets that one of these versions allows: requests of one database may run one after another.
  std::vector<std::string> allowed_from(const std::vector<std::string>& from) const {
    std::vector<std::string> out;
    for (const VersionPtr& candidate : versions_) {
      const bool allowed = std::any_of(from.begin(), from.end(), [&](const std::string& name) {
        const VersionPtr current = find(name);
        return current != nullptr && allows(*current, *candidate);
      });
      if (allowed) out.push_back(candidate->metadata.name);
    }
    return out;
  }

  // reference/kubedb.md section 5, rule 2 and 5.
  static bool allows(const api::SinglestoreVersion& current,
                     const api::SinglestoreVersion& candidate) {
    const auto version = ops_manager::parse_semver(candidate.spec->version);
    if (!version || candidate.spec->deprecated) return false;
    const auto& allowlist = current.spec->update_constraints.allowlist;
    const auto& denylist = current.spec->update_constraints.denylist;
    const auto match = [&](const std::string& constraint) { return matches(constraint, *version); };
    return (allowlist.empty() || std::any_of(allowlist.begin(), allowlist.end(), match)) &&
           std::none_of(denylist.begin(), denylist.end(), match);
  }

  const Scenario& scenario_;
  Problems& problems_;
  std::vector<VersionPtr> versions_;
  // By database: the versions that it may be on when the next request comes.
  std::map<api::ObjectKey, std::vector<std::string>> reachable_;
};

}  // namespace

void check_versions(const Scenario& scenario, Problems& problems) {
  VersionCheck(scenario, problems).run();
}

}  // namespace sdbtwin::scenarios
