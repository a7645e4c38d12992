#pragma once

// How long requests and watch events take between a client and the API server. Parameters of a
// scenario: scale them, or take the jitter out of them for a run in which every message takes its
// median.

#include <cstdint>

#include "sim/core/distribution.h"
#include "sim/core/time.h"

namespace sdbtwin::cluster {

struct ApiLatency {
  sim::Distribution read;            // GET, LIST and the opening of a watch: there and back
  sim::Distribution write;           // the same of everything else
  sim::Distribution watch_delivery;  // from the write to the client, per stream in order
  sim::Duration per_listed_object;   // added to the answer of a LIST
  // Which part of a request's time passes before it is applied; the rest is the answer's.
  std::int64_t before_apply_per_mille;

  // The defaults of kubernetes.md section 6.
  static ApiLatency standard();

  ApiLatency scaled(std::int64_t per_mille) const;
  ApiLatency without_jitter() const;
};

}  // namespace sdbtwin::cluster
