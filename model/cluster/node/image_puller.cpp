#include "model/cluster/node/image_puller.h"

#include <utility>

namespace sdbtwin::cluster {

ImagePuller::ImagePuller(sim::Runtime& runtime, NodeMachine& machine, const ImageRegistry& registry,
                         const Timings& timings)
    : runtime_(&runtime),
      machine_(&machine),
      registry_(&registry),
      timings_(&timings),
      rng_(runtime.rng("image-pull")) {
  runtime.spawn(run());
}

std::shared_ptr<const ImagePull> ImagePuller::request(std::string image,
                                                      std::function<void()> on_done) {
  auto pull = std::make_shared<ImagePull>();
  pull->image = std::move(image);
  pull->on_done = std::move(on_done);
  queue_.send(pull);
  return pull;
}

sim::Task<void> ImagePuller::run() {
  while (true) {
    const std::optional<std::shared_ptr<ImagePull>> next = co_await queue_.receive();
    if (!next) co_return;
    ImagePull& pull = **next;
    if (!machine_->has_image(pull.image)) {
      co_await runtime_->sleep(timings_->image_pull_base.sample(rng_));
      const std::optional<int64_t> size = registry_->size_of(pull.image);
      const bool fails = timings_->pull_fails(rng_);
      if (size && !fails) {
        co_await runtime_->sleep(timings_->pull_transfer(*size));
        machine_->add_image(pull.image);
      }
    }
    pull.found = machine_->has_image(pull.image);
    pull.done = true;
    pull.on_done();
  }
}

}  // namespace sdbtwin::cluster
