// Kinds that real clusters serve and the model does not type: what a REST path needs to know of
// them when no CustomResourceDefinition says it. From `kubectl api-resources` of Kubernetes 1.34
// and of the add-ons that database operators meet. Objects of these kinds are stored, selected,
// watched and owned like all others; nothing in the twin acts on them.
#pragma once

#include <span>
#include <string_view>

#include "model/api/unstructured.h"

namespace sdbtwin::api {

struct CommonKind {
  std::string_view group;
  std::string_view name;  // Kind
  std::string_view plural;
  bool namespaced;
};

std::span<const CommonKind> common_kinds();
// In any version of the group; null: nobody knows it.
const CommonKind* find_common_kind(std::string_view group, std::string_view name);

// What is known of a kind without its definition: by the table, else namespaced and of a guessed
// plural, as apimachinery guesses. A kind of the group catalog.kubedb.com is cluster-scoped, since
// all of KubeDB's catalogue is.
UnstructuredType untyped_kind(std::string_view group, std::string_view version,
                              std::string_view name);

}  // namespace sdbtwin::api
