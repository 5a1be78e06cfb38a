// SPDX-License-Identifier: Apache-2.0
// The third service: charges cards. The card's name decides what the bank does: "declined" is
// refused, "slow" takes its time, "stuck" five seconds of it, "broken" ends in an exception, every
// other one is charged.
#include <stdexcept>

#include "service.hpp"

namespace storefront {

struct BankUnreachable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace storefront

namespace {

using httplib::Request;
using httplib::Response;
using std::chrono::milliseconds;
using storefront::answer_error;
using storefront::log;
using storefront::pretend_to_work;

constexpr weft::Tracer kTracer{"storefront.payments", WEFT_VERSION_STRING};

void check_fraud(const std::string& customer) {
  auto span = kTracer.start("check fraud", {{"customer", customer}});
  pretend_to_work(milliseconds(3));
  span.set_attribute("fraud.score", 0.1);
}

/// Whether the bank took the money.
bool charge(const std::string& card, int cents) {
  auto span = kTracer.start("charge card", {{"card.brand", card}, {"amount", cents}});
  if (card == "broken") throw storefront::BankUnreachable("the bank does not answer");
  if (card == "slow") {
    span.add_event("waiting for the bank", {{"queue", 17}});
    pretend_to_work(milliseconds(300));
  }
  if (card == "stuck") {
    span.add_event("waiting for the bank", {{"queue", 900}});
    log("INFO", "waiting for the bank");
    pretend_to_work(milliseconds(5000));
  }
  pretend_to_work(milliseconds(8));
  const bool charged = card != "declined";
  span.set_attribute("approved", charged);
  if (!charged) span.set_status(weft::StatusCode::error, "the bank declined the card");
  return charged;
}

void pay(const Request& request, Response& response) {
  // Set by the gateway, carried by two services.
  check_fraud(weft::baggage::get("customer").value_or("guest"));
  if (!charge(request.get_param_value("card"),
              std::atoi(request.get_param_value("total").c_str()))) {
    log("WARN", "order " + request.get_param_value("order") + ": declined");
    return answer_error(response, 402, "declined");
  }
  response.set_content("{\"state\":\"charged\"}\n", "application/json");
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine options("payments",
                      "The storefront's payments: POST /payments with order, total, card.",
                      {storefront::port_option()});
  options.parse(argc, argv);
  storefront::Service service("payments", options);
  service.post("/payments", pay);
  return service.run();
}
