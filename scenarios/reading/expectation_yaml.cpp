#include "scenarios/reading/expectation_yaml.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "invariants/registry.h"
#include "model/api/ops_request.h"
#include "model/api/singlestore.h"
#include "scenarios/text/suggest.h"
#include "scenarios/verdict/counters.h"

namespace sdbtwin::scenarios {
namespace {

// The first name of a Kubernetes enum is "", the absent value.
template <std::size_t n>
std::vector<std::string> names_after_unset(const std::array<std::string_view, n>& names) {
  return {names.begin() + 1, names.end()};
}

class ExpectationReader {
 public:
  ExpectationReader(MapReader& expect, const Scenario& scenario)
      : expect_(expect), scenario_(scenario) {}

  std::vector<Expectation> read() {
    read_list("requests", [this](MapReader& item) { return Any(request(item)); });
    read_list("databases", [this](MapReader& item) { return Any(database(item)); });
    read_list("counts", [this](MapReader& item) { return Any(count(item)); });
    read_list("restarts", [this](MapReader& item) { return Any(restart(item)); });
    read_list("availability", [this](MapReader& item) { return Any(availability(item)); });
    read_list("margins", [this](MapReader& item) { return Any(margin(item)); });
    return std::move(out_);
  }

 private:
  using Any = decltype(Expectation::what);

  template <class Read>
  void read_list(std::string_view field, Read read_one) {
    for (const auto& [node, path] : expect_.items(field)) {
      MapReader item(expect_.document(), node, path, expect_.problems());
      if (item.present()) out_.push_back({read_one(item), item.location()});
    }
  }

  api::ObjectKey key(MapReader& item, api::Kind kind) {
    api::ObjectKey key;
    item.read("namespace", key.namespace_);
    if (item.required("name", "name the object")) item.read("name", key.name);
    if (key.name.empty()) return key;
    std::vector<std::string> names;
    std::vector<api::ObjectKey> found;
    for (const Manifest* manifest : all_objects(scenario_)) {
      if (manifest->object->kind() != kind) continue;
      const api::ObjectKey known = api::key_of(*manifest->object);
      names.push_back(known.name);
      const bool same_namespace = key.namespace_.empty() || key.namespace_ == known.namespace_;
      if (known.name == key.name && same_namespace) found.push_back(known);
    }
    if (found.empty()) {
      item.problems().add(item.location_of("name"),
                          fmt::format("no {} of this scenario is named \"{}\"",
                                      api::to_string(kind), printable(key.name, 60)),
                          suggestion(key.name, names, "there are"));
      return key;
    }
    return found.front();
  }

  ExpectedRequest request(MapReader& item) {
    ExpectedRequest expected;
    expected.key = key(item, api::Kind::kSinglestoreOpsRequest);
    const auto& phases = api::EnumNames<api::OpsRequestPhase>::kNames;
    const int phase = item.read_choice("phase", names_after_unset(phases));
    if (phase >= 0) expected.phase = phases[static_cast<std::size_t>(phase) + 1];
    sim::Duration duration{};
    if (item.read("within", duration)) expected.within = duration;
    if (item.read("atLeast", duration)) expected.at_least = duration;
    item.read("reason", expected.reason);
    item.read("message", expected.message);
    item.finish();
    return expected;
  }

  // {sdb-leaf-0: "8.9.3", "sdb-leaf-*": "8.7.21"}
  std::vector<ExpectedVersion> versions(MapReader& item, std::string_view field) {
    std::vector<ExpectedVersion> out;
    const YamlPtr node = item.field(field);
    if (node == nullptr) return out;
    if (node->type != YamlType::kMapping) {
      item.wrong_type(*node, field, "a mapping of names to versions", "{sdb-leaf-0: \"8.9.3\"}");
      return out;
    }
    for (const YamlEntry& entry : node->entries) {
      if (entry.value->type == YamlType::kString) {
        out.push_back({entry.key, entry.value->text});
      } else {
        item.wrong_type(*entry.value, field, "versions as text", "\"8.9.3\"");
      }
    }
    return out;
  }

  ExpectedDatabase database(MapReader& item) {
    ExpectedDatabase expected;
    expected.key = key(item, api::Kind::kSinglestore);
    const auto& phases = api::EnumNames<api::DatabasePhase>::kNames;
    const int phase = item.read_choice("phase", names_after_unset(phases));
    if (phase >= 0) expected.phase = phases[static_cast<std::size_t>(phase) + 1];
    item.read("version", expected.version);
    bool paused = false;
    if (item.read("paused", paused)) expected.paused = paused;
    expected.pods = versions(item, "pods");
    expected.petsets = versions(item, "petSets");
    item.finish();
    return expected;
  }

