// The API server's watch cache stands still, as that of a server which is cut off from etcd or lags
// behind: watches, and lists that accept any version, show the past; writes and consistent reads go
// on. A process that starts or lists again meanwhile may see a state older than it has seen before
// (kubernetes.md 5.1).
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "faults/effect.h"
#include "faults/fields.h"
#include "faults/lasting.h"

namespace sdbtwin::faults {

struct StaleCache {
  static constexpr std::string_view kName = "staleCache";
  static constexpr std::string_view kDescription =
      "the API server's cache stands still: watches and lists of any version show the past";
  HealedOutcome outcome() const { return HealedOutcome::kRequestMayFail; }

  std::int64_t behind = 0;  // revisions before the present at which it stands
  Lasting lasting;

  auto operator<=>(const StaleCache&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.number("behind", self.behind, 0, 1'000'000);
    Lasting::fields(self.lasting, v);
  }
};

std::string describe(const StaleCache& fault);
std::unique_ptr<Effect> make_effect(const StaleCache& fault, EffectHost& host);

}  // namespace sdbtwin::faults
