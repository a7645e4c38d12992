// Goal: over random sequences of requests the store answers what a much simpler model of the API
// server says: status codes, revisions, objects, lists of now and of the past, pages, and what a
// watch sees. Method: rapidcheck draws and shrinks the sequences; after each request everything is
// compared. A few hundred sequences here; RC_PARAMS=max_success=100000 for the long run, which
// scripts/nightly makes.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "model/api/codec.h"
#include "model/api/core.h"
#include "model/api/petset.h"
#include "model/store/store.h"
#include "model/store/test_reference_store.h"

namespace sdbtwin::store {
namespace {

using api::Request;
using Key = ReferenceStore::Key;

enum class SequenceOp : std::uint8_t {
  kCreate,
  kPut,
  kPatch,
  kPutStatus,
  kAddFinalizer,
  kClearFinalizers,
  kRemove,
  kRemoveAll,
  kList,
  kListPast,
  kFirstPage,
  kNextPage,
  kWatch,
  kCompact,
};
constexpr int kSequenceOps = 14;

struct SequenceStep {
  SequenceOp op;
  RefKind kind;
  int name;    // 0..3
  int value;   // content, status; how far back
  int choice;  // of version, precondition, propagation, label
  bool dry;
};

std::ostream& operator<<(std::ostream& out, const SequenceStep& step) {
  return out << static_cast<int>(step.op) << "(" << static_cast<int>(step.kind) << "/" << step.name
             << " v" << step.value << " c" << step.choice << (step.dry ? " dry)" : ")");
}

rc::Gen<SequenceStep> gen_sequence_step() {
  using Step = SequenceStep;
  return rc::gen::build<Step>(
      // Writes are three times as likely as reads.
      rc::gen::set(&Step::op, rc::gen::map(rc::gen::inRange(0, kSequenceOps + 16),
                                           [](int i) {
                                             const int writes = 8;
                                             return static_cast<SequenceOp>(
                                                 i < kSequenceOps ? i
                                                                  : (i - kSequenceOps) % writes);
                                           })),
      rc::gen::set(&Step::kind, rc::gen::element(RefKind::kConfigMap, RefKind::kPetSet)),
      rc::gen::set(&Step::name, rc::gen::inRange(0, 4)),
      rc::gen::set(&Step::value, rc::gen::inRange(0, 6)),
      rc::gen::set(&Step::choice, rc::gen::inRange(0, 20)),
      rc::gen::set(&Step::dry,
                   rc::gen::map(rc::gen::inRange(0, 10), [](int i) { return i == 0; })));
}

api::Kind kind_of(RefKind kind) {
  return kind == RefKind::kPetSet ? api::Kind::kPetSet : api::Kind::kConfigMap;
}

std::shared_ptr<api::Object> blank(RefKind kind) {
  static const api::ObjectPtr kMap =
      *api::from_json(R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"demo"}})");
  static const api::ObjectPtr kSet = *api::from_json(
      R"({"apiVersion":"apps.k8s.appscode.com/v1","kind":"PetSet","metadata":{"namespace":"demo"},
          "spec":{"selector":{"matchLabels":{"a":"b"}},"serviceName":"s",
          "template":{"metadata":{"labels":{"a":"b"}},
          "spec":{"containers":[{"name":"c","image":"i"}]}}}})");
  return (kind == RefKind::kPetSet ? kSet : kMap)->clone();
}

void set_content(api::Object& object, int content) {
  if (object.kind() == api::Kind::kPetSet) {
    api::cast<api::PetSet>(object).spec.edit().replicas = content;
  } else {
    api::cast<api::ConfigMap>(object).data.edit()["k"] = std::to_string(content);
  }
}
int content_of(const api::Object& object) {
  if (object.kind() == api::Kind::kPetSet) {
    return api::cast<api::PetSet>(object).spec->replicas.value_or(-1);
  }
  return std::stoi(api::cast<api::ConfigMap>(object).data->at("k"));
}
int status_of(const api::Object& object) {
  if (object.kind() != api::Kind::kPetSet) return 0;
  return api::cast<api::PetSet>(object).status->replicas;
}
void set_label(api::Object& object, const std::string& label) {
  if (label.empty()) {
    object.metadata.labels.edit().erase("l");
  } else {
    object.metadata.labels.edit()["l"] = label;
  }
}

// What the model says, read off an object of the store.
RefObject seen_of(const api::Object& object) {
  RefObject seen;
  const api::ObjectMeta& meta = object.metadata;
  seen.version = meta.resource_version;
  seen.generation = meta.generation;
  seen.label = std::string(api::label_of(meta, "l"));
  seen.content = content_of(object);
  seen.status = status_of(object);
  seen.finalizers.insert(meta.finalizers->begin(), meta.finalizers->end());
  seen.deleting = api::is_deleting(meta);
  return seen;
}

