#include "scenarios/reading/load.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "model/api/ops_request.h"
#include "scenarios/reading/action_yaml.h"
#include "scenarios/reading/expectation_yaml.h"
#include "scenarios/reading/fault_yaml.h"
#include "scenarios/reading/manifest.h"
#include "scenarios/reading/manifest_check.h"
#include "scenarios/reading/settings_yaml.h"
#include "scenarios/reading/version_check.h"
#include "scenarios/spec/catalogue.h"
#include "scenarios/text/map_reader.h"

namespace sdbtwin::scenarios {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kApiVersion = "sdbtwin.dev/v1alpha1";
constexpr std::string_view kKind = "Scenario";
constexpr std::string_view kHeaderHint =
    "a scenario begins with `apiVersion: sdbtwin.dev/v1alpha1` and `kind: Scenario`";

// A week of virtual time: enough for the largest rollout, and far from where int64 ends. [us]
constexpr sim::Duration kHorizonMax = std::chrono::hours(168);

std::string identity(const std::string& path) {
  std::error_code error;
  const fs::path resolved = fs::weakly_canonical(path, error);
  return error ? path : resolved.string();
}

class ScenarioLoader {
 public:
  explicit ScenarioLoader(Problems& problems) : problems_(problems) {}

  // Reads the file into `scenario`, its base first. `from`: where it is named as a base.
  void load(const std::string& path, Scenario& scenario) {
    const SourcePtr source = read_source(path, problems_);
    if (source == nullptr) return;
    const auto documents = parse_yaml(source, problems_);
    if (!documents) return;
    const std::optional<YamlDocument> document = the_one_document(source, *documents);
    if (!document) return;
    chain_.push_back(path);
    read(*document, scenario);
    chain_.pop_back();
  }

 private:
  std::optional<YamlDocument> the_one_document(const SourcePtr& source,
                                               const std::vector<YamlDocument>& documents) {
    std::vector<const YamlDocument*> filled;
    for (const YamlDocument& document : documents) {
      if (document.root->type != YamlType::kNull) filled.push_back(&document);
    }
    if (filled.empty()) {
      problems_.add(source, {1, 1}, "the file is empty", std::string(kHeaderHint));
      return std::nullopt;
    }
    if (filled.size() > 1) {
      problems_.add(source, filled[1]->root->at, "a second document in a scenario file",
                    "one scenario per file; put Kubernetes objects into files of their own");
      return std::nullopt;
    }
    return *filled.front();
  }

  bool check_header(const YamlDocument& document) {
    const YamlNode& root = *document.root;
    if (root.type != YamlType::kMapping) {
      problems_.add(document.source, root.at,
                    fmt::format("a scenario is a mapping, not {}", describe(root.type)),
                    std::string(kHeaderHint));
      return false;
    }
    const YamlEntry* api_version = root.find("apiVersion");
    const YamlEntry* kind = root.find("kind");
    if (api_version == nullptr || kind == nullptr) {
      problems_.add(document.source, root.at,
                    fmt::format("{} is missing", api_version == nullptr ? "apiVersion" : "kind"),
                    std::string(kHeaderHint));
      return false;
    }
    if (api_version->value->text == kApiVersion && kind->value->text == kKind) return true;
    const YamlEntry* wrong = api_version->value->text == kApiVersion ? kind : api_version;
    const bool manifest = api_version->value->text.find("sdbtwin.dev/") == std::string::npos &&
                          kind->value->text != kKind;
    problems_.add(document.source, wrong->value->at,
                  fmt::format("{} is \"{}\"", wrong->key, printable(wrong->value->text, 60)),
                  manifest ? "this is a Kubernetes manifest: run it with `sdbtwin run -f FILE`"
                           : std::string(kHeaderHint));
    return false;
  }

  void read(const YamlDocument& document, Scenario& scenario) {
    if (!check_header(document)) return;
    MapReader root(document, document.root, "", problems_);
    (void)root.field("apiVersion");
    (void)root.field("kind");
    MapReader metadata = root.nested("metadata");
    scenario.file = document.source->path;
    if (chain_.size() == 1) {
      scenario.name.clear();
      if (!metadata.present() || metadata.required("name", "name the scenario") == nullptr) {
        if (!metadata.present()) {
          problems_.add(document.source, document.root->at, "metadata.name is missing",
                        "name the scenario: `metadata: {name: quickstart}`");
        }
      }
      metadata.read("name", scenario.name);
      metadata.read("description", scenario.description);
      scenario.name_location = metadata.location_of("name");
      check_name(metadata, scenario.name);
    } else {
      (void)metadata.field("name");
      (void)metadata.field("description");
    }
    metadata.finish();
    if (root.required("spec", "say what runs: `spec: {manifests: [...], actions: [...]}`")) {
      MapReader spec = root.nested("spec");
      read_spec(spec, scenario);
    }
    root.finish();
  }

