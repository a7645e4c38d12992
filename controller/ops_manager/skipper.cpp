#include "controller/ops_manager/skipper.h"

#include <fmt/format.h>

#include <tuple>

namespace sdbtwin::ops_manager {
namespace {

bool same_database(const api::SinglestoreOpsRequest& a, const api::SinglestoreOpsRequest& b) {
  return a.metadata.namespace_ == b.metadata.namespace_ &&
         a.spec->database_ref.name == b.spec->database_ref.name;
}

// Oldest first; of one second, the greater name first (kubedb.md 4.3: name descending).
bool is_older(const api::SinglestoreOpsRequest& a, const api::SinglestoreOpsRequest& b) {
  return std::tie(a.metadata.creation_timestamp, b.metadata.name) <
         std::tie(b.metadata.creation_timestamp, a.metadata.name);
}

std::string skipped_message(const api::SinglestoreOpsRequest& newest) {
  return fmt::format("skipped as {}/{} is the most updated {} of type {} at {}",
                     newest.metadata.namespace_, newest.metadata.name, "SinglestoreOpsRequest",
                     api::to_string(newest.spec->type),
                     api::to_string(newest.metadata.creation_timestamp.value_or(api::Timestamp{})));
}

}  // namespace

bool has_not_begun(const api::SinglestoreOpsRequest& request) {
  const api::OpsRequestPhase phase = request.status->phase;
  return phase == api::OpsRequestPhase::kUnset || phase == api::OpsRequestPhase::kPending;
}

std::shared_ptr<const api::SinglestoreOpsRequest> progressing_rival(
    const api::SinglestoreOpsRequest& request, const Requests& all) {
  for (const auto& other : all) {
    if (other->metadata.uid != request.metadata.uid && same_database(request, *other) &&
        other->status->phase == api::OpsRequestPhase::kProgressing) {
      return other;
    }
  }
  return nullptr;
}

TurnDecision whose_turn(const api::SinglestoreOpsRequest& request, const Requests& all) {
  if (const auto rival = progressing_rival(request, all)) {
    return {Turn::kWait, fmt::format("SinglestoreOpsRequest {}", rival->metadata.name), true};
  }
  const api::SinglestoreOpsRequest* newest = &request;
  for (const auto& other : all) {
    if (same_database(request, *other) && has_not_begun(*other) &&
        other->spec->type == request.spec->type && is_older(*newest, *other)) {
      newest = other.get();
    }
  }
  if (newest->metadata.uid != request.metadata.uid) return {Turn::kSkip, skipped_message(*newest)};
  for (const auto& other : all) {
    if (!same_database(request, *other) || !has_not_begun(*other)) continue;
    if (other->spec->type == request.spec->type) continue;
    // An older request of another type goes first, unless a newer one of its type replaces it: then
    // that one's age counts.
    bool survives = true;
    for (const auto& sibling : all) {
      survives =
          survives && !(same_database(request, *sibling) && has_not_begun(*sibling) &&
                        sibling->spec->type == other->spec->type && is_older(*other, *sibling));
    }
    if (survives && is_older(*other, request)) {
      return {Turn::kWait, fmt::format("SinglestoreOpsRequest {}", other->metadata.name)};
    }
  }
  return {Turn::kMine, {}};
}

}  // namespace sdbtwin::ops_manager
