#include "scenarios/reading/fault_yaml.h"

#include <fmt/format.h>

#include <set>
#include <type_traits>

#include "scenarios/reading/fault_fields.h"
#include "scenarios/text/suggest.h"

namespace sdbtwin::scenarios {
namespace {

// The index-th alternative of a variant, with its own values.
template <class V, std::size_t... i>
V make_alternative(std::size_t index, std::index_sequence<i...>) {
  V out;
  ((i == index ? void(out.template emplace<i>()) : void()), ...);
  return out;
}
template <class V>
V make_alternative(std::size_t index) {
  return make_alternative<V>(index, std::make_index_sequence<std::variant_size_v<V>>());
}

// Of the names that the mapping may have exactly one of: those that it has.
template <class Names, class NameOf>
std::vector<std::size_t> present(MapReader& reader, const Names& names, const NameOf& name_of) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (reader.field(name_of(names[i])) != nullptr) found.push_back(i);
  }
  return found;
}

faults::Moment read_moment(MapReader& when, std::size_t kind) {
  MapReader reader = when.nested(faults::kMomentNames[kind]);
  auto moment = make_alternative<faults::Moment>(kind);
  std::visit(
      [&](auto& m) {
        using M = std::remove_reference_t<decltype(m)>;
        if constexpr (!std::is_same_v<M, faults::AtTime>) {
          FieldReader fields(reader);
          M::fields(m, fields);
        }
      },
      moment);
  reader.finish();
  return moment;
}

// Ends a mapping that must have had exactly one of `names`. When it had none, a field that nobody
// knows is most likely a slip in one of them, and says all.
void finish(MapReader& reader, std::size_t found, std::string_view what,
            const std::vector<std::string>& names) {
  const std::size_t before = reader.problems().all().size();
  reader.finish();
  if (found == 1 || !reader.present()) return;
  if (found == 0 && reader.problems().all().size() > before) return;
  reader.problems().add(reader.location(), fmt::format("{} has {} {}", reader.path(), found, what),
                        suggestion("", names, "give exactly one of"));
}

// A state, with its occurrence and delay.
faults::Trigger read_when(MapReader& when) {
  faults::Trigger trigger;
  std::vector<std::string_view> names(faults::kMomentNames.begin() + 1, faults::kMomentNames.end());
  const auto found = present(when, names, [](std::string_view name) { return name; });
  if (found.size() == 1) trigger.moment = read_moment(when, found.front() + 1);
  when.read("occurrence", trigger.occurrence, {1, 1'000'000});
  when.read("delay", trigger.delay);
  finish(when, found.size(), "moments", {names.begin(), names.end()});
  return trigger;
}

faults::Fault read_fault(MapReader& item, std::size_t kind) {
  MapReader reader = item.nested(faults::kFaultKinds[kind].name);
  auto fault = make_alternative<faults::Fault>(kind);
  std::visit(
      [&](auto& f) {
        FieldReader fields(reader);
        std::remove_reference_t<decltype(f)>::fields(f, fields);
      },
      fault);
  reader.finish();
  return fault;
}

}  // namespace

void FieldReader::trigger(std::string_view name, std::optional<faults::Trigger>& out) {
  if (reader_.field(name) == nullptr) return;
  MapReader nested = reader_.nested(name);
  if (nested.field("at") != nullptr) {
    out = read_trigger(nested);
    nested.finish();
  } else {
    out = read_when(nested);
  }
}

faults::Trigger read_trigger(MapReader& reader) {
  faults::Trigger trigger;
  const bool at = reader.field("at") != nullptr;
  const bool when = reader.field("when") != nullptr;
  if (at == when && reader.present()) {
    reader.problems().add(
        reader.location(),
        fmt::format("{} {}", reader.path(), at ? "has both `at` and `when`" : "does not say when"),
        "give one of them: `at: 10s`, or `when: {condition: {type: Paused}}`");
    return trigger;
  }
  if (when) {
    MapReader state = reader.nested("when");
    return read_when(state);
  }
  faults::AtTime moment;
  reader.read("at", moment.at);
  trigger.moment = moment;
  return trigger;
}

faults::FaultPlan read_faults(MapReader& spec) {
  faults::FaultPlan plan;
  std::set<std::string> names;
  for (const auto& [node, path] : spec.items("faults")) {
    MapReader item(spec.document(), node, path, spec.problems());
    faults::PlannedFault planned;
    if (!item.read("name", planned.name)) planned.name = fmt::format("fault {}", names.size() + 1);
    const auto found =
        present(item, faults::kFaultKinds, [](const faults::FaultKind& kind) { return kind.name; });
    planned.trigger = read_trigger(item);
    if (found.size() == 1) planned.fault = read_fault(item, found.front());
    std::vector<std::string> kinds;
    for (const faults::FaultKind& kind : faults::kFaultKinds) kinds.emplace_back(kind.name);
    finish(item, found.size(), "faults", kinds);
    if (!names.insert(planned.name).second) {
      spec.problems().add(item.location_of("name"),
                          fmt::format("two faults are named \"{}\"", printable(planned.name, 60)),
                          "give each fault its own name");
      continue;
    }
    plan.faults.push_back(std::move(planned));
  }
  sort(plan);
  return plan;
}

}  // namespace sdbtwin::scenarios
