#include "model/api/typed_client.h"

namespace sdbtwin::api {

sim::Task<Result<void>> remove(Client& client, ObjectRef ref, DeleteOptions options) {
  Request request = Request::remove(std::move(ref), std::move(options));
  Result<Response> response = co_await client.call(std::move(request));
  if (!response) co_return response.error();
  co_return Result<void>();
}

sim::Task<Result<void>> evict(Client& client, std::string namespace_, std::string pod,
                              DeleteOptions options) {
  ObjectRef ref(Kind::kPod, std::move(namespace_), std::move(pod));
  Request request = Request::evict(std::move(ref), std::move(options));
  Result<Response> response = co_await client.call(std::move(request));
  if (!response) co_return response.error();
  co_return Result<void>();
}

}  // namespace sdbtwin::api
