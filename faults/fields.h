// How moments and faults name their parts, once for all who read, write or draw them. A struct of
// the plan has, beside its members,
//   template <class Self, class V> static void fields(Self& self, V& v);
// which shows its members to a visitor `v` in the order in which they are written. `Self` is const
// for those who only look. A visitor has, for a member `m` of the type in brackets:
//   v.text("name", m, hint)                  [std::string]
//   v.process("by", m, Processes::kClients)  [std::string] a process, or a glob on their names
//   v.duration("for", m, hint)               [Duration; optional<Duration> without hint]
//   v.number("times", m, lowest, highest)    [int32 or int64]
//   v.bytes("bytes", m)                      [int64] a quantity, which may be negative
//   v.flag("force", m)                       [bool]
//   v.word("verb", m, kWriteVerbs, hint)     [E; optional<E> without hint]
//   v.target("target", m)                    [Target] always required
//   v.streams("streams", m)                  [Streams] always required
//   v.partition("partition", m)              [PartitionName] always required
//   v.object(m)                              [ObjectPattern] kind, namespace and name
//   v.trigger("until", m)                    [optional<Trigger>]
//   v.check(holds, "never ends", hint)       a rule over several members
// A hint that is not empty makes the field required: it tells a reader what to write. A member that
// is left out keeps the value that a new struct has.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "model/api/client.h"

namespace sdbtwin::faults {

// Which processes a field may name.
enum class Processes : std::uint8_t {
  kClients,  // those that write to the API server; may be left out: anybody
  kMortal,   // those that can be rebuilt from what is written; required
};

// A value and how it is written.
template <class E>
struct Word {
  std::string_view text;
  E value;
};
template <class E, std::size_t n>
using Words = std::array<Word<E>, n>;

inline constexpr Words<api::Verb, 5> kWriteVerbs{{
    {"create", api::Verb::kCreate},
    {"update", api::Verb::kUpdate},
    {"patch", api::Verb::kPatch},
    {"delete", api::Verb::kDelete},
    {"deletecollection", api::Verb::kDeleteCollection},
}};
inline constexpr Words<api::Subresource, 5> kSubresources{{
    {"none", api::Subresource::kNone},
    {"status", api::Subresource::kStatus},
    {"scale", api::Subresource::kScale},
    {"eviction", api::Subresource::kEviction},
    {"binding", api::Subresource::kBinding},
}};

template <class E, std::size_t n>
constexpr std::string_view word_of(E value, const Words<E, n>& words) {
  for (const Word<E>& word : words) {
    if (word.value == value) return word.text;
  }
  return {};
}

}  // namespace sdbtwin::faults
