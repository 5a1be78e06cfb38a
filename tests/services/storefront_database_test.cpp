// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>

#include <weft/weft.hpp>

#include "database.hpp"

namespace {

using storefront::Database;
using storefront::DatabaseError;
using storefront::Row;
using storefront::Statement;
using Texts = std::map<std::string, std::string>;

constexpr Statement kInsert{"INSERT", "stock", "INSERT INTO stock VALUES (?, ?)"};
constexpr Statement kSelect{"SELECT", "stock", "SELECT item, quantity FROM stock WHERE item = ?"};

class StorefrontDatabase : public testing::Test {
 protected:
  StorefrontDatabase() {
    database_.prepare("CREATE TABLE stock (item TEXT PRIMARY KEY, quantity)");
  }

  std::vector<weft::SpanData> spans() {
    EXPECT_TRUE(telemetry_.force_flush());
    return memory_->spans();
  }
  static Texts attributes(const weft::SpanData& span) {
    Texts texts;
    for (const auto& attribute : span.attributes) {
      texts[attribute.key] = std::get<std::string>(attribute.value);
    }
    return texts;
  }

  std::shared_ptr<weft::exporters::InMemoryExporter> memory_ = weft::exporters::in_memory();
  weft::Telemetry telemetry_ = weft::init({.service_name = "test", .exporters = {memory_}});
  Database database_{":memory:"};
};

TEST_F(StorefrontDatabase, RecordsWhatTheTableSays) {
  database_.insert(kInsert, {std::string("cup"), std::int64_t{3}});
  const auto all = spans();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].name, "INSERT stock");
  EXPECT_EQ(all[0].kind, weft::SpanKind::client);
  EXPECT_EQ(all[0].status, weft::Status{});
  EXPECT_EQ(attributes(all[0]), (Texts{{"db.system.name", "sqlite"},
                                       {"db.namespace", ":memory:"},
                                       {"db.operation.name", "INSERT"},
                                       {"db.collection.name", "stock"},
                                       {"db.query.summary", "INSERT stock"},
                                       {"db.query.text", "INSERT INTO stock VALUES (?, ?)"}}));
}

TEST_F(StorefrontDatabase, RecordsSqlitesCodeOfAFailure) {
  const Row row{std::string("cup"), std::int64_t{3}};
  database_.insert(kInsert, row);
  EXPECT_THROW(database_.insert(kInsert, row), DatabaseError);
  const auto all = spans();
  ASSERT_EQ(all.size(), 2U);
  const auto recorded = attributes(all[1]);
  EXPECT_EQ(recorded.at("db.response.status_code"), "1555");  // SQLITE_CONSTRAINT_PRIMARYKEY
  EXPECT_EQ(recorded.at("error.type"), "1555");
  EXPECT_EQ(all[1].status.code, weft::StatusCode::error);
}

TEST_F(StorefrontDatabase, ReturnsRowsOfTextAndNumbers) {
  EXPECT_EQ(database_.insert(kInsert, {std::string("cup"), std::int64_t{3}}), 1);
  const auto rows = database_.run(kSelect, {std::string("cup")});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0], (Row{std::string("cup"), std::int64_t{3}}));
}

TEST_F(StorefrontDatabase, NeverRecordsTheValues) {
  database_.run(kSelect, {std::string("secret")});
  for (const auto& [key, value] : attributes(spans().at(0))) {
    EXPECT_EQ(value.find("secret"), std::string::npos) << key;
  }
}

}  // namespace
