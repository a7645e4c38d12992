// The one interface between an actor and the API server: call() for every verb but watch, and
// watch(). Controllers, kubelets, operators and users all go through it, in the simulation and
// against a real server alike.
//
// Results of call(): the answer; an error of the server (the request was not applied); or
// kConnectionLost / kTimeout: nobody knows whether it was applied. A Client is used by one process
// and dies with it; requests in flight may still be applied by the server.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/api/enum_names.h"
#include "model/api/object.h"
#include "model/api/result.h"
#include "model/api/selector.h"
#include "model/api/shared.h"
#include "model/api/value.h"
#include "sim/core/task.h"

namespace sdbtwin::api {

enum class Verb : uint8_t { kGet, kList, kCreate, kUpdate, kPatch, kDelete, kDeleteCollection };
template <>
struct EnumNames<Verb> {
  static constexpr std::array<std::string_view, 7> kNames{
      "get", "list", "create", "update", "patch", "delete", "deletecollection"};
};

enum class Subresource : uint8_t { kNone, kStatus, kScale, kEviction, kBinding };
template <>
struct EnumNames<Subresource> {
  static constexpr std::array<std::string_view, 5> kNames{"", "status", "scale", "eviction",
                                                          "binding"};
};

enum class PatchType : uint8_t { kJson, kMerge, kStrategicMerge, kApply };
template <>
struct EnumNames<PatchType> {
  static constexpr std::array<std::string_view, 4> kNames{
      "application/json-patch+json", "application/merge-patch+json",
      "application/strategic-merge-patch+json", "application/apply-patch+yaml"};
};

enum class Propagation : uint8_t { kUnset, kBackground, kForeground, kOrphan };
template <>
struct EnumNames<Propagation> {
  static constexpr std::array<std::string_view, 4> kNames{"", "Background", "Foreground", "Orphan"};
};

enum class VersionMatch : uint8_t { kUnset, kNotOlderThan, kExact };
template <>
struct EnumNames<VersionMatch> {
  static constexpr std::array<std::string_view, 3> kNames{"", "NotOlderThan", "Exact"};
};

struct DeleteOptions {
  std::optional<int64_t> grace_period_seconds;
  std::optional<std::string> uid;            // precondition
  std::optional<uint64_t> resource_version;  // precondition
  Propagation propagation = Propagation::kUnset;
  bool dry_run = false;

  DeleteOptions() = default;
  static DeleteOptions with_uid(std::string uid);
  static DeleteOptions with_grace(int64_t seconds);

  bool operator==(const DeleteOptions&) const = default;
};

// resource_version: nullopt = most recent; 0 = any, from the cache (kubernetes.md 4.7).
struct GetOptions {
  std::optional<uint64_t> resource_version;

  GetOptions() = default;
  explicit GetOptions(uint64_t version) : resource_version(version) {}
  bool operator==(const GetOptions&) const = default;
};

struct ListOptions {
  LabelSelector label_selector;
  FieldSelector field_selector;
  std::optional<uint64_t> resource_version;
  VersionMatch version_match = VersionMatch::kUnset;
  int64_t limit = 0;  // 0: all
  std::string continue_token;

  ListOptions() = default;
  explicit ListOptions(LabelSelector labels) : label_selector(std::move(labels)) {}
  explicit ListOptions(FieldSelector fields) : field_selector(std::move(fields)) {}
  bool operator==(const ListOptions&) const = default;
};

class Request {
 public:
  Verb verb = Verb::kGet;
  Subresource subresource = Subresource::kNone;
  ObjectRef ref;     // of lists and collections: kind and namespace ("" = all), no name
  ObjectPtr object;  // kCreate, kUpdate: the body
  PatchType patch_type = PatchType::kMerge;
  Value patch_body;
  bool force = false;  // kApply: take over fields of other managers
  // Shared, because most requests have neither and every request is passed on several times.
  Shared<DeleteOptions> delete_options;  // kDelete, kDeleteCollection, eviction
  Shared<ListOptions> list_options;      // kList, kDeleteCollection
  GetOptions get_options;
  std::string target_node;     // binding
  int32_t scale_replicas = 0;  // update of /scale
  std::string field_manager;
  bool dry_run = false;
  bool strict_fields = false;  // fieldValidation=Strict: unknown fields of `object` are refused

