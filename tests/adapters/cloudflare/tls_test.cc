// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/adapters/cloudflare/test_api.h"
#include "tests/support/test_ca.h"

namespace rollout {
namespace {

TEST(Tls, AnswersOfATrustedServerAreTaken) {
  const TestCa ca;
  Script script(
      {json_answer(200, a_page(1, 1, 1, 1)), json_answer(200, success(a_version_json(2)))});
  RawServer server([&script](RawConnection& connection) { script(connection); },
                   ca.path("cert.pem"), ca.path("key.pem"));
  SystemClock clock;
  auto options = options_for(server, "https");
  options.ca_file = ca.path("ca.pem");
  const auto api = an_api(options, clock);
  const auto listing = api->list(kShop);
  ASSERT_TRUE(listing) << listing.error().sentence();
  const auto version = create_one(*api);
  ASSERT_TRUE(version) << version.error().sentence();
  EXPECT_EQ(server.connections(), 2);
}

TEST(Tls, AnUntrustedServerGetsNothing) {
  const TestCa ca;
  Script script({json_answer(200, success(a_version_json(2)))});
  RawServer server([&script](RawConnection& connection) { script(connection); },
                   ca.path("cert.pem"), ca.path("key.pem"));
  SystemClock clock;
  const auto version = create_one(*an_api(options_for(server, "https"), clock));
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().kind, FailureKind::transient) << "definite: it was not sent";
  EXPECT_EQ(version.error().detail,
            fmt::format("the certificate of https://127.0.0.1:{} is not trusted; where a "
                        "private CA signed it, name that in SSL_CERT_FILE",
                        server.port()));
  EXPECT_TRUE(script.requests().empty());
}

TEST(Tls, ACertificateForAnotherHostIsNotTrusted) {
  const TestCa ca("DNS:api.example.com");
  Script script({json_answer(200, success(a_version_json(2)))});
  RawServer server([&script](RawConnection& connection) { script(connection); },
                   ca.path("cert.pem"), ca.path("key.pem"));
  SystemClock clock;
  auto options = options_for(server, "https");
  options.ca_file = ca.path("ca.pem");
  EXPECT_EQ(create_one(*an_api(options, clock)).error().kind, FailureKind::transient);
  EXPECT_TRUE(script.requests().empty());
}

// Promise 3: over TLS, where the peer says close_notify after the body and nothing else.
TEST(Tls, APostIsSentOnceWhenThePeerClosesAfterItsBody) {
  const TestCa ca;
  std::atomic<int> posts = 0;
  RawServer server(
      [&posts](RawConnection& connection) {
        if (connection.read_request().starts_with("POST ")) ++posts;
      },
      ca.path("cert.pem"), ca.path("key.pem"));
  SystemClock clock;
  auto options = options_for(server, "https");
  options.ca_file = ca.path("ca.pem");
  const auto api = an_api(options, clock);
  for (int i = 1; i <= 20; ++i) {
    EXPECT_EQ(create_one(*api).error().kind, FailureKind::unknown_outcome);
    ASSERT_EQ(posts, i);
  }
  EXPECT_EQ(server.connections(), 20);
}

TEST(Tls, AHandshakeThatHangsEndsWithTheCall) {
  SteppedClock clock;
  RawServer server([&clock](RawConnection& connection) {
    clock.step(std::chrono::minutes(2));
    connection.wait_for_the_end();
  });
  const auto version = create_one(*an_api(options_for(server, "https"), clock));
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().kind, FailureKind::transient) << "definite: it was not sent";
}

/// A proxy that takes its time to answer, and is the server as well.
std::string asked_for_delete_through_a_proxy_that_takes(Millis time, Result<void>& removed) {
  const TestCa ca("DNS:api.example.com");
  SteppedClock clock;
  std::string asked;
  {
    RawServer proxy([&](RawConnection& connection) {
      if (connection.read_request().empty()) return;
      clock.step(time);
      connection.send("HTTP/1.1 200 OK\r\n\r\n");
      if (!connection.begin_tls(ca.path("cert.pem"), ca.path("key.pem"))) return;
      asked = connection.read_request();
      if (!asked.empty()) connection.send(json_answer(200, success("null")));
    });
    auto options = options_for(proxy);
    options.api = "https://api.example.com/client/v4";
    options.proxy = fmt::format("http://127.0.0.1:{}", proxy.port());
    options.ca_file = ca.path("ca.pem");
    const auto api = an_api(options, clock);
    removed = api->remove(kShop, an_id(1), clock.tick() + std::chrono::seconds(5));
  }
  return asked;
}

// Promise 12
TEST(Tls, ADeleteThatAProxyHeldUpIsNotSent) {
  Result<void> removed;
  EXPECT_TRUE(asked_for_delete_through_a_proxy_that_takes(Millis(4999), removed)
                  .starts_with("DELETE /client/v4/"));
  EXPECT_TRUE(removed) << removed.error().sentence();
  EXPECT_EQ(asked_for_delete_through_a_proxy_that_takes(Millis(5000), removed), "");
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().kind, FailureKind::transient);
  EXPECT_EQ(removed.error().detail, "connecting took longer than the request may wait");
}

}  // namespace
}  // namespace rollout
