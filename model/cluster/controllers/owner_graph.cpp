#include "model/cluster/controllers/owner_graph.h"

#include <algorithm>
#include <utility>

namespace sdbtwin::cluster {
namespace {

const api::OwnerReference* find_owner(const std::vector<api::OwnerReference>& owners,
                                      std::string_view uid) {
  for (const api::OwnerReference& owner : owners) {
    if (owner.uid == uid) return &owner;
  }
  return nullptr;
}

bool blocks(const api::OwnerReference* owner) {
  return owner != nullptr && owner->block_owner_deletion.value_or(false);
}

// An owner of another namespace, or under another name, is not the one that is meant.
bool is_meant(const OwnerGraph::Node& owner, const OwnerGraph::Node& dependent) {
  if (!owner.seen) return true;
  if (!owner.namespace_.empty() && owner.namespace_ != dependent.namespace_) return false;
  const api::OwnerReference* by = find_owner(dependent.owners, owner.uid);
  return by == nullptr ||
         (by->name == owner.name && by->kind == owner.kind && by->api_version == owner.api_version);
}

}  // namespace

const OwnerGraph::Node* OwnerGraph::find(const std::string& uid) const {
  const auto found = nodes_.find(uid);
  return found == nodes_.end() ? nullptr : &found->second;
}

OwnerGraph::Node& OwnerGraph::node_for(const api::OwnerReference& owner,
                                       const std::string& namespace_, Work& work) {
  const auto [found, fresh] = nodes_.try_emplace(owner.uid);
  Node& node = found->second;
  if (!fresh) return node;
  node.uid = owner.uid;
  node.name = owner.name;
  node.api_version = owner.api_version;
  node.kind = owner.kind;
  // The dependent's, unless the owner's kind has none.
  const api::KindInfo* info = api::find_kind(owner.api_version, owner.kind);
  if (info == nullptr || info->namespaced) node.namespace_ = namespace_;
  work.check.push_back(owner.uid);
  return node;
}

void OwnerGraph::unlink(const std::string& uid, const api::OwnerReference& owner, Work& work) {
  const auto found = nodes_.find(owner.uid);
  if (found == nodes_.end()) return;
  found->second.dependents.erase(uid);
  if (found->second.deleting_dependents) work.check.push_back(owner.uid);
  // Nobody refers to a virtual node any more.
  if (!found->second.seen && found->second.dependents.empty()) nodes_.erase(found);
}

void OwnerGraph::link(Node& node, std::vector<api::OwnerReference> owners, Work& work) {
  const std::vector<api::OwnerReference> before = std::exchange(node.owners, std::move(owners));
  for (const api::OwnerReference& owner : before) {
    const api::OwnerReference* now = find_owner(node.owners, owner.uid);
    if (now == nullptr) {
      unlink(node.uid, owner, work);
    } else if (blocks(&owner) && !blocks(now)) {
      const Node* freed = find(owner.uid);
      if (freed != nullptr && freed->deleting_dependents) work.check.push_back(owner.uid);
    }
  }
  bool late = false;
  for (const api::OwnerReference& owner : node.owners) {
    if (find_owner(before, owner.uid) != nullptr) continue;
    Node& target = node_for(owner, node.namespace_, work);
    target.dependents.insert(node.uid);
    late = late || target.deleting_dependents || !is_meant(target, node);
  }
  if (late) work.check.push_back(node.uid);
}

OwnerGraph::Work OwnerGraph::observe(const api::Object& object) {
  Work work;
  const api::ObjectMeta& meta = object.metadata;
  const auto [found, fresh] = nodes_.try_emplace(meta.uid);
  Node& node = found->second;
  if (!node.seen) {
    node.uid = meta.uid;
    node.namespace_ = meta.namespace_;
    node.name = meta.name;
    node.api_version = api::api_version_of(object);
    node.kind = api::kind_name_of(object);
    node.seen = true;
    for (const std::string& uid : node.dependents) {
      const Node* dependent = find(uid);
      if (dependent != nullptr && !is_meant(node, *dependent)) work.check.push_back(uid);
    }
  }
  if (node.owners != *meta.owner_references) link(node, *meta.owner_references, work);
  const bool deleting = api::is_deleting(meta);
  if (deleting && api::has_finalizer(meta, kOrphanFinalizer) && !node.being_deleted)
    work.orphan.push_back(node.uid);
  if (deleting && api::has_finalizer(meta, kForegroundFinalizer) && !node.deleting_dependents) {
    node.deleting_dependents = true;
    work.check.insert(work.check.end(), node.dependents.begin(), node.dependents.end());
    work.check.push_back(node.uid);
  }
  node.being_deleted = deleting;
  return work;
}

OwnerGraph::Work OwnerGraph::forget(const std::string& uid) {
  Work work;
  const auto found = nodes_.find(uid);
  if (found == nodes_.end()) return work;
  const Node gone = std::move(found->second);
  nodes_.erase(found);
  work.check.assign(gone.dependents.begin(), gone.dependents.end());
  for (const api::OwnerReference& owner : gone.owners) unlink(uid, owner, work);
  return work;
}

std::vector<std::string> OwnerGraph::blocking_dependents(const Node& node) const {
  std::vector<std::string> blocking;
  for (const std::string& uid : node.dependents) {
    const Node* dependent = find(uid);
    if (dependent != nullptr && blocks(find_owner(dependent->owners, node.uid)))
      blocking.push_back(uid);
  }
  return blocking;
}

}  // namespace sdbtwin::cluster
