#include "controller/ops_manager/database_session.h"

#include <charconv>

#include "model/api/core.h"
#include "model/api/typed_client.h"

namespace sdbtwin::ops_manager {
namespace {

std::string text_of(const api::Secret& secret, const std::string& key) {
  const auto found = secret.data->find(key);
  return found == secret.data->end() ? std::string() : found->second.raw;
}

}  // namespace

sim::Task<std::optional<sql::SqlError>> DatabaseSession::prepare(
    std::shared_ptr<const api::Singlestore> database) {
  if (master_host_.empty()) master_host_ = kit::default_master_host(*database);
  if (credentials_) co_return std::nullopt;
  const std::string name = kit::auth_secret_name(*database);
  auto secret = co_await api::get<api::Secret>(client_, database->metadata.namespace_, name);
  if (!secret) {
    co_return sql::SqlError(sql::SqlErrorKind::kOther, 0,
                            "secret " + name + ": " + secret.error().message);
  }
  credentials_.emplace(text_of(**secret, "username"), text_of(**secret, "password"));
  co_return std::nullopt;
}

void DatabaseSession::note(const sql::SqlError& error) {
  if (error.kind == sql::SqlErrorKind::kAccessDenied) credentials_.reset();
}

sim::Task<bool> DatabaseSession::find_master(std::shared_ptr<const api::Singlestore> database) {
  if (!credentials_) co_return false;
  sql::Endpoint service(kit::service_host(*database));
  auto rows = co_await sql::query_rows<sql::ShowAggregators>(
      database_client_, service, *credentials_, sql::ShowAggregators(), kQueryTimeout);
  if (!rows) co_return false;
  for (const auto& row : *rows) {
    if (!row.master_aggregator) continue;
    master_host_ = row.host;
    co_return true;
  }
  co_return false;
}

sim::Task<sql::Rows<sql::CheckRow>> DatabaseSession::ping(
    std::shared_ptr<const api::Singlestore> database, std::string host) {
  if (auto problem = co_await prepare(database)) co_return std::move(*problem);
  sql::Endpoint endpoint(std::move(host));
  auto rows = co_await sql::query_rows<sql::Ping>(database_client_, endpoint, *credentials_,
                                                  sql::Ping(), kQueryTimeout);
  if (!rows) note(rows.error());
  co_return rows;
}

sim::Task<std::optional<int>> DatabaseSession::redundancy(
    std::shared_ptr<const api::Singlestore> database) {
  if (redundancy_) co_return redundancy_;
  auto rows = co_await ask(database, sql::ShowVariable("redundancy_level"));
  if (!rows || rows->empty()) co_return std::nullopt;
  const std::string& text = rows->front().value;
  int level = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), level);
  if (error != std::errc() || end != text.data() + text.size() || level < 1) co_return std::nullopt;
  redundancy_ = level;
  co_return redundancy_;
}

}  // namespace sdbtwin::ops_manager
