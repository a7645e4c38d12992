#include "controller/ops_manager/memory.h"

#include <algorithm>
#include <utility>

namespace sdbtwin::ops_manager {

sim::Time Cadence::next(sim::Time now) {
  if (!anchor_) anchor_ = now;
  const auto ticks = (now - *anchor_) / kPollInterval + 1;
  return *anchor_ + ticks * kPollInterval;
}

void RequestMemory::follow(const api::SinglestoreOpsRequest& request) {
  if (progress && version == request.metadata.resource_version) return;
  progress = std::make_shared<Progress>(request);
  version = request.metadata.resource_version;
  find_current();
}

void RequestMemory::note_written(const std::vector<api::Condition>& conditions,
                                 const api::SinglestoreOpsRequest& written) {
  if (!progress) return;
  for (const api::Condition& condition : conditions) progress->apply(condition);
  version = written.metadata.resource_version;
  advance();
}

void RequestMemory::set_order(std::vector<PodSlot> slots) {
  order = std::make_shared<const std::vector<PodSlot>>(std::move(slots));
  find_current();
}

void RequestMemory::find_current() {
  current = 0;
  if (!order) return;
  std::size_t first_open = order->size();
  for (std::size_t i = 0; i < order->size(); ++i) {
    const PodProgress* pod = progress->pod((*order)[i].pod);
    if (progress->pod_done((*order)[i].pod)) continue;
    first_open = std::min(first_open, i);
    if (pod == nullptr || !pod->record) continue;
    first_open = i;
    break;
  }
  current = first_open;
}

// Each pod is passed once, and not looked at again; but a pod that was taken out of turn leaves
// others behind it.
void RequestMemory::advance() {
  if (!order || current >= order->size() || !progress->pod_done((*order)[current].pod)) return;
  if (taken_out_of_turn) {
    taken_out_of_turn = false;
    find_current();
    return;
  }
  while (current < order->size() && progress->pod_done((*order)[current].pod)) ++current;
}

}  // namespace sdbtwin::ops_manager
