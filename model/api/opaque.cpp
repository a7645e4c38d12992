#include "model/api/opaque.h"

#include <utility>

namespace sdbtwin::api {

const Value* Opaque::find(std::string_view field) const {
  if (!content_) return nullptr;
  auto found = content_->fields.find(field);
  return found == content_->fields.end() ? nullptr : &found->second;
}

bool Opaque::is_absent(std::string_view field) const {
  return content_ && content_->absent.contains(field);
}

const Value::Object& Opaque::fields() const {
  static const Value::Object kNone;
  return content_ ? content_->fields : kNone;
}

const std::set<std::string, std::less<>>& Opaque::absent() const {
  static const std::set<std::string, std::less<>> kNone;
  return content_ ? content_->absent : kNone;
}

template <class Edit>
void Opaque::change(Edit edit) {
  Content content;
  if (content_) content = *content_;
  edit(content);
  content_ = content.fields.empty() && content.absent.empty()
                 ? nullptr
                 : std::make_shared<const Content>(std::move(content));
}

void Opaque::set(std::string field, Value value) {
  change([&](Content& content) {
    content.absent.erase(field);
    content.fields.insert_or_assign(std::move(field), std::move(value));
  });
}

void Opaque::set_absent(std::string field) {
  change([&](Content& content) {
    content.fields.erase(field);
    content.absent.insert(std::move(field));
  });
}

void Opaque::erase(std::string_view field) {
  if (find(field) == nullptr && !is_absent(field)) return;
  change([&](Content& content) {
    if (auto found = content.fields.find(field); found != content.fields.end()) {
      content.fields.erase(found);
    }
    if (auto found = content.absent.find(field); found != content.absent.end()) {
      content.absent.erase(found);
    }
  });
}

bool operator==(const Opaque& a, const Opaque& b) {
  if (a.content_ == b.content_) return true;
  return a.fields() == b.fields() && a.absent() == b.absent();
}

}  // namespace sdbtwin::api
