#include "model/api/encode.h"

#include <string>

#include "model/api/base64.h"
#include "model/api/core.h"
#include "model/api/petset.h"
#include "model/api/quantity.h"
#include "model/api/reflect.h"
#include "sim/core/assert.h"

namespace sdbtwin::api {

namespace {

template <class T>
const T& read(const void* value) {
  return *static_cast<const T*>(value);
}

void encode_list(const TypeInfo& type, const void* list, JsonSink& sink,
                 const EncodeOptions& options) {
  const size_t size = type.list->size(list);
  if (size == 0) {
    sink.null();  // Go's nil slice; an empty list is written only where it may not be left out
    return;
  }
  sink.begin_array();
  for (size_t index = 0; index < size; ++index) {
    encode(type.element(), type.list->at(list, index), sink, options);
  }
  sink.end_array();
}

void encode_map(const TypeInfo& type, const void* map, JsonSink& sink,
                const EncodeOptions& options) {
  struct Context {
    const TypeInfo& element;
    JsonSink& sink;
    const EncodeOptions& options;
  } context{type.element(), sink, options};
  sink.begin_object();
  type.map->visit(map, &context, [](void* raw, const std::string& key, const void* value) {
    auto& state = *static_cast<Context*>(raw);
    state.sink.key(key);
    encode(state.element, value, state.sink, state.options);
  });
  sink.end_object();
}

void encode_int_or_string(const IntOrString& value, JsonSink& sink) {
  if (value.text) {
    sink.string(*value.text);
  } else {
    sink.integer(value.number);
  }
}

void encode_box(const TypeInfo& type, const void* box, JsonSink& sink,
                const EncodeOptions& options) {
  const void* inner = type.box->get(box);
  if (inner == nullptr) {
    sink.null();
  } else {
    encode(type.element(), inner, sink, options);
  }
}

// One modelled member, by the rules of opaque.h.
void encode_field(const FieldInfo& info, const void* owner, const Opaque& extra, JsonSink& sink,
                  const EncodeOptions& options) {
  const TypeInfo& type = info.type();
  const void* value = info.get(owner);
  if (is_zero(type, value)) {
    const Value* kept = options.go_typed ? nullptr : extra.find(info.name);
    if (kept != nullptr) {
      sink.key(info.name);
      sink.value(*kept);
      return;
    }
    if (info.presence != Presence::kAlways) return;
    if (!options.go_typed && extra.is_absent(info.name)) return;
  }
  sink.key(info.name);
  encode(type, value, sink, options);
}

}  // namespace

void encode_members(const TypeInfo& type, const void* owner, JsonSink& sink,
                    const EncodeOptions& options) {
  const Opaque& extra = extra_of(type, owner);
  for (const FieldInfo& info : type.fields) {
    if (info.modelled()) encode_field(info, owner, extra, sink, options);
  }
  for (const auto& [name, value] : extra.fields()) {
    const FieldInfo* info = type.find(name);
    if (info != nullptr && info->modelled()) continue;
    sink.key(name);
    sink.value(value);
  }
}

void encode(const TypeInfo& type, const void* value, JsonSink& sink, const EncodeOptions& options) {
  switch (type.kind) {
    case TypeKind::kBool:
      return sink.boolean(read<bool>(value));
    case TypeKind::kInt32:
      return sink.integer(read<int32_t>(value));
    case TypeKind::kInt64:
      return sink.integer(read<int64_t>(value));
    case TypeKind::kResourceVersion:
      return sink.string(std::to_string(read<uint64_t>(value)));
    case TypeKind::kString:
      return sink.string(read<std::string>(value));
    case TypeKind::kBytes:
      return sink.string(base64_encode(read<Bytes>(value).raw));
    case TypeKind::kEnum:
      return sink.string(type.enum_names[read<uint8_t>(value)]);
    case TypeKind::kTimestamp:
      return sink.string(to_string(read<Timestamp>(value)));
    case TypeKind::kMicroTime:
      return sink.string(to_string(read<MicroTime>(value)));
    case TypeKind::kQuantity:
      // The zero Quantity is written as Go does.
      return sink.string(read<Quantity>(value).empty() ? "0" : read<Quantity>(value).text);
    case TypeKind::kIntOrString:
      return encode_int_or_string(read<IntOrString>(value), sink);
    case TypeKind::kDurationText:
      return sink.string(read<DurationText>(value).text);
    case TypeKind::kValue:
      return sink.value(read<Value>(value));
    case TypeKind::kRawJson:
      return sink.raw(read<RawJson>(value).bytes);
    case TypeKind::kList:
      return encode_list(type, value, sink, options);
    case TypeKind::kMap:
      return encode_map(type, value, sink, options);
    case TypeKind::kOptional:
    case TypeKind::kShared:
      return encode_box(type, value, sink, options);
    case TypeKind::kStruct:
      sink.begin_object();
      encode_members(type, value, sink, options);
      sink.end_object();
      return;
  }
  SIM_UNREACHABLE();
}

}  // namespace sdbtwin::api
