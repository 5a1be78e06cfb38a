// SPDX-License-Identifier: Apache-2.0
// Checks of an order that need the same records: the first one that needs a record loads it, the
// others wait for it or find it, and the next request loads its own.
#include <atomic>
#include <iostream>
#include <string>
#include <utility>

#include "../command_line.hpp"
#include "check_registry.hpp"

namespace {

constexpr weft::Tracer kTracer{"sample.request_cache"};

struct Customer {
  std::string name;
  int credit = 0;
};
struct Order {
  int customer = 0;
  int total = 0;
};

// What checks share is named once, where its type is.
inline const weft::ContextVar<Order> order_record{"order_record"};
inline const weft::ContextVar<Customer> customer_record{"customer_record"};

std::atomic<int> orders_loaded{0};
std::atomic<int> customers_loaded{0};

Order load_order(int id) {
  auto span = kTracer.start("load order", {{"order.id", id}});
  ++orders_loaded;
  return Order{.customer = id % 3, .total = 100 * id};
}

Customer load_customer(int id) {
  auto span = kTracer.start("load customer", {{"customer.id", id}});
  ++customers_loaded;
  return Customer{.name = "customer " + std::to_string(id), .credit = 250 * (id + 1)};
}

// For checks on threads: who comes second waits for the first.
const Order& order_of(weft::Context& shared, int id) {
  return shared.get_or_compute(order_record, [id] { return load_order(id); });
}
const Customer& customer_of(weft::Context& shared, int order) {
  return shared.get_or_compute(customer_record, [&shared, order] {
    return load_customer(order_of(shared, order).customer);  // one shared value needs another
  });
}

// For checks in coroutines: who comes second is suspended.
weft::Task<Order> order_later(int id) { co_return load_order(id); }
weft::Task<const Order&> find_order(weft::Context& shared, int id) {
  return shared.get_or_compute(order_record, [id] { return order_later(id); });
}
weft::Task<Customer> customer_later(weft::Context& shared, int order) {
  const Order& record = co_await find_order(shared, order);
  co_return load_customer(record.customer);
}
weft::Task<const Customer&> find_customer(weft::Context& shared, int order) {
  return shared.get_or_compute(customer_record,
                               [&shared, order] { return customer_later(shared, order); });
}

weft::Task<bool> is_not_empty(weft::Context& shared, int id) {
  const Order& order = co_await find_order(shared, id);
  co_return order.total > 0;
}
weft::Task<bool> has_a_name(weft::Context& shared, int id) {
  const Customer& customer = co_await find_customer(shared, id);
  co_return !customer.name.empty();
}
weft::Task<bool> credit_covers(weft::Context& shared, int id) {
  const Customer& customer = co_await find_customer(shared, id);
  const Order& order = co_await find_order(shared, id);
  co_return customer.credit >= order.total;
}

void add_checks(CheckRegistry& checks) {
  checks.add({"order is not empty",
              [](weft::Context& shared, int id) { return order_of(shared, id).total > 0; },
              is_not_empty});
  checks.add({"customer has a name",
              [](weft::Context& shared, int id) { return !customer_of(shared, id).name.empty(); },
              has_a_name});
  checks.add({"credit covers the total",
              [](weft::Context& shared, int id) {
                return customer_of(shared, id).credit >= order_of(shared, id).total;
              },
              credit_covers});
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine options("request_cache", "Checks orders, and counts what was loaded for it.",
                      {{"--orders", "N", "5", "how many orders are checked"},
                       {"--coroutines", "", "", "a coroutine for each check, not a thread"}});
  options.parse(argc, argv);
  const int orders = options.number("--orders", 1, 10'000);
  auto telemetry = weft::init({.service_name = "request-cache"});

  CheckRegistry checks;
  add_checks(checks);
  for (int order = 1; order <= orders; ++order) {
    std::cout << "order " << order << ':';
    const auto failed = options.given("--coroutines")
                            ? weft::sync_wait(checks.failed_later(kTracer, order))
                            : checks.failed(kTracer, order);
    for (const std::string& name : failed) std::cout << " failed \"" << name << '"';
    std::cout << (failed.empty() ? " passed\n" : "\n");
  }
  std::cout << orders << " requests, " << orders_loaded << " orders and " << customers_loaded
            << " customers loaded\n";
  return orders_loaded == orders && customers_loaded == orders ? 0 : 1;
}
