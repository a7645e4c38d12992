// GET and LIST (kubernetes.md 4.7).
#include <algorithm>
#include <optional>
#include <utility>

#include "model/store/continue_token.h"
#include "model/store/selection.h"
#include "model/store/transaction.h"

namespace sdbtwin::store {

namespace {

// "retryAfter 1" (4.7).
constexpr int kTooLargeRetrySeconds = 1;

struct Snapshot {
  std::uint64_t revision = 0;
  bool exact = false;  // the state at `revision`, which may be past
};

api::Result<Snapshot> snapshot_of(const api::ListOptions& options, std::uint64_t now,
                                  std::uint64_t as_of) {
  if (!options.resource_version) return Snapshot{now, false};
  const std::uint64_t asked = *options.resource_version;
  if (asked == 0) return Snapshot{as_of, as_of != now};
  if (asked > now) {
    return api::errors::too_large_resource_version(asked, now, kTooLargeRetrySeconds);
  }
  const bool exact = options.version_match == api::VersionMatch::kExact ||
                     (options.version_match == api::VersionMatch::kUnset && options.limit > 0);
  if (exact) return Snapshot{asked, true};
  // A cache that has not got there is waited for, and in vain.
  if (asked > as_of) {
    return api::errors::too_large_resource_version(asked, as_of, kTooLargeRetrySeconds);
  }
  return Snapshot{as_of, as_of != now};
}

// The next page of `objects`, from `first` on.
void fill_page(const Objects& objects, const api::ObjectKey& first, const Selection& selection,
               std::int64_t limit, api::Response& response) {
  const std::string& namespace_ = selection.namespace_name();
  std::int64_t left_over = 0;
  for (auto it = objects.lower_bound(first); it != objects.end(); ++it) {
    if (!namespace_.empty() && it->first.namespace_ != namespace_) break;
    if (!selection.matches(*it->second)) continue;
    if (static_cast<std::int64_t>(response.items.size()) < limit) {
      response.items.push_back(it->second);
    } else {
      ++left_over;
    }
  }
  if (left_over == 0) return;
  ContinueToken token;
  token.revision = response.resource_version;
  token.start = ContinueToken::start_after(api::key_of(*response.items.back()), namespace_);
  response.continue_token = token.encode();
  // Not known to the server when it has selectors to apply.
  response.remaining = selection.everything() ? left_over : 0;
}

Answer list_page(Transaction& transaction, const Selection& selection, Snapshot snapshot,
                 const std::optional<ContinueToken>& token) {
  const api::ListOptions& options = *transaction.request().list_options;
  const Table& table = transaction.table();
  api::Response response;
  response.resource_version = snapshot.revision;
  std::optional<Objects> past;
  if (snapshot.exact && snapshot.revision < transaction.revision()) {
    past = table.at(snapshot.revision);
  }
  if (options.limit <= 0 && !token) {
    response.items = past ? selection.select(*past) : selection.select(table);
    return response;
  }
  const api::ObjectKey first = token ? token->first_key(selection.namespace_name())
                                     : api::ObjectKey(selection.namespace_name(), "");
  const std::int64_t limit =
      options.limit > 0 ? options.limit : static_cast<std::int64_t>(table.objects.size());
  fill_page(past ? *past : table.objects, first, selection, limit, response);
  return response;
}

// The token in the answer goes on in the present state (kubernetes.md 4.7).
api::ApiError page_expired(ContinueToken token) {
  token.revision = ContinueToken::kPresent;
  api::ApiError error = api::errors::expired(
      "The provided continue parameter is too old to display a consistent list result. You can "
      "start a new list without the continue parameter, or use the continue token in this response "
      "to retrieve the remainder of the results. Continuing with the provided token results in an "
      "inconsistent list - objects that were created, modified, or deleted between the time the "
      "first chunk was returned and now may show up in the list.");
  error.continue_token = token.encode();
  return error;
}

// What options exclude each other (apimachinery's ValidateListOptions).
api::Result<void> check_options(const api::ListOptions& options) {
  if (options.version_match == api::VersionMatch::kUnset) return {};
  std::string_view problem;
  if (!options.continue_token.empty()) {
    problem = "resourceVersionMatch is forbidden when continue is provided";
  } else if (!options.resource_version) {
    problem = "resourceVersionMatch is forbidden unless resourceVersion is provided";
  } else if (*options.resource_version == 0 && options.version_match == api::VersionMatch::kExact) {
    problem = "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"";
  } else {
    return {};
  }
  return api::errors::invalid("meta.k8s.io", "ListOptions", "",
                              {api::field_error::forbidden("resourceVersionMatch", problem)});
}

}  // namespace

Answer read_one(Transaction& transaction, std::uint64_t as_of) {
  const std::optional<std::uint64_t> least = transaction.request().get_options.resource_version;
  if (least.value_or(0) > as_of) {
    return api::errors::too_large_resource_version(*least, as_of, kTooLargeRetrySeconds);
  }
  api::ObjectPtr object = transaction.find();
  const Table& table = transaction.table();
  if (least && *least <= as_of && as_of < transaction.revision() &&
      as_of >= table.log.complete_since()) {
    const Objects cached = table.at(as_of);
    const auto found = cached.find(transaction.key());
    object = found == cached.end() ? nullptr : found->second;
  }
  if (object == nullptr) return transaction.not_found();
  return transaction.answer(std::move(object));
}

Answer list(Transaction& transaction, std::uint64_t as_of) {
  const api::ListOptions& options = *transaction.request().list_options;
  const api::Result<void> sensible = check_options(options);
  if (!sensible) return sensible.error();
  const api::Result<Selection> selection = Selection::of(transaction.request());
  if (!selection) return selection.error();
  const std::uint64_t complete_since = transaction.table().log.complete_since();
  as_of = std::max(as_of, complete_since);  // a cache is never older than what it was filled with
  if (!options.continue_token.empty()) {
    if (options.resource_version.value_or(0) != 0) {
      return api::errors::bad_request(
          "specifying resource version is not allowed when using continue");
    }
    api::Result<ContinueToken> token = ContinueToken::decode(options.continue_token);
    if (!token) return token.error();
    if (token->revision == ContinueToken::kPresent) token->revision = transaction.revision();
    if (token->revision < complete_since) return page_expired(*token);
    return list_page(transaction, *selection, Snapshot{token->revision, true}, *token);
  }
  const api::Result<Snapshot> snapshot = snapshot_of(options, transaction.revision(), as_of);
  if (!snapshot) return snapshot.error();
  if (snapshot->exact && snapshot->revision < complete_since) {
    return api::errors::too_old_resource_version(snapshot->revision, complete_since);
  }
  return list_page(transaction, *selection, *snapshot, std::nullopt);
}

}  // namespace sdbtwin::store
