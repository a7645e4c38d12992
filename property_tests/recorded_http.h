#pragma once

// Recorded HTTP exchanges with a real API server, read as calls of the simulated client.
// A recording is a file of its own, not part of the project: whoever has one can name its folder.
// Guarantees: what a request means (verb, subresource, body, options) is read from method, path,
// query and body as an API server reads them; a body that the server could not decode is its error.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/api/client.h"

namespace sdbtwin::property_tests {

struct RecordedExchange {
  std::string name;
  std::string method;
  std::string path;  // without the query
  std::map<std::string, std::string> query;
  std::string content_type;
  std::string accept;
  std::string user;
  std::string body;
  bool has_response = false;  // else only what it does to the state counts
  int code = 0;
  std::string response;
  std::vector<std::string> warnings;
};

// nullopt: there is no such file.
std::optional<std::vector<RecordedExchange>> read_recording(const std::string& file);

// What an exchange asks of the simulated client: one of the two.
struct RecordedCall {
  std::optional<api::Request> request;
  std::optional<api::WatchRequest> watch;
};
// `field_manager`: who the server takes the client for when it does not say.
api::Result<RecordedCall> call_of(const RecordedExchange& exchange, std::string field_manager);

}  // namespace sdbtwin::property_tests
