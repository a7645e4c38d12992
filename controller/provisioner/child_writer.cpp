#include "controller/provisioner/child_writer.h"

#include <fmt/format.h>

#include <utility>

#include "controller/kit/kubedb.h"
#include "controller/provisioner/connection.h"
#include "controller/provisioner/petset.h"
#include "model/api/typed_client.h"

namespace sdbtwin::provisioner {
namespace {

// Why no child of this database may be written now; "": it may.
std::string_view objection(const api::Singlestore& now, const api::Singlestore& seen) {
  if (now.metadata.uid != seen.metadata.uid) return "another database has its name";
  if (api::is_deleting(now.metadata)) return "the database is being deleted";
  if (kit::is_paused(now)) return "the database is paused";
  if (now.spec->halted != seen.spec->halted) return "halted has changed";
  return {};
}

bool is_stamped(const api::ObjectPtr& object, Fence fence) {
  return object != nullptr && fence != Fence::kNone && !kit::fenced_by(object->metadata).empty();
}

}  // namespace

Written ChildWriter::hold_back(const api::Singlestore& database, const Child& child,
                               std::string_view why) {
  const api::ObjectRef ref = ref_of(child, database);
  runtime_.trace(ChildHeldBack{.namespace_ = database.metadata.namespace_,
                               .database = database.metadata.name,
                               .kind = api::to_string(ref.kind),
                               .child = ref.key.name,
                               .why = why});
  return Written::kHeldBack;
}

sim::Task<api::Result<ChildWriter::Database>> ChildWriter::admit(Database seen, Fence fence,
                                                                 std::string_view* why) {
  Database now = seen;
  if (fence == Fence::kNone) co_return now;
  if (fence == Fence::kCache) {
    now = cache_.get<api::Singlestore>(api::key_of(*seen));
  } else {
    auto live = co_await api::get<api::Singlestore>(client_, seen->metadata.namespace_,
                                                    seen->metadata.name);
    if (!live && live.error().reason != api::Reason::kNotFound) co_return live.error();
    now = live ? *live : nullptr;
    if (now) cache_.note(now);
  }
  *why = now ? objection(*now, *seen) : std::string_view("the database is gone");
  if (!why->empty()) co_return Database();
  co_return now;
}

std::shared_ptr<const api::PetSet> ChildWriter::petset_of_role(const Child& child,
                                                               const api::Singlestore& database) {
  if (child.kind != ChildKind::kBudget) return nullptr;
  const Child petset{ChildKind::kPetSet, child.role};
  auto found = api::as_if<api::PetSet>(cache_.find(ref_of(petset, database)));
  if (found == nullptr || !is_ours(petset, *found, database, nullptr)) return nullptr;
  return found;
}

std::shared_ptr<api::Object> ChildWriter::make(const Child& child, const api::Singlestore& database,
                                               const api::PetSet* petset, std::string_view* why) {
  const auto version = cache_.get<api::SinglestoreVersion>("", database.spec->version);
  if (version == nullptr) {
    *why = "its version is not there";
    return nullptr;
  }
  if (child.kind == ChildKind::kBudget && petset == nullptr) {
    *why = "its PetSet is not there";
    return nullptr;
  }
  if (child.kind == ChildKind::kBudget &&
      !budget_max_unavailable(kit::replicas_of(database, child.role))) {
    *why = "it has no budget any more";
    return nullptr;
  }
  ChildInputs inputs{database, *version, petset, {}};
  if (child.kind == ChildKind::kAuthSecret) {
    const std::string stream = fmt::format("auth/{}/{}/{}", database.metadata.namespace_,
                                           database.metadata.name, database.metadata.uid);
    inputs.password = make_password(runtime_.rng(stream));
  }
  return wanted(child, inputs);
}

ChildWriter::Answer ChildWriter::write(Child child, Database seen, Fence fence) {
  const api::ObjectRef ref = ref_of(child, *seen);
  const api::ObjectPtr before = cache_.find(ref);
  if (is_stamped(before, fence)) co_return hold_back(*seen, child, "stamped");
  std::string_view why;
  const api::Result<Database> admitted = co_await admit(seen, fence, &why);
  if (!admitted) co_return admitted.error();
  if (!why.empty()) co_return hold_back(*seen, child, why);
  const Database database = *admitted;
  if (ref_of(child, *database) != ref) co_return hold_back(*seen, child, "its name has changed");
  const auto petset = petset_of_role(child, *database);
  std::shared_ptr<api::Object> object = make(child, *database, petset.get(), &why);
  if (object == nullptr) co_return hold_back(*seen, child, why);
  if (before == nullptr) co_return co_await create(child, database, std::move(object));
  if (!is_ours(child, *before, *database, petset.get())) {
    co_return hold_back(*seen, child, "belongs to somebody else");
  }
  std::shared_ptr<api::Object> next = correction(child, *before, *object);
  if (next == nullptr) co_return Written::kNothing;
  api::Request request = api::Request::update(std::move(next));
  const api::Result<api::Response> answer = co_await client_.call(std::move(request));
  if (!answer) co_return answer.error();
  cache_.note(answer->object);
  co_return Written::kChanged;
}

ChildWriter::Answer ChildWriter::create(Child child, Database database,
                                        std::shared_ptr<api::Object> object) {
  const api::ObjectRef ref = api::ref_of(*object);
  api::Request request = api::Request::create(std::move(object));
  const api::Result<api::Response> answer = co_await client_.call(std::move(request));
  if (answer) {
    cache_.note(answer->object);
    co_return Written::kCreated;
  }
  if (answer.error().reason != api::Reason::kAlreadyExists) co_return answer.error();
  // Ours, and the cache is behind; or somebody else's, which the next plan will say.
  api::Request read = api::Request::get(ref);
  const api::Result<api::Response> there = co_await client_.call(std::move(read));
  if (!there) co_return there.error();
  const auto petset = petset_of_role(child, *database);
  if (is_ours(child, *there->object, *database, petset.get())) co_return Written::kNothing;
  co_return hold_back(*database, child, "belongs to somebody else");
}

ChildWriter::Answer ChildWriter::remove(Child child, Database seen, Fence fence) {
  const api::ObjectPtr object = cache_.find(ref_of(child, *seen));
  if (object == nullptr) co_return Written::kNothing;
  if (is_stamped(object, fence)) co_return hold_back(*seen, child, "stamped");
  std::string_view why;
  const api::Result<Database> admitted = co_await admit(seen, fence, &why);
  if (!admitted) co_return admitted.error();
  if (!why.empty()) co_return hold_back(*seen, child, why);
  co_return co_await send_delete(object);
}

ChildWriter::Answer ChildWriter::drop(Child child, Database seen) {
  const api::ObjectPtr object = cache_.find(ref_of(child, *seen));
  if (object == nullptr) co_return Written::kNothing;
  // A secret without our labels is the user's own.
  if (child.kind == ChildKind::kAuthSecret &&
      api::label_of(object->metadata, kit::kInstanceLabel) != seen->metadata.name) {
    co_return Written::kNothing;
  }
  co_return co_await send_delete(object);
}

ChildWriter::Answer ChildWriter::send_delete(api::ObjectPtr object) {
  api::DeleteOptions options = api::DeleteOptions::with_uid(object->metadata.uid);
  options.resource_version = object->metadata.resource_version;
  api::Request request = api::Request::remove(api::ref_of(*object), std::move(options));
  const api::Result<api::Response> answer = co_await client_.call(std::move(request));
  if (answer) co_return Written::kChanged;
  if (answer.error().reason == api::Reason::kNotFound) co_return Written::kNothing;
  co_return answer.error();
}

}  // namespace sdbtwin::provisioner
