#include "model/api/pod_spec.h"

#include "model/api/pod_spec_table.h"
#include "model/api/table.h"

namespace sdbtwin::api {

const TypeInfo& LocalObjectReference::type_info() {
  static constexpr FieldInfo kFields[] = {field<&LocalObjectReference::name>("name")};
  static constexpr TypeInfo kType =
      struct_type<LocalObjectReference>("LocalObjectReference", kFields);
  return kType;
}

const TypeInfo& ResourceRequirements::type_info() {
  using T = ResourceRequirements;
  static constexpr FieldInfo kFields[] = {
      field<&T::limits>("limits"),
      field<&T::requests>("requests"),
      known("claims"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ResourceRequirements", kFields);
  return kType;
}

const TypeInfo& ContainerPort::type_info() {
  using T = ContainerPort;
  static constexpr FieldInfo kFields[] = {
      field<&T::name>("name"),
      field<&T::host_port>("hostPort"),
      field<&T::container_port>("containerPort").always().need(),
      field<&T::protocol>("protocol").default_always(R"("TCP")"),
      known("hostIP"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ContainerPort", kFields);
  return kType;
}

const TypeInfo& SecretKeySelector::type_info() {
  using T = SecretKeySelector;
  static constexpr FieldInfo kFields[] = {
      field<&T::name>("name"),
      field<&T::key>("key").always().need(),
      field<&T::optional>("optional"),
  };
  static constexpr TypeInfo kType = struct_type<T>("SecretKeySelector", kFields);
  return kType;
}

const TypeInfo& ObjectFieldSelector::type_info() {
  using T = ObjectFieldSelector;
  static constexpr FieldInfo kFields[] = {
      field<&T::api_version>("apiVersion").built_in_default(R"("v1")"),
      field<&T::field_path>("fieldPath").always().need(),
  };
  static constexpr TypeInfo kType = struct_type<T>("ObjectFieldSelector", kFields);
  return kType;
}

const TypeInfo& EnvVarSource::type_info() {
  using T = EnvVarSource;
  static constexpr FieldInfo kFields[] = {
      field<&T::field_ref>("fieldRef"),
      known("resourceFieldRef"),
      field<&T::config_map_key_ref>("configMapKeyRef"),
      field<&T::secret_key_ref>("secretKeyRef"),
      known("fileKeyRef"),
  };
  static constexpr TypeInfo kType = struct_type<T>("EnvVarSource", kFields);
  return kType;
}

const TypeInfo& EnvVar::type_info() {
  using T = EnvVar;
  static constexpr FieldInfo kFields[] = {
      field<&T::name>("name").always().need(),
      field<&T::value>("value"),
      field<&T::value_from>("valueFrom"),
  };
  static constexpr TypeInfo kType = struct_type<T>("EnvVar", kFields);
  return kType;
}

const TypeInfo& VolumeMount::type_info() {
  using T = VolumeMount;
  static constexpr FieldInfo kFields[] = {
      field<&T::name>("name").always().need(),
      field<&T::read_only>("readOnly"),
      known("recursiveReadOnly"),
      field<&T::mount_path>("mountPath").always().need(),
      field<&T::sub_path>("subPath"),
      known("mountPropagation"),
      known("subPathExpr"),
  };
  static constexpr TypeInfo kType = struct_type<T>("VolumeMount", kFields);
  return kType;
}

const TypeInfo& ExecAction::type_info() {
  static constexpr FieldInfo kFields[] = {field<&ExecAction::command>("command")};
  static constexpr TypeInfo kType = struct_type<ExecAction>("ExecAction", kFields);
  return kType;
}

const TypeInfo& HttpGetAction::type_info() {
  using T = HttpGetAction;
  static constexpr FieldInfo kFields[] = {
      field<&T::path>("path").built_in_default(R"("/")"),
      field<&T::port>("port").always().need(),
      field<&T::host>("host"),
      field<&T::scheme>("scheme").built_in_default(R"("HTTP")"),
      known("httpHeaders"),
  };
  static constexpr TypeInfo kType = struct_type<T>("HTTPGetAction", kFields);
  return kType;
}

const TypeInfo& TcpSocketAction::type_info() {
  using T = TcpSocketAction;
  static constexpr FieldInfo kFields[] = {
      field<&T::port>("port").always().need(),
      field<&T::host>("host"),
  };
  static constexpr TypeInfo kType = struct_type<T>("TCPSocketAction", kFields);
  return kType;
}

const TypeInfo& SleepAction::type_info() {
  static constexpr FieldInfo kFields[] = {field<&SleepAction::seconds>("seconds").always()};
  static constexpr TypeInfo kType = struct_type<SleepAction>("SleepAction", kFields);
  return kType;
}

const TypeInfo& Probe::type_info() {
  using T = Probe;
  static constexpr FieldInfo kFields[] = {
      field<&T::exec>("exec"),
      field<&T::http_get>("httpGet"),
      field<&T::tcp_socket>("tcpSocket"),
      known("grpc"),
      field<&T::initial_delay_seconds>("initialDelaySeconds"),
      // Defaults: kubernetes.md 3.3.
      field<&T::timeout_seconds>("timeoutSeconds").built_in_default("1"),
      field<&T::period_seconds>("periodSeconds").built_in_default("10"),
      field<&T::success_threshold>("successThreshold").built_in_default("1"),
      field<&T::failure_threshold>("failureThreshold").built_in_default("3"),
      field<&T::termination_grace_period_seconds>("terminationGracePeriodSeconds"),
  };
  static constexpr TypeInfo kType = struct_type<T>("Probe", kFields);
  return kType;
}

const TypeInfo& LifecycleHandler::type_info() {
  using T = LifecycleHandler;
  static constexpr FieldInfo kFields[] = {
      field<&T::exec>("exec"),
      field<&T::http_get>("httpGet"),
      field<&T::tcp_socket>("tcpSocket"),
      field<&T::sleep>("sleep"),
  };
  static constexpr TypeInfo kType = struct_type<T>("LifecycleHandler", kFields);
  return kType;
}

const TypeInfo& Lifecycle::type_info() {
  using T = Lifecycle;
  static constexpr FieldInfo kFields[] = {
      field<&T::post_start>("postStart"),
      field<&T::pre_stop>("preStop"),
      known("stopSignal"),
  };
  static constexpr TypeInfo kType = struct_type<T>("Lifecycle", kFields);
  return kType;
}

const TypeInfo& Capabilities::type_info() {
  using T = Capabilities;
  static constexpr FieldInfo kFields[] = {field<&T::add>("add"), field<&T::drop>("drop")};
  static constexpr TypeInfo kType = struct_type<T>("Capabilities", kFields);
  return kType;
}

const TypeInfo& SeccompProfile::type_info() {
  using T = SeccompProfile;
  static constexpr FieldInfo kFields[] = {
      field<&T::type>("type").always().need(),
      known("localhostProfile"),
  };
  static constexpr TypeInfo kType = struct_type<T>("SeccompProfile", kFields);
  return kType;
}

const TypeInfo& SecurityContext::type_info() {
  using T = SecurityContext;
  static constexpr FieldInfo kFields[] = {
      field<&T::capabilities>("capabilities"),
      field<&T::privileged>("privileged"),
      known("seLinuxOptions"),
      known("windowsOptions"),
      field<&T::run_as_user>("runAsUser"),
      field<&T::run_as_group>("runAsGroup"),
      field<&T::run_as_non_root>("runAsNonRoot"),
      known("readOnlyRootFilesystem"),
      field<&T::allow_privilege_escalation>("allowPrivilegeEscalation"),
      known("procMount"),
      field<&T::seccomp_profile>("seccompProfile"),
      known("appArmorProfile"),
  };
  static constexpr TypeInfo kType = struct_type<T>("SecurityContext", kFields);
  return kType;
}

const TypeInfo& PodSecurityContext::type_info() {
  using T = PodSecurityContext;
  static constexpr FieldInfo kFields[] = {
      known("seLinuxOptions"),
      known("windowsOptions"),
      field<&T::run_as_user>("runAsUser"),
      field<&T::run_as_group>("runAsGroup"),
      field<&T::run_as_non_root>("runAsNonRoot"),
      known("supplementalGroups"),
      known("supplementalGroupsPolicy"),
      field<&T::fs_group>("fsGroup"),
      known("sysctls"),
      known("fsGroupChangePolicy"),
      field<&T::seccomp_profile>("seccompProfile"),
      known("appArmorProfile"),
      known("seLinuxChangePolicy"),
  };
  static constexpr TypeInfo kType = struct_type<T>("PodSecurityContext", kFields);
  return kType;
}

const TypeInfo& Container::type_info() {
  using T = Container;
  static constexpr FieldInfo kFields[] = {
      field<&T::name>("name").always().need(),
      field<&T::image>("image"),
      field<&T::command>("command"),
      field<&T::args>("args"),
      field<&T::working_dir>("workingDir"),
      field<&T::ports>("ports").list_map("containerPort,protocol"),
      known("envFrom"),
      field<&T::env>("env").list_map("name"),
      field<&T::resources>("resources").always(),
      known("resizePolicy"),
      field<&T::restart_policy>("restartPolicy"),
      known("restartPolicyRules"),
      field<&T::volume_mounts>("volumeMounts").list_map("mountPath"),
      known("volumeDevices").list_map("devicePath"),
      field<&T::liveness_probe>("livenessProbe"),
      field<&T::readiness_probe>("readinessProbe"),
      field<&T::startup_probe>("startupProbe"),
      field<&T::lifecycle>("lifecycle"),
      field<&T::termination_message_path>("terminationMessagePath")
          .built_in_default(R"("/dev/termination-log")"),
      field<&T::termination_message_policy>("terminationMessagePolicy")
          .built_in_default(R"("File")"),
      field<&T::image_pull_policy>("imagePullPolicy"),  // by the image's tag: schema.cpp
      field<&T::security_context>("securityContext"),
      known("stdin"),
      known("stdinOnce"),
      known("tty"),
  };
  static constexpr TypeInfo kType = struct_type<T>("Container", kFields);
  return kType;
}

const TypeInfo& PersistentVolumeClaimVolumeSource::type_info() {
  using T = PersistentVolumeClaimVolumeSource;
  static constexpr FieldInfo kFields[] = {
      field<&T::claim_name>("claimName").always().need(),
      field<&T::read_only>("readOnly"),
  };
  static constexpr TypeInfo kType = struct_type<T>("PersistentVolumeClaimVolumeSource", kFields);
  return kType;
}

const TypeInfo& EmptyDirVolumeSource::type_info() {
  using T = EmptyDirVolumeSource;
  static constexpr FieldInfo kFields[] = {
      field<&T::medium>("medium"),
      field<&T::size_limit>("sizeLimit"),
  };
  static constexpr TypeInfo kType = struct_type<T>("EmptyDirVolumeSource", kFields);
  return kType;
}

const TypeInfo& SecretVolumeSource::type_info() {
  using T = SecretVolumeSource;
  static constexpr FieldInfo kFields[] = {
      field<&T::secret_name>("secretName"),
      known("items"),
      field<&T::default_mode>("defaultMode").built_in_default("420"),
      field<&T::optional>("optional"),
  };
  static constexpr TypeInfo kType = struct_type<T>("SecretVolumeSource", kFields);
  return kType;
}

const TypeInfo& ConfigMapVolumeSource::type_info() {
  using T = ConfigMapVolumeSource;
  static constexpr FieldInfo kFields[] = {
      field<&T::name>("name"),
      known("items"),
      field<&T::default_mode>("defaultMode").built_in_default("420"),
      field<&T::optional>("optional"),
  };
  static constexpr TypeInfo kType = struct_type<T>("ConfigMapVolumeSource", kFields);
  return kType;
}

const TypeInfo& Volume::type_info() {
  using T = Volume;
  static constexpr FieldInfo kFields[] = {
      field<&T::name>("name").always().need(),
      known("hostPath"),
      field<&T::empty_dir>("emptyDir"),
      known("gcePersistentDisk"),
      known("awsElasticBlockStore"),
      known("gitRepo"),
      field<&T::secret>("secret"),
      known("nfs"),
      known("iscsi"),
      known("glusterfs"),
      field<&T::persistent_volume_claim>("persistentVolumeClaim"),
      known("rbd"),
      known("flexVolume"),
      known("cinder"),
      known("cephfs"),
      known("flocker"),
      known("downwardAPI"),
      known("fc"),
      known("azureFile"),
      field<&T::config_map>("configMap"),
      known("vsphereVolume"),
      known("quobyte"),
      known("azureDisk"),
      known("photonPersistentDisk"),
      known("projected"),
      known("portworxVolume"),
      known("scaleIO"),
      known("storageos"),
      known("csi"),
      known("ephemeral"),
      known("image"),
  };
  static constexpr TypeInfo kType = struct_type<T>("Volume", kFields);
  return kType;
}

const TypeInfo& Toleration::type_info() {
  using T = Toleration;
  static constexpr FieldInfo kFields[] = {
      field<&T::key>("key"),
      field<&T::operator_>("operator"),
      field<&T::value>("value"),
      field<&T::effect>("effect"),
      field<&T::toleration_seconds>("tolerationSeconds"),
  };
  static constexpr TypeInfo kType = struct_type<T>("Toleration", kFields);
  return kType;
}

const TypeInfo& TopologySpreadConstraint::type_info() {
  using T = TopologySpreadConstraint;
  static constexpr FieldInfo kFields[] = {
      field<&T::max_skew>("maxSkew").always().need(),
      field<&T::topology_key>("topologyKey").always().need(),
      field<&T::when_unsatisfiable>("whenUnsatisfiable").always().need(),
      field<&T::label_selector>("labelSelector"),
      field<&T::min_domains>("minDomains"),
      field<&T::node_affinity_policy>("nodeAffinityPolicy"),
      field<&T::node_taints_policy>("nodeTaintsPolicy"),
      field<&T::match_label_keys>("matchLabelKeys"),
  };
  static constexpr TypeInfo kType = struct_type<T>("TopologySpreadConstraint", kFields);
  return kType;
}

const TypeInfo& PodReadinessGate::type_info() {
  static constexpr FieldInfo kFields[] = {
      field<&PodReadinessGate::condition_type>("conditionType").always().need()};
  static constexpr TypeInfo kType = struct_type<PodReadinessGate>("PodReadinessGate", kFields);
  return kType;
}

const TypeInfo& PodSpec::type_info() {
  static constexpr TypeInfo kType = struct_type<PodSpec>("PodSpec", kPodSpecFields<PodSpec>);
  return kType;
}

const Container* find_container(const std::vector<Container>& containers, std::string_view name) {
  for (const Container& container : containers) {
    if (container.name == name) return &container;
  }
  return nullptr;
}

Container* find_container(std::vector<Container>& containers, std::string_view name) {
  for (Container& container : containers) {
    if (container.name == name) return &container;
  }
  return nullptr;
}

}  // namespace sdbtwin::api
