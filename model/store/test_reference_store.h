#pragma once

// ReferenceStore: what the API server does, in its simplest form: a map of objects by kind and
// name, one revision, and the list of all changes. Written from the rules (kubernetes.md 4.1, 4.2,
// 4.4, 4.7, 4.8) and not from the store, with which it shares no code. Knows config maps (a
// built-in kind without generation or status) and PetSets (a custom resource with both). For tests.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace sdbtwin::store {

enum class RefKind : std::uint8_t { kConfigMap, kPetSet };
enum class RefVersion : std::uint8_t { kNone, kCurrent, kStale };
enum class RefPrecondition : std::uint8_t {
  kNone,
  kRightUid,
  kWrongUid,
  kRightVersion,
  kWrongVersion
};
enum class RefPropagation : std::uint8_t { kUnset, kBackground, kForeground, kOrphan };

struct RefObject {
  std::uint64_t version = 0;
  std::int64_t generation = 0;
  int incarnation = 0;
  std::string label;
  int content = 0;
  int status = 0;
  std::set<std::string> finalizers;
  bool deleting = false;

  bool operator==(const RefObject&) const = default;
};

struct RefChange {
  std::string type;
  std::uint64_t revision;
  RefKind kind;
  std::string name;
  std::optional<RefObject> before;
  std::optional<RefObject> after;
};

// The fields that a PUT or patch sends; nullopt: as they are.
struct RefWrite {
  std::optional<std::string> label;
  std::optional<int> content;
  std::optional<int> status;
  std::optional<std::set<std::string>> finalizers;
  RefVersion version = RefVersion::kNone;
};

class ReferenceStore {
 public:
  using Key = std::pair<RefKind, std::string>;
  using Objects = std::map<Key, RefObject>;

  explicit ReferenceStore(std::uint64_t revision) : revision_(revision) {}

  // Each answers the HTTP status code.
  int create(const Key& key, const std::string& label, int content, bool with_finalizer);
  int put(const Key& key, const RefWrite& write);
  int put_status(const Key& key, const RefWrite& write);
  int patch(const Key& key, const RefWrite& write);
  int remove(const Key& key, RefPrecondition precondition, RefPropagation propagation);
  int remove_all(RefKind kind, const std::string& label);
  void compact(std::uint64_t revision);

  std::uint64_t revision() const { return revision_; }
  std::uint64_t compacted() const { return compacted_; }
  const Objects& objects() const { return objects_; }
  // The state as it was; nullopt: compacted.
  std::optional<Objects> at(std::uint64_t revision) const;
  // All changes of the kind after `revision`; nullopt: compacted.
  std::optional<std::vector<RefChange>> since(RefKind kind, std::uint64_t revision) const;

 private:
  static bool counts(RefKind kind) { return kind == RefKind::kPetSet; }
  int change(const Key& key, const RefWrite& write, bool main_endpoint);
  void store(const Key& key, RefObject object);
  void erase(const Key& key);

  Objects objects_;
  std::vector<RefChange> changes_;
  std::uint64_t revision_;
  std::uint64_t compacted_ = 0;
  int incarnations_ = 0;
};

}  // namespace sdbtwin::store
