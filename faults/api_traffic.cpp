#include "faults/api_traffic.h"

#include "faults/match.h"
#include "model/cluster/server/api_server.h"

namespace sdbtwin::faults {

cluster::ApiServer* server_of(const Environment& environment) {
  return environment.api == nullptr ? nullptr : environment.api->server();
}

bool fits(const std::string& processes, const cluster::Identity& client) {
  return processes.empty() || glob_match(processes, client.process);
}

void break_watches(const Environment& environment, const std::string& processes) {
  cluster::ApiServer* server = server_of(environment);
  if (server == nullptr) return;
  if (processes.empty()) return server->break_watches("");
  for (const auto& process : environment.simulation->processes()) {
    if (glob_match(processes, process->name())) server->break_watches(process->name());
  }
}

}  // namespace sdbtwin::faults