  Request() = default;

  static Request get(ObjectRef ref, GetOptions options = {});
  static Request list(Kind kind, std::string namespace_ = "", ListOptions options = {});
  static Request create(ObjectPtr object);
  static Request update(ObjectPtr object);
  static Request update_status(ObjectPtr object);
  static Request patch(ObjectRef ref, PatchType type, Value body);
  static Request patch_status(ObjectRef ref, PatchType type, Value body);
  static Request apply(ObjectPtr object, std::string field_manager, bool force);
  static Request get_scale(ObjectRef ref);
  static Request set_scale(ObjectRef ref, int32_t replicas);
  static Request remove(ObjectRef ref, DeleteOptions options = {});
  static Request remove_collection(Kind kind, std::string namespace_, ListOptions which,
                                   DeleteOptions options = {});
  static Request evict(ObjectRef pod, DeleteOptions options = {});
  static Request bind(ObjectRef pod, std::string node);

  // Changes something when it succeeds.
  bool is_write() const { return verb != Verb::kGet && verb != Verb::kList; }
};
std::string to_string(const Request& request);  // "patch pods/status ns/name", for messages

struct Response {
  ObjectPtr object;               // null: Status Success, or a list
  ObjectPtr removed;              // what a Status Success of a DELETE is about
  std::vector<ObjectPtr> items;   // kList, sorted by namespace and name
  uint64_t resource_version = 0;  // of the list; of the object
  std::string continue_token;
  int64_t remaining = 0;              // remainingItemCount; 0 when unknown
  int32_t scale_replicas = 0;         // get of /scale: spec.replicas
  int32_t scale_status_replicas = 0;  // and status.replicas
  int code = 200;
  std::vector<std::string> warnings;
};

enum class WatchEventType : uint8_t { kAdded, kModified, kDeleted, kBookmark, kError, kEnd };
template <>
struct EnumNames<WatchEventType> {
  static constexpr std::array<std::string_view, 6> kNames{"ADDED",    "MODIFIED", "DELETED",
                                                          "BOOKMARK", "ERROR",    "END"};
};

struct WatchEvent {
  WatchEventType type = WatchEventType::kEnd;
  ObjectPtr object;  // null for kBookmark, kError, kEnd
  uint64_t resource_version = 0;
  bool initial_events_end = false;  // bookmark that ends the initial state (sendInitialEvents)
  std::shared_ptr<const ApiError> error;  // kError: 410 Expired sent inside the stream

  WatchEvent() = default;
  WatchEvent(WatchEventType event_type, ObjectPtr event_object);
  static WatchEvent bookmark(uint64_t resource_version);
  static WatchEvent failed(ApiError error);
  static WatchEvent end();
};

class WatchRequest {
 public:
  Kind kind = Kind::kUnstructured;
  std::string untyped;     // as ObjectRef::untyped
  std::string namespace_;  // "": all
  LabelSelector label_selector;
  FieldSelector field_selector;
  std::optional<uint64_t> resource_version;  // nullopt: state, then changes; 0: the same, cached
  bool bookmarks = false;
  bool send_initial_events = false;
  int64_t timeout_seconds = 0;  // 0: the server's own choice

  WatchRequest() = default;
  WatchRequest(Kind watched_kind, std::string watched_namespace)
      : kind(watched_kind), namespace_(std::move(watched_namespace)) {}
};

// One watch connection. Destroying it closes the connection.
class WatchStream {
 public:
  virtual ~WatchStream() = default;
  // Waits for the next event. kError and kEnd are the last ones. An error result means that the
  // connection broke: nothing more comes.
  virtual sim::Task<Result<WatchEvent>> next() = 0;
};

class Client {
 public:
  virtual ~Client() = default;
  virtual sim::Task<Result<Response>> call(Request request) = 0;
  // Errors: kExpired or kGone (the version is too old), kBadRequest, overload, lost connection.
  virtual sim::Task<Result<std::unique_ptr<WatchStream>>> watch(WatchRequest request) = 0;
};

}  // namespace sdbtwin::api