  void check_name(MapReader& metadata, const std::string& name) {
    const bool fits =
        name.size() <= 100 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '-' || c == '.' || c == '_';
        });
    if (fits) return;
    problems_.add(metadata.location_of("name"),
                  fmt::format("metadata.name is \"{}\"", printable(name, 60)),
                  "use letters, digits, `-`, `.` and `_`, at most 100 of them");
  }

  void read_spec(MapReader& spec, Scenario& scenario) {
    std::string base;
    if (spec.read("base", base)) load_base(spec, base, scenario);
    read_cluster(spec, scenario.cluster);
    read_database(spec, scenario.database);
    read_workload(spec, scenario.workload);
    read_operators(spec, scenario.operators);
    read_policy(spec, scenario.policy);
    for (Manifest& manifest : read_manifest_list(spec, "manifests")) {
      scenario.manifests.push_back(std::move(manifest));
    }
    for (Action& action : read_actions(spec)) add_action(spec, scenario, std::move(action));
    for (faults::PlannedFault& fault : read_faults(spec).faults) {
      add_fault(spec, scenario, std::move(fault));
    }
    sort(scenario.faults);
    if (spec.field("expect")) scenario.expectations = read_expectations(spec, scenario);
    read_invariants(spec, scenario.disabled_invariants);
    if (spec.read("horizon", scenario.horizon)) check_horizon(spec, scenario.horizon);
    spec.finish();
  }

  void load_base(MapReader& spec, const std::string& base, Scenario& scenario) {
    const Location at = spec.location_of("base");
    const std::string path =
        (fs::path(at.source->path).parent_path() / base).lexically_normal().string();
    const auto same = [&](const std::string& open) { return identity(open) == identity(path); };
    const auto found = std::find_if(chain_.begin(), chain_.end(), same);
    if (found != chain_.end()) {
      std::vector<std::string> cycle(found, chain_.end());
      cycle.push_back(path);
      problems_.add(at, "the base includes itself",
                    fmt::format("break the circle: {}", fmt::join(cycle, " -> ")));
      return;
    }
    std::error_code error;
    if (!fs::is_regular_file(path, error)) {
      problems_.add(at, fmt::format("there is no file {}", printable(path)),
                    "the path is relative to the folder of this scenario");
      return;
    }
    load(path, scenario);
    scenario.file = at.source->path;
  }

  void add_action(MapReader& spec, Scenario& scenario, Action action) {
    for (const Action& known : scenario.actions) {
      // Unnamed ones are numbered per file and may meet their like of the base.
      if (known.name != action.name || known.name.starts_with("action ")) continue;
      spec.problems().add(action.location,
                          fmt::format("the base has an action \"{}\" too", action.name),
                          "give it another name");
      return;
    }
    scenario.actions.push_back(std::move(action));
  }

  void add_fault(MapReader& spec, Scenario& scenario, faults::PlannedFault fault) {
    for (const faults::PlannedFault& known : scenario.faults.faults) {
      if (known.name != fault.name) continue;
      spec.problems().add(spec.location_of("faults"),
                          fmt::format("the base has a fault \"{}\" too", fault.name),
                          "give it another name");
      return;
    }
    scenario.faults.faults.push_back(std::move(fault));
  }

  void check_horizon(MapReader& spec, sim::Duration horizon) {
    if (horizon > sim::Duration::zero() && horizon <= kHorizonMax) return;
    problems_.add(spec.location_of("horizon"), "spec.horizon is " + sim::format_duration(horizon),
                  "it must be more than 0s and at most " + sim::format_duration(kHorizonMax));
  }

  Problems& problems_;
  std::vector<std::string> chain_;  // files that are being read, outermost first
};

// Checks that need the whole scenario.
void finish(Scenario& scenario, const SourcePtr& source, Problems& problems) {
  std::vector<Manifest> objects = scenario.manifests;
  check_duplicates(objects, problems);
  for (const Action& action : scenario.actions) {
    if (const auto* apply = std::get_if<ApplyAction>(&action.what)) {
      check_duplicates(apply->objects, problems);
    }
  }
  if (all_objects(scenario).empty() && source != nullptr) {
    problems.add(source, {1, 1}, "the scenario applies nothing",
                 "give spec.manifests, or an action with `apply`");
  }
  check_versions(scenario, problems);
  check_manifests(scenario, problems);
  expect_success(scenario);
  scenario.notes = supply_defaults(scenario).notes;
}

bool is_yaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

