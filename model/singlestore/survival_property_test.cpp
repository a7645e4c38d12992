// Properties of one cluster under any sequence of stops, starts, lost disks, cut links, black holes
// and disturbances of streams.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/singlestore/cluster_driver.h"

namespace sdbtwin::singlestore {
namespace {

using sql::InstanceRole;
using sql::PartitionSync;

struct Blow {
  enum class Kind { kStop, kStart, kNewDisk, kBlackHole, kCut, kDisturb, kHeal };
  Kind kind = Kind::kStop;
  int node = 0;   // 0, 1: aggregators; 2..5: leaves
  int other = 0;  // of a link
  int detail = 0;
  sim::Duration then{};
};

void showValue(const Blow& blow, std::ostream& os) {
  os << "kind " << static_cast<int>(blow.kind) << " node " << blow.node << " other " << blow.other
     << " detail " << blow.detail << " then " << blow.then.count() / 1'000'000 << " ms";
}

rc::Gen<Blow> blow_of() {
  return rc::gen::build<Blow>(
      rc::gen::set(&Blow::kind,
                   rc::gen::map(rc::gen::inRange(0, 7),
                                [](int kind) { return static_cast<Blow::Kind>(kind); })),
      rc::gen::set(&Blow::node, rc::gen::inRange(0, 6)),
      rc::gen::set(&Blow::other, rc::gen::inRange(0, 6)),
      rc::gen::set(&Blow::detail, rc::gen::inRange(0, 12)),
      rc::gen::set(&Blow::then, rc::gen::map(rc::gen::inRange(0, 40'000), [](int ms) {
        return sim::Duration(std::chrono::milliseconds(ms));
      })));
}

// A cluster of 2 aggregators and 4 leaves with the blows that it takes.
class Victim {
 public:
  explicit Victim(const Settings& settings) : driver(settings) {
    driver.bring_up(2, 4);
    for (int i = 0; i < 2; ++i) nodes.push_back(driver.aggregator(i));
    for (int i = 0; i < 4; ++i) nodes.push_back(driver.leaf(i));
    for (const NodeIdentity& node : nodes) disks[node.pod] = "disk-of-" + node.pod;
  }

  void strike(const Blow& blow) {
    const NodeIdentity& node = nodes[static_cast<std::size_t>(blow.node)];
    const NodeIdentity& other = nodes[static_cast<std::size_t>(blow.other)];
    const bool up = driver.node(node).process != ProcessState::kDown;
    switch (blow.kind) {
      case Blow::Kind::kStop:
        if (up) driver.stop(node);
        break;
      case Blow::Kind::kStart:
        if (!up) driver.start(node, disks[node.pod]);
        break;
      case Blow::Kind::kNewDisk:
        if (!expendable(node)) break;
        if (up) driver.stop(node);
        disks[node.pod] = "disk-" + std::to_string(++made);
        driver.start(node, disks[node.pod]);
        break;
      case Blow::Kind::kBlackHole:
        driver.cluster.set_black_holed(node.pod, blow.detail % 2 == 0, driver.now);
        break;
      case Blow::Kind::kCut:
        driver.cut(node, other, blow.detail % 3 != 0);
        break;
      case Blow::Kind::kDisturb:
        disturb(blow);
        break;
      case Blow::Kind::kHeal:
        if (driver.last_fault == 0) break;
        driver.heal(1 + static_cast<std::uint64_t>(blow.detail) % driver.last_fault);
        break;
    }
    driver.run_for(blow.then);
  }

  void heal_all() {
    for (std::uint64_t id = 1; id <= driver.last_fault; ++id) driver.heal(id);
    for (const NodeIdentity& a : nodes) {
      for (const NodeIdentity& b : nodes) driver.cut(a, b, false);
      driver.cluster.set_black_holed(a.pod, false, driver.now);
      if (driver.node(a).process == ProcessState::kDown) driver.start(a, disks[a.pod]);
    }
  }

  const std::vector<Partition>& partitions() const {
    return driver.cluster.state().find_database("app")->partitions;
  }

  ClusterDriver driver;
  std::vector<NodeIdentity> nodes;
  std::map<std::string, std::string> disks;
  int made = 0;

