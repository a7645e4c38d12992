// Replication streams are throttled, stalled or broken: three kinds of fault with one effect. They
// concern streams that come later as well, as long as they last; which streams a fault means is by
// leaves and partitions, so that a failover does not lift it.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "faults/effect.h"
#include "faults/fields.h"
#include "faults/lasting.h"
#include "faults/target.h"

namespace sdbtwin::faults {

// No more than so much arrives on each of them.
struct ReplicationThrottle {
  static constexpr std::string_view kName = "replicationThrottle";
  static constexpr std::string_view kDescription =
      "replication streams carry no more than so many bytes per second";
  HealedOutcome outcome() const { return HealedOutcome::kRequestMayFail; }

  Streams streams;
  std::int64_t bytes_per_second = 1;
  Lasting lasting;

  auto operator<=>(const ReplicationThrottle&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.streams("streams", self.streams);
    v.bytes("bytesPerSecond", self.bytes_per_second);
    v.check(self.bytes_per_second > 0, "has a rate that is not above 0",
            "give `bytesPerSecond: 1Mi`, or use replicationStall");
    Lasting::fields(self.lasting, v);
  }
};

// They stay connected and nothing arrives.
struct ReplicationStall {
  static constexpr std::string_view kName = "replicationStall";
  static constexpr std::string_view kDescription =
      "replication streams stay connected, and nothing arrives";
  HealedOutcome outcome() const { return HealedOutcome::kRequestMayFail; }

  Streams streams;
  Lasting lasting;

  auto operator<=>(const ReplicationStall&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.streams("streams", self.streams);
    Lasting::fields(self.lasting, v);
  }
};

// They are disconnected and cannot be connected.
struct ReplicationBreak {
  static constexpr std::string_view kName = "replicationBreak";
  static constexpr std::string_view kDescription =
      "replication streams are disconnected, and cannot be connected again";
  HealedOutcome outcome() const { return HealedOutcome::kRequestMayFail; }

  Streams streams;
  Lasting lasting;

  auto operator<=>(const ReplicationBreak&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.streams("streams", self.streams);
    Lasting::fields(self.lasting, v);
  }
};

std::string describe(const ReplicationThrottle& fault);
std::string describe(const ReplicationStall& fault);
std::string describe(const ReplicationBreak& fault);
std::unique_ptr<Effect> make_effect(const ReplicationThrottle& fault, EffectHost& host);
std::unique_ptr<Effect> make_effect(const ReplicationStall& fault, EffectHost& host);
std::unique_ptr<Effect> make_effect(const ReplicationBreak& fault, EffectHost& host);

}  // namespace sdbtwin::faults