void collect(const fs::path& folder, std::vector<std::string>& out) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) entries.push_back(entry.path());
  std::sort(entries.begin(), entries.end());
  for (const fs::path& entry : entries) {
    if (fs::is_directory(entry, error)) {
      const std::string name = entry.filename().string();
      if (name != "manifests" && !name.starts_with('.')) collect(entry, out);
    } else if (is_yaml(entry)) {
      out.push_back(entry.string());
    }
  }
}

int order_of(const api::Object& object) {
  switch (object.kind()) {
    case api::Kind::kNamespace:
      return 0;
    case api::Kind::kSinglestore:
      return 2;
    case api::Kind::kSinglestoreOpsRequest:
      return 3;
    default:
      return 1;
  }
}

// As in KubeDB's own walk-throughs: a request is applied when its database has become Ready, if the
// database is made by the same manifests. `apply: Always` would else restart what is not yet there.
void ask_when_ready(Scenario& scenario) {
  std::vector<Manifest> now;
  for (Manifest& manifest : scenario.manifests) {
    const auto request = api::as_if<api::SinglestoreOpsRequest>(manifest.object);
    const bool waits =
        request != nullptr && std::ranges::any_of(scenario.manifests, [&](const Manifest& other) {
          return other.object != nullptr && other.object->kind() == api::Kind::kSinglestore &&
                 other.object->metadata.namespace_ == request->metadata.namespace_ &&
                 other.object->metadata.name == request->spec->database_ref.name;
        });
    if (!waits) {
      now.push_back(manifest);
      continue;
    }
    faults::PhaseBecomes ready;
    ready.object.kind = api::Kind::kSinglestore;
    ready.object.namespace_ = request->metadata.namespace_;
    ready.object.name = request->spec->database_ref.name;
    ready.phase = "Ready";
    Action action;
    action.name = fmt::format("apply {}", request->metadata.name);
    action.trigger.moment = std::move(ready);
    action.what = ApplyAction{{manifest}};
    action.location = manifest.location;
    scenario.actions.push_back(std::move(action));
    scenario.notes.push_back(fmt::format("request {} is applied when {} is Ready",
                                         request->metadata.name, request->spec->database_ref.name));
  }
  scenario.manifests = std::move(now);
}

}  // namespace

std::optional<Scenario> load_scenario(const std::string& path, Problems& problems) {
  const std::size_t before = problems.all().size();
  Scenario scenario;
  ScenarioLoader(problems).load(path, scenario);
  if (problems.all().size() != before) return std::nullopt;
  finish(scenario, scenario.name_location.source, problems);
  if (problems.all().size() != before) return std::nullopt;
  return scenario;
}

std::vector<std::string> find_scenario_files(const std::vector<std::string>& paths,
                                             Problems& problems) {
  std::vector<std::string> out;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      out.push_back(path);
      continue;
    }
    const std::size_t before = out.size();
    collect(path, out);
    if (out.size() == before) {
      problems.add_file(path, "holds no scenario", "a scenario is a *.yaml file in this folder");
    }
  }
  return out;
}

std::vector<Scenario> load_suite(const std::vector<std::string>& paths, Problems& problems) {
  std::vector<Scenario> out;
  std::map<std::string, std::string> file_of;
  for (const std::string& file : find_scenario_files(paths, problems)) {
    std::optional<Scenario> scenario = load_scenario(file, problems);
    if (!scenario) continue;
    const auto [known, fresh] = file_of.emplace(scenario->name, file);
    if (!fresh) {
      problems.add(
          scenario->name_location, fmt::format("two scenarios are named \"{}\"", scenario->name),
          fmt::format("results go by name: rename this one or the one in {}", known->second));
      continue;
    }
    out.push_back(std::move(*scenario));
  }
  return out;
}

std::optional<Scenario> scenario_of_manifests(const std::vector<std::string>& files,
                                              Problems& problems) {
  const std::size_t before = problems.all().size();
  Scenario scenario;
  scenario.name = files.empty() ? "manifests" : fs::path(files.front()).stem().string();
  scenario.description =
      fmt::format("the manifests {}, in the default cluster", fmt::join(files, ", "));
  scenario.file = fmt::format("-f {}", fmt::join(files, " -f "));
  for (const std::string& file : files) {
    for (Manifest& manifest : load_manifests(file, problems)) {
      scenario.manifests.push_back(std::move(manifest));
    }
  }
  std::stable_sort(scenario.manifests.begin(), scenario.manifests.end(),
                   [](const Manifest& a, const Manifest& b) {
                     return order_of(*a.object) < order_of(*b.object);
                   });
  finish(scenario, nullptr, problems);
  if (problems.all().size() != before) return std::nullopt;
  ask_when_ready(scenario);
  scenario.notes.emplace_back(
      "applied in this order: namespaces, other objects, databases, requests");
  return scenario;
}

}  // namespace sdbtwin::scenarios
