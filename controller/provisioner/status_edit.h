// StatusEdit: one change of a database's status, for kit::edit(). Sets and removes conditions, and
// recomputes the phase from what is there afterwards, so that phase and conditions never disagree.
#pragma once

#include <string>
#include <vector>

#include "model/api/singlestore.h"

namespace sdbtwin::provisioner {

struct StatusEdit {
  std::string uid;  // of the incarnation that is meant
  std::vector<api::Condition> set;
  std::vector<std::string> remove;
  api::Timestamp now;

  // False: nothing to change, or another incarnation.
  bool operator()(api::Singlestore& live) const;
};

}  // namespace sdbtwin::provisioner
