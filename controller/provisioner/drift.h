// DriftFinder: which children of a database are not as its Singlestore wants them.
//
// Making what is wanted and comparing it costs some ten microseconds for each child, and a database
// is looked at whenever any of its objects moves; so the answer is kept as long as nothing it was
// made from has changed: spec and labels of the database, the version, the child itself (of its
// status nothing is read). What is wanted does not depend on the child that is there, so it is kept
// when only that has changed. Belongs to one process.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "controller/provisioner/snapshot.h"

namespace sdbtwin::provisioner {

// The same without a memory. Empty when the version is not there.
std::set<Child> drifted_children(const Snapshot& snapshot);

class DriftFinder {
 public:
  // As drifted_children().
  std::set<Child> find(const Snapshot& snapshot);
  void forget(const api::ObjectKey& database) { memory_.erase(database); }

 private:
  struct Checked {
    api::ObjectPtr object;
    std::string petset_uid;  // of a budget
    api::ObjectPtr wanted;   // null: not made yet for this database, version and PetSet
    bool drifted = false;
  };
  struct Memory {
    std::shared_ptr<const api::Singlestore> database;
    std::shared_ptr<const api::SinglestoreVersion> version;
    std::map<Child, Checked> children;
  };

  std::map<api::ObjectKey, Memory> memory_;
};

}  // namespace sdbtwin::provisioner
