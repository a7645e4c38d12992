// Operator: what one operator process keeps in memory. Whoever hosts the process makes it at the
// start and destroys it at the end; there is nothing else to call.
#pragma once

namespace sdbtwin::kit {

class Operator {
 public:
  Operator() = default;
  Operator(const Operator&) = delete;
  Operator& operator=(const Operator&) = delete;
  virtual ~Operator() = default;
};

}  // namespace sdbtwin::kit