class Sequence {
 public:
  Sequence() : store_(StoreOptions{}), model_(0) {
    auto home = std::make_shared<api::Namespace>();
    home->metadata.name = "demo";
    RC_ASSERT(apply(Request::create(home)) == 201);
    model_ = ReferenceStore(store_.revision());
  }

  void take(const SequenceStep& step) {
    const Key key(step.kind, "o" + std::to_string(step.name));
    if (is_write(step.op)) {
      write(step, key);
    } else {
      read(step, key.first);
    }
    compare();
  }

 private:
  static bool is_write(SequenceOp op) { return op <= SequenceOp::kRemoveAll; }

  int apply(const Request& request) {
    const RequestContext context{"tester", sim::Time{}};
    ApplyResult applied = store_.apply(request, context);
    if (!applied.result) {
      error_ = applied.result.error();
      RC_ASSERT(applied.deltas.empty());
      return error_.code;
    }
    response_ = *std::move(applied.result);
    return response_.code;
  }

  static api::ObjectRef ref_of(const Key& key) {
    return api::ObjectRef(kind_of(key.first), "demo", key.second);
  }
  static std::string label_of(int choice) {
    static const char* const kLabels[] = {"", "x", "y"};
    return kLabels[choice % 3];
  }

  // The stored object as a client would send it back, or a new one.
  std::shared_ptr<api::Object> draft(const Key& key, RefVersion version) const {
    const api::ObjectPtr stored = store_.get(ref_of(key));
    std::shared_ptr<api::Object> object = stored == nullptr ? blank(key.first) : stored->clone();
    object->metadata.name = key.second;
    if (stored == nullptr) set_content(*object, 0);
    if (version == RefVersion::kNone) object->metadata.resource_version = 0;
    if (version == RefVersion::kStale) --object->metadata.resource_version;
    return object;
  }

  void write(const SequenceStep& step, const Key& key) {
    ReferenceStore next = model_;
    const int expected = expect(step, key, next);
    Request request = request_of(step, key);
    request.dry_run = step.dry;
    request.delete_options.edit().dry_run = step.dry;
    RC_ASSERT(apply(request) == expected);
    if (!step.dry) model_ = std::move(next);
  }

  static RefWrite write_of(const SequenceStep& step) {
    RefWrite write;
    write.version = static_cast<RefVersion>(step.choice % 3);
    return write;
  }

  int expect(const SequenceStep& step, const Key& key, ReferenceStore& model) const {
    RefWrite write = write_of(step);
    switch (step.op) {
      case SequenceOp::kCreate:
        return model.create(key, label_of(step.choice), step.value, step.choice % 4 == 0);
      case SequenceOp::kPut:
        write.label = label_of(step.value);
        write.content = step.value;
        write.status = step.value;
        return model.put(key, write);
      case SequenceOp::kPatch:
        write.label = label_of(step.value);
        write.content = step.value;
        return model.patch(key, write);
      case SequenceOp::kPutStatus:
        write.content = step.value;
        write.status = step.value;
        return model.put_status(key, write);
      case SequenceOp::kAddFinalizer:
      case SequenceOp::kClearFinalizers:
        write.version = RefVersion::kNone;
        write.finalizers = finalizers_after(step, key);
        return model.patch(key, write);
      case SequenceOp::kRemove:
        return model.remove(key, static_cast<RefPrecondition>(step.choice % 5),
                            static_cast<RefPropagation>(step.choice % 4));
      default:
        return model.remove_all(key.first, label_of(step.choice));
    }
  }

  std::set<std::string> finalizers_after(const SequenceStep& step, const Key& key) const {
    const api::ObjectPtr stored = store_.get(ref_of(key));
    if (step.op == SequenceOp::kClearFinalizers || stored == nullptr) return {};
    std::set<std::string> names(stored->metadata.finalizers->begin(),
                                stored->metadata.finalizers->end());
    names.insert(step.choice % 2 == 0 ? "ex.com/a" : "ex.com/b");
    return names;
  }

