#include "scenarios/text/map_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "model/api/quantity.h"
#include "scenarios/text/suggest.h"

namespace sdbtwin::scenarios {
namespace {

std::string shown(const YamlNode& node) {
  switch (node.type) {
    case YamlType::kBool:
    case YamlType::kInteger:
    case YamlType::kNumber:
    case YamlType::kString:
      return fmt::format("{} \"{}\"", describe(node.type), printable(node.text, 60));
    case YamlType::kNull:
    case YamlType::kSequence:
    case YamlType::kMapping:
      return std::string(describe(node.type));
  }
  return {};
}

bool is_scalar(const YamlNode& node) {
  return node.type != YamlType::kSequence && node.type != YamlType::kMapping &&
         node.type != YamlType::kNull;
}

// "12.5" -> 125 thousandths of a hundred; nullopt: not "N%" or "N.N%".
std::optional<std::int64_t> parse_per_mille(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  std::int64_t whole = 0;
  std::size_t at = 0;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9' && at < 9) {
    whole = whole * 10 + (text[at++] - '0');
  }
  if (at == 0) return std::nullopt;
  std::int64_t tenth = 0;
  if (at + 2 == text.size() && text[at] == '.' && text[at + 1] >= '0' && text[at + 1] <= '9') {
    tenth = text[at + 1] - '0';
    at += 2;
  }
  if (at != text.size()) return std::nullopt;
  return whole * 10 + tenth;
}

}  // namespace

MapReader::MapReader(const YamlDocument& document, YamlPtr node, std::string path,
                     Problems& problems)
    : document_(&document), path_(std::move(path)), problems_(&problems) {
  if (node == nullptr || node->type == YamlType::kNull) return;
  if (node->type != YamlType::kMapping) {
    problems.add(document.source, node->at,
                 fmt::format("{} is {}", path_.empty() ? "the document" : path_, shown(*node)),
                 "it must be a mapping: lines of `name: value`");
    return;
  }
  node_ = std::move(node);
}

std::string MapReader::path_of(std::string_view name) const {
  return path_.empty() ? std::string(name) : fmt::format("{}.{}", path_, name);
}

Location MapReader::location() const {
  return {document_->source, node_ ? node_->at : document_->root->at};
}

Location MapReader::location_of(std::string_view name) const {
  const YamlEntry* entry = node_ ? node_->find(name) : nullptr;
  return entry ? Location{document_->source, entry->value->at} : location();
}

YamlPtr MapReader::field(std::string_view name) {
  if (std::find(known_.begin(), known_.end(), name) == known_.end()) known_.emplace_back(name);
  const YamlEntry* entry = node_ ? node_->find(name) : nullptr;
  return entry && entry->value->type != YamlType::kNull ? entry->value : nullptr;
}

YamlPtr MapReader::required(std::string_view name, std::string_view hint) {
  YamlPtr value = field(name);
  if (value == nullptr && node_ != nullptr) {
    problems_->add(location(), fmt::format("{} is missing", path_of(name)), std::string(hint));
  }
  return value;
}

void MapReader::wrong_type(const YamlNode& node, std::string_view name, std::string_view wanted,
                           std::string_view example) {
  std::string hint = fmt::format("write for example `{}: {}`", name, example);
  problems_->add(document_->source, node.at,
                 fmt::format("{} must be {}, not {}", path_of(name), wanted, shown(node)),
                 std::move(hint));
}

bool MapReader::read(std::string_view name, std::string& out) {
  const YamlPtr value = field(name);
  if (value == nullptr) return false;
  if (value->type != YamlType::kString) {
    const std::string quoted =
        is_scalar(*value) ? fmt::format("\"{}\"", printable(value->text, 60)) : "some text";
    wrong_type(*value, name, "text", quoted);
    return false;
  }
  out = value->text;
  return true;
}

bool MapReader::read(std::string_view name, bool& out) {
  const YamlPtr value = field(name);
  if (value == nullptr) return false;
  if (value->type != YamlType::kBool) {
    wrong_type(*value, name, "true or false", "true");
    return false;
  }
  out = value->boolean;
  return true;
}

bool MapReader::read(std::string_view name, std::int64_t& out, IntegerRange range) {
  const YamlPtr value = field(name);
  if (value == nullptr) return false;
  if (value->type != YamlType::kInteger) {
    wrong_type(*value, name, "an integer", std::to_string(std::max<std::int64_t>(1, range.lowest)));
    return false;
  }
  if (value->integer < range.lowest || value->integer > range.highest) {
    const std::string upper = range.highest == std::numeric_limits<std::int64_t>::max()
                                  ? " or more"
                                  : fmt::format(" to {}", range.highest);
    problems_->add(document_->source, value->at,
                   fmt::format("{} is {}", path_of(name), value->integer),
                   fmt::format("it must be {}{}", range.lowest, upper));
    return false;
  }
  out = value->integer;
  return true;
}

