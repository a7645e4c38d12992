// OwnerGraph: who owns whom, as the garbage collector's watches tell it (kubernetes.md 4.9).
// Nodes are known by uid. An owner that was referred to but not seen yet is a virtual node: it may
// be gone, or merely late. Pure bookkeeping; each change says which nodes have to be looked at.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/api/object.h"

namespace sdbtwin::cluster {

inline constexpr std::string_view kForegroundFinalizer = "foregroundDeletion";
inline constexpr std::string_view kOrphanFinalizer = "orphan";

class OwnerGraph {
 public:
  struct Node {
    std::string uid;
    std::string namespace_;
    std::string name;
    std::string api_version;
    std::string kind;
    std::vector<api::OwnerReference> owners;
    std::set<std::string> dependents;  // uids
    bool seen = false;                 // else virtual
    bool being_deleted = false;
    bool deleting_dependents = false;  // waits in the foreground
  };
  // What a change asks for: uids.
  struct Work {
    std::vector<std::string> check;   // may have to be deleted, or to let go of an owner
    std::vector<std::string> orphan;  // dependents have to be released
  };

  Work observe(const api::Object& object);
  // The object is gone; also for a virtual owner that the server does not have.
  Work forget(const std::string& uid);

  const Node* find(const std::string& uid) const;
  size_t size() const { return nodes_.size(); }
  // Dependents that must vanish before this node may.
  std::vector<std::string> blocking_dependents(const Node& node) const;

 private:
  Node& node_for(const api::OwnerReference& owner, const std::string& namespace_, Work& work);
  void link(Node& node, std::vector<api::OwnerReference> owners, Work& work);
  void unlink(const std::string& uid, const api::OwnerReference& owner, Work& work);

  std::map<std::string, Node> nodes_;
};

}  // namespace sdbtwin::cluster
