// The image registry as faults leave it: it answers "not found" for images that are hidden.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/cluster/node/image_registry.h"

namespace sdbtwin::faults {

class RegistryOutage final : public cluster::ImageRegistry {
 public:
  using Refused = std::function<void(std::string_view image)>;

  // `registry`: what there is when nothing is hidden; outlives the outage.
  explicit RegistryOutage(const cluster::ImageRegistry& registry) : registry_(&registry) {}

  std::optional<std::int64_t> size_of(std::string_view image) const override;

  // Hides the images of this name (a glob) until show(). `refused` is called at each pull that
  // fails for it.
  std::uint64_t hide(std::string pattern, Refused refused);
  void show(std::uint64_t id) { hidden_.erase(id); }

 private:
  struct Hidden {
    std::string pattern;
    Refused refused;
  };

  const cluster::ImageRegistry* registry_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, Hidden> hidden_;
};

}  // namespace sdbtwin::faults
