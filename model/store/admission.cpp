#include "model/store/admission.h"

#include <utility>

#include "model/api/errors.h"

namespace sdbtwin::store {

namespace {

// What a client reads when the webhook's service has no endpoint.
constexpr std::string_view kUnreachable = "connect: connection refused";

}  // namespace

void Admission::add(api::AdmissionPlugin& plugin) { entries_.push_back(Entry{&plugin, true}); }

void Admission::set_reachable(std::string_view name, bool reachable) {
  bool found = false;
  for (Entry& entry : entries_) {
    if (entry.plugin->name() != name) continue;
    entry.reachable = reachable;
    found = true;
  }
  SIM_ASSERT(found);
}

api::Result<api::ObjectPtr> Admission::mutate(api::AdmissionRequest request,
                                              const api::StoreReader& store) const {
  for (const Entry& entry : entries_) {
    if (!entry.plugin->handles(request)) continue;
    if (!entry.reachable) {
      if (entry.plugin->fails_open()) continue;
      return api::errors::webhook_failed(entry.plugin->name(), kUnreachable);
    }
    api::Result<api::ObjectPtr> mutated = entry.plugin->mutate(request, store);
    if (!mutated) return mutated;
    request.object = *std::move(mutated);
  }
  return request.object;
}

api::Result<void> Admission::validate(const api::AdmissionRequest& request,
                                      const api::StoreReader& store,
                                      api::AdmissionEffects& effects) const {
  for (const Entry& entry : entries_) {
    if (!entry.plugin->handles(request)) continue;
    if (!entry.reachable) {
      if (entry.plugin->fails_open()) continue;
      return api::errors::webhook_failed(entry.plugin->name(), kUnreachable);
    }
    api::Result<void> verdict = entry.plugin->validate(request, store, effects);
    if (!verdict) return verdict;
  }
  return {};
}

}  // namespace sdbtwin::store
