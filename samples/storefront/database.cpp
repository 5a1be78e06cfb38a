// SPDX-License-Identifier: Apache-2.0
#include "database.hpp"

#include <sqlite3.h>

#include <ctime>
#include <filesystem>

#include <weft/weft.hpp>

namespace storefront {
namespace {

constexpr weft::Tracer kTracer{"storefront.database"};

struct Finalize {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

void bind_value(sqlite3_stmt* statement, int position, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    sqlite3_bind_int64(statement, position, *number);
  } else {
    const auto& text = std::get<std::string>(value);
    sqlite3_bind_text(statement, position, text.data(), static_cast<int>(text.size()),
                      SQLITE_TRANSIENT);
  }
}

Row row_of(sqlite3_stmt* statement) {
  Row row;
  for (int i = 0; i < sqlite3_column_count(statement); ++i) {
    if (sqlite3_column_type(statement, i) == SQLITE_INTEGER) {
      row.emplace_back(static_cast<std::int64_t>(sqlite3_column_int64(statement, i)));
    } else {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      row.emplace_back(std::string(text == nullptr ? "" : text));
    }
  }
  return row;
}

std::string time_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

/// Nobody's row is an error here, not an empty column.
void bind_audit(sqlite3_stmt* statement) {
  if (const int position = sqlite3_bind_parameter_index(statement, ":user")) {
    bind_value(statement, position, weft::RequestContext::user_id());
  }
  if (const int position = sqlite3_bind_parameter_index(statement, ":now")) {
    bind_value(statement, position, time_now());
  }
}

/// Binds the values to the `?`s, which are numbered together with the named ones.
void bind_values(sqlite3_stmt* statement, const Row& values) {
  auto value = values.begin();
  for (int i = 1; i <= sqlite3_bind_parameter_count(statement) && value != values.end(); ++i) {
    if (sqlite3_bind_parameter_name(statement, i) == nullptr) bind_value(statement, i, *value++);
  }
}

/// Runs `work` in the statement's span. The name is the summary; the parameters are not recorded.
template <class Work>
auto in_span(const Statement& statement, const std::string& database, Work&& work) {
  const std::string summary = std::string(statement.operation) + " " + std::string(statement.table);
  auto span = kTracer.start(summary, {.kind = weft::SpanKind::client,
                                      .attributes = {{"db.system.name", "sqlite"},
                                                     {"db.namespace", database},
                                                     {"db.operation.name", statement.operation},
                                                     {"db.collection.name", statement.table},
                                                     {"db.query.summary", summary},
                                                     {"db.query.text", statement.text}}});
  try {
    return work();
  } catch (const DatabaseError& error) {
    const std::string code = std::to_string(error.code());
    span.set_attributes({{"db.response.status_code", code}, {"error.type", code}});
    span.set_status(weft::StatusCode::error, error.what());
    span.end();  // before the exception leaves: it is told already
    throw;
  }
}

}  // namespace

void Database::Close::operator()(sqlite3* connection) const noexcept { sqlite3_close(connection); }

Database::Database(const std::string& path)
    : name_(path == ":memory:" ? path : std::filesystem::path(path).filename().string()) {
  sqlite3* connection = nullptr;
  const int result = sqlite3_open(path.c_str(), &connection);
  connection_.reset(connection);
  if (result != SQLITE_OK) {
    throw DatabaseError(result,
                        "cannot open the database '" + path + "': " + sqlite3_errmsg(connection));
  }
  sqlite3_extended_result_codes(connection, 1);
}

void Database::fail() const {
  throw DatabaseError(sqlite3_extended_errcode(connection_.get()),
                      sqlite3_errmsg(connection_.get()));
}

std::vector<Row> Database::execute(const Statement& statement, const Row& values) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(connection_.get(), statement.text.data(),
                         static_cast<int>(statement.text.size()), &raw, nullptr) != SQLITE_OK) {
    fail();
  }
  const Prepared prepared(raw);
  bind_values(raw, values);
  bind_audit(raw);
  std::vector<Row> rows;
  int result = 0;
  while ((result = sqlite3_step(raw)) == SQLITE_ROW) rows.push_back(row_of(raw));
  if (result != SQLITE_DONE) fail();
  return rows;
}

std::vector<Row> Database::run(const Statement& statement, const Row& values) {
  return in_span(statement, name_, [&] {
    const std::lock_guard lock(mutex_);
    return execute(statement, values);
  });
}

std::int64_t Database::insert(const Statement& statement, const Row& values) {
  return in_span(statement, name_, [&]() -> std::int64_t {
    const std::lock_guard lock(mutex_);
    execute(statement, values);
    return sqlite3_last_insert_rowid(connection_.get());
  });
}

void Database::prepare(const std::string& script) {
  const std::lock_guard lock(mutex_);
  if (sqlite3_exec(connection_.get(), script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail();
  }
}

}  // namespace storefront
