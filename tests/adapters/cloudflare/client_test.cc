// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/client.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/codec/json.h"
#include "tests/adapters/cloudflare/test_api.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;

/// A client of a server that answers from a script.
class Client {
 public:
  explicit Client(std::vector<std::string> answers)
      : script_(std::move(answers)),
        server_([this](RawConnection& connection) { script_(connection); }),
        api_(an_api(options_for(server_), clock_)) {}
  CloudflareApi& operator*() { return *api_; }
  CloudflareApi* operator->() { return api_.get(); }
  std::vector<std::string> requests() const { return script_.requests(); }
  int connections() const { return server_.connections(); }
  SystemClock& clock() { return clock_; }

 private:
  SystemClock clock_;
  Script script_;
  RawServer server_;
  std::unique_ptr<CloudflareApi> api_;
};

std::string line_of(const std::string& request) {
  return request.substr(0, request.find("\r\n"));
}

std::string body_of(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

TEST(CloudflareApi, ListsEveryPageOverOneConnection) {
  Client client(
      {json_answer(200, a_page(1, 200, 101, 200), "Date: Tue, 10 Mar 2026 12:00:00 GMT\r\n"),
       json_answer(200, a_page(2, 100, 1, 200), "Date: Tue, 10 Mar 2026 12:00:01 GMT\r\n")});
  const auto listing = client->list(kShop);
  ASSERT_TRUE(listing) << listing.error().sentence();
  EXPECT_EQ(listing->versions.size(), 200U);
  EXPECT_EQ(format_rfc3339(*listing->server_time), "2026-03-10T12:00:01Z");
  const auto requests = client.requests();
  ASSERT_EQ(requests.size(), 2U) << "a whole multiple of 100 needs no further page";
  EXPECT_EQ(
      line_of(requests[0]),
      "GET /client/v4/accounts/acc/workers/workers/shop/versions?page=1&per_page=100 HTTP/1.1");
  EXPECT_EQ(client.connections(), 1);
  for (const char* header :
       {"\r\nAuthorization: Bearer canary-token-93f1\r\n", "\r\nAccept-Encoding: identity\r\n",
        "\r\nUser-Agent: rolloutd/0.1.0\r\n", "\r\nHost: 127.0.0.1:"}) {
    EXPECT_NE(requests[0].find(header), std::string::npos) << header;
  }
}

// Promise 14: a list that shrinks while it is read is no list.
TEST(CloudflareApi, AListThatShrinksWhileItIsReadIsInvalid) {
  Client client(
      {json_answer(200, a_page(1, 150, 51, 150)), json_answer(200, a_page(2, 50, 2, 149))});
  const auto listing = client->list(kShop);
  ASSERT_FALSE(listing);
  EXPECT_EQ(listing.error().kind, FailureKind::invalid);
  EXPECT_NE(listing.error().detail.find("torn"), std::string::npos) << listing.error().sentence();
}

TEST(CloudflareApi, AFailedPageIsNeverAShortList) {
  Client client(
      {json_answer(200, a_page(1, 150, 51, 150)), json_answer(500, failed(10013, "oops"))});
  const auto listing = client->list(kShop);
  ASSERT_FALSE(listing);
  EXPECT_EQ(listing.error().kind, FailureKind::transient);
  EXPECT_EQ(listing.error().code, 10013);
}

TEST(CloudflareApi, GetsAVersionWithItsModules) {
  std::string version = a_version_json(7);
  version.insert(version.size() - 1, R"(,"modules":[{"name":"a.js","content_type":"t",)"
                                     R"("content_base64":"aGk="}])");
  Client client({json_answer(200, success(version))});
  const auto detail = client->get(kShop, an_id(7), Include::modules);
  ASSERT_TRUE(detail) << detail.error().sentence();
  EXPECT_EQ(detail->modules.at(0).content, "hi");
  EXPECT_EQ(line_of(client.requests()[0]),
            "GET /client/v4/accounts/acc/workers/workers/shop/versions/" +
                std::string(an_id(7).text()) + "?include=modules HTTP/1.1");
}

TEST(CloudflareApi, AnAnswerForSomethingElseIsInvalid) {
  {
    Client client({json_answer(200, success(a_version_json(8)))});
    EXPECT_EQ(client->get(kShop, an_id(7), Include::metadata).error().kind, FailureKind::invalid);
  }
  {
    Client client({json_answer(200, success(R"({"id":"x","name":"other"})"))});
    EXPECT_EQ(client->worker(kShop).error().kind, FailureKind::invalid);
  }
  {
    Client client({json_answer(200, success(R"({"id":"x","name":"shop","account_id":"zzz"})"))});
    const auto worker = client->worker(kShop);
    ASSERT_FALSE(worker);
    EXPECT_EQ(worker.error().kind, FailureKind::invalid);
    EXPECT_EQ(worker.error().detail, "the answer is for another account");
  }
}

TEST(CloudflareApi, AsksWhenATokenEndsAsAUsersAndThenAsTheAccounts) {
  constexpr const char* kToken = R"({"id":"t","status":"active"})";
  constexpr const char* kEnding =
      R"({"id":"t","status":"active","expires_on":"2026-06-01T00:00:00Z"})";
  constexpr const char* kUnknown =
      R"({"success":false,"errors":[{"code":1000,"message":"Invalid API Token"}],"messages":[]})";
  Client client({json_answer(200, success(kToken)), json_answer(401, kUnknown),
                 json_answer(200, success(kEnding)), json_answer(401, kUnknown),
                 json_answer(401, kUnknown)});
  const auto endless = client->token_expiry();
  ASSERT_TRUE(endless) << endless.error().sentence();
  EXPECT_FALSE(*endless);
  const auto ending = client->token_expiry();
  ASSERT_TRUE(ending) << ending.error().sentence();
  EXPECT_EQ(**ending, *parse_rfc3339("2026-06-01T00:00:00Z"));
  EXPECT_EQ(client->token_expiry().error().kind, FailureKind::unauthorized);
  const auto requests = client.requests();
  ASSERT_EQ(requests.size(), 5U);
  EXPECT_EQ(line_of(requests[0]), "GET /client/v4/user/tokens/verify HTTP/1.1");
  EXPECT_EQ(line_of(requests[2]), "GET /client/v4/accounts/acc/tokens/verify HTTP/1.1");
}

TEST(CloudflareApi, CreatesOverAFreshConnectionWithAnExactLength) {
  Client client(
      {json_answer(200, a_page(1, 0, 1, 0)), json_answer(200, success(a_version_json(1)))});
  ASSERT_TRUE(client->list(kShop));
  const auto version = create_one(*client);
  ASSERT_TRUE(version) << version.error().sentence();
  EXPECT_EQ(version->number, 1U);
  EXPECT_EQ(client.connections(), 2);
  const std::string request = client.requests().at(1);
  EXPECT_EQ(line_of(request),
            "POST /client/v4/accounts/acc/workers/workers/shop/versions HTTP/1.1");
  EXPECT_NE(request.find("\r\nContent-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(request.find("\r\nConnection: close\r\n"), std::string::npos);
  EXPECT_EQ(request.find("Transfer-Encoding"), std::string::npos);
  const auto body = parse_json(body_of(request));
  ASSERT_TRUE(body) << body.error();
  EXPECT_EQ((*body)["modules"][0]["content_base64"], "ZXhwb3J0IGRlZmF1bHQge30=");
}

TEST(CloudflareApi, ANameIsEncodedIntoItsPath) {
  Client client({json_answer(200, success(a_version_json(1)))});
  MemoryContents contents(10);
  ASSERT_TRUE(client->create(WorkerId("a/../b?c"), contents.bundle(), contents, Deploy::yes));
  EXPECT_EQ(
      line_of(client.requests()[0]),
      "POST /client/v4/accounts/acc/workers/workers/a%2F..%2Fb%3Fc/versions?deploy=true HTTP/1.1");
}

TEST(CloudflareApi, ABundleThatWouldBeRefusedIsNotSent) {
  Client client({json_answer(200, success(a_version_json(1)))});
  MemoryContents contents(10);
  Bundle bundle = contents.bundle();
  bundle.settings.bindings = {{"A", "d1", {R"({"name":"A","type":"d1"})"}}};
  const auto version = client->create(kShop, bundle, contents, Deploy::no);
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().kind, FailureKind::refused);
  EXPECT_EQ(version.error().pointer, "/bindings/0/database_id");
  EXPECT_EQ(client.connections(), 0);
}

TEST(CloudflareApi, PatchesTheLatestVersion) {
  Client client({json_answer(200, success(a_version_json(9)))});
  ASSERT_TRUE(client->patch_latest(kShop, {R"({"env":{"A":null}})"}, Deploy::no));
  const std::string request = client.requests()[0];
  EXPECT_EQ(line_of(request),
            "PATCH /client/v4/accounts/acc/workers/workers/shop/versions/latest HTTP/1.1");
  EXPECT_NE(request.find("Content-Type: application/merge-patch+json\r\n"), std::string::npos);
  EXPECT_EQ(body_of(request), R"({"env":{"A":null}})");
}

TEST(CloudflareApi, DeletesByFullIdAndTakesGoneForGone) {
  const Tick never = Tick::max();
  {
    Client client({json_answer(200, R"({"success":true,"errors":[],"messages":[]})")});
    EXPECT_TRUE(client->remove(kShop, an_id(7), never));
    EXPECT_EQ(line_of(client.requests()[0]),
              "DELETE /client/v4/accounts/acc/workers/workers/shop/versions/" +
                  std::string(an_id(7).text()) + " HTTP/1.1");
  }
  {
    Client client({"HTTP/1.1 204 No Content\r\n\r\n"});
    EXPECT_TRUE(client->remove(kShop, an_id(7), never));
  }
  {
    Client client({json_answer(404, failed(10071, "no such version"))});
    EXPECT_EQ(client->remove(kShop, an_id(7), never).error().kind, FailureKind::not_found);
  }
  {
    Client client({json_answer(409, failed(10064, "it serves"))});
    EXPECT_EQ(client->remove(kShop, an_id(7), never).error().kind, FailureKind::refused);
  }
}

// Promise 12: a delete never leaves later than the deployments it relies on allow.
TEST(CloudflareApi, ADeleteThatIsTooLateIsNotSent) {
  Client client({json_answer(200, R"({"success":true})")});
  const auto gone = client->remove(kShop, an_id(7), client.clock().tick() - 1ms);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, FailureKind::throttled);
  EXPECT_EQ(client.connections(), 0);
}

constexpr const char* kHistory =
    R"({"deployments":[{"id":"d","source":"api","strategy":"percentage",)"
    R"("created_on":"2026-03-10T12:00:00Z",)"
    R"("versions":[{"version_id":"00000007-1111-4222-8333-444455556666","percentage":100}]}]})";

TEST(CloudflareApi, ReadsDeploymentsByScriptNameWhichItLooksUpOnce) {
  const WorkerId by_id("0123456789abcdef0123456789abcdef");
  Client client(
      {json_answer(200, success(fmt::format(R"({{"id":"{}","name":"shop"}})", by_id.text()))),
       json_answer(200, success(kHistory))});
  for (int i = 0; i < 2; ++i) {
    const auto history = client->deployments(by_id);
    ASSERT_TRUE(history) << history.error().sentence();
    EXPECT_EQ(history->deployments.at(0).versions.at(0).version, an_id(7));
  }
  const auto requests = client.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(line_of(requests[2]),
            "GET /client/v4/accounts/acc/workers/scripts/shop/deployments HTTP/1.1");
}

// Another Worker may have its old name by now.
TEST(CloudflareApi, LooksTheScriptNameUpAgainAfterEachListing) {
  const WorkerId by_id("0123456789abcdef0123456789abcdef");
  const auto named = [&](const char* name) {
    return json_answer(200,
                       success(fmt::format(R"({{"id":"{}","name":"{}"}})", by_id.text(), name)));
  };
  Client client({named("shop"), json_answer(200, success(kHistory)),
                 json_answer(200, a_page(1, 0, 1, 0)), named("renamed"),
                 json_answer(200, success(kHistory))});
  ASSERT_TRUE(client->deployments(by_id));
  ASSERT_TRUE(client->list(by_id));
  ASSERT_TRUE(client->deployments(by_id));
  const auto requests = client.requests();
  ASSERT_EQ(requests.size(), 5U);
  EXPECT_EQ(line_of(requests[4]),
            "GET /client/v4/accounts/acc/workers/scripts/renamed/deployments HTTP/1.1");
}

TEST(CloudflareApi, DeploysAndChecksWhatWasDeployed) {
  const std::string good = dump_json((*parse_json(kHistory))["deployments"][0]);
  Client client({json_answer(200, success(good))});
  ASSERT_TRUE(client->deploy(kShop, {{an_id(7), 100}}, "go", Force::yes));
  EXPECT_EQ(line_of(client.requests()[0]),
            "POST /client/v4/accounts/acc/workers/scripts/shop/deployments?force=true HTTP/1.1");
  const auto other = client->deploy(kShop, {{an_id(8), 100}}, "go", Force::no);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, FailureKind::unknown_outcome);
}

