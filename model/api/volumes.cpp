#include "model/api/core.h"
#include "model/api/storage.h"
#include "model/api/table.h"

namespace sdbtwin::api {

const TypeInfo& PersistentVolumeClaimSpec::type_info() {
  using T = PersistentVolumeClaimSpec;
  static constexpr FieldInfo kFields[] = {
      field<&T::access_modes>("accessModes"),
      field<&T::selector>("selector"),
      field<&T::resources>("resources").always(),
      field<&T::volume_name>("volumeName"),
      field<&T::storage_class_name>("storageClassName"),
      field<&T::volume_mode>("volumeMode"),
      known("dataSource"),
      known("dataSourceRef"),
      known("volumeAttributesClassName"),
  };
  static constexpr TypeInfo kType = struct_type<T>("PersistentVolumeClaimSpec", kFields);
  return kType;
}

const TypeInfo& PersistentVolumeClaimStatus::type_info() {
  using T = PersistentVolumeClaimStatus;
  static constexpr FieldInfo kFields[] = {
      field<&T::phase>("phase"),
      field<&T::access_modes>("accessModes"),
      field<&T::capacity>("capacity"),
      field<&T::conditions>("conditions").list_map("type"),
      known("allocatedResources"),
      known("allocatedResourceStatuses"),
      known("currentVolumeAttributesClassName"),
      known("modifyVolumeStatus"),
  };
  static constexpr TypeInfo kType = struct_type<T>("PersistentVolumeClaimStatus", kFields);
  return kType;
}

const TypeInfo& PersistentVolumeClaim::type_info() {
  using T = PersistentVolumeClaim;
  static constexpr FieldInfo kFields[] = {
      field<&T::spec>("spec").always(),
      field<&T::status>("status").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("PersistentVolumeClaim", kFields);
  return kType;
}

std::shared_ptr<Object> PersistentVolumeClaim::clone() const { return clone_of(*this); }

const TypeInfo& PersistentVolumeSpec::type_info() {
  using T = PersistentVolumeSpec;
  static constexpr FieldInfo kFields[] = {
      field<&T::capacity>("capacity"),
      known("gcePersistentDisk"),
      known("awsElasticBlockStore"),
      known("hostPath"),
      known("glusterfs"),
      known("nfs"),
      known("rbd"),
      known("iscsi"),
      known("cinder"),
      known("cephfs"),
      known("fc"),
      known("flocker"),
      known("flexVolume"),
      known("azureFile"),
      known("vsphereVolume"),
      known("quobyte"),
      known("azureDisk"),
      known("photonPersistentDisk"),
      known("portworxVolume"),
      known("scaleIO"),
      known("local"),
      known("storageos"),
      known("csi"),
      field<&T::access_modes>("accessModes"),
      field<&T::claim_ref>("claimRef"),
      field<&T::persistent_volume_reclaim_policy>("persistentVolumeReclaimPolicy")
          .built_in_default(R"("Retain")"),
      field<&T::storage_class_name>("storageClassName"),
      known("mountOptions"),
      field<&T::volume_mode>("volumeMode").built_in_default(R"("Filesystem")"),
      field<&T::node_affinity>("nodeAffinity"),
      known("volumeAttributesClassName"),
  };
  static constexpr TypeInfo kType = struct_type<T>("PersistentVolumeSpec", kFields);
  return kType;
}

const TypeInfo& PersistentVolumeStatus::type_info() {
  using T = PersistentVolumeStatus;
  static constexpr FieldInfo kFields[] = {
      field<&T::phase>("phase"),
      field<&T::message>("message"),
      field<&T::reason>("reason"),
      known("lastPhaseTransitionTime"),
  };
  static constexpr TypeInfo kType = struct_type<T>("PersistentVolumeStatus", kFields);
  return kType;
}

const TypeInfo& PersistentVolume::type_info() {
  using T = PersistentVolume;
  static constexpr FieldInfo kFields[] = {
      field<&T::spec>("spec").always(),
      field<&T::status>("status").always(),
  };
  static constexpr TypeInfo kType = struct_type<T>("PersistentVolume", kFields);
  return kType;
}

std::shared_ptr<Object> PersistentVolume::clone() const { return clone_of(*this); }

const TypeInfo& StorageClass::type_info() {
  using T = StorageClass;
  static constexpr FieldInfo kFields[] = {
      field<&T::provisioner>("provisioner").always().need().immutable(),
      field<&T::parameters>("parameters").immutable(),
      field<&T::reclaim_policy>("reclaimPolicy").immutable().built_in_default(R"("Delete")"),
      known("mountOptions"),
      field<&T::allow_volume_expansion>("allowVolumeExpansion"),
      field<&T::volume_binding_mode>("volumeBindingMode")
          .immutable()
          .built_in_default(R"("Immediate")"),
      known("allowedTopologies"),
  };
  static constexpr TypeInfo kType = struct_type<T>("StorageClass", kFields);
  return kType;
}

std::shared_ptr<Object> StorageClass::clone() const { return clone_of(*this); }

}  // namespace sdbtwin::api
