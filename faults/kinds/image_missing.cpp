#include "faults/kinds/image_missing.h"

#include <fmt/format.h>

#include "faults/match.h"
#include "faults/registry_outage.h"

namespace sdbtwin::faults {
namespace {

// It has fired when the first pull has failed: an image that nobody asks for is not missed.
class ImageMissingEffect final : public LastingEffect {
 public:
  ImageMissingEffect(ImageMissing fault, EffectHost& host)
      : LastingEffect(host, fault.lasting), fault_(std::move(fault)) {}

 private:
  std::optional<std::string> begin() override {
    if (environment().registry == nullptr) return std::nullopt;
    id_ = environment().registry->hide(fault_.image, [this](std::string_view image) {
      if (!host().has_fired()) host().fired(fmt::format("image {}", image));
    });
    if (!fault_.keep_cached) {
      for (cluster::NodeMachine* machine : environment().machines) {
        machine->remove_images(
            [this](std::string_view image) { return glob_match(fault_.image, image); });
      }
    }
    return "";
  }

  void end() override { environment().registry->show(id_); }

  ImageMissing fault_;
  std::uint64_t id_ = 0;
};

}  // namespace

std::string describe(const ImageMissing& fault) {
  return fmt::format("the registry does not have {}", fault.image) + describe(fault.lasting);
}

std::unique_ptr<Effect> make_effect(const ImageMissing& fault, EffectHost& host) {
  return std::make_unique<ImageMissingEffect>(fault, host);
}

}  // namespace sdbtwin::faults
