// SPDX-License-Identifier: Apache-2.0
// Who made a row, and who changed it last, comes from the request context.
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include <weft/weft.hpp>

#include "database.hpp"

namespace {

using storefront::Database;
using storefront::Row;
using storefront::Statement;
using weft::RequestContext;

constexpr Statement kInsert{"INSERT", "orders",
                            "INSERT INTO orders VALUES (?, :user, :now, :user, :now, ?)"};
constexpr Statement kUpdate{
    "UPDATE", "orders",
    "UPDATE orders SET total = ?, updated_by = :user, updated_at = :now WHERE item = ?"};
constexpr Statement kSelect{"SELECT", "orders", "SELECT * FROM orders"};

class StorefrontAudit : public testing::Test {
 protected:
  StorefrontAudit() {
    database_.prepare(
        "CREATE TABLE orders (item TEXT, created_by TEXT, created_at TEXT, updated_by TEXT,"
        " updated_at TEXT, total INTEGER)");
  }
  void insert_as(const std::string& user) {
    auto request = RequestContext::scope({{"user_id", user}});
    database_.insert(kInsert, {std::string("cup"), std::int64_t{3}});
  }
  std::string text(std::size_t column) {
    return std::get<std::string>(database_.run(kSelect).at(0).at(column));
  }

  Database database_{":memory:"};
};

TEST_F(StorefrontAudit, ANewRowNamesItsMaker) {
  insert_as("ann");
  EXPECT_EQ(text(1), "ann");
  EXPECT_EQ(text(3), "ann");
}

TEST_F(StorefrontAudit, ANewRowNamesItsTime) {
  insert_as("ann");
  EXPECT_EQ(text(2).size(), std::string("2024-01-01T00:00:00Z").size());
  EXPECT_EQ(text(2), text(4));
}

TEST_F(StorefrontAudit, TheOtherValuesKeepTheirPlaces) {
  insert_as("ann");
  EXPECT_EQ(text(0), "cup");
  EXPECT_EQ(std::get<std::int64_t>(database_.run(kSelect).at(0).at(5)), 3);
}

TEST_F(StorefrontAudit, AChangeNamesWhoMadeIt) {
  insert_as("ann");
  auto request = RequestContext::scope({{"user_id", "bob"}});
  database_.run(kUpdate, {std::int64_t{4}, std::string("cup")});
  EXPECT_EQ(text(1), "ann");
  EXPECT_EQ(text(3), "bob");
}

TEST_F(StorefrontAudit, AChangeInATaskOfTheRequestNamesItsUser) {
  insert_as("ann");
  auto request = RequestContext::scope({{"user_id", "bob"}});
  std::thread(weft::bind([&] {
    database_.run(kUpdate, {std::int64_t{4}, std::string("cup")});
  })).join();
  EXPECT_EQ(text(3), "bob");
}

TEST_F(StorefrontAudit, AnUnsetUserIsAnError) {
  auto request = RequestContext::scope();
  EXPECT_THROW(database_.insert(kInsert, {std::string("cup"), std::int64_t{3}}), weft::LookupError);
  EXPECT_TRUE(database_.run(kSelect).empty());
}

TEST_F(StorefrontAudit, OutsideARequestItIsAnError) {
  EXPECT_THROW(database_.insert(kInsert, {std::string("cup"), std::int64_t{3}}),
               weft::ContextNotInitialized);
}

TEST_F(StorefrontAudit, AStatementThatNamesNobodyNeedsNoUser) {
  EXPECT_TRUE(database_.run(kSelect).empty());
}

}  // namespace
