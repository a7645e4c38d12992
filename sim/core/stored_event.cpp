#include "sim/core/stored_event.h"

#include "sim/core/assert.h"

namespace sdbtwin::sim {

void StoredPayload::assign(const TraceEvent& event) {
  clear();
  SIM_ASSERT(event.type->alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
  if (capacity_ < event.type->size) {
    storage_ = std::make_unique<std::byte[]>(event.type->size);
    capacity_ = event.type->size;
  }
  event.type->copy(event.payload, storage_.get());
  type_ = event.type;
}

void StoredPayload::clear() noexcept {
  if (type_ != nullptr) type_->destroy(storage_.get());
  type_ = nullptr;
}

}  // namespace sdbtwin::sim
