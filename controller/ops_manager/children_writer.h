// Writes the database and its PetSets for the Ops-manager: the pause, the stamps, the images, the
// version. Each reads the live object, changes what is left to change, and writes it back with the
// version it read; with nothing left to change it writes nothing.
//
// Only objects of one incarnation of the database are touched: a PetSet that is not owned by it, or
// a database of another UID, is left alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "controller/kit/images.h"
#include "controller/kit/kubedb.h"
#include "controller/kit/manager.h"
#include "controller/kit/own_writes.h"
#include "model/api/singlestore.h"

namespace sdbtwin::ops_manager {

using DatabasePtr = std::shared_ptr<const api::Singlestore>;

class ChildrenWriter {
 public:
  ChildrenWriter(kit::Manager& manager, kit::OwnWrites& own) : manager_(manager), own_(own) {}

  // Results: whether something was changed. kNotFound where noted is success: nothing is left to
  // do.
  sim::Task<api::Result<bool>> pause(DatabasePtr database, kit::PauseOwner owner);
  // Removes the pause of that request; with kAnybodys also one that no request made, as KubeDB does
  // at the end of a request (kubedb.md 3). Gone: done.
  enum class Pause : std::uint8_t { kOwn, kAnybodys };
  sim::Task<api::Result<bool>> resume(DatabasePtr database, std::string owner_uid, Pause which);
  sim::Task<api::Result<bool>> set_version(DatabasePtr database, std::string version);

  sim::Task<api::Result<bool>> stamp(DatabasePtr database, std::string petset, std::string uid);
  // Stamp and images; the stamp alone would leave the PetSet without the version it is for.
  sim::Task<api::Result<bool>> set_images(DatabasePtr database, std::string petset, std::string uid,
                                          kit::ImageSet images);
  // Another request's stamp stays. Gone: done.
  sim::Task<api::Result<bool>> lift(DatabasePtr database, std::string petset, std::string uid);

 private:
  kit::Manager& manager_;
  kit::OwnWrites& own_;
};

}  // namespace sdbtwin::ops_manager