  ExpectedCount count(MapReader& item) {
    ExpectedCount expected;
    std::vector<std::string> names;
    for (const Counter& counter : kCounters) names.emplace_back(counter.name);
    (void)item.required("counter", suggestion("", names, "counters"));
    const int index = item.read_choice("counter", names);
    if (index >= 0) expected.counter = names[static_cast<std::size_t>(index)];
    std::int64_t number = 0;
    int limits = 0;
    if (item.read("equals", number)) {
      expected.at_least = number;
      expected.at_most = number;
      ++limits;
    }
    if (item.read("atLeast", number)) {
      expected.at_least = number;
      ++limits;
    }
    if (item.read("atMost", number)) {
      expected.at_most = number;
      ++limits;
    }
    if (limits == 0) {
      item.problems().add(item.location(), item.path() + " has no limit",
                          "give equals, or atLeast, atMost, or both");
    }
    item.finish();
    return expected;
  }

  // `atMost: 500ms` or `atMost: 0`: as the margin is a time or a count.
  bool limit(MapReader& item, std::string_view field, std::optional<std::int64_t>& out) {
    const YamlPtr node = item.field(field);
    if (node == nullptr) return false;
    std::int64_t count = 0;
    sim::Duration duration{};
    if (node->type == YamlType::kInteger) {
      if (item.read(field, count)) out = count;
    } else if (item.read(field, duration)) {
      out = duration.count();
    }
    return true;
  }

  ExpectedRestart restart(MapReader& item) {
    ExpectedRestart expected;
    if (item.required("pod", "name the pod, or a glob: `pod: \"sdb-leaf-*\"`")) {
      item.read("pod", expected.pod);
    }
    sim::Duration duration{};
    if (item.read("within", duration)) expected.within = duration;
    if (item.read("atLeast", duration)) expected.at_least = duration;
    item.finish();
    return expected;
  }

  ExpectedAvailability availability(MapReader& item) {
    ExpectedAvailability expected;
    expected.key = key(item, api::Kind::kSinglestore);
    item.read("database", expected.database);
    std::int32_t partition = 0;
    if (item.read("partition", partition, {0, 1'000'000})) expected.partition = partition;
    (void)item.required("service", "`service: writes` or `service: reads`");
    expected.writes = item.read_choice("service", {"reads", "writes"}) != 0;
    const auto number = [&](std::string_view field, std::optional<std::int64_t>& out) {
      std::int64_t value = 0;
      if (item.read(field, value)) out = value;
    };
    number("outagesAtLeast", expected.outages_at_least);
    number("outagesAtMost", expected.outages_at_most);
    const auto time = [&](std::string_view field, std::optional<sim::Duration>& out) {
      sim::Duration value{};
      if (item.read(field, value)) out = value;
    };
    time("longestAtMost", expected.longest_at_most);
    time("totalAtLeast", expected.total_at_least);
    time("totalAtMost", expected.total_at_most);
    item.finish();
    return expected;
  }

  ExpectedMargin margin(MapReader& item) {
    ExpectedMargin expected;
    std::vector<std::string> names;
    for (const auto& entry : invariants::registry()) names.emplace_back(entry.name);
    (void)item.required("invariant", suggestion("", names, "invariants"));
    const int index = item.read_choice("invariant", names);
    if (index >= 0) expected.invariant = names[static_cast<std::size_t>(index)];
    item.read("what", expected.what);
    const bool most = limit(item, "atMost", expected.at_most);
    const bool least = limit(item, "atLeast", expected.at_least);
    if (!most && !least) {
      item.problems().add(item.location(), item.path() + " has no limit",
                          "give atMost, atLeast, or both: a duration, or a number for a count");
    }
    item.finish();
    return expected;
  }

  MapReader& expect_;
  const Scenario& scenario_;
  std::vector<Expectation> out_;
};

}  // namespace

std::vector<Expectation> read_expectations(MapReader& spec, const Scenario& scenario) {
  MapReader expect = spec.nested("expect");
  std::vector<Expectation> out = ExpectationReader(expect, scenario).read();
  expect.finish();
  return out;
}

}  // namespace sdbtwin::scenarios
