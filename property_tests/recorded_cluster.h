// RecordedCluster: a cluster like the one of the recordings - API server, all controllers and the
// scheduler, one node without a kubelet, a pool of ready-made volumes - in which a recorded run is
// played again. The outside (user, fake kubelet) is played as recorded; the rest is the model's.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/client.h"
#include "model/cluster/machinery.h"
#include "model/cluster/node/disk_array.h"
#include "model/cluster/petset/defaults.h"
#include "model/cluster/plain_application.h"
#include "model/cluster/server/api_server.h"
#include "property_tests/recorded_run.h"
#include "sim/engine/simulation.h"

namespace sdbtwin::property_tests {

// Absent and zero are one thing in digests of state: members that are zero or empty are dropped.
api::Value without_zeros(const api::Value& value);

class RecordedCluster final : public sim::TraceObserver {
 public:
  // What a step came to, in the words of the recordings.
  struct Outcome {
    std::vector<std::int64_t> codes;  // of the answers to the outside
    std::vector<std::string> core;
    api::Value state;
  };

  explicit RecordedCluster(const RecordedRun& run);
  ~RecordedCluster() override;
  RecordedCluster(const RecordedCluster&) = delete;
  RecordedCluster& operator=(const RecordedCluster&) = delete;

  // What the controller writes when it starts and nothing happens.
  Outcome settle();
  Outcome play(const RecordedStep& step);

 private:
  void on_event(const sim::TraceEvent& event) override;
  void put(std::shared_ptr<api::Object> object);
  void put_initial(const api::Value& recorded, const std::vector<std::string>& setup);
  void put_surroundings();
  std::int64_t perform(const RecordedAction& action);
  std::optional<api::Request> request_of(const RecordedAction& action) const;
  api::Request status_write(const RecordedAction& action) const;
  void wait_until_quiet();
  Outcome take_outcome();
  api::Value state() const;
  api::Value digest_of(const api::Object& object) const;
  std::vector<std::string> owners_of(const api::Object& object, bool with_uid) const;
  std::optional<std::string> core_line(const cluster::ObjectWritten& write) const;
  void count(const api::Object& created);
  std::string with_uids(std::string text) const;  // placeholders replaced

  sim::Simulation simulation_{1};
  cluster::Timings timings_;
  store::Store store_;
  cluster::ApiEndpoint endpoint_;
  cluster::PlainApplication application_;
  cluster::DiskArray disks_;
  cluster::PetSetDefaulter defaulter_;
  std::map<std::string, std::unique_ptr<api::Client>> clients_;  // by who acts
  std::map<std::string, int> counts_;                            // "Pod/web-0" -> how many so far
  std::map<std::string, std::string> uids_;                      // placeholder -> uid
  std::map<std::string, std::string> placeholders_;              // and back
  std::vector<std::string> core_;
  sim::Time last_write_{};
};

}  // namespace sdbtwin::property_tests
