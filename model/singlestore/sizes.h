// What a copy of a partition weighs, as functions of its log position.
//
// Logical sizes (rows, memory, blobs) depend on the position alone, so two copies at one position
// have equal ones. Disk sizes also depend on where the copy stands in its own snapshot cycle
// (`phase`), and legitimately differ between copies (reference/singlestore.md 5.3, 5.4).
#pragma once

#include <cstdint>

#include "model/singlestore/settings.h"

namespace sdbtwin::singlestore {

std::int64_t rows_at(const RowShape& shape, std::int64_t position);
std::int64_t memory_at(const RowShape& shape, std::int64_t position);
std::int64_t blobs_at(const RowShape& shape, std::int64_t position);

// The position of a copy's newest snapshot: phase + k x trigger at most `position`; 0: it has none.
std::int64_t newest_snapshot(const LogPolicy& policy, std::int64_t position, std::int64_t phase);

// What is read when the copy's node starts: newest snapshot and the log after it (2.17).
std::int64_t recovery_bytes(const RowShape& shape, const LogPolicy& policy, std::int64_t position,
                            std::int64_t phase);

// What is sent when the copy is built anew elsewhere: a snapshot of now, and the blobs
// (2.15, 2.17).
std::int64_t provisioning_bytes(const RowShape& shape, std::int64_t position);

struct DiskBytes {
  std::int64_t blobs = 0;
  std::int64_t logs = 0;
  std::int64_t snapshots = 0;
  std::int64_t total() const { return blobs + logs + snapshots; }
};
DiskBytes disk_at(const RowShape& shape, const LogPolicy& policy, std::int64_t position,
                  std::int64_t phase);

}  // namespace sdbtwin::singlestore
