// ImageRegistry: which images exist and how large they are. The composition root fills it from the
// catalogue; an image that is not in it cannot be pulled (ErrImagePull).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sdbtwin::cluster {

class ImageRegistry {
 public:
  virtual ~ImageRegistry() = default;
  // Bytes to transfer; nullopt: there is no such image.
  virtual std::optional<int64_t> size_of(std::string_view image) const = 0;
};

class ImageTable final : public ImageRegistry {
 public:
  void add(std::string image, int64_t bytes) { sizes_[std::move(image)] = bytes; }
  void remove(std::string_view image) {
    if (const auto found = sizes_.find(image); found != sizes_.end()) sizes_.erase(found);
  }

  std::optional<int64_t> size_of(std::string_view image) const override {
    const auto found = sizes_.find(image);
    if (found == sizes_.end()) return std::nullopt;
    return found->second;
  }

 private:
  std::map<std::string, int64_t, std::less<>> sizes_;
};

}  // namespace sdbtwin::cluster
