#include "scenarios/fault_yaml.h"

#include <fmt/format.h>

#include <array>
#include <set>

#include "scenarios/processes.h"
#include "scenarios/suggest.h"

namespace sdbtwin::scenarios {
namespace {

using api::Subresource;
using api::Verb;

constexpr std::array<std::pair<std::string_view, Verb>, 5> kWriteVerbs{
    {{"create", Verb::kCreate},
     {"update", Verb::kUpdate},
     {"patch", Verb::kPatch},
     {"delete", Verb::kDelete},
     {"deletecollection", Verb::kDeleteCollection}}};
constexpr std::array<std::pair<std::string_view, Subresource>, 5> kSubresources{
    {{"none", Subresource::kNone},
     {"status", Subresource::kStatus},
     {"scale", Subresource::kScale},
     {"eviction", Subresource::kEviction},
     {"binding", Subresource::kBinding}}};

template <class E, std::size_t n>
std::optional<E> read_optional(MapReader& reader, std::string_view name,
                               const std::array<std::pair<std::string_view, E>, n>& table) {
  std::vector<std::string> texts;
  for (const auto& [text, value] : table) texts.emplace_back(text);
  const int index = reader.read_choice(name, texts);
  if (index < 0) return std::nullopt;
  return table[static_cast<std::size_t>(index)].second;
}

template <class E, std::size_t n>
std::string_view name_of(E value, const std::array<std::pair<std::string_view, E>, n>& table) {
  for (const auto& [text, known] : table) {
    if (known == value) return text;
  }
  return "";
}

faults::ObjectPattern read_object(MapReader& reader) {
  faults::ObjectPattern pattern;
  std::string kind;
  if (reader.read("kind", kind)) {
    std::vector<std::string> names;
    for (const api::KindInfo& info : api::all_kinds()) {
      names.emplace_back(info.name);
      if (info.name == kind) pattern.kind = info.kind;
    }
    if (!pattern.kind) {
      reader.problems().add(reader.location_of("kind"),
                            fmt::format("there is no kind \"{}\"", printable(kind, 60)),
                            suggestion(kind, names, "kinds"));
    }
  }
  reader.read("namespace", pattern.namespace_);
  reader.read("name", pattern.name);
  return pattern;
}

std::string read_process(MapReader& reader, std::string_view field, bool is_required,
                         const std::vector<std::string>& names) {
  std::string process;
  if (is_required) (void)reader.required(field, suggestion("", names, "processes"));
  if (reader.read(field, process) && !names_process(process, names)) {
    reader.problems().add(reader.location_of(field),
                          fmt::format("no process is named \"{}\"", printable(process, 60)),
                          suggestion(process, names, "processes"));
  }
  return process;
}

std::string required_text(MapReader& reader, std::string_view name, std::string_view hint) {
  std::string text;
  if (reader.required(name, hint)) reader.read(name, text);
  return text;
}

faults::Moment read_moment(MapReader& when) {
  if (when.field("condition")) {
    MapReader reader = when.nested("condition");
    faults::ConditionBecomes moment;
    moment.object = read_object(reader);
    moment.type = required_text(reader, "type", "name the condition, for example `type: Paused`");
    reader.read("status", moment.status);
    reader.finish();
    return moment;
  }
  if (when.field("phase")) {
    MapReader reader = when.nested("phase");
    faults::PhaseBecomes moment;
    moment.object = read_object(reader);
    moment.phase = required_text(reader, "is", "name the phase, for example `is: Progressing`");
    reader.finish();
    return moment;
  }
  if (when.field("written")) {
    MapReader reader = when.nested("written");
    faults::ObjectIsWritten moment;
    moment.object = read_object(reader);
    moment.actor = read_process(reader, "by", false, client_processes());
    moment.verb = read_optional(reader, "verb", kWriteVerbs);
    moment.subresource = read_optional(reader, "subresource", kSubresources);
    reader.finish();
    return moment;
  }
  MapReader reader = when.nested("gone");
  faults::ObjectIsGone moment{read_object(reader)};
  reader.finish();
  return moment;
}

faults::Trigger read_when(MapReader& when) {
  faults::Trigger trigger;
  int moments = 0;
  for (const char* name : {"condition", "phase", "written", "gone"}) {
    if (when.field(name)) ++moments;
  }
  if (moments == 1) {
    trigger.moment = read_moment(when);
  } else if (when.present()) {
    when.problems().add(when.location(), fmt::format("{} has {} moments", when.path(), moments),
                        "give one of condition, phase, written, gone");
  }
  when.read("occurrence", trigger.occurrence, {1, 1'000'000});
  when.read("delay", trigger.delay);
  when.finish();
  return trigger;
}

faults::RequestPattern read_request(MapReader& reader) {
  faults::RequestPattern request;
  request.object = read_object(reader);
  request.actor = read_process(reader, "by", false, client_processes());
  request.verb = read_optional(reader, "verb", kWriteVerbs);
  request.subresource = read_optional(reader, "subresource", kSubresources);
  return request;
}

faults::HoldWrite read_hold(MapReader& reader) {
  faults::HoldWrite fault;
  fault.request = read_request(reader);
  sim::Duration duration{};
  if (reader.read("for", duration)) fault.duration = duration;
  if (reader.field("until")) {
    MapReader until = reader.nested("until");
    if (until.field("at")) {
      fault.until = read_trigger(until);
      until.finish();
    } else {
      fault.until = read_when(until);
    }
  }
  if (!fault.duration && !fault.until && reader.present()) {
    reader.problems().add(reader.location(), reader.path() + " never ends",
                          "say how long: `for: 10s` or `until: {condition: ...}`");
  }
  return fault;
}

faults::Fault read_fault(MapReader& item, std::size_t kind) {
  MapReader reader = item.nested(faults::kFaultKinds[kind].name);
  faults::Fault fault;
  switch (kind) {
    case 0: {
      faults::ProcessKill kill{read_process(reader, "process", true, mortal_processes()), {}};
      sim::Duration after{};
      if (reader.read("restartAfter", after)) kill.restart_after = after;
      fault = kill;
      break;
    }
    case 1: {
      faults::ProcessPause pause{read_process(reader, "process", true, mortal_processes()), {}};
      if (reader.required("for", "say how long, for example `for: 30s`")) {
        reader.read("for", pause.duration);
      }
      fault = pause;
      break;
    }
    case 2:
      fault = read_hold(reader);
      break;
    default:
      fault = faults::LoseAnswer{read_request(reader)};
  }
  reader.finish();
  return fault;
}

// ---- writing ----

class Writer {
 public:
  explicit Writer(int indent) : indent_(indent) {}

