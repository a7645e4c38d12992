// edit(): read an object from the server, change it, write it back; on a conflict, all of it again.
//
// A retried write is recomputed from the fresh read, so nobody's change is lost (fault-testing-
// field.md section 6, class 9). The write carries the read's resourceVersion and UID.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "model/api/client.h"
#include "model/api/typed_client.h"

namespace sdbtwin::kit {

enum class Part : std::uint8_t { kObject, kStatus };

// Five attempts: client-go's retry.DefaultRetry (kubernetes.md 5.3).
inline constexpr int kEditAttempts = 5;

// What came of it: the object as it is now, and whether we changed it.
template <class T>
struct Edited {
  std::shared_ptr<const T> object;
  bool changed = false;
};

// `change` is called as change(T&) -> bool on a copy of each fresh read; false: leave it as it is.
// Errors: those of the last attempt; kConflict when all of them lost.
template <class T, class Change>
sim::Task<api::Result<Edited<T>>> edit(api::Client& client, api::ObjectKey key, Part part,
                                       Change change) {
  api::Result<Edited<T>> result = Edited<T>{};
  for (int attempt = 0; attempt < kEditAttempts; ++attempt) {
    auto live = co_await api::get<T>(client, key.namespace_, key.name);
    if (!live) co_return live.error();
    std::shared_ptr<T> next = api::copy<T>(**live);
    if (!change(*next)) co_return Edited<T>{*live, false};
    auto request = part == Part::kStatus ? api::Request::update_status(std::move(next))
                                         : api::Request::update(std::move(next));
    auto written = co_await client.call(std::move(request));
    if (written) co_return Edited<T>{api::as<T>(written->object), true};
    result = written.error();
    if (!api::is(result, api::Reason::kConflict)) break;
  }
  co_return result;
}

}  // namespace sdbtwin::kit