 private:
  void disturb(const Blow& blow) {
    StreamPattern streams;
    if (blow.detail % 2 == 0 && blow.node >= 2) streams.leaf = blow.node - 2;
    if (blow.detail % 3 == 0) streams.partition = blow.other;
    if (blow.detail % 4 == 3) streams.metadata = true;
    const StreamEffect effects[] = {StreamEffect::kThrottled, StreamEffect::kStalled,
                                    StreamEffect::kBroken};
    driver.disturb(streams, effects[blow.other % 3], 1 + 10 * blow.detail);
  }

  // Of every copy on its disk the other one has all that was acknowledged.
  bool expendable(const NodeIdentity& identity) const {
    const Node& node = driver.node(identity);
    if (node.kind == NodeKind::kAggregator) return false;
    const ClusterState& state = driver.cluster.state();
    for (const CopyId& id : node.copies) {
      const Copy& copy = state.copy(id);
      const Copy* other = state.other(id);
      if (other == nullptr || !state.has_data(*other)) return false;
      if (copy.role == InstanceRole::kMaster && other->sync != PartitionSync::kSync) return false;
    }
    return true;
  }
};

// A position goes back only when its copy's log became another one.
class PositionWatch {
 public:
  void look(const Victim& victim) {
    const ClusterState& state = victim.driver.cluster.state();
    for (const Partition& partition : victim.partitions()) {
      for (std::size_t c = 0; c < partition.copies.size(); ++c) {
        const Copy& copy = partition.copies[c];
        Seen& seen = seen_[{partition.ordinal, c}];
        const std::int64_t now = state.position(partition, copy, victim.driver.now);
        const bool rebuilt = copy.volume != seen.volume || !(copy.history == seen.history) ||
                             copy.state == sql::InstanceState::kProvisioning;
        if (!rebuilt) RC_ASSERT(now >= seen.position);
        seen = Seen{now, copy.volume, copy.history};
      }
    }
  }

