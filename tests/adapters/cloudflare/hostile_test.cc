// SPDX-License-Identifier: Apache-2.0
// What a broken or hostile server may send, byte by byte on the wire.
#include <gtest/gtest.h>

#include <thread>

#include "daemon/adapters/cloudflare/call_guard.h"
#include "tests/adapters/cloudflare/test_api.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;
using enum FailureKind;

/// Reads one request and sends one text, then closes.
RawServer::Handler answer_once(std::string text) {
  return [text = std::move(text)](RawConnection& connection) {
    if (!connection.read_request().empty()) connection.send(text);
  };
}

struct Case {
  const char* name;
  std::string answer;
  FailureKind read, write;
};

class Hostile : public testing::TestWithParam<Case> {};

TEST_P(Hostile, NeverLooksLikeSuccess) {
  SystemClock clock;
  {
    RawServer server(answer_once(GetParam().answer));
    const auto listing = an_api(options_for(server), clock)->list(kShop);
    ASSERT_FALSE(listing);
    EXPECT_EQ(listing.error().kind, GetParam().read) << listing.error().sentence();
  }
  RawServer server(answer_once(GetParam().answer));
  const auto version = create_one(*an_api(options_for(server), clock));
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().kind, GetParam().write) << version.error().sentence();
  EXPECT_EQ(server.connections(), 1) << "Promise 3: one decision, one POST";
}

std::string with_body(std::string_view head, std::string_view body) {
  return fmt::format("HTTP/1.1 200 OK\r\n{}\r\n{}", head, body);
}

const std::string kPage = a_page(1, 1, 1, 1);

