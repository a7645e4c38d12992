// What runs inside containers. The kubelet and the node know nothing of databases: they start,
// signal and kill container instances through Application, and hear from them through
// ContainerHost.
//
// Guarantees: every instance id is used once in a run. For one id the order of calls is
// started, then any number of sigterm and probe, then either the instance reports exited() or the
// node calls killed(), never both and nothing after it. Ownership: Application belongs to the world
// (it outlives nodes and kubelets). ContainerHost is the node's, not the kubelet's: it outlives
// every kubelet restart and every instance on it. Must never: block, or call back into the host
// from within started(), sigterm(), killed() or probe(); an instance that ends at once reports it
// from an event of its own process.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sdbtwin::api {
struct Probe;
}

namespace sdbtwin::cluster {

// A claim's storage as the container sees it.
struct MountedVolume {
  std::string claim;   // name of the PersistentVolumeClaim in the pod's namespace
  std::string volume;  // name of the PersistentVolume: the identity of the disk and its contents
  int64_t capacity_bytes = 0;
};

// One run of one container: a restart makes a new instance with a new id.
struct ContainerInstance {
  uint64_t id = 0;
  std::string namespace_;
  std::string pod;
  std::string pod_uid;
  std::string node;
  std::string container;
  std::string image;
  std::vector<MountedVolume> volumes;
  int32_t restart_count = 0;
  std::map<std::string, std::string> labels;  // the pod's, at creation
  std::map<std::string, std::string> env;     // literal values only
};

enum class ProbeOutcome : uint8_t {
  kSuccess,
  kFailure,
  kUnknown,  // the probe itself failed: neither counted nor a reason to start counting afresh
};

constexpr std::string_view to_string(ProbeOutcome outcome) {
  switch (outcome) {
    case ProbeOutcome::kSuccess:
      return "success";
    case ProbeOutcome::kFailure:
      return "failure";
    case ProbeOutcome::kUnknown:
      return "unknown";
  }
  return "";
}

class ContainerHost {
 public:
  virtual ~ContainerHost() = default;

  // The instance ended by itself with this code (0: success; 128+n: signal n). It is gone: no
  // further call concerns it. Ignored for an id that is unknown or has ended.
  virtual void exited(uint64_t instance_id, int exit_code) = 0;

  // From now on probe() may answer differently for this instance (any kind of probe, not readiness
  // alone). Probes are not polled: a change that is not announced is not seen. Announcing a change
  // that is none is harmless.
  virtual void readiness_changed(uint64_t instance_id) = 0;
};

class Application {
 public:
  virtual ~Application() = default;

  // A container of a pod's main list runs from now on. `host` is valid as long as the instance is.
  virtual void started(const ContainerInstance& instance, ContainerHost& host) = 0;

  // SIGTERM. The instance ends when it likes by exited(), or at the end of the grace by killed().
  virtual void sigterm(uint64_t instance_id) = 0;

  // SIGKILL, power loss: the instance is gone at once, nothing unwritten survives.
  virtual void killed(uint64_t instance_id) = 0;

  // What the probe would find at this instant. No effect.
  virtual ProbeOutcome probe(uint64_t instance_id, const api::Probe& probe) const = 0;

  // Init containers have no life of their own: the node lets their work time (Timings) pass and
  // then asks for the exit code. `instance.container` is the init container's name.
  virtual int init_exit_code(const ContainerInstance& /*instance*/) const { return 0; }

  // The disk behind a PersistentVolume was destroyed with its contents (reclaim policy Delete).
  virtual void volume_destroyed(const std::string& /*volume*/) {}
};

}  // namespace sdbtwin::cluster
