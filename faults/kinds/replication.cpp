#include "faults/kinds/replication.h"

#include <fmt/format.h>

#include "faults/target_resolver.h"
#include "model/singlestore/disturbance.h"

namespace sdbtwin::faults {
namespace {

using singlestore::StreamDisturbance;
using singlestore::StreamEffect;
using singlestore::StreamPattern;

StreamPattern pattern_of(const Streams& streams) {
  StreamPattern pattern;
  switch (streams.of) {
    case StreamsOf::kAll:
      break;
    case StreamsOf::kLink:
      pattern.peer = streams.peer;
      [[fallthrough]];
    case StreamsOf::kLeaf:
      pattern.leaf = streams.ordinal;
      break;
    case StreamsOf::kPartition:
      pattern.partition = streams.ordinal;
      [[fallthrough]];
    case StreamsOf::kDatabase:
      pattern.database = streams.database;
      break;
    case StreamsOf::kMetadata:
      pattern.metadata = true;
      break;
    case StreamsOf::kMetadataOfLeaf:
      pattern.metadata = true;
      pattern.leaf = streams.ordinal;
      break;
    case StreamsOf::kMetadataOfAggregator:
      pattern.metadata = true;
      pattern.aggregator = streams.ordinal;
      break;
  }
  return pattern;
}

class ReplicationEffect final : public LastingEffect {
 public:
  ReplicationEffect(EffectHost& host, Streams streams, const Lasting& lasting, StreamEffect effect,
                    std::int64_t bytes_per_second)
      : LastingEffect(host, lasting), streams_(std::move(streams)) {
    disturbance_.streams = pattern_of(streams_);
    disturbance_.effect = effect;
    disturbance_.bytes_per_second = bytes_per_second;
  }

 private:
  // The first cluster that has such streams.
  std::optional<std::string> begin() override {
    if (environment().fleet == nullptr) return std::nullopt;
    for (const singlestore::DatabaseCluster* cluster : environment().fleet->clusters()) {
      disturbance_.streams.namespace_ = cluster->state().namespace_;
      disturbance_.streams.cluster = cluster->state().name;
      if (!includes(streams_.cluster, cluster->state().namespace_, cluster->state().name)) continue;
      std::string touched;
      if (const auto id = environment().fleet->disturb(disturbance_, touched)) {
        id_ = *id;
        return touched;
      }
    }
    return std::nullopt;
  }

  void end() override { environment().fleet->heal_disturbance(id_); }

  Streams streams_;
  StreamDisturbance disturbance_;
  std::uint64_t id_ = 0;
};

}  // namespace

std::string describe(const ReplicationThrottle& fault) {
  return fmt::format("throttle replication ({}) to {} bytes per second", to_string(fault.streams),
                     fault.bytes_per_second) +
         describe(fault.lasting);
}

std::string describe(const ReplicationStall& fault) {
  return fmt::format("stall replication ({})", to_string(fault.streams)) + describe(fault.lasting);
}

std::string describe(const ReplicationBreak& fault) {
  return fmt::format("break replication ({})", to_string(fault.streams)) + describe(fault.lasting);
}

std::unique_ptr<Effect> make_effect(const ReplicationThrottle& fault, EffectHost& host) {
  return std::make_unique<ReplicationEffect>(host, fault.streams, fault.lasting,
                                             StreamEffect::kThrottled, fault.bytes_per_second);
}

std::unique_ptr<Effect> make_effect(const ReplicationStall& fault, EffectHost& host) {
  return std::make_unique<ReplicationEffect>(host, fault.streams, fault.lasting,
                                             StreamEffect::kStalled, 0);
}

std::unique_ptr<Effect> make_effect(const ReplicationBreak& fault, EffectHost& host) {
  return std::make_unique<ReplicationEffect>(host, fault.streams, fault.lasting,
                                             StreamEffect::kBroken, 0);
}

}  // namespace sdbtwin::faults
