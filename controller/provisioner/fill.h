// fill(): what a wanted object does not say, taken from the object as it stands.
//
// An API server adds to what it is given: defaults, cluster IPs, node ports, the annotations of
// others. Writing our own version over that would undo it, every time. So the version to write is
// what we want, filled in with what is there; when that equals what is there, there is no drift.
// Walks the field tables, so it knows every modelled field; lists with a map key are matched by
// their first key, other lists and all maps we set are ours as a whole.
#pragma once

#include <cstdint>

#include "model/api/type_info.h"

namespace sdbtwin::provisioner {

// What to do with a field that is there and that we do not set.
enum class Unset : std::uint8_t {
  kKeep,         // it is somebody else's: keep it
  kOnlyDefault,  // ours: keep it only if the server fills that field in by itself
};

// Effect: `wanted` is filled in from `live`. Metadata below `type` is always kKeep. Precondition:
// both point to a value of `type` (of a kind: to its Object base).
// Result: true only if the two are equal now; false: they may be equal all the same.
bool fill(const api::TypeInfo& type, void* wanted, const void* live, Unset unset);

template <class T>
bool fill(T& wanted, const T& live, Unset unset) {
  return fill(T::type_info(), &wanted, &live, unset);
}

}  // namespace sdbtwin::provisioner
