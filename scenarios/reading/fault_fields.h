// Reads the fields of moments and faults (faults/fields.h) from a YAML mapping, with every problem
// at its place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "faults/fields.h"
#include "faults/patterns.h"
#include "faults/target.h"
#include "faults/trigger.h"
#include "scenarios/text/map_reader.h"

namespace sdbtwin::scenarios {

class FieldReader {
 public:
  explicit FieldReader(MapReader& reader) : reader_(reader) {}

  void text(std::string_view name, std::string& out, std::string_view hint);
  void process(std::string_view name, std::string& out, faults::Processes which);
  void duration(std::string_view name, sim::Duration& out, std::string_view hint);
  void duration(std::string_view name, std::optional<sim::Duration>& out);
  void number(std::string_view name, std::int32_t& out, std::int64_t lowest, std::int64_t highest) {
    reader_.read(name, out, {lowest, highest});
  }
  void number(std::string_view name, std::int64_t& out, std::int64_t lowest, std::int64_t highest) {
    reader_.read(name, out, {lowest, highest});
  }
  void bytes(std::string_view name, std::int64_t& out);
  void flag(std::string_view name, bool& out) { reader_.read(name, out); }
  void target(std::string_view name, faults::Target& out);
  void streams(std::string_view name, faults::Streams& out);
  void partition(std::string_view name, faults::PartitionName& out);
  void object(faults::ObjectPattern& out);
  void trigger(std::string_view name, std::optional<faults::Trigger>& out);
  void check(bool holds, std::string_view what, std::string_view hint);

  template <class E, std::size_t n>
  void word(std::string_view name, E& out, const faults::Words<E, n>& words,
            std::string_view hint) {
    if (!required(name, hint)) return;
    if (const std::optional<E> value = read_word(name, words)) out = *value;
  }
  template <class E, std::size_t n>
  void word(std::string_view name, std::optional<E>& out, const faults::Words<E, n>& words) {
    if (const std::optional<E> value = read_word(name, words)) out = value;
  }

 private:
  // False: it is missing, and that was said. An empty hint: it may be left out.
  bool required(std::string_view name, std::string_view hint);
  // True: it is there, as text.
  bool required_text(std::string_view name, std::string& out, std::string_view hint);
  template <class E, std::size_t n>
  std::optional<E> read_word(std::string_view name, const faults::Words<E, n>& words) {
    std::vector<std::string> texts;
    for (const faults::Word<E>& word : words) texts.emplace_back(word.text);
    const int index = reader_.read_choice(name, texts);
    if (index < 0) return std::nullopt;
    return words[static_cast<std::size_t>(index)].value;
  }

  MapReader& reader_;
};

}  // namespace sdbtwin::scenarios
