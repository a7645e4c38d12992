#include "model/api/type_info.h"

namespace sdbtwin::api {

const FieldInfo* TypeInfo::find(std::string_view field) const {
  for (const FieldInfo& info : fields) {
    if (info.name == field) return &info;
  }
  return nullptr;
}

}  // namespace sdbtwin::api
