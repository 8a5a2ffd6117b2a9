// SPDX-License-Identifier: Apache-2.0
#include "daemon/emulator/front.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <nlohmann/json.hpp>

#include "tests/support/emulator_server.h"

namespace rollout {
namespace {

constexpr const char* kBody =
    R"({"main_module":"index.js","annotations":{"workers/tag":"v1"},
        "modules":[{"name":"index.js","content_type":"application/javascript+module",
                    "content_base64":"aGVsbG8="}]})";

/// The emulator on a free port and a client that is let in.
class LocalApi : public testing::Test {
 protected:
  std::string path(const std::string& below) const {
    return "/client/v4/accounts/" + server_.account() + "/workers/" + below;
  }
  httplib::Client client() const {
    httplib::Client made(server_.origin());
    made.set_bearer_token_auth(server_.token().c_str());
    return made;
  }
  httplib::Result create(httplib::Client& from, const char* body = kBody) const {
    return from.Post(path("workers/shop/versions").c_str(), body, "application/json");
  }
  std::size_t version_count() {
    return (*server_.cloud()->versions("shop", {.page = 1, .per_page = 100})).items.size();
  }

  EmulatorServer server_;
};

Json json_of(const httplib::Result& result) {
  EXPECT_TRUE(result) << httplib::to_string(result.error());
  auto parsed = parse_json(result ? result->body : "null");
  EXPECT_TRUE(parsed) << result->body;
  return parsed ? *parsed : Json();
}

TEST_F(LocalApi, AnswersACreateWithAnEnvelope) {
  auto from = client();
  const auto answer = create(from);
  const Json body = json_of(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->get_header_value("Content-Type"), "application/json");
  EXPECT_TRUE(parse_http_date(answer->get_header_value("Date")));
  EXPECT_FALSE(answer->get_header_value("cf-ray").empty());
  EXPECT_EQ(body["success"], true);
  EXPECT_EQ(body["errors"], Json::array());
  EXPECT_EQ(body["result"]["number"], 1);
  EXPECT_FALSE(body["result"].contains("modules"));
}

TEST_F(LocalApi, AnswersADeleteWithoutAResult) {
  auto from = client();
  const Json made = json_of(create(from));
  const std::string one = path("workers/shop/versions/" + made["result"]["id"].get<std::string>());
  const auto deleted = from.Delete(one.c_str());
  EXPECT_EQ(deleted->status, 200);
  EXPECT_FALSE(json_of(deleted).contains("result"));
  const auto again = from.Delete(one.c_str());
  EXPECT_EQ(again->status, 404);
  EXPECT_EQ(json_of(again)["errors"][0]["code"], 10071);
}

TEST_F(LocalApi, PagesWithACompleteResultInfo) {
  auto from = client();
  for (int i = 0; i < 3; ++i) create(from);
  const Json last = json_of(from.Get(path("workers/shop/versions?per_page=2&page=2").c_str()));
  EXPECT_EQ(
      last["result_info"],
      Json({{"count", 1}, {"page", 2}, {"per_page", 2}, {"total_count", 3}, {"total_pages", 2}}));
  EXPECT_EQ(last["result"][0]["number"], 1);
  const auto beyond = from.Get(path("workers/shop/versions?per_page=2&page=3").c_str());
  EXPECT_EQ(beyond->status, 200);
  EXPECT_EQ(json_of(beyond)["result"], Json::array());
}

struct RefusedCase {
  const char* name;
  const char* method;
  std::string path;  ///< Below /client/v4/accounts/{account}/workers/, or absolute.
  int status;
  int code;
};

class LocalApiRefuses : public LocalApi, public testing::WithParamInterface<RefusedCase> {};

TEST_P(LocalApiRefuses, WithTheCodeOfTheTable) {
  auto from = client();
  const RefusedCase& given = GetParam();
  httplib::Request request;
  request.method = given.method;
  request.path = given.path.starts_with("/") ? given.path : path(given.path);
  if (request.method == "POST" || request.method == "PATCH") {
    request.body = "{}";
    request.set_header("Content-Type", "text/plain");
  }
  const auto answer = from.send(request);
  const Json body = json_of(answer);
  EXPECT_EQ(answer->status, given.status);
  EXPECT_EQ(body["success"], false);
  EXPECT_EQ(body["errors"][0]["code"], given.code) << body;
}

