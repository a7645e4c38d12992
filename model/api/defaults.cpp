// Defaults by the field tables, and the few of core/v1 that depend on other fields.
#include <map>
#include <string_view>
#include <utility>

#include "model/api/core.h"
#include "model/api/decode.h"
#include "model/api/field_plan.h"
#include "model/api/pod.h"
#include "model/api/reflect.h"
#include "model/api/schema.h"
#include "sim/core/assert.h"

namespace sdbtwin::api {

namespace {

const FieldPlan& fields_with_defaults() {
  static const FieldPlan kPlan(
      [](const FieldInfo& info) { return info.default_by != DefaultBy::kNobody; });
  return kPlan;
}

// The default of each field that has one, as a value.
const std::map<const FieldInfo*, Value>& default_values() {
  static const auto kValues = [] {
    std::map<const FieldInfo*, Value> values;
    fields_with_defaults().for_each([&](const FieldInfo& info) {
      if (info.default_by == DefaultBy::kNobody) return;
      Result<Value> value = Value::parse(info.default_json);
      SIM_ASSERT(value.ok());
      values.emplace(&info, *std::move(value));
    });
    return values;
  }();
  return kValues;
}

using Steps = FieldPlan::Steps;

class Defaults {
 public:
  explicit Defaults(bool custom_resource)
      : scope_(custom_resource ? DefaultBy::kCustomResource : DefaultBy::kBuiltIn) {
    context_.custom_resource = custom_resource;
  }

  void fill_kind(const TypeInfo& kind, void* object) {
    fill_struct(kind, object, fields_with_defaults().of(kind));
  }

 private:
  // Whether fill() would change anything: shared parts are only copied when it would.
  bool lacks(const TypeInfo& type, const void* value, const Steps& steps) const {
    switch (type.kind) {
      case TypeKind::kShared:
        return lacks(type.element(), type.box->get(value), steps);
      case TypeKind::kOptional: {
        const void* inner = type.box->get(value);
        return inner != nullptr && lacks(type.element(), inner, steps);
      }
      case TypeKind::kList:
        for (size_t index = 0; index < type.list->size(value); ++index) {
          if (lacks(type.element(), type.list->at(value, index), steps)) return true;
        }
        return false;
      case TypeKind::kStruct:
        return struct_lacks(type, value, steps);
      default:
        return false;
    }
  }

  void fill(const TypeInfo& type, void* value, const Steps& steps) {
    switch (type.kind) {
      case TypeKind::kShared:
        if (lacks(type, value, steps)) fill(type.element(), type.box->edit(value), steps);
        return;
      case TypeKind::kOptional:
        if (type.box->get(value) != nullptr) fill(type.element(), type.box->edit(value), steps);
        return;
      case TypeKind::kList:
        for (size_t index = 0; index < type.list->size(value); ++index) {
          fill(type.element(), type.list->edit(value, index), steps);
        }
        return;
      case TypeKind::kStruct:
        return fill_struct(type, value, steps);
      default:
        return;
    }
  }

  bool applies(const FieldInfo& info) const {
    return info.default_by == scope_ || info.default_by == DefaultBy::kBoth;
  }

  // A leaf or an optional struct without a value. (A plain struct gets its members' defaults.)
  bool is_missing(const FieldInfo& info, const void* owner, const Opaque& extra) const {
    return applies(info) && info.type().kind != TypeKind::kStruct &&
           extra.find(info.name) == nullptr && is_zero(info.type(), info.get(owner));
  }

  // Members of an object that is not there get no defaults, unless it is made by a default itself.
  bool is_entered(const FieldInfo& info, const Opaque& extra) const {
    return info.type().kind != TypeKind::kStruct || !extra.is_absent(info.name) || applies(info);
  }

  bool struct_lacks(const TypeInfo& type, const void* owner, const Steps& steps) const {
    const Opaque& extra = extra_of(type, owner);
    for (const auto& [field, member_type, below] : steps) {
      const FieldInfo& info = *field;
      if (is_missing(info, owner, extra)) return true;
      if (below == nullptr || !is_entered(info, extra)) continue;
      if (lacks(*member_type, info.get(owner), *below)) return true;
    }
    return false;
  }

  void fill_struct(const TypeInfo& type, void* owner, const Steps& steps) {
    const Opaque extra = extra_of(type, owner);
    for (const auto& [field, member_type, below] : steps) {
      const FieldInfo& info = *field;
      if (is_missing(info, owner, extra)) {
        // With its place in `extra`: a default can be an explicit empty value.
        decode_field(type, info, owner, &default_values().at(&info), context_);
      }
      if (below == nullptr || !is_entered(info, extra)) continue;
      fill(*member_type, info.at(owner), *below);
    }
  }

  DefaultBy scope_;
  DecodeContext context_;
};

// The tag "latest", or none, is pulled each time (core/v1 SetDefaults_Container).
PullPolicy default_pull_policy(std::string_view image) {
  if (image.find('@') != std::string_view::npos) return PullPolicy::kIfNotPresent;
  const size_t slash = image.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? image : image.substr(slash + 1);
  const size_t colon = last.rfind(':');
  const bool latest = colon == std::string_view::npos || last.substr(colon + 1) == "latest";
  return latest ? PullPolicy::kAlways : PullPolicy::kIfNotPresent;
}

void fill_container(Container& container) {
  if (container.image_pull_policy == PullPolicy::kUnset) {
    container.image_pull_policy = default_pull_policy(container.image);
  }
  // A limit without a request is the request too (SetDefaults_Pod).
  for (const auto& [resource, limit] : container.resources.limits) {
    container.resources.requests.emplace(resource, limit);
  }
}

bool has_source(const Volume& volume) {
  return volume.persistent_volume_claim || volume.empty_dir || volume.secret || volume.config_map ||
         !volume.extra.fields().empty();
}

void fill_pod_spec(PodSpec& spec) {
  for (Container& container : spec.init_containers) fill_container(container);
  for (Container& container : spec.containers) fill_container(container);
  for (Volume& volume : spec.volumes) {
    if (!has_source(volume)) volume.empty_dir.emplace();
  }
  if (spec.service_account.empty()) spec.service_account = spec.service_account_name;
  if (spec.service_account_name.empty()) spec.service_account_name = spec.service_account;
}

void fill_service_spec(ServiceSpec& spec) {
  for (ServicePort& port : spec.ports) {
    if (port.target_port == IntOrString()) port.target_port = IntOrString(port.port);
  }
}

void fill_dependent(Object& object) {
  switch (object.kind()) {
    case Kind::kPod:
      fill_pod_spec(cast<Pod>(object).spec.edit());
      return;
    case Kind::kService:
      fill_service_spec(cast<Service>(object).spec.edit());
      return;
    case Kind::kPersistentVolumeClaim: {
      auto& claim = cast<PersistentVolumeClaim>(object);
      if (!claim.spec->volume_mode) claim.spec.edit().volume_mode = "Filesystem";
      if (claim.status->phase == ClaimPhase::kUnset) {
        claim.status.edit().phase = ClaimPhase::kPending;
      }
      return;
    }
    default:
      return;
  }
}

}  // namespace

void apply_defaults(Object& object) {
  if (object.kind() == Kind::kUnstructured) return;
  const KindInfo& info = kind_info(object.kind());
  Defaults defaults(info.custom_resource);
  defaults.fill_kind(info.type(), &object);
  fill_dependent(object);
}

}  // namespace sdbtwin::api
