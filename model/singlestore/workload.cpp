#include "model/singlestore/workload.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "model/singlestore/linear.h"
#include "sim/core/assert.h"

namespace sdbtwin::singlestore {
namespace {

constexpr std::int64_t kFirstTerm = 1;  // of a new partition: in it its rows are loaded

// Effect: the list says that `cause` holds from now on. True when that is a change.
bool note_outage(std::vector<Outage>& outages, OutageCause cause, sim::Time now) {
  const bool lasts = !outages.empty() && outages.back().to == kNever;
  if ((lasts ? outages.back().cause : OutageCause::kNone) == cause) return false;
  if (lasts) {
    outages.back().to = now;
    if (outages.back().from == now) outages.pop_back();
  }
  if (cause != OutageCause::kNone) outages.push_back(Outage{now, kNever, cause});
  return true;
}

bool lasts(const std::vector<Outage>& outages) {
  return !outages.empty() && outages.back().to == kNever;
}

sim::Time end_of(const Outage& outage, sim::Time now) { return std::min(outage.to, now); }

// Clients get an answer at once, and it says no.
bool refuses(OutageCause cause) {
  switch (cause) {
    case OutageCause::kNone:
    case OutageCause::kUnreachable:
    case OutageCause::kReplicaSilent:
      return false;
    case OutageCause::kNoAggregator:
    case OutageCause::kMasterDown:
    case OutageCause::kRecovering:
    case OutageCause::kAttaching:
    case OutageCause::kPromotion:
    case OutageCause::kDataLost:
      return true;
  }
  SIM_UNREACHABLE();
}

}  // namespace

std::string_view to_string(OutageCause cause) {
  switch (cause) {
    case OutageCause::kNone:
      return "none";
    case OutageCause::kNoAggregator:
      return "no-aggregator";
    case OutageCause::kMasterDown:
      return "master-down";
    case OutageCause::kUnreachable:
      return "unreachable";
    case OutageCause::kRecovering:
      return "recovering";
    case OutageCause::kAttaching:
      return "attaching";
    case OutageCause::kPromotion:
      return "promotion";
    case OutageCause::kReplicaSilent:
      return "replica-silent";
    case OutageCause::kDataLost:
      return "data-lost";
  }
  SIM_UNREACHABLE();
}

ClientTotals& ClientTotals::operator+=(const ClientTotals& other) {
  acknowledged_rows += other.acknowledged_rows;
  refused_rows += other.refused_rows;
  unknown_rows += other.unknown_rows;
  served_reads += other.served_reads;
  refused_reads += other.refused_reads;
  return *this;
}

const DatabaseClients* ClientLog::find(std::string_view database) const {
  for (auto at = databases_.rbegin(); at != databases_.rend(); ++at) {
    if (at->name == database) return &*at;
  }
  return nullptr;
}

int ClientLog::add(DatabaseClients database) {
  databases_.push_back(std::move(database));
  return static_cast<int>(databases_.size()) - 1;
}

PartitionClients& ClientLog::partition(int database, int ordinal) {
  return databases_[static_cast<std::size_t>(database)]
      .partitions[static_cast<std::size_t>(ordinal)];
}

// ---- noting ----

void ClientLog::note(int database, int ordinal, const ClientView& view, sim::Time now) {
  DatabaseClients& owner = databases_[static_cast<std::size_t>(database)];
  PartitionClients& clients = partition(database, ordinal);
  for (std::size_t copy = 0; copy < view.writers.size(); ++copy) {
    note_writer(clients, copy, view, now);
  }
  const bool could_write = !lasts(clients.write_outages);
  const bool could_read = !lasts(clients.read_outages);
  note_write_outage(clients, view, now);
  note_outage(clients.read_outages, view.read, now);
  owner.unwritable +=
      static_cast<int>(could_write) - static_cast<int>(!lasts(clients.write_outages));
  owner.unreadable += static_cast<int>(could_read) - static_cast<int>(!lasts(clients.read_outages));
  if ((owner.unwritable > 0) != lasts(owner.write_outages)) {
    note_outage(owner.write_outages, owner.unwritable > 0 ? view.write : OutageCause::kNone, now);
  }
  if ((owner.unreadable > 0) != lasts(owner.read_outages)) {
    note_outage(owner.read_outages, owner.unreadable > 0 ? view.read : OutageCause::kNone, now);
  }
}

void ClientLog::note_writer(PartitionClients& clients, std::size_t copy, const ClientView& view,
                            sim::Time now) {
  const ClientView::Writer& writer = view.writers[copy];
  int& open = clients.open[copy];
  if (open >= 0) {
    AcknowledgedWrites& current = clients.acknowledged[static_cast<std::size_t>(open)];
    const bool same = current.term == writer.term && current.node == writer.node;
    current.to = std::max(current.to, clients.writers[copy].at(now));
    clients.writers[copy] = writer.position;
    if (writer.acknowledges && same) return;
    current.until = now;
    open = -1;
  }
  if (!writer.acknowledges) return;
  clients.writers[copy] = writer.position;
  const std::int64_t position = writer.position.at(now);
  if (!clients.acknowledged.empty()) {
    AcknowledgedWrites& last = clients.acknowledged.back();
    if (last.term == writer.term && last.node == writer.node && last.to == position) {
      last.until = kNever;
      open = static_cast<int>(clients.acknowledged.size()) - 1;
      return;
    }
  }
  const bool first = clients.acknowledged.empty();
  if (first && writer.term > kFirstTerm) {
    // Its first master was never seen to write; the loaded rows are of its term.
    clients.acknowledged.push_back({kFirstTerm, writer.node, 0, position, now, now});
  }
  AcknowledgedWrites begun;
  begun.term = writer.term;
  begun.node = writer.node;
  begun.from = first && writer.term == kFirstTerm ? 0 : position;  // with the loaded rows
  begun.to = position;
  begun.since = now;
  clients.acknowledged.push_back(begun);
  open = static_cast<int>(clients.acknowledged.size()) - 1;
}

void ClientLog::note_write_outage(PartitionClients& clients, const ClientView& view,
                                  sim::Time now) {
  std::vector<Outage>& outages = clients.write_outages;
  const bool before = lasts(outages);
  const sim::Time since = before ? outages.back().from : now;
  const OutageCause cause_before = before ? outages.back().cause : OutageCause::kNone;
  if (!note_outage(outages, view.write, now)) return;
  if (!before) {
    // The writes that were under way: the answers to them do not come.
    const bool answered_late = view.write == OutageCause::kReplicaSilent;
    if (answered_late || clients.write_rate == 0 || clients.acknowledged.empty()) return;
    const AcknowledgedWrites& last = clients.acknowledged.back();
    clients.unknown.push_back(
        UnknownWrites{last.term, last.to, unknown_rows(clients, sim::Duration(0)), now, now});
    return;
  }
  if (refuses(cause_before) || clients.write_rate == 0 || clients.acknowledged.empty()) return;
  // Those that waited: acknowledged now when the wait was short and ends well.
  const bool ends_well = view.write == OutageCause::kNone &&
                         cause_before == OutageCause::kReplicaSilent &&
                         now - since < settings_.timeout;
  if (ends_well) return;
  const AcknowledgedWrites& last = clients.acknowledged.back();
  clients.unknown.push_back(
      UnknownWrites{last.term, last.to, unknown_rows(clients, now - since), since, now});
}

// What is under way at one instant, once more for each timeout that has passed.
std::int64_t ClientLog::unknown_rows(const PartitionClients& clients, sim::Duration outage) const {
  const std::int64_t bytes = bytes_in(settings_.commit_time, clients.write_rate);
  const std::int64_t under_way = std::max<std::int64_t>(1, bytes / clients.row_bytes);
  return under_way * (1 + outage / settings_.timeout);
}

// ---- reading ----

std::vector<AcknowledgedWrites> ClientLog::acknowledged(const PartitionClients& clients,
                                                        sim::Time now) {
  std::vector<AcknowledgedWrites> writes = clients.acknowledged;
  for (std::size_t copy = 0; copy < clients.open.size(); ++copy) {
    if (clients.open[copy] < 0) continue;
    AcknowledgedWrites& open = writes[static_cast<std::size_t>(clients.open[copy])];
    open.to = std::max(open.to, clients.writers[copy].at(now));
  }
  return writes;
}

std::vector<AcknowledgedWrites> ClientLog::missing(const std::vector<AcknowledgedWrites>& writes,
                                                   const LogHistory& history, std::int64_t end) {
  std::vector<AcknowledgedWrites> lost;
  for (const AcknowledgedWrites& write : writes) {
    const LogHistory::Range held = history.range(write.term, end);
    const auto add = [&](std::int64_t from, std::int64_t to) {
      if (from >= to) return;
      AcknowledgedWrites piece = write;
      piece.from = from;
      piece.to = to;
      lost.push_back(piece);
    };
    add(write.from, std::min(write.to, held.from));
    add(std::max(write.from, held.to), write.to);
  }
  return lost;
}

ClientTotals ClientLog::totals(const PartitionClients& clients, sim::Time now) const {
  ClientTotals totals;
  for (const AcknowledgedWrites& write : acknowledged(clients, now)) {
    totals.acknowledged_rows += write.to / clients.row_bytes - write.from / clients.row_bytes;
  }
  for (const UnknownWrites& unknown : clients.unknown) totals.unknown_rows += unknown.rows;
  for (const Outage& outage : clients.write_outages) {
    if (!refuses(outage.cause)) continue;
    totals.refused_rows +=
        bytes_in(end_of(outage, now) - outage.from, clients.write_rate) / clients.row_bytes;
  }
  sim::Duration unread{};
  for (const Outage& outage : clients.read_outages) unread += end_of(outage, now) - outage.from;
  totals.refused_reads = bytes_in(unread, clients.read_rate);
  totals.served_reads = bytes_in(now - clients.created - unread, clients.read_rate);
  return totals;
}

ClientTotals ClientLog::totals(const DatabaseClients& database, sim::Time now) const {
  ClientTotals sum;
  for (const PartitionClients& clients : database.partitions) sum += totals(clients, now);
  return sum;
}

}  // namespace sdbtwin::singlestore
