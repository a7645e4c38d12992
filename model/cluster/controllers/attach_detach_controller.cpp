#include "model/cluster/controllers/attach_detach_controller.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "model/api/typed_client.h"
#include "model/cluster/scheduler/claim_binding.h"
#include "sim/core/race.h"

namespace sdbtwin::cluster {
namespace {

using api::Result;

constexpr std::string_view kUsersOfClaim = "by-claim";
constexpr std::string_view kOutOfService = "node.kubernetes.io/out-of-service";

// k/k pkg/controller/volume/attachdetach: reconcilerLoopPeriod,
// ReconcilerMaxWaitForUnmountDuration.
constexpr sim::Duration kReconcilePeriod = std::chrono::milliseconds(100);
constexpr sim::Duration kMaxWaitForUnmount = std::chrono::minutes(6);
// k/k pkg/volume/csi: how long an attachment is waited for before it counts as failed.
constexpr sim::Duration kAttachTimeout = std::chrono::minutes(2);

void index_pod_claims(const api::Object& object, std::vector<std::string>& values) {
  const auto& pod = api::cast<api::Pod>(object);
  for (const std::string& claim : claim_names(pod))
    values.push_back(pod.metadata.namespace_ + "/" + claim);
}

bool reports_in_use(const api::Node& node, const std::string& disk) {
  const std::vector<std::string>& in_use = node.status->volumes_in_use;
  return std::find(in_use.begin(), in_use.end(), attached_volume_name(disk)) != in_use.end();
}

bool is_healthy(const api::Node& node) {
  return api::is_condition_true(*node.status->conditions, "Ready");
}

bool out_of_service(const api::Node& node) {
  const std::vector<api::Taint>& taints = node.spec->taints;
  return !is_healthy(node) &&
         std::any_of(taints.begin(), taints.end(),
                     [](const api::Taint& taint) { return taint.key == kOutOfService; });
}

}  // namespace

AttachDetachController::AttachDetachController(sim::Runtime& runtime,
                                               std::unique_ptr<api::Client> client,
                                               DiskArray& disks, const Timings& timings)
    : runtime_(&runtime),
      client_(std::move(client)),
      disks_(&disks),
      timings_(&timings),
      rng_(runtime.rng("attach")),
      events_(runtime, *client_, "attachdetach-controller"),
      pods_(runtime, *client_, api::Kind::kPod),
      nodes_(runtime, *client_, api::Kind::kNode),
      claims_(runtime, *client_, api::Kind::kPersistentVolumeClaim),
      start_(runtime.now()),
      alarm_(runtime, [this] { wake_.set(); }) {
  runtime.spawn(run());
}

// ---- What is told.

void AttachDetachController::add_handlers() {
  pods_.add_index(std::string(kUsersOfClaim), index_pod_claims);
  client::EventHandlers pods;
  pods.on_add = [this](const api::ObjectPtr& pod) { on_pod(api::as<api::Pod>(pod)); };
  pods.on_update = [this](const api::ObjectPtr& before, const api::ObjectPtr& pod) {
    if (before->metadata.uid != pod->metadata.uid) look_at(desired_.remove(before->metadata.uid));
    on_pod(api::as<api::Pod>(pod));
  };
  pods.on_delete = [this](const api::ObjectPtr& pod, bool) {
    look_at(desired_.remove(pod->metadata.uid));
  };
  pods_.add_handlers(std::move(pods));

  client::EventHandlers claims;
  claims.on_add = [this](const api::ObjectPtr& claim) { on_claim(*claim); };
  claims.on_update = [this](const api::ObjectPtr&, const api::ObjectPtr& claim) {
    on_claim(*claim);
  };
  claims_.add_handlers(std::move(claims));

  client::EventHandlers nodes;
  nodes.on_add = [this](const api::ObjectPtr& node) { on_node(nullptr, api::as<api::Node>(node)); };
  nodes.on_update = [this](const api::ObjectPtr& before, const api::ObjectPtr& node) {
    on_node(&api::cast<api::Node>(*before), api::as<api::Node>(node));
  };
  nodes_.add_handlers(std::move(nodes));
}

// A pod that is being deleted needs its disks until it has ended.
void AttachDetachController::on_pod(const PodPtr& pod) {
  Names disks;
  if (!pod->spec->node_name.empty() && !api::is_pod_terminal(*pod)) {
    for (const std::string& name : claim_names(*pod)) {
      const auto claim =
          claims_.lister<api::PersistentVolumeClaim>().get(pod->metadata.namespace_, name);
      if (claim == nullptr || !is_bound(*claim)) continue;
      if (disks_->needs_attach(claim->spec->volume_name)) disks.insert(claim->spec->volume_name);
    }
  }
  look_at(desired_.set(pod, disks));
}

void AttachDetachController::on_claim(const api::Object& claim) {
  const std::string key = claim.metadata.namespace_ + "/" + claim.metadata.name;
  for (const PodPtr& pod : pods_.lister<api::Pod>().by_index(kUsersOfClaim, key)) on_pod(pod);
}

void AttachDetachController::on_node(const api::Node* before, const NodePtr& node) {
  const std::string& name = node->metadata.name;
  const auto attached = attached_.find(name);
  if (before == nullptr || before->metadata.uid != node->metadata.uid) {
    if (attached != attached_.end()) unwritten_.insert(name);  // It is new, and says nothing yet.
    wake_.set();
  }
  const bool matters = before == nullptr || is_healthy(*before) != is_healthy(*node) ||
                       !(before->spec->taints == node->spec->taints) ||
                       before->status->volumes_in_use != node->status->volumes_in_use;
  if (matters && attached != attached_.end()) look_at(attached->second);
}

void AttachDetachController::look_at(const Names& disks) {
  for (const std::string& disk : disks) look_at(disk);
}

void AttachDetachController::look_at(const std::string& disk) {
  dirty_.insert(disk);
  wake_.set();
}

void AttachDetachController::look_later(const std::string& disk, sim::Time when) {
  later_[disk] = when;
}

// ---- The reconciler.

sim::Task<void> AttachDetachController::run() {
  co_await disks_->attachable().wait();
  add_handlers();
  for (client::Informer* informer : {&pods_, &nodes_, &claims_}) informer->start();
  for (client::Informer* informer : {&pods_, &nodes_, &claims_}) co_await informer->synced();
  adopt();
  while (true) {
    co_await next_pass();
    co_await pass();
  }
}

void AttachDetachController::adopt() {
  for (const auto& [name, pod] : pods_.cache().objects()) on_pod(api::as<api::Pod>(pod));
  for (const auto& [name, disk] : disks_->disks()) {
    if (disk.attached_to.empty()) continue;
    attached_[disk.attached_to].insert(name);
    unwritten_.insert(disk.attached_to);
    look_at(name);
  }
}

// Returns at the next tick of the reconciler at which there is something to look at.
sim::Task<void> AttachDetachController::next_pass() {
  while (true) {
    const sim::Time now = runtime_->now();
    std::optional<sim::Time> next;
    for (auto entry = later_.begin(); entry != later_.end();) {
      if (entry->second <= now) {
        dirty_.insert(entry->first);
        entry = later_.erase(entry);
      } else {
        next = std::min(next.value_or(entry->second), entry->second);
        ++entry;
      }
    }
    if (!dirty_.empty() || !unwritten_.empty()) break;
    if (next) alarm_.set(*next);
    co_await wake_.wait();
    wake_.reset();
    alarm_.cancel();
  }
  const sim::Duration since = runtime_->now() - start_;
  co_await runtime_->sleep(kReconcilePeriod - since % kReconcilePeriod);
}

sim::Task<void> AttachDetachController::pass() {
  const std::set<std::string> disks = std::exchange(dirty_, {});
  for (const std::string& disk : disks) co_await reconcile(disk);
  const std::set<std::string> nodes = std::exchange(unwritten_, {});
  bool written = true;
  for (const std::string& node : nodes) {
    const bool good = co_await write_attached(node);
    written = written && good;
  }
  if (!written) co_await runtime_->sleep(std::chrono::seconds(1));  // [us] The server is away.
}

sim::Task<void> AttachDetachController::reconcile(std::string disk) {
  if (busy_.contains(disk)) co_return;  // It is looked at again when that has ended.
  const DiskArray::Disk* found = disks_->find(disk);
  if (found == nullptr) {
    for (auto& [node, names] : attached_) {
      if (names.erase(disk) > 0) unwritten_.insert(node);
    }
    unwanted_.erase(disk);
    co_return;
  }
  const std::string node = found->attached_to;
  if (node.empty() || desired_.wants(disk, node)) {
    unwanted_.erase(disk);
  } else {
    co_await consider_detach(disk, node);
  }
  if (!busy_.contains(disk)) consider_attach(disk);
}

sim::Task<void> AttachDetachController::consider_detach(std::string disk, std::string node) {
  const sim::Time now = runtime_->now();
  const sim::Time since = unwanted_.try_emplace(disk, now).first->second;
  const NodePtr seen = nodes_.lister<api::Node>().get("", node);
  const bool mounted = seen == nullptr || reports_in_use(*seen, disk);  // Unknown: assume it is.
  const bool late = now >= since + kMaxWaitForUnmount;
  const bool at_once = seen != nullptr && out_of_service(*seen);
  const bool forced = at_once || (late && (seen == nullptr || !is_healthy(*seen)));
  if (mounted && !forced) {
    if (!late) look_later(disk, since + kMaxWaitForUnmount);
    co_return;  // Or until the node says something else.
  }
  attached_[node].erase(disk);
  bool safe = co_await write_attached(node);
  if (safe && !late && !at_once) {
    const bool in_use = co_await still_in_use(disk, node);
    safe = !in_use;
  }
  if (!safe) {
    attached_[node].insert(disk);
    unwritten_.insert(node);
    look_later(disk, runtime_->now() + kVolumeRetryBase);
    co_return;
  }
  busy_.insert(disk);
  runtime_->spawn(detach(std::move(disk), std::move(node)));
}

void AttachDetachController::consider_attach(const std::string& disk) {
  const std::string at = disks_->find(disk)->attached_to;
  const DesiredAttachments::ByNode& wanted = desired_.of(disk);
  if (wanted.empty()) told_.erase(disk);
  for (const auto& [node, pods] : wanted) {
    if (node == at) continue;
    if (!at.empty()) {
      if (told_.insert(disk).second) {
        tell(disk, node, client::EventType::kWarning, "FailedAttachVolume",
             why_multi_attach(disk, at));
      }
      continue;
    }
    const auto retry = retries_.find(disk);
    if (retry != retries_.end() && retry->second.next > runtime_->now()) {
      look_later(disk, retry->second.next);
      return;
    }
    busy_.insert(disk);
    runtime_->spawn(attach(disk, node));
    return;
  }
}

std::string AttachDetachController::why_multi_attach(const std::string& disk,
                                                     const std::string& node) const {
  const std::string error = "Multi-Attach error for volume \"" + disk + "\" ";
  const DesiredAttachments::ByNode& wanted = desired_.of(disk);
  const auto users = wanted.find(node);
  if (users == wanted.end()) {
    return error +
           "Volume is already exclusively attached to one node and can't be attached to another";
  }
  std::string names;
  for (const auto& [uid, pod] : users->second)
    names += (names.empty() ? "" : ", ") + pod->metadata.name;
  return error + "Volume is already used by pod(s) " + names;
}

// What an operation adds meanwhile makes the node unwritten again.
sim::Task<bool> AttachDetachController::write_attached(std::string node) {
  api::Value::Array list;
  for (const std::string& disk : attached_[node]) {
    list.push_back(api::Value::object({{"name", attached_volume_name(disk)}, {"devicePath", ""}}));
  }
  unwritten_.erase(node);
  const api::Value status = api::Value::object({{"volumesAttached", api::Value(std::move(list))}});
  const api::Value body = api::Value::object({{"status", status}});
  const api::ObjectRef ref(api::Kind::kNode, "", node);
  api::Request request = api::Request::patch_status(ref, api::PatchType::kMerge, body);
  const Result<api::Response> result = co_await client_->call(std::move(request));
  if (result.ok() || api::is(result, api::Reason::kNotFound)) co_return true;
  unwritten_.insert(node);
  co_return false;
}

sim::Task<bool> AttachDetachController::still_in_use(std::string disk, std::string node) {
  const auto live = co_await api::get<api::Node>(*client_, "", node);
  if (live) co_return reports_in_use(**live, disk);
  co_return !api::is(live, api::Reason::kNotFound);
}

// ---- Operations of the driver.

void AttachDetachController::tell(const std::string& disk, const std::string& node,
                                  client::EventType type, const std::string& reason,
                                  const std::string& message) {
  const DesiredAttachments::ByNode& wanted = desired_.of(disk);
  const auto pods = wanted.find(node);
  if (pods == wanted.end()) return;
  for (const auto& [uid, pod] : pods->second) events_.record(*pod, type, reason, message);
}

// False: it took too long.
sim::Task<bool> AttachDetachController::released(std::string disk, std::string node) {
  while (disks_->attachment_held(disk, node)) co_await disks_->released().wait();
  co_return true;
}

sim::Task<void> AttachDetachController::attach(std::string disk, std::string node) {
  const sim::Time timeout = runtime_->now() + kAttachTimeout;
  co_await runtime_->sleep(timings_->volume_attach.sample(rng_));
  const std::optional<bool> done = co_await sim::race(*runtime_, released(disk, node), timeout);
  if (done && disks_->attach(disk, node)) {
    retries_.erase(disk);
    told_.erase(disk);
    attached_[node].insert(disk);
    unwritten_.insert(node);
    tell(disk, node, client::EventType::kNormal, "SuccessfulAttachVolume",
         "AttachVolume.Attach succeeded for volume \"" + disk + "\" ");
  } else {
    Retry& retry = retries_[disk];
    retry.wait = retry.wait == sim::Duration::zero() ? kVolumeRetryBase
                                                     : std::min(2 * retry.wait, kVolumeRetryMax);
    retry.next = runtime_->now() + retry.wait;
    tell(disk, node, client::EventType::kWarning, "FailedAttachVolume",
         "AttachVolume.Attach failed for volume \"" + disk +
             "\" : timed out waiting for external-attacher of disks.sdbtwin.dev CSI driver to "
             "attach volume " +
             disk);
  }
  busy_.erase(disk);
  look_at(disk);
}

sim::Task<void> AttachDetachController::detach(std::string disk, std::string node) {
  co_await runtime_->sleep(timings_->volume_detach.sample(rng_));
  const DiskArray::Disk* found = disks_->find(disk);
  if (found != nullptr && found->attached_to == node) disks_->detach(disk);
  unwanted_.erase(disk);
  busy_.erase(disk);
  look_at(disk);
}

}  // namespace sdbtwin::cluster
