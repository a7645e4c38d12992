#include "model/singlestore/sizes.h"

#include <algorithm>

#include "sim/core/assert.h"

namespace sdbtwin::singlestore {

std::int64_t rows_at(const RowShape& shape, std::int64_t position) {
  return position / shape.log_bytes;
}

std::int64_t memory_at(const RowShape& shape, std::int64_t position) {
  return rows_at(shape, position) * shape.memory_bytes;
}

std::int64_t blobs_at(const RowShape& shape, std::int64_t position) {
  return rows_at(shape, position) * shape.blob_bytes;
}

std::int64_t newest_snapshot(const LogPolicy& policy, std::int64_t position, std::int64_t phase) {
  SIM_ASSERT(policy.snapshot_trigger > 0);
  if (position < phase) return 0;
  return phase + (position - phase) / policy.snapshot_trigger * policy.snapshot_trigger;
}

std::int64_t recovery_bytes(const RowShape& shape, const LogPolicy& policy, std::int64_t position,
                            std::int64_t phase) {
  const std::int64_t snapshot = newest_snapshot(policy, position, phase);
  return memory_at(shape, snapshot) + (position - snapshot);
}

std::int64_t provisioning_bytes(const RowShape& shape, std::int64_t position) {
  return memory_at(shape, position) + blobs_at(shape, position);
}

DiskBytes disk_at(const RowShape& shape, const LogPolicy& policy, std::int64_t position,
                  std::int64_t phase) {
  DiskBytes disk;
  disk.blobs = blobs_at(shape, position);
  std::int64_t oldest = newest_snapshot(policy, position, phase);
  for (int kept = 0; kept < policy.snapshots_to_keep && oldest > 0; ++kept) {
    disk.snapshots += memory_at(shape, oldest);
    if (kept + 1 < policy.snapshots_to_keep) {
      oldest = std::max<std::int64_t>(0, oldest - policy.snapshot_trigger);
    }
  }
  // The file in use counts as written; one more is always prepared.
  const std::int64_t files = (position - oldest) / policy.file_bytes + 2;
  disk.logs = std::max<std::int64_t>(files, policy.preallocated_files) * policy.file_bytes;
  return disk;
}

}  // namespace sdbtwin::singlestore
