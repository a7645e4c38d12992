#include "model/sql/answer.h"

namespace sdbtwin::sql {

std::size_t ResultSet::size() const {
  return std::visit([](const auto& rows) { return rows.size(); }, rows_);
}

}  // namespace sdbtwin::sql
