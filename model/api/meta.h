// Object metadata: times, owner references, ObjectMeta, and small readers of labels and finalizers.
// Field names are Kubernetes' own in snake_case. Times of objects have a granularity of one second
// (metav1.Time), those of Leases and Events of one microsecond.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/opaque.h"
#include "model/api/shared.h"
#include "model/api/type_info.h"
#include "model/api/value.h"
#include "sim/core/time.h"

namespace sdbtwin::api {

using StringMap = std::map<std::string, std::string>;

// metav1.Time: seconds since 1970-01-01T00:00:00Z; RFC 3339 in JSON. Optional members, not zero
// times, say "not set".
struct Timestamp {
  int64_t seconds = 0;

  auto operator<=>(const Timestamp&) const = default;
};

// metav1.MicroTime.
struct MicroTime {
  int64_t microseconds = 0;

  auto operator<=>(const MicroTime&) const = default;
};

std::string to_string(Timestamp time);  // "2025-01-01T00:00:00Z"
std::string to_string(MicroTime time);  // "2025-01-01T00:00:00.000000Z"
std::optional<Timestamp> parse_timestamp(std::string_view rfc3339);  // fractions are cut off
std::optional<MicroTime> parse_micro_time(std::string_view rfc3339);

// The wall clock that objects show: a run starts at 2025-01-01T00:00:00Z [us].
class ClusterTime {
 public:
  static Timestamp at(sim::Time time);  // rounded down to the second, as metav1.Time is
  static MicroTime micro_at(sim::Time time);
  static sim::Time to_run(Timestamp timestamp);  // the instant at which that second begins
  static sim::Time to_run(MicroTime time);
};

struct OwnerReference {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string uid;
  std::optional<bool> controller;
  std::optional<bool> block_owner_deletion;
  Opaque extra;

  bool operator==(const OwnerReference&) const = default;
  static const TypeInfo& type_info();
};

struct ObjectMeta {
  std::string name;
  std::string generate_name;
  std::string namespace_;
  std::string uid;
  uint64_t resource_version = 0;  // 0: not set
  int64_t generation = 0;
  std::optional<Timestamp> creation_timestamp;
  std::optional<Timestamp> deletion_timestamp;
  std::optional<int64_t> deletion_grace_period_seconds;
  Shared<StringMap> labels;
  Shared<StringMap> annotations;
  Shared<std::vector<OwnerReference>> owner_references;
  Shared<std::vector<std::string>> finalizers;
  Value managed_fields;  // null or an array, as the server maintains it
  Opaque extra;

  bool operator==(const ObjectMeta&) const = default;
  static const TypeInfo& type_info();
};

// Common readers and edits.
inline bool is_deleting(const ObjectMeta& meta) { return meta.deletion_timestamp.has_value(); }
std::string_view label_of(const ObjectMeta& meta, std::string_view key);       // "" when not set
std::string_view annotation_of(const ObjectMeta& meta, std::string_view key);  // "" when not set
bool has_finalizer(const ObjectMeta& meta, std::string_view finalizer);
void add_finalizer(ObjectMeta& meta, std::string finalizer);          // no duplicate
bool remove_finalizer(ObjectMeta& meta, std::string_view finalizer);  // false: was not there
// The owner reference with controller=true (metav1.GetControllerOf), or null.
const OwnerReference* controller_of(const ObjectMeta& meta);
bool is_owned_by(const ObjectMeta& meta, std::string_view uid);

}  // namespace sdbtwin::api
