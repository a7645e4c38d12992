// What a statement gives back: typed rows, or an SqlError.
#pragma once

#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

#include "model/sql/result.h"
#include "model/sql/rows.h"
#include "sim/core/assert.h"

namespace sdbtwin::sql {

// Rows of exactly one type. Asking for rows of another type is a programmer error and aborts.
class ResultSet {
 public:
  template <class Row>
  ResultSet(std::vector<Row> rows)
      : rows_(std::move(rows)) {}  // NOLINT(google-explicit-constructor)

  template <class Row>
  const std::vector<Row>& rows() const {
    const auto* found = std::get_if<std::vector<Row>>(&rows_);
    SIM_ASSERT(found != nullptr);
    return *found;
  }
  template <class Row>
  std::vector<Row> take() && {
    auto* found = std::get_if<std::vector<Row>>(&rows_);
    SIM_ASSERT(found != nullptr);
    return std::move(*found);
  }
  std::size_t size() const;

 private:
  std::variant<std::vector<CheckRow>, std::vector<LeafRow>, std::vector<AggregatorRow>,
               std::vector<ClusterStatusRow>, std::vector<ReplicationStatusRow>,
               std::vector<PartitionRow>, std::vector<DatabaseStatusRow>,
               std::vector<TableStatisticsRow>, std::vector<DiskUsageRow>, std::vector<VariableRow>>
      rows_;
};

using Answer = Result<ResultSet>;

}  // namespace sdbtwin::sql
