// What the Ops-manager says about itself in the trace, for time lines and reports. Nothing that
// judges it may rely on these. They own their texts: a trace ring keeps copies.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "controller/ops_manager/gates.h"

namespace sdbtwin::ops_manager {

// A step's condition was appended.
struct StepStarted {
  static constexpr std::string_view kName = "step-started";
  std::string namespace_;
  std::string request;
  std::string step;
  template <class V>
  void visit(V& v) const {
    v("namespace", namespace_);
    v("request", request);
    v("step", step);
  }
};

// A step's condition became True.
struct StepFinished {
  static constexpr std::string_view kName = "step-finished";
  std::string namespace_;
  std::string request;
  std::string step;
  template <class V>
  void visit(V& v) const {
    v("namespace", namespace_);
    v("request", request);
    v("step", step);
  }
};

// A sub-step's condition was written: `GetPod--x` and the like.
struct PodStepWritten {
  static constexpr std::string_view kName = "pod-step-written";
  std::string namespace_;
  std::string request;
  std::string condition;
  bool status;
  template <class V>
  void visit(V& v) const {
    v("namespace", namespace_);
    v("request", request);
    v("condition", condition);
    v("status", status);
  }
};

struct GateEvaluated {
  static constexpr std::string_view kName = "gate-evaluated";
  std::string request;
  std::string pod;
  Gate gate;
  GateOutcome outcome;
  std::string reason;
  template <class V>
  void visit(V& v) const {
    v("request", request);
    v("pod", pod);
    v("gate", gate);
    v("outcome", outcome);
    v("reason", reason);
  }
};

// Traced when the cause changes; "" when it waits no longer.
struct WaitingFor {
  static constexpr std::string_view kName = "waiting-for";
  std::string namespace_;
  std::string request;
  std::string cause;
  template <class V>
  void visit(V& v) const {
    v("namespace", namespace_);
    v("request", request);
    v("cause", cause);
  }
};

// The answer to an eviction: "accepted", "gone", or the error's reason.
struct EvictionAnswered {
  static constexpr std::string_view kName = "eviction-answered";
  std::string request;
  std::string pod;
  std::string answer;
  template <class V>
  void visit(V& v) const {
    v("request", request);
    v("pod", pod);
    v("answer", answer);
  }
};

}  // namespace sdbtwin::ops_manager
