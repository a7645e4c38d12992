#pragma once

// Programmer errors. SIM_ASSERT is on in every build: a simulation that goes on after a broken
// invariant produces results that nobody can trust. It prints file, line and condition, and aborts.
// Operating errors (a refused connection, a conflict) are values and never end here.

namespace sdbtwin::sim {

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace sdbtwin::sim

#define SIM_ASSERT(condition)   \
  (static_cast<bool>(condition) \
       ? static_cast<void>(0)   \
       : ::sdbtwin::sim::assertion_failed(#condition, __FILE__, __LINE__))

#define SIM_UNREACHABLE() ::sdbtwin::sim::assertion_failed("unreachable", __FILE__, __LINE__)
