#include "invariants/version_last.h"

#include <fmt/format.h>

#include <algorithm>

namespace sdbtwin::invariants {
namespace {

class VersionLast final : public Invariant {
 public:
  std::vector<api::Kind> kinds() const override { return {api::Kind::kSinglestore}; }

  void on_write(const cluster::ObjectWritten& write, Context& context) override {
    if (write.deleted || !write.before || write.actor != context.settings().ops_manager) return;
    const auto before = api::as<api::Singlestore>(write.before);
    const auto after = api::as<api::Singlestore>(write.after);
    if (before->spec->version == after->spec->version) return;
    const Database* database = context.view().find(key_of(write));
    const auto version = context.view().version(after->spec->version);
    checked();
    if (database == nullptr || version == nullptr) {
      context.violated(fmt::format("the version of {}/{} was set to {}, which does not exist",
                                   write.namespace_, write.name, after->spec->version));
      return;
    }
    const std::string& image =
        after->spec->topology ? version->spec->db.image : version->spec->standalone.image;
    judge(*database, after->spec->version, image, context);
  }

 private:
  static void judge(const Database& database, const std::string& version, const std::string& image,
                    Context& context) {
    const auto late = [&](std::string_view kind, std::string_view name, const std::string& has) {
      context.violated(fmt::format("the version of {} was set to {} while {} {} had image {}",
                                   to_string(database.key), version, kind, name, has));
    };
    for (const auto& [name, petset] : database.petsets) {
      const std::string has = database_image(petset->spec->template_->spec);
      if (has != image) late("PetSet", name, has);
    }
    for (const auto& [name, view] : database.pods) {
      const std::string has = database_image(*view.pod->spec);
      if (has != image) late("pod", name, has);
    }
    for (const auto& [name, view] : database.gone) late("the missing pod", name, "none");
  }
};

}  // namespace

std::unique_ptr<Invariant> make_version_last() { return std::make_unique<VersionLast>(); }

}  // namespace sdbtwin::invariants
