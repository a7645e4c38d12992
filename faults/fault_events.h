// What becomes of the faults of a plan, as trace events.
#pragma once

#include <string>
#include <string_view>

namespace sdbtwin::faults {

// Its moment has come.
struct FaultDue {
  static constexpr std::string_view kName = "fault-due";
  std::string fault;
  template <class V>
  void visit(V& v) const {
    v("fault", fault);
  }
};

// It has taken hold of something.
struct FaultFired {
  static constexpr std::string_view kName = "fault-fired";
  std::string fault;
  std::string touched;
  template <class V>
  void visit(V& v) const {
    v("fault", fault);
    v("touched", touched);
  }
};

// Its effect has ended.
struct FaultHealed {
  static constexpr std::string_view kName = "fault-healed";
  std::string fault;
  template <class V>
  void visit(V& v) const {
    v("fault", fault);
  }
};

// The faults were ended before it took hold of anything.
struct FaultExpired {
  static constexpr std::string_view kName = "fault-expired";
  std::string fault;
  template <class V>
  void visit(V& v) const {
    v("fault", fault);
  }
};

}  // namespace sdbtwin::faults
