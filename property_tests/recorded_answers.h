#pragma once

// Answers of a recorded and of the simulated API server, made comparable. What differs from run to
// run is replaced by a word for it: uids, times, and resource versions, which become how they moved
// since the same object was seen last. What was injected by the recorded cluster is left out.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/api/client.h"
#include "model/api/value.h"
#include "property_tests/recorded_http.h"

namespace sdbtwin::property_tests {

struct RecordedAnswer {
  int code = 200;
  api::Value body;  // of a watch: the array of its lines
  std::vector<std::string> warnings;
};

RecordedAnswer recorded_answer(const RecordedExchange& exchange);
RecordedAnswer answer_of(const api::Request& request, const api::Response& response);
RecordedAnswer answer_of(const api::ApiError& error);

// Keeps what was seen of one server, so answers are given in their order.
class Normaliser {
 public:
  RecordedAnswer normalised(const RecordedAnswer& answer);

 private:
  api::Value normalised(const api::Value& value);
  api::Value member(const std::string& key, const api::Value& value);
  api::Value metadata(const api::Value& value);
  std::string movement(const api::Value& metadata, std::uint64_t version);

  std::map<std::string, std::uint64_t> seen_;  // by name, "": the newest of all
};

// One line per member that differs: "path: recorded | ours".
std::vector<std::string> differences_of(const RecordedAnswer& recorded, const RecordedAnswer& ours);

}  // namespace sdbtwin::property_tests
