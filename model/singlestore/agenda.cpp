#include "model/singlestore/agenda.h"

namespace sdbtwin::singlestore {

Agenda::Ticket Agenda::add(sim::Time at, const Due& due) {
  const Ticket ticket{at, ++added_};
  items_.emplace(ticket, due);
  return ticket;
}

void Agenda::cancel(Ticket& ticket) {
  if (ticket) items_.erase(ticket);
  ticket = Ticket{};
}

std::optional<sim::Time> Agenda::next() const {
  if (items_.empty()) return std::nullopt;
  return items_.begin()->first.at;
}

std::optional<Due> Agenda::take(sim::Time now) {
  const auto first = items_.begin();
  if (first == items_.end() || first->first.at > now) return std::nullopt;
  const Due due = first->second;
  items_.erase(first);
  return due;
}

}  // namespace sdbtwin::singlestore