  Request request_of(const SequenceStep& step, const Key& key) const {
    const auto version = static_cast<RefVersion>(step.choice % 3);
    switch (step.op) {
      case SequenceOp::kCreate: {
        std::shared_ptr<api::Object> object = blank(key.first);
        object->metadata.name = key.second;
        set_label(*object, label_of(step.choice));
        set_content(*object, step.value);
        if (step.choice % 4 == 0) object->metadata.finalizers.edit() = {"ex.com/a"};
        return Request::create(object);
      }
      case SequenceOp::kPut:
      case SequenceOp::kPutStatus: {
        std::shared_ptr<api::Object> object = draft(key, version);
        set_label(*object, label_of(step.value));
        set_content(*object, step.value);
        if (key.first == RefKind::kPetSet) {
          api::cast<api::PetSet>(*object).status.edit().replicas = step.value;
        }
        return step.op == SequenceOp::kPut ? Request::update(object)
                                           : Request::update_status(object);
      }
      case SequenceOp::kPatch:
        return Request::patch(ref_of(key), api::PatchType::kMerge, patch_body(step, key, version));
      case SequenceOp::kAddFinalizer:
      case SequenceOp::kClearFinalizers: {
        api::Value::Array names;
        for (const std::string& name : finalizers_after(step, key)) names.emplace_back(name);
        return Request::patch(
            ref_of(key), api::PatchType::kMerge,
            api::Value::object(
                {{"metadata", api::Value::object({{"finalizers", api::Value(names)}})}}));
      }
      case SequenceOp::kRemove:
        return Request::remove(ref_of(key), delete_options(step, key));
      default: {
        api::ListOptions which;
        const std::string label = label_of(step.choice);
        if (!label.empty()) which.label_selector = api::LabelSelector({{"l", label}});
        return Request::remove_collection(kind_of(key.first), "demo", std::move(which));
      }
    }
  }

  api::Value patch_body(const SequenceStep& step, const Key& key, RefVersion version) const {
    const std::string label = label_of(step.value);
    api::Value metadata = api::Value::object(
        {{"labels",
          api::Value::object({{"l", label.empty() ? api::Value() : api::Value(label)}})}});
    const api::ObjectPtr stored = store_.get(ref_of(key));
    if (stored != nullptr && version != RefVersion::kNone) {
      const std::uint64_t current = stored->metadata.resource_version;
      metadata = metadata.with(
          "resourceVersion", std::to_string(version == RefVersion::kStale ? current - 1 : current));
    }
    if (key.first == RefKind::kPetSet) {
      return api::Value::object(
          {{"metadata", metadata}, {"spec", api::Value::object({{"replicas", step.value}})}});
    }
    return api::Value::object({{"metadata", metadata},
                               {"data", api::Value::object({{"k", std::to_string(step.value)}})}});
  }

  api::DeleteOptions delete_options(const SequenceStep& step, const Key& key) const {
    api::DeleteOptions options;
    options.propagation = static_cast<api::Propagation>(step.choice % 4);
    const api::ObjectPtr stored = store_.get(ref_of(key));
    if (stored == nullptr) return options;
    const api::ObjectMeta& meta = stored->metadata;
    switch (static_cast<RefPrecondition>(step.choice % 5)) {
      case RefPrecondition::kNone:
        break;
      case RefPrecondition::kRightUid:
        options.uid = meta.uid;
        break;
      case RefPrecondition::kWrongUid:
        options.uid = "00000000-0000-0000-0000-000000000000";
        break;
      case RefPrecondition::kRightVersion:
        options.resource_version = meta.resource_version;
        break;
      case RefPrecondition::kWrongVersion:
        options.resource_version = meta.resource_version + 1;
        break;
    }
    return options;
  }

  // --- Reads ------------------------------------------------------------------------------------

  void read(const SequenceStep& step, RefKind kind) {
    const std::uint64_t back = std::min<std::uint64_t>(step.value * 2, model_.revision() - 1);
    const std::uint64_t past = model_.revision() - back;
    switch (step.op) {
      case SequenceOp::kList:
        return list_now(kind, label_of(step.choice));
      case SequenceOp::kListPast:
        return list_past(kind, past);
      case SequenceOp::kFirstPage:
        return first_page(kind);
      case SequenceOp::kNextPage:
        return next_page();
      case SequenceOp::kWatch:
        return watch(kind, past);
      default:
        store_.compact(past);
        model_.compact(past);
    }
  }

  static std::vector<RefObject> of_kind(const ReferenceStore::Objects& objects, RefKind kind,
                                        const std::string& label = "",
                                        const std::string& after = "") {
    std::vector<RefObject> selected;
    for (const auto& [key, object] : objects) {
      if (key.first != kind || key.second <= after) continue;
      if (label.empty() || object.label == label) selected.push_back(object);
    }
    return selected;
  }
  void same_items(const std::vector<RefObject>& expected) const {
    RC_ASSERT(response_.items.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      RefObject seen = seen_of(*response_.items[i]);
      seen.incarnation = expected[i].incarnation;
      RC_ASSERT(seen == expected[i]);
    }
  }

  void list_now(RefKind kind, const std::string& label) {
    api::ListOptions options;
    if (!label.empty()) options.label_selector = api::LabelSelector({{"l", label}});
    RC_ASSERT(apply(Request::list(kind_of(kind), "demo", options)) == 200);
    RC_ASSERT(response_.resource_version == model_.revision());
    same_items(of_kind(model_.objects(), kind, label));
  }