  void line(std::string_view text) {
    out_.append(static_cast<std::size_t>(indent_), ' ');
    out_ += text;
    out_ += '\n';
  }
  void text(std::string_view name, std::string_view value) {
    if (!value.empty()) line(fmt::format("{}: {}", name, quoted(value)));
  }
  void duration(std::string_view name, sim::Duration value) {
    line(fmt::format("{}: {}", name, sim::format_duration(value)));
  }
  template <class F>
  void mapping(std::string_view name, F&& body) {
    line(fmt::format("{}:", name));
    const std::size_t before = out_.size();
    indent_ += 2;
    body();
    indent_ -= 2;
    if (out_.size() == before) out_.insert(before - 1, " {}");
  }
  void object(const faults::ObjectPattern& pattern) {
    if (pattern.kind) text("kind", to_string(*pattern.kind));
    text("namespace", pattern.namespace_);
    text("name", pattern.name);
  }
  void moment(const faults::Moment& moment);
  void trigger(const faults::Trigger& trigger);
  void state(const faults::Trigger& trigger);
  void until(const faults::Trigger& trigger) {
    if (const auto* at = std::get_if<faults::AtTime>(&trigger.moment)) {
      duration("at", at->at);
    } else {
      state(trigger);
    }
  }
  void request(const faults::RequestPattern& request);
  void fault(const faults::Fault& fault);