TEST(CloudflareApi, AFailureCarriesAllThatSupportNeeds) {
  Client client({json_answer(
      400,
      R"({"success":false,"errors":[{"code":10021,"message":"bad","documentation_url":"https://d/",)"
      R"("source":{"pointer":"/main_module"}},{"code":1,"message":"worse"}]})",
      "cf-ray: 8c1\r\n")});
  const auto version = create_one(*client);
  ASSERT_FALSE(version);
  const Failure& failure = version.error();
  EXPECT_EQ(failure.kind, FailureKind::refused);
  EXPECT_EQ(failure.sentence(),
            "create a version of shop: bad; worse (HTTP 400, code 10021, at /main_module, ray 8c1, "
            "see https://d/)");
}

// Promise 23: the token appears in no error, whatever the server sends back.
TEST(CloudflareApi, NoFailureHoldsTheToken) {
  const std::string canary = kToken;
  Client client({json_answer(400,
                             R"({"success":false,"errors":[{"code":1,"message":"bad )" + canary +
                                 R"(","documentation_url":"u)" + canary + R"(",)" +
                                 R"("source":{"pointer":"p)" + canary + R"("}}]})",
                             "cf-ray: " + canary + "\r\n")});
  const auto version = create_one(*client);
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().sentence().find(canary), std::string::npos);
  EXPECT_NE(version.error().sentence().find("bad [redacted]"), std::string::npos);
}

