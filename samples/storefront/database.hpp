// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct sqlite3;

namespace storefront {

/// A statement with what its span is called by. A constant: its text has `?` where values go, so it
/// holds no data. `:user` and `:now` are filled by the database layer: who is served, from the
/// request context, and the time, for columns such as created_by and updated_at.
struct Statement {
  std::string_view operation;  // SELECT, INSERT, …
  std::string_view table;
  std::string_view text;
};

using Value = std::variant<std::int64_t, std::string>;
using Row = std::vector<Value>;

class DatabaseError : public std::runtime_error {
 public:
  DatabaseError(int code, const std::string& what) : std::runtime_error(what), code_(code) {}
  /// SQLite's extended result code.
  int code() const noexcept { return code_; }

 private:
  int code_;
};

/// One SQLite connection whose every statement runs in a span, as OpenTelemetry's conventions for
/// database clients say. Safe from any thread: statements run one after the other.
class Database {
 public:
  /// A file that is made if missing, or ":memory:". Throws DatabaseError.
  explicit Database(const std::string& path);

  /// Runs a statement to its end and returns its rows. Throws DatabaseError; and weft::LookupError,
  /// or weft::ContextNotInitialized, when the statement wants a user and there is none.
  std::vector<Row> run(const Statement& statement, const Row& values = {});
  /// The row id of the INSERT, which no other thread's can come between.
  std::int64_t insert(const Statement& statement, const Row& values);
  /// Several statements without a span: the schema.
  void prepare(const std::string& script);

 private:
  struct Close {
    void operator()(sqlite3* connection) const noexcept;
  };
  std::vector<Row> execute(const Statement& statement, const Row& values);
  [[noreturn]] void fail() const;

  std::string name_;
  std::mutex mutex_;
  std::unique_ptr<sqlite3, Close> connection_;
};

}  // namespace storefront
