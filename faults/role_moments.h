// Moments of pods, containers and database nodes, named by their part in the database. Pods by
// what the API server has; containers by what is on the node; nodes, copies and partitions by what
// the database's trace says: node states are the master aggregator's record, service is the truth.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "faults/fields.h"
#include "faults/target.h"

namespace sdbtwin::faults {

enum class PodWord : std::uint8_t { kCreated, kReady, kNotReady, kGone };
inline constexpr Words<PodWord, 4> kPodWords{{
    {"created", PodWord::kCreated},
    {"ready", PodWord::kReady},
    {"not-ready", PodWord::kNotReady},
    {"gone", PodWord::kGone},
}};

struct PodBecomes {
  static constexpr std::string_view kName = "pod";
  Target target;
  PodWord becomes = PodWord::kReady;
  auto operator<=>(const PodBecomes&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.target("target", self.target);
    v.word("becomes", self.becomes, kPodWords, "say what it becomes: `becomes: ready`");
  }
};

enum class ContainerWord : std::uint8_t { kStarted, kStopped };
inline constexpr Words<ContainerWord, 2> kContainerWords{{
    {"started", ContainerWord::kStarted},
    {"stopped", ContainerWord::kStopped},
}};

inline constexpr std::string_view kDatabaseContainer = "singlestore";  // KubeDB's name for it

struct ContainerBecomes {
  static constexpr std::string_view kName = "container";
  Target target;
  std::string container{kDatabaseContainer};
  ContainerWord becomes = ContainerWord::kStarted;
  auto operator<=>(const ContainerBecomes&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.target("target", self.target);
    v.text("container", self.container, "");
    v.word("becomes", self.becomes, kContainerWords, "say what it becomes: `becomes: started`");
  }
};

// Offline is whatever is not online: it must have been online before.
enum class NodeWord : std::uint8_t { kOnline, kOffline };
inline constexpr Words<NodeWord, 2> kNodeWords{{
    {"online", NodeWord::kOnline},
    {"offline", NodeWord::kOffline},
}};

struct NodeBecomes {
  static constexpr std::string_view kName = "node";
  Target target;
  NodeWord becomes = NodeWord::kOnline;
  auto operator<=>(const NodeBecomes&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.target("target", self.target);
    v.word("becomes", self.becomes, kNodeWords, "say what it becomes: `becomes: offline`");
  }
};

// A replica is in sync when it counts as such; a master when it is online. Out of sync: it was in
// sync before. Of a leaf or aggregator: any copy on it.
enum class CopyWord : std::uint8_t { kInSync, kOutOfSync };
inline constexpr Words<CopyWord, 2> kCopyWords{{
    {"in-sync", CopyWord::kInSync},
    {"out-of-sync", CopyWord::kOutOfSync},
}};

struct CopyBecomes {
  static constexpr std::string_view kName = "copy";
  Target target;
  CopyWord becomes = CopyWord::kInSync;
  auto operator<=>(const CopyBecomes&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.target("target", self.target);
    v.word("becomes", self.becomes, kCopyWords, "say what it becomes: `becomes: out-of-sync`");
  }
};

// Unserved: it was served before.
enum class PartitionWord : std::uint8_t { kServed, kUnserved };
inline constexpr Words<PartitionWord, 2> kPartitionWords{{
    {"served", PartitionWord::kServed},
    {"unserved", PartitionWord::kUnserved},
}};

struct PartitionBecomes {
  static constexpr std::string_view kName = "service";
  PartitionName partition;
  PartitionWord becomes = PartitionWord::kUnserved;
  auto operator<=>(const PartitionBecomes&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.partition("partition", self.partition);
    v.word("becomes", self.becomes, kPartitionWords, "say what it becomes: `becomes: unserved`");
  }
};

std::string describe(const PodBecomes& moment);
std::string describe(const ContainerBecomes& moment);
std::string describe(const NodeBecomes& moment);
std::string describe(const CopyBecomes& moment);
std::string describe(const PartitionBecomes& moment);

}  // namespace sdbtwin::faults
