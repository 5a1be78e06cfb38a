// SPDX-License-Identifier: Apache-2.0
// The second service: keeps stock, prices and orders in SQLite, and has each order paid.
#include <iostream>

#include "database.hpp"
#include "service.hpp"
#include "work_pool.hpp"

namespace {

using httplib::Request;
using httplib::Response;
using storefront::answer_error;
using storefront::client_for;
using storefront::Database;
using storefront::log;
using storefront::Row;
using storefront::Statement;

constexpr Statement kStock{"SELECT", "stock", "SELECT quantity FROM stock WHERE item = ?"};
constexpr Statement kPrice{"SELECT", "prices", "SELECT cents FROM prices WHERE item = ?"};
constexpr Statement kInsertOrder{
    "INSERT", "orders",
    "INSERT INTO orders (item, quantity, total, state, created_by, created_at, updated_by, "
    "updated_at) VALUES (?, ?, ?, 'new', :user, :now, :user, :now)"};
constexpr Statement kSetState{
    "UPDATE", "orders",
    "UPDATE orders SET state = ?, updated_by = :user, updated_at = :now WHERE id = ?"};
constexpr Statement kTakeStock{"UPDATE", "stock",
                               "UPDATE stock SET quantity = quantity - ? WHERE item = ?"};

constexpr const char* kSchema = R"(
  CREATE TABLE IF NOT EXISTS stock  (item TEXT PRIMARY KEY, quantity INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS prices (item TEXT PRIMARY KEY, cents INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, item TEXT NOT NULL,
                                     quantity INTEGER NOT NULL, total INTEGER NOT NULL,
                                     state TEXT NOT NULL,
                                     created_by TEXT NOT NULL, created_at TEXT NOT NULL,
                                     updated_by TEXT NOT NULL, updated_at TEXT NOT NULL);
  INSERT OR IGNORE INTO stock  VALUES ('kettle', 1000000), ('teapot', 1000000), ('cup', 1000000);
  INSERT OR IGNORE INTO prices VALUES ('kettle', 4900), ('teapot', 3500), ('cup', 900);
)";

class Orders {
 public:
  Orders(const std::string& database, std::string payments_url)
      : database_(database), payments_url_(std::move(payments_url)) {
    database_.prepare(kSchema);
  }

  /// Answers with the one number that the statement finds for the item in the path.
  void look_up(const Statement& statement, const Request& request, Response& response) {
    const auto rows = database_.run(statement, Row{request.matches[1].str()});
    if (rows.empty()) return answer_error(response, 404, "no such item");
    response.set_content(std::to_string(std::get<std::int64_t>(rows[0][0])), "text/plain");
  }

  void place(const Request& request, Response& response) {
    const std::string item = request.get_param_value("item");
    const std::int64_t quantity = std::atoll(request.get_param_value("quantity").c_str());
    const std::int64_t total = std::atoll(request.get_param_value("total").c_str());
    const std::int64_t id = database_.insert(kInsertOrder, Row{item, quantity, total});
    weft::current_span().set_attribute("order.id", id);

    const auto paid =
        client_for(payments_url_)
            .Post("/payments", httplib::Params{{"order", std::to_string(id)},
                                               {"total", std::to_string(total)},
                                               {"card", request.get_param_value("card")}});
    if (!paid || paid->status >= 500) return close(id, "failed", 502, response);
    if (paid->status >= 400) return close(id, "declined", paid->status, response);
    auto state = pool_.submit(weft::bind([&] { database_.run(kSetState, Row{"paid", id}); }));
    auto stock = pool_.submit(weft::bind([&] { database_.run(kTakeStock, Row{quantity, item}); }));
    state.wait();
    stock.wait();
    state.get();  // rethrows
    stock.get();
    log("INFO", "order " + std::to_string(id) + " is paid");
    response.status = 201;
    response.set_content("{\"order\":" + std::to_string(id) + ",\"state\":\"paid\"}\n",
                         "application/json");
  }

 private:
  void close(std::int64_t id, const std::string& state, int status, Response& response) {
    database_.run(kSetState, Row{state, id});
    log("WARN", "order " + std::to_string(id) + " is " + state);
    answer_error(response, status, "the payment was " + state);
  }

  Database database_;
  std::string payments_url_;
  storefront::WorkPool pool_{4};
};

int serve(const CommandLine& options) {
  storefront::Service service("orders", options);
  Orders orders(options.text("--database"), options.url("--payments"));
  service.get("/stock/{item}", [&](const Request& request, Response& response) {
    orders.look_up(kStock, request, response);
  });
  service.get("/price/{item}", [&](const Request& request, Response& response) {
    orders.look_up(kPrice, request, response);
  });
  service.post("/orders", [&](const Request& request, Response& response) {
    orders.place(request, response);
  });
  return service.run();
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine options(
      "orders", "The storefront's orders: GET /stock/{item}, GET /price/{item}, POST /orders.",
      {storefront::port_option(),
       {"--payments", "URL", "http://127.0.0.1:8082", "where the payments service is"},
       {"--database", "FILE", ":memory:", "an SQLite database, made if missing"}});
  options.parse(argc, argv);
  try {
    return serve(options);
  } catch (const storefront::DatabaseError& error) {
    std::cerr << "orders: " << error.what() << "; give another --database FILE\n";
    return 1;
  }
}
