// A YAML text as a small tree in which every value and every key knows its line and column.
//
// Built from yaml-cpp's parse events, so that nothing is lost on the way: duplicate keys are found,
// aliases share their subtree (and are counted as if written out: a "billion laughs" file is
// refused), and depth and size are bounded. Scalars are resolved as kubectl does (YAML 1.1:
// yes/no/on/off are booleans, 0644 is octal); quoted scalars are always strings. Trees are
// immutable and shared.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/text/source.h"

namespace sdbtwin::scenarios {

struct YamlNode;
using YamlPtr = std::shared_ptr<const YamlNode>;

enum class YamlType { kNull, kBool, kInteger, kNumber, kString, kSequence, kMapping };
// "a mapping", "a list", "text": for messages.
std::string_view describe(YamlType type);

struct YamlEntry {
  std::string key;
  Position key_at;
  YamlPtr value;
};

struct YamlNode {
  YamlType type = YamlType::kNull;
  Position at;
  std::string text;  // scalars: as written, without quotes
  std::int64_t integer = 0;
  bool boolean = false;
  std::vector<YamlPtr> items;
  std::vector<YamlEntry> entries;  // in the order of the text
  std::uint64_t size = 1;          // nodes of this subtree with aliases written out

  const YamlEntry* find(std::string_view key) const;
};

struct YamlDocument {
  SourcePtr source;
  YamlPtr root;  // never null; an empty document is a kNull node

  Location location(Position at) const { return {source, at}; }
};

// All documents of the text (`---`). On a problem: what was read before it is not returned.
std::optional<std::vector<YamlDocument>> parse_yaml(const SourcePtr& source, Problems& problems);

}  // namespace sdbtwin::scenarios
