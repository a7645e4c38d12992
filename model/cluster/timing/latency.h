#pragma once

// How long requests and watch events take between a client and the API server (kubernetes.md 6).
// Parameters of a scenario: scale them, take the tails off, or the jitter altogether for a run in
// which every message takes its median. The tails matter more than the medians: a slow write or a
// stalled watch is what controllers are wrong about.

#include <cstdint>
#include <string_view>

#include "model/cluster/timing/latency_factors.h"
#include "model/cluster/timing/tailed.h"
#include "sim/core/distribution.h"
#include "sim/core/rng.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

// kubernetes.md 4.6: after this the client reads 504, and the write may still happen.
inline constexpr sim::Duration kRequestTimeout = std::chrono::seconds(34);

// What becomes of one write on its way.
struct WriteFate {
  enum class Outcome : std::uint8_t {
    kAnswered,
    kTimedOutApplied,  // 504, although it was applied
    kTimedOutLost,     // 504, and it was not
  };
  sim::Duration both_ways;
  Outcome outcome;
};

struct ApiLatency {
  TailedDistribution read;                // GET, LIST and the opening of a watch: there and back
  TailedDistribution write;               // the same of everything else
  TailedDistribution watch_delivery;      // from the write to the client, per stream in order
  TailedDistribution informer_to_worker;  // from there to the worker that handles it
  // A connection that stalls does so once; what comes after stays behind.
  TailedDistribution watch_stall;
  std::int64_t watch_stalls_per_million;    // connections
  std::int64_t write_timeouts_per_million;  // end with a 504, half of them applied
  sim::Duration per_listed_object;          // added to the answer of a LIST
  // Which part of a request's time passes before it is applied; the rest is the answer's.
  std::int64_t before_apply_per_mille;

  // The defaults of kubernetes.md section 6.
  static ApiLatency standard();

  ApiLatency scaled(const LatencyFactors& factors) const;
  ApiLatency scaled(std::int64_t per_mille) const;
  // No slow write, no timeout, no stall.
  ApiLatency without_tails() const;
  // Medians only, and no tails.
  ApiLatency without_jitter() const;

  // One draw.
  WriteFate sample_write(sim::Rng& rng) const;
  // The way of a watch event to a worker. One draw.
  sim::Duration sample_delivery(sim::Rng& rng) const;

  template <class F>
  void for_each(F&& f) {
    f(kApiGroup, std::string_view("apiRead"), read);
    f(kApiGroup, std::string_view("apiWrite"), write);
    f(kApiGroup, std::string_view("watchDelivery"), watch_delivery);
    f(kApiGroup, std::string_view("informerToWorker"), informer_to_worker);
    f(kApiGroup, std::string_view("watchStall"), watch_stall);
  }
};

}  // namespace sdbtwin::cluster
