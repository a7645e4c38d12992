// The registry does not know an image (not pushed, retagged, gone) or does not give it out.
#pragma once

#include <compare>
#include <memory>
#include <string>
#include <string_view>

#include "faults/effect.h"
#include "faults/fields.h"
#include "faults/lasting.h"

namespace sdbtwin::faults {

struct ImageMissing {
  static constexpr std::string_view kName = "imageMissing";
  static constexpr std::string_view kDescription =
      "the registry answers not-found for an image, for a while or until the faults end";
  HealedOutcome outcome() const { return HealedOutcome::kRequestMayFail; }

  std::string image;         // a glob on its full name
  bool keep_cached = false;  // false: the nodes have lost their copies of it too
  Lasting lasting;

  auto operator<=>(const ImageMissing&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.text("image", self.image,
           "name the image, for example `image: \"*singlestore-node*8.9.3*\"`");
    v.flag("keepCached", self.keep_cached);
    Lasting::fields(self.lasting, v);
  }
};

std::string describe(const ImageMissing& fault);
std::unique_ptr<Effect> make_effect(const ImageMissing& fault, EffectHost& host);

}  // namespace sdbtwin::faults