TEST(CloudflareApi, AReplacedTokenIsUsedByTheNextCall) {
  Client client({json_answer(401, failed(10000, "Authentication error")),
                 json_answer(200, a_page(1, 0, 1, 0))});
  EXPECT_EQ(client->list(kShop).error().kind, FailureKind::unauthorized);
  client->replace_token(Secret("fresh"));
  EXPECT_TRUE(client->list(kShop));
  EXPECT_NE(client.requests()[1].find("Authorization: Bearer fresh\r\n"), std::string::npos);
}

// Promise 19: after a 429 the next request stays here until Retry-After has passed.
TEST(CloudflareApi, A429KeepsTheNextRequestBack) {
  Client client({json_answer(429, failed(10429, "slow down"), "Retry-After: 120\r\n")});
  const auto first = client->list(kShop);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().kind, FailureKind::throttled);
  EXPECT_EQ(first.error().retry_after, 120s);
  const auto second = create_one(*client);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, FailureKind::throttled);
  EXPECT_GT(*second.error().retry_after, 110s);
  EXPECT_EQ(client.requests().size(), 1U);
}

TEST(CloudflareApi, CountsWhatItSends) {
  Client client({json_answer(200, a_page(1, 0, 1, 0),
                             "Ratelimit: \"default\";r=1100;t=200\r\n"
                             "Ratelimit-Policy: \"burst\";q=1200;w=300\r\n"),
                 json_answer(404, failed(10007, "no such Worker"))});
  EXPECT_FALSE(client->traffic().budget_remaining);
  ASSERT_TRUE(client->list(kShop));
  EXPECT_FALSE(client->list(kShop));
  const Traffic traffic = client->traffic();
  EXPECT_EQ(traffic.requests.at({"list", "2xx"}), 1U);
  EXPECT_EQ(traffic.requests.at({"list", "4xx"}), 1U);
  EXPECT_LE(*traffic.budget_remaining, 1100U);
  EXPECT_GT(*traffic.budget_reset, 100s);
  EXPECT_FALSE(traffic.write_in_flight);
  EXPECT_FALSE(client->deadline());
}

