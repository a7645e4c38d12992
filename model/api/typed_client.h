// Coroutine shorthands over Client for one kind: get<Pod>(client, ns, name), create(client, pod)...
// All arguments are values; `client` outlives the task. Conflicts are returned, never retried.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/api/client.h"

namespace sdbtwin::api {

template <class T>
using Ptr = std::shared_ptr<const T>;

template <class T>
struct TypedList {
  std::vector<Ptr<T>> items;
  uint64_t resource_version = 0;
};

template <class T>
sim::Task<Result<Ptr<T>>> get(Client& client, std::string namespace_, std::string name) {
  Request request = Request::get(ObjectRef(T::kKind, std::move(namespace_), std::move(name)));
  Result<Response> response = co_await client.call(std::move(request));
  if (!response) co_return response.failure();
  co_return as<T>(response->object);
}

template <class T>
sim::Task<Result<TypedList<T>>> list(Client& client, std::string namespace_,
                                     ListOptions options = {}) {
  Request request = Request::list(T::kKind, std::move(namespace_), std::move(options));
  Result<Response> response = co_await client.call(std::move(request));
  if (!response) co_return response.failure();
  TypedList<T> typed;
  typed.resource_version = response->resource_version;
  for (const ObjectPtr& item : response->items) typed.items.push_back(as<T>(item));
  co_return typed;
}

namespace internal {

template <class T>
sim::Task<Result<Ptr<T>>> send(Client& client, Request request) {
  Result<Response> response = co_await client.call(std::move(request));
  if (!response) co_return response.failure();
  co_return as<T>(response->object);
}

}  // namespace internal

// The answer is the object as stored.
template <class T>
sim::Task<Result<Ptr<T>>> create(Client& client, std::shared_ptr<T> object) {
  return internal::send<std::remove_const_t<T>>(client, Request::create(std::move(object)));
}
template <class T>
sim::Task<Result<Ptr<T>>> update(Client& client, std::shared_ptr<T> object) {
  return internal::send<std::remove_const_t<T>>(client, Request::update(std::move(object)));
}
template <class T>
sim::Task<Result<Ptr<T>>> update_status(Client& client, std::shared_ptr<T> object) {
  return internal::send<std::remove_const_t<T>>(client, Request::update_status(std::move(object)));
}
template <class T>
sim::Task<Result<Ptr<T>>> patch(Client& client, std::string namespace_, std::string name,
                                PatchType type, Value body) {
  ObjectRef ref(T::kKind, std::move(namespace_), std::move(name));
  return internal::send<T>(client, Request::patch(std::move(ref), type, std::move(body)));
}
template <class T>
sim::Task<Result<Ptr<T>>> patch_status(Client& client, std::string namespace_, std::string name,
                                       PatchType type, Value body) {
  ObjectRef ref(T::kKind, std::move(namespace_), std::move(name));
  return internal::send<T>(client, Request::patch_status(std::move(ref), type, std::move(body)));
}

sim::Task<Result<void>> remove(Client& client, ObjectRef ref, DeleteOptions options = {});
sim::Task<Result<void>> evict(Client& client, std::string namespace_, std::string pod,
                              DeleteOptions options = {});

template <class T>
sim::Task<Result<void>> remove(Client& client, std::string namespace_, std::string name,
                               DeleteOptions options = {}) {
  ObjectRef ref(T::kKind, std::move(namespace_), std::move(name));
  return remove(client, std::move(ref), std::move(options));
}

}  // namespace sdbtwin::api
