// SPDX-License-Identifier: Apache-2.0
// The first service: takes a checkout, asks for stock and price at the same time, places the order.
#include <stdexcept>

#include "service.hpp"
#include "work_pool.hpp"

namespace {

using httplib::Request;
using httplib::Response;
using storefront::answer_error;
using storefront::client_for;
using storefront::log;

constexpr weft::Tracer kTracer{"storefront.gateway", WEFT_VERSION_STRING};

/// What the orders service says under a path, a number.
int ask(const std::string& orders_url, const std::string& path) {
  const auto result = client_for(orders_url).Get(path);
  if (!result) throw std::runtime_error("the orders service does not answer");
  if (result->status != 200) throw std::runtime_error("the orders service refused " + path);
  return std::stoi(result->body);
}

struct Checkout {
  std::string item;
  std::string card;
  std::string customer;
  int quantity = 0;
};

/// False, and answered, when something is missing.
bool parse(const Request& request, Response& response, Checkout& out) {
  out.item = request.get_param_value("item");
  out.card = request.get_param_value("card");
  out.customer = request.get_param_value("customer");
  out.quantity = std::atoi(request.get_param_value("quantity").c_str());
  if (!out.item.empty() && !out.card.empty() && out.quantity > 0) return true;
  answer_error(response, 400, "item, quantity and card are needed");
  return false;
}

class Gateway {
 public:
  explicit Gateway(std::string orders_url) : orders_url_(std::move(orders_url)) {}

  void checkout(const Request& request, Response& response) {
    Checkout order;
    if (!parse(request, response, order)) return;
    weft::current_span().set_attributes(
        {{"order.item", order.item}, {"order.quantity", order.quantity}});
    if (!order.customer.empty()) weft::baggage::set("customer", order.customer);

    // Both at the same time. Each task runs in a copy of this request's context: its spans are
    // children of the request's, and what it sets stays its own.
    auto stock = pool_.submit(weft::bind([&] {
      auto span = kTracer.start("check stock", {{"item", order.item}});
      return ask(orders_url_, "/stock/" + order.item);
    }));
    auto price = pool_.submit(weft::bind([&] {
      auto span = kTracer.start("look up price", {{"item", order.item}});
      return ask(orders_url_, "/price/" + order.item);
    }));
    stock.wait();  // both, before either may throw: they refer to `order`
    price.wait();
    if (stock.get() < order.quantity) return answer_error(response, 409, "out of stock");
    place(order, price.get() * order.quantity, response);
  }

 private:
  void place(const Checkout& order, int total, Response& response) const {
    const auto result =
        client_for(orders_url_)
            .Post("/orders", httplib::Params{{"item", order.item},
                                             {"quantity", std::to_string(order.quantity)},
                                             {"total", std::to_string(total)},
                                             {"card", order.card}});
    if (!result) return answer_error(response, 502, "the orders service does not answer");
    log(result->status < 400 ? "INFO" : "WARN",
        "checkout of " + order.item + " gave " + std::to_string(result->status));
    response.status = result->status;
    response.set_content(result->body, "application/json");
  }

  std::string orders_url_;
  storefront::WorkPool pool_{4};
};

}  // namespace

int main(int argc, char** argv) {
  CommandLine options(
      "gateway", "The storefront's entrance: POST /checkout with item, quantity, card.",
      {storefront::port_option(),
       {"--orders", "URL", "http://127.0.0.1:8081", "where the orders service is"}});
  options.parse(argc, argv);
  storefront::Service service("gateway", options);
  Gateway gateway(options.url("--orders"));
  service.post("/checkout", [&](const Request& request, Response& response) {
    gateway.checkout(request, response);
  });
  return service.run();
}
