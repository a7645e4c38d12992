#include "controller/kit/images.h"

#include <vector>

namespace sdbtwin::kit {
namespace {

bool matches(const std::vector<api::Container>& containers, std::string_view name,
             const std::string& image) {
  const api::Container* container = api::find_container(containers, name);
  return container == nullptr || image.empty() || container->image == image;
}

bool assign(std::vector<api::Container>& containers, std::string_view name,
            const std::string& image) {
  api::Container* container = api::find_container(containers, name);
  if (container == nullptr || image.empty() || container->image == image) return false;
  container->image = image;
  return true;
}

}  // namespace

ImageSet images_of(const api::SinglestoreVersion& version, bool standalone) {
  const auto& spec = *version.spec;
  return ImageSet{.database = standalone ? spec.standalone.image : spec.db.image,
                  .coordinator = standalone ? std::string() : spec.coordinator.image,
                  .init = spec.init_container.image};
}

bool has_images(const api::PodSpec& pod, const ImageSet& images) {
  return database_image(pod) == images.database &&
         matches(pod.containers, kCoordinatorContainer, images.coordinator) &&
         matches(pod.init_containers, kInitContainer, images.init);
}

bool set_images(api::PodSpec& pod, const ImageSet& images) {
  const bool database = assign(pod.containers, kDatabaseContainer, images.database);
  const bool coordinator = assign(pod.containers, kCoordinatorContainer, images.coordinator);
  const bool init = assign(pod.init_containers, kInitContainer, images.init);
  return database || coordinator || init;
}

std::string_view database_image(const api::PodSpec& pod) {
  const api::Container* container = api::find_container(pod.containers, kDatabaseContainer);
  return container == nullptr ? std::string_view() : std::string_view(container->image);
}

}  // namespace sdbtwin::kit
