// Reads the fields of one YAML mapping into C++ values and says everything that is wrong with them.
//
//   MapReader spec(document, node, "spec.cluster", problems);
//   spec.read("nodes", settings.nodes, {1, 10'000});
//   spec.finish();   // fields nobody asked for are unknown fields
//
// Asking for a field makes its name known, so the list of valid names cannot go stale. A reader of
// a node that is not a mapping reports that once and then finds nothing. read() leaves its target
// as it is when the field is absent (= default) or wrong (= a problem was added), and says whether
// it set it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/text/yaml_node.h"
#include "sim/core/time.h"

namespace sdbtwin::scenarios {

struct IntegerRange {
  std::int64_t lowest = 0;
  std::int64_t highest = std::numeric_limits<std::int64_t>::max();
};

class MapReader {
 public:
  MapReader(const YamlDocument& document, YamlPtr node, std::string path, Problems& problems);

  // The value, or null when absent.
  YamlPtr field(std::string_view name);
  YamlPtr required(std::string_view name, std::string_view hint);

  bool read(std::string_view name, std::string& out);
  bool read(std::string_view name, bool& out);
  bool read(std::string_view name, std::int64_t& out, IntegerRange range = {});
  bool read(std::string_view name, std::int32_t& out, IntegerRange range);
  // "10s", "1h30m"; not negative.
  bool read(std::string_view name, sim::Duration& out);
  // "10Gi", "600m" (rounded up), 5: whole units, not negative.
  bool read_quantity(std::string_view name, std::int64_t& out);
  // The same with either sign: "-10Mi".
  bool read_signed_quantity(std::string_view name, std::int64_t& out);
  // "10%" or "2.5%", "150%": thousandths.
  bool read_per_mille(std::string_view name, std::int64_t& out, IntegerRange range);
  bool read(std::string_view name, std::vector<std::string>& out);

  template <class E>
  bool read_enum(std::string_view name, E& out,
                 std::initializer_list<std::pair<std::string_view, E>> names) {
    std::vector<std::string> texts;
    for (const auto& [text, value] : names) texts.emplace_back(text);
    const int index = read_choice(name, texts);
    if (index >= 0) out = (names.begin() + index)->second;
    return index >= 0;
  }
  // The index of the value in `choices`; -1: absent or wrong.
  int read_choice(std::string_view name, const std::vector<std::string>& choices);

  // A list of mappings (or of anything): its items, with "path[i]" as their paths.
  std::vector<std::pair<YamlPtr, std::string>> items(std::string_view name);
  // A reader of a nested mapping; of nothing when the field is absent.
  MapReader nested(std::string_view name);

  // Reports the fields that nobody asked for. To be called last.
  void finish();

  bool present() const { return node_ != nullptr; }
  const YamlPtr& node() const { return node_; }
  const std::string& path() const { return path_; }
  std::string path_of(std::string_view name) const;
  Location location() const;
  Location location_of(std::string_view name) const;  // of the value, or of the mapping
  const YamlDocument& document() const { return *document_; }
  Problems& problems() { return *problems_; }

  void wrong_type(const YamlNode& node, std::string_view name, std::string_view wanted,
                  std::string_view example);

 private:
  const YamlDocument* document_;
  YamlPtr node_;  // null: absent, or not a mapping
  std::string path_;
  Problems* problems_;
  std::vector<std::string> known_;
};

}  // namespace sdbtwin::scenarios