  void list_past(RefKind kind, std::uint64_t revision) {
    api::ListOptions options;
    options.resource_version = revision;
    options.version_match = api::VersionMatch::kExact;
    const auto past = model_.at(revision);
    RC_ASSERT(apply(Request::list(kind_of(kind), "demo", options)) == (past ? 200 : 410));
    if (!past) return;
    RC_ASSERT(response_.resource_version == revision);
    same_items(of_kind(*past, kind));
  }

  struct Pages {
    RefKind kind;
    std::uint64_t revision;
    std::string last;  // name
    std::string token;
  };

  void first_page(RefKind kind) {
    api::ListOptions options;
    options.limit = 1;
    pages_.reset();
    RC_ASSERT(apply(Request::list(kind_of(kind), "demo", options)) == 200);
    keep_page(kind, model_.objects(), "", model_.revision());
  }

  // What comes after `after` in `objects`, one at a time.
  void keep_page(RefKind kind, const ReferenceStore::Objects& objects, const std::string& after,
                 std::uint64_t revision) {
    std::vector<RefObject> rest = of_kind(objects, kind, "", after);
    const std::size_t left = rest.size();
    if (left > 1) rest.resize(1);
    same_items(rest);
    RC_ASSERT(response_.remaining == static_cast<std::int64_t>(left > 1 ? left - 1 : 0));
    RC_ASSERT(response_.continue_token.empty() == (left <= 1));
    pages_.reset();
    if (left <= 1) return;
    pages_ =
        Pages{kind, revision, response_.items.front()->metadata.name, response_.continue_token};
  }

  void next_page() {
    if (!pages_) return;
    const Pages pages = *pages_;
    api::ListOptions options;
    options.limit = 1;
    options.continue_token = pages.token;
    const auto past = model_.at(pages.revision);
    const int code = apply(Request::list(kind_of(pages.kind), "demo", options));
    RC_ASSERT(code == (past ? 200 : 410));
    if (past) return keep_page(pages.kind, *past, pages.last, pages.revision);
    // The answer tells how to go on in the present state.
    options.continue_token = error_.continue_token;
    RC_ASSERT(apply(Request::list(kind_of(pages.kind), "demo", options)) == 200);
    keep_page(pages.kind, model_.objects(), pages.last, model_.revision());
  }

  void watch(RefKind kind, std::uint64_t revision) {
    api::WatchRequest request(kind_of(kind), "demo");
    request.resource_version = revision;
    const auto start = store_.start_watch(request);
    const auto expected = model_.since(kind, revision);
    RC_ASSERT(start.ok() == expected.has_value());
    if (!expected) {
      RC_ASSERT(start.error().code == 410);
      return;
    }
    const ChangeLog& log = store_.table(kind_of(kind)).log;
    RC_ASSERT(log.size() - start->next == expected->size());
    for (std::size_t i = 0; i < expected->size(); ++i) {
      const Delta& delta = log.at(start->next + i);
      const RefChange& change = (*expected)[i];
      RC_ASSERT(to_string(delta.type) == change.type);
      RC_ASSERT(delta.revision == change.revision);
      RC_ASSERT(delta.object->metadata.name == change.name);
      RC_ASSERT(delta.object->metadata.resource_version == change.revision);
      RC_ASSERT((delta.before != nullptr) == change.before.has_value());
    }
  }

  // Everything there is, and its UIDs: one for each incarnation.
  void compare() {
    RC_ASSERT(store_.revision() == model_.revision());
    std::size_t stored = 0;
    for (const RefKind kind : {RefKind::kConfigMap, RefKind::kPetSet}) {
      for (const auto& [key, object] : store_.table(kind_of(kind)).objects) {
        ++stored;
        const auto found = model_.objects().find(Key(kind, key.name));
        RC_ASSERT(found != model_.objects().end());
        RefObject seen = seen_of(*object);
        seen.incarnation = found->second.incarnation;
        RC_ASSERT(seen == found->second);
        const auto [place, fresh] =
            incarnations_.try_emplace(object->metadata.uid, found->second.incarnation);
        RC_ASSERT(place->second == found->second.incarnation);
      }
    }
    RC_ASSERT(stored == model_.objects().size());
  }

  Store store_;
  ReferenceStore model_;
  api::Response response_;
  api::ApiError error_;
  std::optional<Pages> pages_;
  std::map<std::string, int> incarnations_;  // by UID
};

TEST(RandomRequests, AreAnsweredAsTheSimpleModelSays) {
  const bool held = rc::check("the store agrees with the reference store", [] {
    const auto steps = *rc::gen::container<std::vector<SequenceStep>>(gen_sequence_step());
    Sequence sequence;
    for (const SequenceStep& step : steps) sequence.take(step);
  });
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace sdbtwin::store
