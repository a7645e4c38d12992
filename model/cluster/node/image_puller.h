// ImagePuller: brings images to a node, one after the other (the kubelet's default is serial
// pulls). An image that the registry does not have fails after a round trip to it.
// Belongs to a kubelet; a pull that is under way when the kubelet dies is lost.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "model/cluster/node/image_registry.h"
#include "model/cluster/node/node_machine.h"
#include "model/cluster/timing/timings.h"
#include "sim/core/channel.h"
#include "sim/core/rng.h"
#include "sim/core/runtime.h"

namespace sdbtwin::cluster {

// One request; `done` is set before on_done is called.
struct ImagePull {
  std::string image;
  std::function<void()> on_done;
  bool done = false;
  bool found = false;
};

class ImagePuller {
 public:
  ImagePuller(sim::Runtime& runtime, NodeMachine& machine, const ImageRegistry& registry,
              const Timings& timings);
  ImagePuller(const ImagePuller&) = delete;
  ImagePuller& operator=(const ImagePuller&) = delete;

  // Effect: the image is pulled when its turn comes, then on_done is called.
  std::shared_ptr<const ImagePull> request(std::string image, std::function<void()> on_done);

 private:
  sim::Task<void> run();

  sim::Runtime* runtime_;
  NodeMachine* machine_;
  const ImageRegistry* registry_;
  const Timings* timings_;
  sim::Rng rng_;
  sim::Channel<std::shared_ptr<ImagePull>> queue_;
};

}  // namespace sdbtwin::cluster
