// Triggers and faults as YAML text: the other half of fault_yaml.h.
#include <fmt/format.h>

#include <type_traits>

#include "model/api/value.h"
#include "scenarios/reading/fault_yaml.h"

namespace sdbtwin::scenarios {
namespace {

// A visitor of fields (faults/fields.h). What has the value of a new struct may be written or not:
// it is read back the same.
class FaultWriter {
 public:
  explicit FaultWriter(int indent) : indent_(indent) {}

  // Fields.
  void text(std::string_view name, const std::string& value, std::string_view /*hint*/) {
    if (!value.empty()) line(fmt::format("{}: {}", name, quoted(value)));
  }
  void process(std::string_view name, const std::string& value, faults::Processes /*which*/) {
    text(name, value, {});
  }
  void duration(std::string_view name, sim::Duration value, std::string_view /*hint*/) {
    line(fmt::format("{}: {}", name, sim::format_duration(value)));
  }
  void duration(std::string_view name, const std::optional<sim::Duration>& value) {
    if (value) duration(name, *value, {});
  }
  void number(std::string_view name, std::int64_t value, std::int64_t /*lowest*/,
              std::int64_t /*highest*/) {
    line(fmt::format("{}: {}", name, value));
  }
  void bytes(std::string_view name, std::int64_t value) {
    line(fmt::format("{}: {}", name, value));
  }
  void flag(std::string_view name, bool value) { line(fmt::format("{}: {}", name, value)); }
  void target(std::string_view name, const faults::Target& value) {
    text(name, to_string(value), {});
  }
  void streams(std::string_view name, const faults::Streams& value) {
    text(name, to_string(value), {});
  }
  void partition(std::string_view name, const faults::PartitionName& value) {
    text(name, to_string(value), {});
  }
  void object(const faults::ObjectPattern& pattern) {
    if (pattern.kind) text("kind", std::string(to_string(*pattern.kind)), {});
    text("namespace", pattern.namespace_, {});
    text("name", pattern.name, {});
  }
  template <class E, std::size_t n>
  void word(std::string_view name, E value, const faults::Words<E, n>& words,
            std::string_view /*hint*/) {
    text(name, std::string(faults::word_of(value, words)), {});
  }
  template <class E, std::size_t n>
  void word(std::string_view name, const std::optional<E>& value,
            const faults::Words<E, n>& words) {
    if (value) word(name, *value, words, {});
  }
  void trigger(std::string_view name, const std::optional<faults::Trigger>& value) {
    if (!value) return;
    mapping(name, [&] {
      if (!time(*value)) state(*value);
    });
  }
  void check(bool /*holds*/, std::string_view /*what*/, std::string_view /*hint*/) {}

  void item(const faults::PlannedFault& planned) {
    text("name", planned.name, {});
    if (!time(planned.trigger)) mapping("when", [&] { state(planned.trigger); });
    mapping(kind_name(planned.fault), [&] { fields_of(planned.fault); });
  }

  void line(std::string_view text) {
    out_.append(static_cast<std::size_t>(indent_), ' ');
    out_ += text;
    out_ += '\n';
  }
  std::string take() { return std::move(out_); }

 private:
  bool time(const faults::Trigger& trigger) {
    const auto* at = std::get_if<faults::AtTime>(&trigger.moment);
    if (at != nullptr) duration("at", at->at, {});
    return at != nullptr;
  }

  void state(const faults::Trigger& trigger) {
    mapping(faults::kMomentNames[trigger.moment.index()], [&] { fields_of(trigger.moment); });
    if (trigger.occurrence != 1) line(fmt::format("occurrence: {}", trigger.occurrence));
    if (trigger.delay > sim::Duration::zero()) duration("delay", trigger.delay, {});
  }

  template <class Variant>
  void fields_of(const Variant& variant) {
    std::visit(
        [&](const auto& alternative) {
          using A = std::remove_cvref_t<decltype(alternative)>;
          if constexpr (!std::is_same_v<A, faults::AtTime>) A::fields(alternative, *this);
        },
        variant);
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

  // Double-quoted with JSON's escapes, which YAML understands.
  static std::string quoted(std::string_view value) {
    std::string out;
    api::append_json_string(out, value);
    return out;
  }

  std::string out_;
  int indent_;
};

}  // namespace

std::string write_faults(const faults::FaultPlan& plan, int indent) {
  FaultWriter writer(indent);
  writer.line(plan.faults.empty() ? "faults: []" : "faults:");
  std::string out = writer.take();
  for (const faults::PlannedFault& planned : plan.faults) {
    FaultWriter item(indent + 4);
    item.item(planned);
    std::string text = item.take();
    text[static_cast<std::size_t>(indent) + 2] = '-';
    out += text;
  }
  return out;
}

}  // namespace sdbtwin::scenarios