  std::string take() { return std::move(out_); }

 private:
  // Double-quoted with JSON's escapes, which YAML understands.
  static std::string quoted(std::string_view value) {
    std::string out;
    api::append_json_string(out, value);
    return out;
  }

  std::string out_;
  int indent_;
};

void Writer::moment(const faults::Moment& moment) {
  if (const auto* m = std::get_if<faults::ConditionBecomes>(&moment)) {
    mapping("condition", [&] {
      object(m->object);
      text("type", m->type);
      text("status", m->status);
    });
  } else if (const auto* p = std::get_if<faults::PhaseBecomes>(&moment)) {
    mapping("phase", [&] {
      object(p->object);
      text("is", p->phase);
    });
  } else if (const auto* w = std::get_if<faults::ObjectIsWritten>(&moment)) {
    mapping("written", [&] {
      object(w->object);
      text("by", w->actor);
      if (w->verb) text("verb", name_of(*w->verb, kWriteVerbs));
      if (w->subresource) text("subresource", name_of(*w->subresource, kSubresources));
    });
  } else if (const auto* g = std::get_if<faults::ObjectIsGone>(&moment)) {
    mapping("gone", [&] { object(g->object); });
  }
}

void Writer::trigger(const faults::Trigger& trigger) {
  if (const auto* at = std::get_if<faults::AtTime>(&trigger.moment)) {
    duration("at", at->at);
    return;
  }
  mapping("when", [&] { state(trigger); });
}

void Writer::state(const faults::Trigger& trigger) {
  moment(trigger.moment);
  if (trigger.occurrence != 1) line(fmt::format("occurrence: {}", trigger.occurrence));
  if (trigger.delay > sim::Duration::zero()) duration("delay", trigger.delay);
}

void Writer::request(const faults::RequestPattern& request) {
  object(request.object);
  text("by", request.actor);
  if (request.verb) text("verb", name_of(*request.verb, kWriteVerbs));
  if (request.subresource) text("subresource", name_of(*request.subresource, kSubresources));
}

void Writer::fault(const faults::Fault& fault) {
  mapping(kind_name(fault), [&] {
    if (const auto* kill = std::get_if<faults::ProcessKill>(&fault)) {
      text("process", kill->process);
      if (kill->restart_after) duration("restartAfter", *kill->restart_after);
    } else if (const auto* pause = std::get_if<faults::ProcessPause>(&fault)) {
      text("process", pause->process);
      duration("for", pause->duration);
    } else if (const auto* hold = std::get_if<faults::HoldWrite>(&fault)) {
      request(hold->request);
      if (hold->duration) duration("for", *hold->duration);
      if (hold->until) mapping("until", [&] { until(*hold->until); });
    } else if (const auto* lose = std::get_if<faults::LoseAnswer>(&fault)) {
      request(lose->request);
    }
  });
}

}  // namespace

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
    std::vector<std::string> kinds;
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < faults::kFaultKinds.size(); ++i) {
      kinds.emplace_back(faults::kFaultKinds[i].name);
      if (item.field(faults::kFaultKinds[i].name)) found.push_back(i);
    }
    planned.trigger = read_trigger(item);
    if (found.size() == 1) {
      planned.fault = read_fault(item, found.front());
    } else if (item.present()) {
      spec.problems().add(item.location(), fmt::format("{} names {} faults", path, found.size()),
                          suggestion("", kinds, "give exactly one of"));
    }
    item.finish();
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

std::string write_faults(const faults::FaultPlan& plan, int indent) {
  Writer writer(indent);
  writer.line(plan.faults.empty() ? "faults: []" : "faults:");
  std::string out = writer.take();
  for (const faults::PlannedFault& planned : plan.faults) {
    Writer item(indent + 4);
    item.text("name", planned.name);
    item.trigger(planned.trigger);
    item.fault(planned.fault);
    std::string text = item.take();
    text[static_cast<std::size_t>(indent) + 2] = '-';
    out += text;
  }
  return out;
}

}  // namespace sdbtwin::scenarios