INSTANTIATE_TEST_SUITE_P(
    Calls, LocalApiRefuses,
    testing::Values(
        RefusedCase{"PerPageZero", "GET", "workers/shop/versions?per_page=0", 400, 10004},
        RefusedCase{"PerPageTooLarge", "GET", "workers/shop/versions?per_page=101", 400, 10004},
        RefusedCase{"PageZero", "GET", "workers/shop/versions?page=0", 400, 10004},
        RefusedCase{"PageNoNumber", "GET", "workers/shop/versions?page=one", 400, 10004},
        RefusedCase{"OtherInclude", "GET", "workers/shop/versions/latest?include=x", 400, 10004},
        RefusedCase{"UnknownWorker", "GET", "workers/none/versions", 404, 10007},
        RefusedCase{"UnknownOrder", "GET", "workers?order_by=size", 400, 10004},
        RefusedCase{"WrongContentType", "POST", "workers/shop/versions", 415, 10001},
        RefusedCase{"PatchOfAnother", "PATCH", "workers/shop/versions/12345678", 404, 7003},
        RefusedCase{"NoRoute", "GET", "nothing", 404, 7003},
        RefusedCase{"UnknownAccount", "GET", "/client/v4/accounts/ffff/workers/workers", 404, 7003},
        RefusedCase{"OtherBase", "GET", "/v5", 404, 7003}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST_F(LocalApi, VerifiesTheTokenAsAUsersAndAsTheAccounts) {
  auto from = client();
  for (const std::string& owner : {std::string("user"), "accounts/" + server_.account()}) {
    const auto answer = from.Get(("/client/v4/" + owner + "/tokens/verify").c_str());
    EXPECT_EQ(json_of(answer)["result"]["status"], "active");
  }
  httplib::Client other(server_.origin());
  other.set_bearer_token_auth("another");
  EXPECT_EQ(other.Get("/client/v4/user/tokens/verify")->status, 403);
}

TEST_F(LocalApi, RefusesATokenThatIsMissingOrWrong) {
  httplib::Client nobody(server_.origin());
  const auto missing = nobody.Get(path("workers").c_str());
  EXPECT_EQ(missing->status, 401);
  EXPECT_EQ(json_of(missing)["errors"][0]["code"], 10000);
  nobody.set_bearer_token_auth("wrong");
  const auto wrong = nobody.Get(path("workers").c_str());
  EXPECT_EQ(wrong->status, 403);
  EXPECT_EQ(json_of(wrong)["errors"][0]["code"], 10000);
}

TEST_F(LocalApi, FaultBeforeHasNoEffect) {
  server_.add_faults(R"([{"method":"POST","path":"*/versions","status":503}])");
  auto from = client();
  EXPECT_EQ(create(from)->status, 503);
  EXPECT_EQ(version_count(), 0U);
  EXPECT_EQ(create(from)->status, 200) << "it strikes once";
}

TEST_F(LocalApi, FaultAfterReplacesTheAnswerOfAnEffect) {
  server_.add_faults(R"([{"when":"after","status":502,"body":"<html>","times":2,
                          "headers":{"Content-Type":"text/html","Retry-After":"7"}}])");
  auto from = client();
  const auto answer = create(from);
  EXPECT_EQ(answer->status, 502);
  EXPECT_EQ(answer->body, "<html>");
  EXPECT_EQ(answer->get_header_value("Content-Type"), "text/html");
  EXPECT_EQ(answer->get_header_value("Retry-After"), "7");
  EXPECT_EQ(version_count(), 1U);
}

TEST_F(LocalApi, FaultDropClosesTheConnectionAfterTheEffect) {
  server_.add_faults(R"([{"when":"after","drop":true}])");
  auto from = client();
  EXPECT_EQ(create(from).error(), httplib::Error::Read);
  EXPECT_EQ(version_count(), 1U);
  EXPECT_EQ(server_.requests()[0]["status"], 0);
}

TEST_F(LocalApi, FaultMayPromiseMoreBytesThanItSends) {
  server_.add_faults(R"([{"status":200,"body":"{\"succ","headers":{"Content-Length":"900"}}])");
  auto from = client();
  EXPECT_FALSE(from.Get(path("workers").c_str()));
}

TEST_F(LocalApi, DelayedAnswersDoNotHoldUpOthersOrTheEnd) {
  server_.add_faults(R"([{"method":"POST","delay":"1h","times":40}])");
  std::vector<std::jthread> waiting;
  for (int i = 0; i < 40; ++i) {
    // The client is made here: the server may be gone when its thread begins.
    waiting.emplace_back([this, from = client()]() mutable {
      EXPECT_FALSE(create(from)) << "the end of the server cuts it";
    });
  }
  auto other = client();
  while (server_.count_requests("GET") < 3) {
    EXPECT_EQ(other.Get(path("workers").c_str())->status, 200);
  }
  server_.stop();
}

