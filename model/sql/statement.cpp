#include "model/sql/statement.h"

#include <type_traits>

namespace sdbtwin::sql {

std::string_view statement_name(const Statement& statement) {
  return std::visit([](const auto& s) { return std::decay_t<decltype(s)>::kName; }, statement);
}

StatementScope statement_scope(const Statement& statement) {
  return std::visit([](const auto& s) { return std::decay_t<decltype(s)>::kScope; }, statement);
}

bool is_write(const Statement& statement) { return std::holds_alternative<WriteCheck>(statement); }

}  // namespace sdbtwin::sql
