// The restarts of pods as horizontal bars on one common time axis.
#pragma once

#include <string>
#include <vector>

#include "reports/style.h"
#include "scenarios/verdict/result.h"

namespace sdbtwin::reports {

// One line per restart: pod, bar, times of its parts; then the legend.
// x stopping, . waiting for its new pod and a node, = starting, r ready and waiting for the next.
std::string render_bars(const std::vector<scenarios::PodRestart>& restarts,
                        const TextOptions& options);

}  // namespace sdbtwin::reports
