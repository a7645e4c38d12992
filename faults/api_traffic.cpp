#include "faults/api_traffic.h"

#include "faults/leader.h"
#include "faults/match.h"
#include "model/cluster/server/api_server.h"

namespace sdbtwin::faults {

cluster::ApiServer* server_of(const Environment& environment) {
  return environment.api == nullptr ? nullptr : environment.api->server();
}

bool fits(const Environment& environment, const std::string& processes,
          const cluster::Identity& client) {
  if (processes.empty()) return true;
  if (!processes.starts_with(kLeaderPrefix)) return glob_match(processes, client.process);
  const sim::Process* leader = find_process(environment, processes);
  return leader != nullptr && leader->name() == client.process;
}

std::size_t break_watches(const Environment& environment, const std::string& processes) {
  cluster::ApiServer* server = server_of(environment);
  if (server == nullptr) return 0;
  const std::size_t before = server->watches().streams();
  for (const auto& process : environment.simulation->processes()) {
    const cluster::Identity client{std::string(process->name()), ""};
    if (fits(environment, processes, client)) server->break_watches(process->name());
  }
  return before - server->watches().streams();
}

}  // namespace sdbtwin::faults