bool MapReader::read(std::string_view name, std::int32_t& out, IntegerRange range) {
  range.highest = std::min<std::int64_t>(range.highest, std::numeric_limits<std::int32_t>::max());
  std::int64_t wide = 0;
  if (!read(name, wide, range)) return false;
  out = static_cast<std::int32_t>(wide);
  return true;
}

bool MapReader::read(std::string_view name, sim::Duration& out) {
  const YamlPtr value = field(name);
  if (value == nullptr) return false;
  const auto parsed = is_scalar(*value) ? sim::parse_duration(value->text) : std::nullopt;
  if (!parsed) {
    wrong_type(*value, name, "a duration", "1m30s");
    return false;
  }
  if (*parsed < sim::Duration::zero()) {
    problems_->add(document_->source, value->at,
                   fmt::format("{} is negative: {}", path_of(name), printable(value->text, 60)),
                   "a duration is 0s or more, for example 10s");
    return false;
  }
  out = *parsed;
  return true;
}

bool MapReader::read_quantity(std::string_view name, std::int64_t& out) {
  std::int64_t amount = 0;
  if (!read_signed_quantity(name, amount)) return false;
  if (amount < 0) {
    const YamlPtr value = field(name);
    problems_->add(document_->source, value->at,
                   fmt::format("{} is negative: {}", path_of(name), printable(value->text, 60)),
                   "a quantity is 0 or more, for example 10Gi");
    return false;
  }
  out = amount;
  return true;
}

bool MapReader::read_signed_quantity(std::string_view name, std::int64_t& out) {
  const YamlPtr value = field(name);
  if (value == nullptr) return false;
  const auto amount =
      is_scalar(*value) ? api::Quantity(value->text).value() : std::optional<std::int64_t>();
  if (!amount) {
    wrong_type(*value, name, "a quantity", "10Gi");
    return false;
  }
  out = *amount;
  return true;
}

bool MapReader::read_per_mille(std::string_view name, std::int64_t& out, IntegerRange range) {
  const YamlPtr value = field(name);
  if (value == nullptr) return false;
  const auto parsed = is_scalar(*value) ? parse_per_mille(value->text) : std::nullopt;
  if (!parsed) {
    wrong_type(*value, name, "a percentage", "10%");
    return false;
  }
  if (*parsed < range.lowest || *parsed > range.highest) {
    problems_->add(document_->source, value->at,
                   fmt::format("{} is {}", path_of(name), printable(value->text, 60)),
                   fmt::format("it must be {}.{}% to {}.{}%", range.lowest / 10, range.lowest % 10,
                               range.highest / 10, range.highest % 10));
    return false;
  }
  out = *parsed;
  return true;
}

bool MapReader::read(std::string_view name, std::vector<std::string>& out) {
  const YamlPtr value = field(name);
  if (value == nullptr) return false;
  if (value->type != YamlType::kSequence) {
    wrong_type(*value, name, "a list", "[one, two]");
    return false;
  }
  std::vector<std::string> texts;
  for (const YamlPtr& item : value->items) {
    if (!is_scalar(*item)) {
      wrong_type(*item, name, "a list of names", "[one, two]");
      return false;
    }
    texts.push_back(item->text);
  }
  out = std::move(texts);
  return true;
}

int MapReader::read_choice(std::string_view name, const std::vector<std::string>& choices) {
  const YamlPtr value = field(name);
  if (value == nullptr) return -1;
  if (!is_scalar(*value)) {
    wrong_type(*value, name, "one word", choices.front());
    return -1;
  }
  const auto found = std::find(choices.begin(), choices.end(), value->text);
  if (found != choices.end()) return static_cast<int>(found - choices.begin());
  problems_->add(document_->source, value->at,
                 fmt::format("{} is \"{}\"", path_of(name), printable(value->text, 60)),
                 suggestion(value->text, choices, "it can be"));
  return -1;
}

std::vector<std::pair<YamlPtr, std::string>> MapReader::items(std::string_view name) {
  std::vector<std::pair<YamlPtr, std::string>> out;
  const YamlPtr value = field(name);
  if (value == nullptr) return out;
  if (value->type != YamlType::kSequence) {
    problems_->add(document_->source, value->at,
                   fmt::format("{} must be a list, not {}", path_of(name), shown(*value)),
                   "begin each item with `- `");
    return out;
  }
  for (const YamlPtr& item : value->items) {
    out.emplace_back(item, fmt::format("{}[{}]", path_of(name), out.size()));
  }
  return out;
}

MapReader MapReader::nested(std::string_view name) {
  return MapReader(*document_, field(name), path_of(name), *problems_);
}

void MapReader::finish() {
  if (node_ == nullptr) return;
  std::vector<std::string> names = known_;
  std::sort(names.begin(), names.end());
  for (const YamlEntry& entry : node_->entries) {
    if (std::binary_search(names.begin(), names.end(), entry.key)) continue;
    const std::string where = path_.empty() ? "" : fmt::format(" in {}", path_);
    problems_->add(document_->source, entry.key_at,
                   fmt::format("unknown field \"{}\"{}", printable(entry.key, 60), where),
                   suggestion(entry.key, names, "fields here"));
  }
}

}  // namespace sdbtwin::scenarios
