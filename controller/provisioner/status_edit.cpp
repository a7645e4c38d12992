#include "controller/provisioner/status_edit.h"

#include "controller/provisioner/conditions.h"
#include "controller/provisioner/phase.h"

namespace sdbtwin::provisioner {

bool StatusEdit::operator()(api::Singlestore& live) const {
  if (live.metadata.uid != uid) return false;
  api::SinglestoreStatus next = *live.status;
  for (const api::Condition& condition : set) {
    if (says_something_new(live, condition)) api::set_condition(next.conditions, condition, now);
  }
  for (const std::string& type : remove) api::remove_condition(next.conditions, type);
  next.phase = phase_of(next.conditions);
  next.observed_generation = live.metadata.generation;
  if (next == *live.status) return false;
  live.status = std::move(next);
  return true;
}

}  // namespace sdbtwin::provisioner