TEST_F(LocalApi, RequestsAreLoggedWithoutSecrets) {
  auto from = client();
  create(from, R"({"bindings":[{"name":"A","type":"secret_text","text":"hush"},
      {"name":"B","type":"plain_text","text":"seen"},
      {"name":"C","type":"secret_key","format":"raw","algorithm":{},"usages":[],
       "key_base64":"hush"}],"assets":{"jwt":"hush"}})");
  from.Get(path("workers?page=1").c_str());
  httplib::Client control(server_.origin());
  const Json log = json_of(control.Get("/__emulator/requests"))["requests"];
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log[0]["method"], "POST");
  EXPECT_EQ(log[0]["path"], path("workers/shop/versions"));
  EXPECT_EQ(log[0]["status"], 400) << "no session has given that token";
  EXPECT_EQ(log[0]["body"]["bindings"][1]["text"], "seen");
  EXPECT_EQ(log[1]["query"], Json({{"page", "1"}}));
  EXPECT_EQ(log.dump().find("hush"), std::string::npos) << log;
  EXPECT_EQ(log.dump().find(server_.token()), std::string::npos) << log;
}

TEST_F(LocalApi, ControlMovesTheClockOfTheDateHeader) {
  auto from = client();
  const auto date = [&] {
    return *parse_http_date(from.Get(path("workers").c_str())->get_header_value("Date"));
  };
  const Instant before = date();
  const auto moved = from.Post("/__emulator/clock", R"({"advance":"30d"})", "application/json");
  EXPECT_EQ(moved->status, 200);
  EXPECT_GE(date() - before, std::chrono::days(30));
}

TEST_F(LocalApi, ControlResetsToTheWorkersOfTheStart) {
  auto from = client();
  create(from);
  from.Post("/__emulator/faults", R"([{"status":500}])", "application/json");
  EXPECT_EQ(from.Post("/__emulator/reset")->status, 200);
  EXPECT_EQ(version_count(), 0U);
  EXPECT_EQ(json_of(create(from))["result"]["number"], 1);
}

TEST_F(LocalApi, ControlExplainsWhatItDoesNotUnderstand) {
  auto from = client();
  const auto error = [&](const char* where, const char* body) {
    const auto answer = from.Post(where, body, "application/json");
    EXPECT_EQ(answer->status, 400);
    return json_of(answer)["error"].get<std::string>();
  };
  EXPECT_EQ(error("/__emulator/faults", R"([{"statsu":500}])"), "fault 0: unknown key `statsu`");
  EXPECT_EQ(error("/__emulator/faults", R"([{"delay":"2 s"}])"),
            "fault 0: `delay` is no duration such as 2s or 500ms");
  EXPECT_EQ(error("/__emulator/clock", R"({"advance":"1m"})"),
            "`advance` must be a duration such as 30d or 90min");
  EXPECT_EQ(error("/__emulator/seed", "[]"), "a seed is an object with a list `workers`");
}

TEST_F(LocalApi, ReadsChunkedBodiesAndRefusesTooLargeOnes) {
  auto from = client();
  const std::string piece(1 << 20, 'a');
  int sent = 0;
  const auto answer = from.Post(
      path("workers/shop/versions").c_str(),
      [&](std::size_t, httplib::DataSink& sink) {
        if (++sent > 101) {
          sink.done();
          return true;
        }
        return sink.write(piece.data(), piece.size());
      },
      "application/json");
  EXPECT_EQ(answer->status, 413);
  EXPECT_EQ(json_of(answer)["errors"][0]["code"], 10027);
  EXPECT_EQ(create(from)->status, 200) << "the connection is still good";
}

TEST(LocalApiLimits, RefusesEveryCallPastTheQuota) {
  EmulatorServer server({.rate_limit = {.quota = 2, .window = std::chrono::minutes(5)}});
  httplib::Client from(server.origin());
  from.set_bearer_token_auth(server.token().c_str());
  const std::string path = "/client/v4/accounts/" + server.account() + "/workers/workers";
  const auto first = from.Get(path.c_str());
  EXPECT_EQ(first->get_header_value("Ratelimit"), R"("default";r=1;t=300)");
  EXPECT_EQ(first->get_header_value("Ratelimit-Policy"), R"("burst";q=2;w=300)");
  EXPECT_FALSE(first->has_header("retry-after"));
  EXPECT_EQ(from.Get(path.c_str())->status, 200);
  const auto refused = from.Get(path.c_str());
  EXPECT_EQ(refused->status, 429);
  EXPECT_EQ(refused->get_header_value("retry-after"), "300");
  server.advance(std::chrono::minutes(5));
  EXPECT_EQ(from.Get(path.c_str())->status, 200);
}

TEST(LocalApiAddress, TwoServersCannotShareAPort) {
  EmulatorServer first;
  const auto second =
      Front::listen(first.emulator(), {.host = "127.0.0.1", .port = first.port()}, std::nullopt);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find("Address already in use"), std::string::npos) << second.error();
}

}  // namespace
}  // namespace rollout
