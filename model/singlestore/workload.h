// The application: it writes and reads all partitions of a cluster through its aggregators, and
// remembers what it was told. Truth about clients, as data for judges and reports.
//
// Nothing is sent one by one: between two changes of a partition's service its writes flow at one
// rate, wait, or are refused. The log keeps intervals of log bytes and of time.
// What a client is told: acknowledged (with synchronous replication both copies have it, with
// asynchronous or no replication the master), refused (it had no effect), or nothing (unknown: the
// connection broke or the client's time was over; it may have been done or not). A client whose
// write waits sends no other one on that connection; a client that is refused goes on at its rate.
// Loaded rows count as acknowledged. Databases of an earlier bootstrap stay in the log.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/singlestore/linear.h"
#include "model/singlestore/log_history.h"
#include "model/singlestore/truth_history.h"
#include "sim/core/time.h"

namespace sdbtwin::singlestore {

// Why a partition cannot be read or written.
enum class OutageCause : std::uint8_t {
  kNone,
  kNoAggregator,   // no aggregator that could run a statement
  kMasterDown,     // the process of its master's leaf does not run
  kUnreachable,    // packets to its master get lost
  kRecovering,     // its master's leaf reads its disk
  kAttaching,      // its master's leaf waits for the master aggregator
  kPromotion,      // its replica becomes master
  kReplicaSilent,  // commits wait for a replica that does not answer; reads go on
  kDataLost,       // no copy has its data
};
std::string_view to_string(OutageCause cause);

struct Outage {
  sim::Time from{};
  sim::Time to = kNever;  // kNever: it lasts
  OutageCause cause = OutageCause::kNone;
  friend bool operator==(const Outage&, const Outage&) = default;
};

// Log bytes [from, to) of one term, acknowledged by one node in [since, until]; there may be
// outages in between.
struct AcknowledgedWrites {
  std::int64_t term = 0;
  int node = -1;
  std::int64_t from = 0;
  std::int64_t to = 0;
  sim::Time since{};
  sim::Time until = kNever;  // kNever: it goes on, and `to` is where it is now
  friend bool operator==(const AcknowledgedWrites&, const AcknowledgedWrites&) = default;
};

// Writes that were under way when the answers ended: at `position` of `term` at the earliest.
struct UnknownWrites {
  std::int64_t term = 0;
  std::int64_t position = 0;
  std::int64_t rows = 0;
  sim::Time from{};
  sim::Time to{};
  friend bool operator==(const UnknownWrites&, const UnknownWrites&) = default;
};

struct ClientTotals {
  std::int64_t acknowledged_rows = 0;
  std::int64_t refused_rows = 0;
  std::int64_t unknown_rows = 0;
  std::int64_t served_reads = 0;
  std::int64_t refused_reads = 0;
  ClientTotals& operator+=(const ClientTotals& other);
};

struct PartitionClients {
  std::string name;  // app_3
  int ordinal = 0;
  std::int64_t row_bytes = 1;
  std::int64_t write_rate = 0;  // log bytes per second that they want to write
  std::int64_t read_rate = 0;   // rows per second that they want to read
  sim::Time created{};
  std::vector<AcknowledgedWrites> acknowledged;
  std::vector<UnknownWrites> unknown;
  std::vector<Outage> write_outages;  // available in between
  std::vector<Outage> read_outages;
  std::vector<AcknowledgedWrites> reported_lost;
  // By copy: index of the interval that goes on, and where its writer is.
  std::array<int, 2> open{-1, -1};
  std::array<LinearPosition, 2> writers;
};

struct DatabaseClients {
  std::string name;
  std::vector<PartitionClients> partitions;
  // All partitions can be written (read) but in these intervals; the cause is that of the first
  // partition to fail.
  std::vector<Outage> write_outages;
  std::vector<Outage> read_outages;
  int unwritable = 0;
  int unreadable = 0;
};

// What clients see of a partition from now on.
struct ClientView {
  struct Writer {
    bool acknowledges = false;
    int node = -1;
    std::int64_t term = 0;
    LinearPosition position;
  };
  std::array<Writer, 2> writers;  // by copy
  OutageCause write = OutageCause::kNone;
  OutageCause read = OutageCause::kNone;
};

struct ClientSettings {
  sim::Duration commit_time = std::chrono::milliseconds(1);  // of one write, undisturbed [us]
  sim::Duration timeout = std::chrono::seconds(10);          // then its outcome is unknown [us]
};

class ClientLog {
 public:
  explicit ClientLog(ClientSettings settings) : settings_(settings) {}

  // Databases in the order of their creation. The last one named so is the one that exists.
  const std::vector<DatabaseClients>& databases() const { return databases_; }
  const DatabaseClients* find(std::string_view database) const;

  // Up to `now`, with what is under way.
  ClientTotals totals(const PartitionClients& partition, sim::Time now) const;
  ClientTotals totals(const DatabaseClients& database, sim::Time now) const;

  // Acknowledged until now.
  static std::vector<AcknowledgedWrites> acknowledged(const PartitionClients& partition,
                                                      sim::Time now);
  // What of them a log with this history that ends at `end` does not contain.
  static std::vector<AcknowledgedWrites> missing(const std::vector<AcknowledgedWrites>& writes,
                                                 const LogHistory& history, std::int64_t end);

  // For the database. `add` gives the index by which `note` names it.
  int add(DatabaseClients database);
  void note(int database, int ordinal, const ClientView& view, sim::Time now);
  PartitionClients& partition(int database, int ordinal);

 private:
  void note_writer(PartitionClients& partition, std::size_t copy, const ClientView& view,
                   sim::Time now);
  void note_write_outage(PartitionClients& partition, const ClientView& view, sim::Time now);
  std::int64_t unknown_rows(const PartitionClients& partition, sim::Duration outage) const;

  ClientSettings settings_;
  std::vector<DatabaseClients> databases_;
};

}  // namespace sdbtwin::singlestore