TEST(CloudflareApi, ReadOnlyAccessRefusesWritesBeforeTheSocket) {
  Script script({json_answer(200, a_page(1, 0, 1, 0))});
  RawServer server([&script](RawConnection& connection) { script(connection); });
  SystemClock clock;
  auto options = options_for(server);
  options.access = Access::read_only;
  const auto api = an_api(options, clock);
  EXPECT_EQ(create_one(*api).error().kind, FailureKind::local);
  EXPECT_EQ(api->remove(kShop, an_id(7), Tick::max()).error().kind, FailureKind::local);
  EXPECT_EQ(api->patch_latest(kShop, {"{}"}, Deploy::no).error().kind, FailureKind::local);
  EXPECT_EQ(api->deploy(kShop, {{an_id(7), 100}}, "", Force::no).error().kind, FailureKind::local);
  EXPECT_EQ(server.connections(), 0);
  EXPECT_EQ(api->traffic().blocked_writes.at("create"), 1U);
  EXPECT_EQ(api->traffic().blocked_writes.size(), 4U);
  EXPECT_TRUE(api->list(kShop));
}

TEST(CloudflareApi, OptionsThatCannotBeUsedAreSaid) {
  SystemClock clock;
  const auto error = [&clock](auto change, const char* token = kToken) {
    CloudflareApi::Options options;
    options.account = AccountId("acc");
    change(options);
    auto made = CloudflareApi::make(options, Secret(token), clock);
    return made ? std::string() : made.error().detail;
  };
  EXPECT_EQ(error([](auto&) {}), "");
  EXPECT_NE(error([](auto& o) { o.api = "http://api.example.com"; }).find("in the clear"),
            std::string::npos);
  EXPECT_NE(error([](auto& o) { o.api = "ftp://x"; }), "");
  EXPECT_NE(error([](auto& o) { o.proxy = "socks5://x"; }), "");
  EXPECT_NE(error([](auto& o) { o.ca_file = "/nowhere/ca.pem"; }), "");
  EXPECT_NE(error([](auto& o) { o.account = AccountId(""); }), "");
  EXPECT_NE(error([](auto&) {}, ""), "");
  const std::string injected = error([](auto&) {}, "tok\r\nX: y");
  EXPECT_NE(injected, "");
  EXPECT_EQ(injected.find("tok\r"), std::string::npos);
}

}  // namespace
}  // namespace rollout
