#include "scenarios/reading/fault_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/text/suggest.h"
#include "scenarios/world/processes.h"

namespace sdbtwin::scenarios {
namespace {

constexpr std::string_view kTargetHint =
    "write for example `leaf/1`, `aggregator/0`, `master-aggregator` or `partition app/3 replica`, "
    "and ` of demo/sdb` where there are several databases";
constexpr std::string_view kStreamsHint =
    "write `all`, `leaf/1`, `link leaf/0 leaf/1`, `partition app/3`, `database app`, `metadata` or "
    "`metadata leaf/1`";
constexpr std::string_view kPartitionHint = "write the database and the number: `app/3`";

}  // namespace

bool FieldReader::required(std::string_view name, std::string_view hint) {
  return hint.empty() || reader_.required(name, hint) != nullptr;
}

bool FieldReader::required_text(std::string_view name, std::string& out, std::string_view hint) {
  return required(name, hint) && reader_.read(name, out);
}

void FieldReader::text(std::string_view name, std::string& out, std::string_view hint) {
  (void)required_text(name, out, hint);
}

void FieldReader::process(std::string_view name, std::string& out, faults::Processes which) {
  const bool mortal = which == faults::Processes::kMortal;
  const std::vector<std::string> names = mortal ? mortal_processes() : client_processes();
  const std::string hint = mortal ? suggestion("", names, "processes") : "";
  if (!required_text(name, out, hint)) return;
  if (mortal && out.find_first_of("*?") != std::string::npos) {
    reader_.problems().add(
        reader_.location_of(name),
        fmt::format("\"{}\" is a pattern, and one process is meant", printable(out, 60)),
        "write one fault for each of them");
    return;
  }
  if (names_process(out, names)) return;
  reader_.problems().add(reader_.location_of(name),
                         fmt::format("no process is named \"{}\"", printable(out, 60)),
                         suggestion(out, names, "processes"));
}

void FieldReader::duration(std::string_view name, sim::Duration& out, std::string_view hint) {
  if (required(name, hint)) reader_.read(name, out);
}

void FieldReader::duration(std::string_view name, std::optional<sim::Duration>& out) {
  sim::Duration value{};
  if (reader_.read(name, value)) out = value;
}

void FieldReader::bytes(std::string_view name, std::int64_t& out) {
  reader_.read_signed_quantity(name, out);
}

void FieldReader::target(std::string_view name, faults::Target& out) {
  std::string text;
  if (!required_text(name, text, kTargetHint)) return;
  if (const std::optional<faults::Target> parsed = faults::parse_target(text)) {
    out = *parsed;
    return;
  }
  std::vector<std::string> roles{"leaf/0",       "leaf/1",       "leaf/2",           "leaf/3",
                                 "aggregator/0", "aggregator/1", "master-aggregator"};
  const std::optional<std::string> near = nearest_name(text, roles);
  reader_.problems().add(
      reader_.location_of(name),
      fmt::format("{} is \"{}\", which names nobody", reader_.path_of(name), printable(text, 60)),
      (near ? fmt::format("did you mean \"{}\"? ", *near) : "") + std::string(kTargetHint));
}

void FieldReader::streams(std::string_view name, faults::Streams& out) {
  std::string text;
  if (!required_text(name, text, kStreamsHint)) return;
  if (const std::optional<faults::Streams> parsed = faults::parse_streams(text)) {
    out = *parsed;
    return;
  }
  reader_.problems().add(reader_.location_of(name),
                         fmt::format("{} is \"{}\", which names no streams", reader_.path_of(name),
                                     printable(text, 60)),
                         std::string(kStreamsHint));
}

void FieldReader::partition(std::string_view name, faults::PartitionName& out) {
  std::string text;
  if (!required_text(name, text, kPartitionHint)) return;
  if (const std::optional<faults::PartitionName> parsed = faults::parse_partition(text)) {
    out = *parsed;
    return;
  }
  reader_.problems().add(reader_.location_of(name),
                         fmt::format("{} is \"{}\", which is not a partition",
                                     reader_.path_of(name), printable(text, 60)),
                         std::string(kPartitionHint));
}

void FieldReader::object(faults::ObjectPattern& out) {
  std::string kind;
  if (reader_.read("kind", kind)) {
    std::vector<std::string> names;
    for (const api::KindInfo& info : api::all_kinds()) {
      names.emplace_back(info.name);
      if (info.name == kind) out.kind = info.kind;
    }
    if (!out.kind) {
      reader_.problems().add(reader_.location_of("kind"),
                             fmt::format("there is no kind \"{}\"", printable(kind, 60)),
                             suggestion(kind, names, "kinds"));
    }
  }
  reader_.read("namespace", out.namespace_);
  reader_.read("name", out.name);
}

void FieldReader::check(bool holds, std::string_view what, std::string_view hint) {
  if (holds || !reader_.present()) return;
  reader_.problems().add(reader_.location(), fmt::format("{} {}", reader_.path(), what),
                         std::string(hint));
}

}  // namespace sdbtwin::scenarios
