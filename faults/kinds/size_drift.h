// A copy of a partition has more (or, negative, fewer) rows or bytes than its log says. Positions
// do not show it; only sizes do.
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

struct SizeDrift {
  static constexpr std::string_view kName = "sizeDrift";
  static constexpr std::string_view kDescription =
      "a copy of a partition has more or fewer rows or bytes than its log says";
  HealedOutcome outcome() const { return HealedOutcome::kRequestMayFail; }

  Target copy;
  std::int64_t rows = 0;
  std::int64_t bytes = 0;  // beside those of the rows
  Lasting lasting;

  auto operator<=>(const SizeDrift&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.target("copy", self.copy);
    v.bytes("rows", self.rows);
    v.bytes("bytes", self.bytes);
    Lasting::fields(self.lasting, v);
    v.check(self.copy.is_copy(), "names a node, not a copy",
            "write for example `copy: partition app/3 replica`");
    v.check(self.rows != 0 || self.bytes != 0, "changes nothing",
            "give `rows: -1000`, `bytes: 10Mi` or both");
  }
};

std::string describe(const SizeDrift& fault);
std::unique_ptr<Effect> make_effect(const SizeDrift& fault, EffectHost& host);

}  // namespace sdbtwin::faults
