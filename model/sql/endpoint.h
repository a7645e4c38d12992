// Where a statement is sent and as whom.
//
// A host is a DNS name inside the cluster: `<pod>.<db>-pods.<ns>.svc` for one node, `<db>.<ns>.svc`
// for the service that stands for the ready aggregators. Both types have constructors of their own,
// so that a temporary may stand inside a co_await expression (design.md section 4, g++ 12).
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <utility>

namespace sdbtwin::sql {

inline constexpr std::uint16_t kDefaultPort = 3306;  // reference/singlestore.md 1.8

struct Endpoint {
  Endpoint() {}
  explicit Endpoint(std::string host_name, std::uint16_t port_number = kDefaultPort)
      : host(std::move(host_name)), port(port_number) {}

  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;

  std::string host;
  std::uint16_t port = kDefaultPort;
};

struct Credentials {
  Credentials() {}
  Credentials(std::string user_name, std::string secret)
      : user(std::move(user_name)), password(std::move(secret)) {}

  friend auto operator<=>(const Credentials&, const Credentials&) = default;

  std::string user;
  std::string password;
};

}  // namespace sdbtwin::sql