const Case kCases[] = {
    {"NoAnswer", "", transient, unknown_outcome},
    {"NoHttp", "SSH-2.0-OpenSSH_9.2\r\n", transient, unknown_outcome},
    {"CutInTheHeaders", "HTTP/1.1 200 OK\r\nContent-Ty", transient, unknown_outcome},
    {"CutBody", with_body("Content-Length: 5000\r\n", kPage), transient, unknown_outcome},
    {"CutBodyWithoutLength", with_body("", kPage.substr(0, 60)), invalid, unknown_outcome},
    {"BrokenChunks", with_body("Transfer-Encoding: chunked\r\n", "2\r\n{}garbage"), invalid,
     unknown_outcome},
    {"ChunksCut", with_body("Transfer-Encoding: chunked\r\n", "ff\r\n{\"success\":"), transient,
     unknown_outcome},
    {"Empty", with_body("Content-Length: 0\r\n", ""), invalid, unknown_outcome},
    {"Html", with_body("Content-Length: 6\r\n", "<html>"), invalid, unknown_outcome},
    {"Html502", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>", transient,
     unknown_outcome},
    {"Html403", "HTTP/1.1 403 Forbidden\r\ncf-mitigated: challenge\r\nContent-Length: 1\r\n\r\n<",
     transient, unknown_outcome},
    {"Redirect", "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 2\r\n\r\n{}",
     invalid, unknown_outcome},
    {"Gzip",
     with_body("Content-Encoding: gzip\r\nContent-Length: 20\r\n",
               std::string("\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0\x43\xbf\xa6\xa3\x02\0", 20)),
     invalid, unknown_outcome},
    {"Deep", with_body("", std::string(100'000, '[')), invalid, unknown_outcome},
    {"KeyTwice", with_body("", R"({"success":true,"success":true,"result":[]})"), invalid,
     unknown_outcome},
    {"NullResult", with_body("", R"({"success":true,"errors":null,"result":null})"), invalid,
     unknown_outcome},
    {"LyingLength", with_body("Content-Length: 99999999999999\r\n", "{"), invalid, unknown_outcome},
};

INSTANTIATE_TEST_SUITE_P(Answers, Hostile, testing::ValuesIn(kCases),
                         [](const auto& param) { return std::string(param.param.name); });

// Promise 3: a peer that takes the whole body and closes gets no second POST.
TEST(HostileServer, APostIsSentOnceWhateverBecomesOfItsAnswer) {
  std::atomic<int> posts = 0;
  RawServer server([&posts](RawConnection& connection) {
    if (connection.read_request().starts_with("POST ")) ++posts;
  });
  SystemClock clock;
  const auto api = an_api(options_for(server), clock);
  for (int i = 1; i <= 20; ++i) {
    EXPECT_EQ(create_one(*api).error().kind, unknown_outcome);
    ASSERT_EQ(posts, i);
  }
}

// Promise 24: an answer is bounded in bytes.
TEST(HostileServer, ABodyWithoutEndIsCutAtTheCap) {
  std::atomic<std::uint64_t> sent = 0;
  RawServer server([&sent](RawConnection& connection) {
    if (connection.read_request().empty()) return;
    connection.send("HTTP/1.1 200 OK\r\n\r\n");
    sent = connection.send_without_end(std::string(65536, ' '));
  });
  SystemClock clock;
  auto options = options_for(server);
  options.max_answer = 1U << 20U;
  const auto api = an_api(options, clock);
  EXPECT_EQ(api->list(kShop).error().kind, invalid);
  EXPECT_EQ(create_one(*api).error().kind, unknown_outcome);
  EXPECT_LT(sent, 64U << 20U) << "beyond the cap only what the kernel buffers";
}

TEST(HostileServer, HeadersWithoutEndAreCut) {
  for (const bool one_line : {false, true}) {
    RawServer server([one_line](RawConnection& connection) {
      if (connection.read_request().empty()) return;
      connection.send("HTTP/1.1 200 OK\r\n");
      const std::string line = one_line ? std::string(4096, 'x') : "X-Header: something\r\n";
      connection.send_without_end(line);
    });
    SystemClock clock;
    const auto api = an_api(options_for(server), clock);
    const auto listing = api->list(kShop);
    ASSERT_FALSE(listing);
    EXPECT_EQ(listing.error().kind, invalid);
    EXPECT_EQ(listing.error().detail, "the answer's headers have no end");
  }
}

// Promise 24: an answer is bounded in time, however steadily it drips.
TEST(HostileServer, ADripEndsAtTheDeadlineOfTheWholeCall) {
  SteppedClock clock;
  RawServer server([&clock](RawConnection& connection) {
    if (connection.read_request().empty()) return;
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 30000000\r\n\r\n");
    while (connection.send(" ")) clock.step(500ms);
  });
  const auto api = an_api(options_for(server), clock);
  const auto listing = api->list(kShop);
  ASSERT_FALSE(listing);
  EXPECT_EQ(listing.error().kind, transient);
  EXPECT_EQ(create_one(*api).error().kind, unknown_outcome);
}

TEST(HostileServer, TheDeadlineOfACallIsKnownWhileItRuns) {
  SteppedClock clock;
  std::optional<Tick> seen;
  bool writing = false;
  std::unique_ptr<CloudflareApi> api;  // Outlives the server, which calls it.
  RawServer server([&](RawConnection& connection) {
    if (connection.read_request().empty()) return;
    seen = api->deadline();
    writing = api->traffic().write_in_flight;
    clock.step(2min);
    connection.wait_for_the_end();
  });
  api = an_api(options_for(server), clock);
  const Tick start = clock.tick();
  EXPECT_EQ(create_one(*api).error().kind, unknown_outcome);
  EXPECT_EQ(seen, start + 60s);
  EXPECT_TRUE(writing);
  EXPECT_FALSE(api->deadline());
}

// Promise 26: a stop ends reads at once and leaves a create that was sent its time.
TEST(Stop, EndsAReadAtOnce) {
  SystemClock clock;
  std::unique_ptr<CloudflareApi> api;  // Outlives the server, which calls it.
  RawServer server([&api](RawConnection& connection) {
    if (connection.read_request().empty()) return;
    api->stop();
    connection.wait_for_the_end();
  });
  api = an_api(options_for(server), clock);
  EXPECT_EQ(api->list(kShop).error().kind, transient);
  EXPECT_EQ(create_one(*api).error().kind, transient) << "nothing is sent any more";
  EXPECT_EQ(server.connections(), 1);
}

TEST(Stop, LetsACreateFinish) {
  SystemClock clock;
  std::unique_ptr<CloudflareApi> api;  // Outlives the server, which calls it.
  RawServer server([&api](RawConnection& connection) {
    if (connection.read_request().empty()) return;
    api->stop();
    connection.send(json_answer(200, success(a_version_json(7))));
  });
  api = an_api(options_for(server), clock);
  const auto version = create_one(*api);
  ASSERT_TRUE(version) << version.error().sentence();
  EXPECT_EQ(version->number, 7U);
}

TEST(Stop, GivesADeleteAMoment) {
  SteppedClock clock;
  std::unique_ptr<CloudflareApi> api;  // Outlives the server, which calls it.
  RawServer server([&](RawConnection& connection) {
    if (connection.read_request().empty()) return;
    api->stop();
    clock.step(CallGuard::kGrace);
    connection.wait_for_the_end();
  });
  api = an_api(options_for(server), clock);
  EXPECT_EQ(api->remove(kShop, an_id(7), Tick::max()).error().kind, transient);
}

TEST(Stop, EndsAWaitForTheBudget) {
  Script script({json_answer(200, a_page(1, 0, 1, 0))});
  RawServer server([&script](RawConnection& connection) { script(connection); });
  SystemClock clock;
  auto options = options_for(server);
  options.budget = {.rate = 0.02, .burst = 1};
  const auto api = an_api(options, clock);
  ASSERT_TRUE(api->list(kShop));
  std::thread stopper([&api] {
    while (!api->deadline()) std::this_thread::yield();
    api->stop();
  });
  EXPECT_EQ(api->list(kShop).error().kind, transient);
  stopper.join();
  EXPECT_EQ(script.requests().size(), 1U);
}

// Promise 6: what cannot be read as it was hashed never becomes a version.
TEST(BrokenContents, BreakTheRequestOffAndSayWhy) {
  std::string got;
  RawServer server([&got](RawConnection& connection) { got = connection.read_request(); });
  SystemClock clock;
  const auto api = an_api(options_for(server), clock);
  MemoryContents contents(4096);
  contents.texts_ = {{"a.js", std::string(300'000, 'a')}, {"b.js", "b"}};
  contents.fails_at_ = "b.js";
  const auto version = api->create(kShop, contents.bundle(), contents, Deploy::no);
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().kind, invalid);
  EXPECT_EQ(version.error().sentence(), "create a version of shop: it changed");
}

TEST(NotSent, AConnectionThatIsRefusedIsDefinite) {
  SystemClock clock;
  auto gone = std::make_unique<RawServer>([](RawConnection&) {});
  auto options = options_for(*gone);
  const int port = gone->port();
  gone.reset();
  const auto version = create_one(*an_api(options, clock));
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().kind, transient);
  EXPECT_EQ(version.error().detail,
            fmt::format("cannot connect to http://127.0.0.1:{}; check the account's `api` and this "
                        "host's network",
                        port));

  options.api = "https://api.example.com/client/v4";
  options.proxy = fmt::format("http://user:pass@127.0.0.1:{}", port);
  EXPECT_EQ(create_one(*an_api(options, clock)).error().detail,
            fmt::format("cannot connect to https://api.example.com:443 by way of the proxy "
                        "127.0.0.1:{}; check HTTPS_PROXY and this host's network",
                        port));
}

TEST(Proxy, IsAskedForAConnectionAndNeverSeesTheToken) {
  std::string asked;
  RawServer proxy([&asked](RawConnection& connection) {
    asked = connection.read_request();
    connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  });
  SystemClock clock;
  auto options = options_for(proxy);
  options.api = "https://api.example.com/client/v4";
  options.proxy = fmt::format("http://user:pass@127.0.0.1:{}", proxy.port());
  const auto version = create_one(*an_api(options, clock));
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().kind, transient);
  EXPECT_TRUE(asked.starts_with("CONNECT api.example.com:443 HTTP/1.1\r\n")) << asked;
  EXPECT_NE(asked.find("Proxy-Authorization: Basic dXNlcjpwYXNz\r\n"), std::string::npos) << asked;
  EXPECT_EQ(asked.find(kToken), std::string::npos) << asked;
}

}  // namespace
}  // namespace rollout
