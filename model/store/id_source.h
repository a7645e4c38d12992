#pragma once

// IdSource: the identifiers that a server makes up: UIDs, suffixes of generated names, service
// addresses. A counter and a seed, so that the same requests yield the same identifiers; two stores
// with different seeds share no UID. Never repeats a UID.

#include <cstdint>
#include <string>

namespace sdbtwin::store {

class IdSource {
 public:
  explicit IdSource(std::uint64_t seed) noexcept : seed_(seed) {}

  // Shaped as a random (version 4) UUID: "xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx".
  std::string next_uid();
  // Five characters of the alphabet of apimachinery's rand.String (kubernetes.md 4.3).
  std::string next_suffix();
  // The next free address of the service range 10.96.0.0/12, kubeadm's default.
  std::string next_cluster_ip();

 private:
  std::uint64_t draw(std::uint64_t stream, std::uint64_t index) const noexcept;

  std::uint64_t seed_;
  std::uint64_t uids_ = 0;
  std::uint64_t suffixes_ = 0;
  std::uint64_t cluster_ips_ = 0;
};

}  // namespace sdbtwin::store