 private:
  struct Seen {
    std::int64_t position = 0;
    std::string volume;
    LogHistory history;
  };
  std::map<std::pair<int, std::size_t>, Seen> seen_;
};

int takers(const PartitionClients& clients) {
  int count = 0;
  for (const int open : clients.open) count += open >= 0 ? 1 : 0;
  return count;
}

// After everything is healed: all is served and in sync at the time that was computed.
void assert_recovers(Victim& victim) {
  ClusterDriver& driver = victim.driver;
  victim.heal_all();
  driver.run_for(std::chrono::minutes(2));
  const sim::Time synced_at = driver.cluster.state().history.current().synced_at;
  RC_ASSERT(driver.cluster.state().history.current().online);
  RC_ASSERT(synced_at != kNever);
  driver.run_until(std::max(driver.now, synced_at));
  for (const Partition& partition : victim.partitions()) {
    RC_ASSERT(driver.cluster.state().serves(partition));
    for (const Copy& copy : partition.copies) {
      if (copy.role == InstanceRole::kMaster) continue;
      RC_ASSERT(copy.streaming);
      RC_ASSERT(copy.caught_up);
      RC_ASSERT(copy.history == partition.master_copy().history);
    }
    const PartitionClients& clients = driver.clients("app", partition.ordinal);
    RC_ASSERT(takers(clients) == 1);
    const bool down = !clients.write_outages.empty() && clients.write_outages.back().to == kNever;
    RC_ASSERT(!down);
  }
}

Settings settings_of(int redundancy, bool sync) {
  Settings settings = written_pair(sync);
  settings.redundancy = redundancy;
  settings.automatic_rebalance = true;
  settings.timings.rebalance_delay = 20s;
  settings.timings.async_delay = 100ms;
  return settings;
}

// Goal: with synchronous replication no acknowledged write is lost and no two copies acknowledge,
// whatever happens, as long as a copy that has all is left of each partition.
RC_GTEST_PROP(Survival, SynchronousReplicationKeepsWhatWasAcknowledged, ()) {
  const auto blows = *rc::gen::container<std::vector<Blow>>(blow_of());
  Victim victim(settings_of(2, true));
  PositionWatch watch;
  for (const Blow& blow : blows) {
    victim.strike(blow);
    watch.look(victim);
    for (const Partition& partition : victim.partitions()) {
      RC_ASSERT(victim.driver.cluster.lost("app", partition.ordinal, victim.driver.now).empty());
      RC_ASSERT(takers(victim.driver.clients("app", partition.ordinal)) <= 1);
    }
  }
  RC_ASSERT(victim.driver.log.all<AcknowledgedWritesLost>().empty());
  RC_ASSERT(victim.driver.log.all<WritableMasters>().empty());
  assert_recovers(victim);
  for (const Partition& partition : victim.partitions()) {
    RC_ASSERT(victim.driver.cluster.lost("app", partition.ordinal, victim.driver.now).empty());
  }
}

// Goal: with asynchronous replication writes may be lost, and each that is was told.
RC_GTEST_PROP(Survival, AsynchronousLossesAreTold, ()) {
  const auto blows = *rc::gen::container<std::vector<Blow>>(blow_of());
  Victim victim(settings_of(2, false));
  PositionWatch watch;
  for (const Blow& blow : blows) {
    victim.strike(blow);
    watch.look(victim);
  }
  assert_recovers(victim);
  std::map<std::string, std::int64_t> told;
  for (const auto& event : victim.driver.log.all<AcknowledgedWritesLost>()) {
    told[event.partition] += event.to - event.from;
  }
  for (const Partition& partition : victim.partitions()) {
    std::int64_t lost = 0;
    for (const auto& piece :
         victim.driver.cluster.lost("app", partition.ordinal, victim.driver.now)) {
      lost += piece.to - piece.from;
    }
    // Never less; more when a copy with other writes became master again.
    RC_ASSERT(told[victim.driver.clients("app", partition.ordinal).name] >= lost);
  }
}

// Goal: with one copy nothing is lost while its disk is there.
RC_GTEST_PROP(Survival, OneCopyKeepsItsDisk, ()) {
  const auto blows = *rc::gen::container<std::vector<Blow>>(blow_of());
  Victim victim(settings_of(1, true));
  PositionWatch watch;
  for (const Blow& blow : blows) {
    victim.strike(blow);
    watch.look(victim);
  }
  RC_ASSERT(victim.driver.log.all<AcknowledgedWritesLost>().empty());
  assert_recovers(victim);
  for (const Partition& partition : victim.partitions()) {
    RC_ASSERT(victim.driver.cluster.lost("app", partition.ordinal, victim.driver.now).empty());
    RC_ASSERT(partition.term == 1);
  }
}

// What the properties have found, each as it was shrunk. Goal: all is in sync again, nothing lost.
class Found : public testing::TestWithParam<std::vector<Blow>> {};

TEST_P(Found, EndsInSyncWithoutLoss) {
  Victim victim(settings_of(2, true));
  for (const Blow& blow : GetParam()) victim.strike(blow);
  victim.heal_all();
  victim.driver.run_for(std::chrono::minutes(3));
  EXPECT_TRUE(victim.driver.cluster.state().history.held(0s, victim.driver.now, victim.driver.now));
  EXPECT_TRUE(victim.driver.log.all<AcknowledgedWritesLost>().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Shrunk, Found,
    testing::Values(
        // The replica attaches after its master has come back without its disk.
        std::vector<Blow>{{Blow::Kind::kBlackHole, 0, 0, 0, sim::Duration(0)},
                          {Blow::Kind::kStop, 1, 0, 0, 13'478ms},
                          {Blow::Kind::kNewDisk, 2, 0, 0, 16'522ms}},
        // The replica cannot be asked when its master comes back without its disk, and is never
        // given up.
        std::vector<Blow>{{Blow::Kind::kNewDisk, 2, 0, 0, sim::Duration(0)},
                          {Blow::Kind::kBlackHole, 3, 0, 0, 2'140ms}},
        // A replica that was in sync comes back without its disk while its master is cut off.
        std::vector<Blow>{{Blow::Kind::kBlackHole, 2, 0, 0, sim::Duration(0)},
                          {Blow::Kind::kNewDisk, 3, 0, 0, 2'140ms}}));

}  // namespace
}  // namespace sdbtwin::singlestore
