#include "faults/kinds/disk_growth.h"

#include <fmt/format.h>

#include "faults/target_resolver.h"

namespace sdbtwin::faults {
namespace {

class DiskGrowthEffect final : public LastingEffect {
 public:
  DiskGrowthEffect(DiskGrowth fault, EffectHost& host)
      : LastingEffect(host, fault.lasting), fault_(std::move(fault)) {}

 private:
  std::optional<std::string> begin() override {
    const std::optional<PodName> pod = resolve(fault_.target, environment());
    if (!pod || environment().fleet == nullptr) return std::nullopt;
    const singlestore::DiskGrowth growth{pod->namespace_, pod->name, fault_.use, fault_.bytes};
    std::string touched;
    const auto id = environment().fleet->grow_disk(growth, touched);
    if (!id) return std::nullopt;
    id_ = *id;
    return touched;
  }

  void end() override { environment().fleet->heal_disturbance(id_); }

  DiskGrowth fault_;
  std::uint64_t id_ = 0;
};

}  // namespace

std::string describe(const DiskGrowth& fault) {
  return fmt::format("{} of {} grow by {} bytes", word_of(fault.use, kDiskUses),
                     to_string(fault.target), fault.bytes) +
         describe(fault.lasting);
}

std::unique_ptr<Effect> make_effect(const DiskGrowth& fault, EffectHost& host) {
  return std::make_unique<DiskGrowthEffect>(fault, host);
}

}  // namespace sdbtwin::faults
