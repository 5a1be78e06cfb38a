// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "exporters/delivery_fixture.hpp"

// Peers that speak HTTP in ways that few do, or that mean ill.

namespace weft::testing {

namespace {

using detail::GiveUp;
using std::chrono::milliseconds;
using std::chrono::seconds;

class OddPeer : public DeliveryTest {
 protected:
  // Bytes, whatever they are.
  std::size_t answered_by(std::string bytes) {
    server.then({.body = std::move(bytes), .then = Answer::Then::raw});
    const std::size_t index = submit(2);
    EXPECT_TRUE(run_until([&] { return outcomes[index].has_value() || !errors.empty(); }));
    return index;
  }
  // Too long to be sent before the reply comes.
  std::size_t submit_long_request_to(const std::string& url) {
    deliver_with({.endpoint = url, .compression = exporters::Compression::none});
    return submit(records.batch(100, {.attributes = {{"text", std::string(100'000, 'x')}}}));
  }
};

/// Answers as soon as a request begins; what comes then it throws away.
class EarlyServer {
 public:
  explicit EarlyServer(std::string reply) : reply_(std::move(reply)) {
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  ~EarlyServer() {
    thread_.request_stop();
    thread_.join();
    ::close(listener_.socket);
  }
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(listener_.port) + "/v1/traces";
  }

 private:
  static bool is_ready(int socket, const std::stop_token& stop) {
    pollfd target{socket, POLLIN, 0};
    while (!stop.stop_requested()) {
      if (::poll(&target, 1, 10) > 0) return true;
    }
    return false;
  }
  // Closed with something unread, the connection would be reset, and the reply with it.
  static void wait_for_end(int socket, const std::stop_token& stop) {
    std::array<char, 65'536> rest;
    while (is_ready(socket, stop) && ::recv(socket, rest.data(), rest.size(), 0) > 0) {
    }
  }
  void serve(const std::stop_token& stop) {
    while (is_ready(listener_.socket, stop)) {
      const int socket = ::accept4(listener_.socket, nullptr, nullptr, SOCK_CLOEXEC);
      char piece[16];
      if (is_ready(socket, stop) && ::recv(socket, piece, sizeof piece, 0) > 0) {
        ::send(socket, reply_.data(), reply_.size(), MSG_NOSIGNAL);
        ::shutdown(socket, SHUT_WR);
        wait_for_end(socket, stop);
      }
      ::close(socket);
    }
  }

  const std::string reply_;
  Listener listener_ = Listener::loopback();
  std::jthread thread_;
};

std::string status_line(int status) { return "HTTP/1.1 " + std::to_string(status) + " X\r\n"; }

std::string many(std::size_t bytes, const std::string& line) {
  std::string text;
  while (text.size() < bytes) text += line;
  return text;
}

}  // namespace

TEST_F(OddPeer, OfHttp10WithoutALengthDelivers) {
  const std::size_t index = answered_by(
      "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n"
      R"({"partialSuccess":{"rejectedSpans":"1","errorMessage":"no"}})");
  expect_outcome(outcomes[index], 1, 1);
}

TEST_F(OddPeer, ThatRepliesInChunksWithTrailersDelivers) {
  const std::size_t index = answered_by(
      status_line(200) +
      "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n\r\n"
      "e;ext=1\r\n{\"partialSucce\r\n"
      "19\r\nss\":{\"rejectedSpans\":1}}\n\r\n0\r\nx: y\r\n\r\n");
  expect_outcome(outcomes[index], 1, 1);
}

TEST_F(OddPeer, ThatSaysContinueUnaskedDelivers) {
  const std::size_t index =
      answered_by(status_line(100) + "\r\n" + status_line(103) + "Link: x\r\n\r\n" +
                  status_line(200) + "Content-Length: 0\r\n\r\n");
  expect_outcome(outcomes[index], 2, 0);
}

TEST_F(OddPeer, ThatSaysContinueAndClosesIsTriedAgain) {
  const std::size_t index = answered_by(status_line(100) + "\r\n");
  EXPECT_FALSE(outcomes[index].has_value());
}

TEST_F(OddPeer, WithALongHeaderDelivers) {
  const std::size_t index = answered_by(status_line(200) + "x: " + std::string(60'000, 'y') +
                                        "\r\nContent-Length: 0\r\n\r\n");
  expect_outcome(outcomes[index], 2, 0);
}

TEST_F(OddPeer, WithAHeaderBeyondAllBoundsIsJudgedByItsStatus) {
  const std::string header = "x: " + std::string(2'000'000, 'y') + "\r\n\r\n";
  const std::size_t taken = answered_by(status_line(200) + header);
  expect_outcome(outcomes[taken], 2, 0);
  const std::size_t kept = answered_by(status_line(503) + header);
  EXPECT_FALSE(outcomes[kept].has_value());
}

TEST_F(OddPeer, WithHeadersWithoutEndIsRejected) {
  const std::size_t index = answered_by(
      status_line(200) + many(std::size_t{16} << 20U, "x: " + std::string(1000, 'y') + "\r\n"));
  expect_given_up(outcomes[index], 2, GiveUp::rejected);
  EXPECT_EQ(errors.at(0).what,
            server.url() + ": the reply's headers exceed 256 KiB; 2 spans dropped");
}

TEST_F(OddPeer, ThatIsBusyAndSendsHeadersWithoutEndIsTriedAgain) {
  const std::size_t index =
      answered_by(status_line(503) + "Retry-After: 7\r\n" +
                  many(std::size_t{16} << 20U, "x: " + std::string(1000, 'y') + "\r\n"));
  EXPECT_FALSE(outcomes[index].has_value());
  EXPECT_NE(errors.at(0).what.find("next try in 7 s"), std::string::npos) << errors.at(0).what;
}

TEST_F(OddPeer, ThatSaysContinueWithoutEndIsRejected) {
  const std::size_t index = answered_by(many(std::size_t{8} << 20U, status_line(100) + "\r\n"));
  expect_given_up(outcomes[index], 2, GiveUp::rejected);
}

TEST_F(OddPeer, WithTrailersWithoutEndIsRejected) {
  const std::size_t index =
      answered_by(status_line(200) + "Transfer-Encoding: chunked\r\n\r\n0\r\n" +
                  many(std::size_t{16} << 20U, "x: " + std::string(1000, 'y') + "\r\n"));
  expect_given_up(outcomes[index], 2, GiveUp::rejected);
}

TEST_F(OddPeer, ThatRejectsBeforeItHasReadTheRequestIsHeard) {
  const EarlyServer early(status_line(413) + "Content-Length: 0\r\nConnection: close\r\n\r\n");
  const std::size_t index = submit_long_request_to(early.url());
  ASSERT_TRUE(run_until_answered(index));
  expect_given_up(outcomes[index], 100, GiveUp::rejected);
}

TEST_F(OddPeer, ThatIsBusyBeforeItHasReadTheRequestIsTriedAgain) {
  const EarlyServer early(status_line(503) + "Retry-After: 7\r\nContent-Length: 0\r\n\r\n");
  const std::size_t index = submit_long_request_to(early.url());
  ASSERT_TRUE(run_until_errors(1));
  EXPECT_FALSE(outcomes[index].has_value());
  EXPECT_NE(errors.at(0).what.find("next try in 7 s"), std::string::npos) << errors.at(0).what;
}

// ---- options without bounds

TEST_F(OddPeer, KeepsABatchThatMayBecomeAsOldAsThereIsTime) {
  deliver_with({.retry = {.max_age = milliseconds::max()}});
  server.then({.status = 503});
  const std::size_t index = submit(1);
  ASSERT_TRUE(run_until_errors(1));
  EXPECT_FALSE(outcomes[index].has_value()) << errors.at(0).what;
  advance(milliseconds{500});
  ASSERT_TRUE(run_until_answered(index));
  expect_outcome(outcomes[index], 1, 0);
}

TEST_F(OddPeer, WaitsForAsLongAsItIsToldAndNoLess) {
  deliver_with({.retry = {.initial_backoff = milliseconds::max(),
                          .max_backoff = milliseconds::max(),
                          .max_age = milliseconds::max()}});
  server.then({.status = 503});
  const std::size_t index = submit(1);
  ASSERT_TRUE(run_until_errors(1));
  advance(seconds{86400});
  run_on();
  EXPECT_EQ(server.count(), 1U);
  EXPECT_FALSE(outcomes[index].has_value());
}

TEST_F(OddPeer, HasTheTimeThatItIsGivenHoweverLongThatIs) {
  for (const milliseconds timeout : {milliseconds{0x1'0000'0001}, milliseconds::max()}) {
    deliver_with({.timeout = timeout});
    server.then({.delay = milliseconds{50}});
    const std::size_t index = submit(1);
    ASSERT_TRUE(run_until([&] { return outcomes[index].has_value() || !errors.empty(); }));
    EXPECT_TRUE(errors.empty()) << errors.at(0).what;
    outcomes.clear();
    sizes.clear();
    errors.clear();
  }
}

}  // namespace weft::testing
