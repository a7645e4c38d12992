#include "controller/provisioner/fake_server.h"

#include "model/api/errors.h"

namespace sdbtwin::provisioner {

api::Result<api::Response> FakeServer::apply(const api::Request& request) {
  const store::RequestContext context{"tester", sim::Time(std::chrono::seconds(1))};
  return store_.apply(request, context).result;
}

sim::Task<api::Result<api::Response>> FakeServer::call(api::Request request) {
  calls.push_back(api::to_string(request));
  if (before_call) before_call(request);
  api::Result<api::Response> answer = apply(request);
  if (after_call) after_call(request);
  co_return answer;
}

sim::Task<api::Result<std::unique_ptr<api::WatchStream>>> FakeServer::watch(api::WatchRequest) {
  co_return api::errors::service_unavailable("nobody watches here");
}

api::ObjectPtr FakeServer::put(api::ObjectPtr object) {
  std::shared_ptr<api::Object> next = object->clone();
  const api::ObjectPtr there = store_.get(api::ref_of(*object));
  next->metadata.resource_version = there ? there->metadata.resource_version : 0;
  next->metadata.uid = there ? there->metadata.uid : "";
  const auto answer = apply(there ? api::Request::update(next) : api::Request::create(next));
  SIM_ASSERT(answer.ok());
  return answer->object;
}

void FakeServer::put_status(api::ObjectPtr object) {
  std::shared_ptr<api::Object> next = object->clone();
  next->metadata.resource_version = store_.get(api::ref_of(*object))->metadata.resource_version;
  const auto answer = apply(api::Request::update_status(next));
  SIM_ASSERT(answer.ok());
}

void FakeServer::erase(const api::ObjectRef& ref) {
  const auto answer = apply(api::Request::remove(ref));
  SIM_ASSERT(answer.ok());
}

api::ObjectPtr FakeCache::find(const api::ObjectRef& ref) {
  const auto found = seen_.find(ref);
  return found == seen_.end() ? nullptr : found->second;
}

}  // namespace sdbtwin::provisioner
