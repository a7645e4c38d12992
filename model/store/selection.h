#pragma once

// Selection: which objects of a resource a list, a collection or a watch means: namespace, labels
// and fields.

#include <string>
#include <vector>

#include "model/api/client.h"
#include "model/store/keyspace.h"

namespace sdbtwin::store {

class Selection {
 public:
  // kBadRequest: the kind cannot be selected by that field.
  static api::Result<Selection> of(const api::Request& list);
  static api::Result<Selection> of(const api::WatchRequest& watch);

  bool matches(const api::Object& object) const;
  // In the order of keys.
  std::vector<api::ObjectPtr> select(const Table& table) const;
  std::vector<api::ObjectPtr> select(const Objects& objects) const;

  const std::string& namespace_name() const noexcept { return namespace_; }
  // No selector: everything of the namespace.
  bool everything() const noexcept { return labels_.empty() && fields_.empty(); }
  const api::FieldSelector& fields() const noexcept { return fields_; }

 private:
  Selection(std::string namespace_value, api::LabelSelector labels, api::FieldSelector fields)
      : namespace_(std::move(namespace_value)),
        labels_(std::move(labels)),
        fields_(std::move(fields)) {}

  std::string namespace_;
  api::LabelSelector labels_;
  api::FieldSelector fields_;
};

}  // namespace sdbtwin::store
