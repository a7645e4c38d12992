// The invariants there are: an explicit list. Adding one: a file of its own, and a line here.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "invariants/invariant.h"

namespace sdbtwin::invariants {

struct Registration {
  std::string_view name;
  std::string_view description;
  std::unique_ptr<Invariant> (*make)();
  InvariantKind kind = InvariantKind::kSafety;
};

std::span<const Registration> registry();

}  // namespace sdbtwin::invariants
