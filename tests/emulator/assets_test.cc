// SPDX-License-Identifier: Apache-2.0
// Static assets: what a session asks for, what it takes, and what a create redeems.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/codec/base64.h"
#include "daemon/codec/sha256.h"
#include "tests/emulator/cloud_world.h"
#include "tests/support/emulator_server.h"

#include <httplib.h>

namespace rollout {
namespace {

/// Digits that name a file in these tests.
std::string hash(char digit) {
  return std::string(32, digit);
}

struct AssetWorld : CloudWorld {
  using CloudWorld::CloudWorld;

  Json open(std::string_view manifest, std::string_view script = "shop") {
    return shown(cloud.open_asset_session(script, Json{{"manifest", json(manifest)}}));
  }
  Json send(const Json& session, const std::vector<std::pair<char, std::string>>& files) {
    std::vector<AssetPart> parts;
    for (const auto& [digit, content] : files) {
      parts.push_back({hash(digit), "text/plain", encode_base64(content)});
    }
    return shown(
        cloud.upload_assets(session["jwt"].get<std::string>(), parts, AssetEncoding::base64));
  }
  Json redeem(const Json& answer) {
    return create(dump_json(Json{{"assets", Json{{"jwt", answer["jwt"]}}}}));
  }
};

const std::string kTwo = R"({"/a.txt":{"hash":")" + hash('a') +
                         R"(","size":2},"/b.txt":{"hash":")" + hash('b') + R"(","size":3}})";

TEST(Assets, AreAskedForUntilTheLastOfThemBringsTheTokenThatACreateRedeems) {
  AssetWorld world;
  const Json session = world.open(kTwo);
  EXPECT_EQ(session["buckets"], Json::array({Json::array({hash('a'), hash('b')})}));
  EXPECT_EQ(world.send(session, {{'a', "aa"}}), Json::object()) << "one is missing";
  const Json done = world.send(session, {{'b', "bbb"}});
  ASSERT_TRUE(done.contains("jwt"));
  EXPECT_NE(done["jwt"], session["jwt"]);
  const Json version = world.redeem(done);
  EXPECT_EQ(version["number"], 1);
  EXPECT_FALSE(version["assets"].contains("jwt"));
  const Json kept = world.cloud.assets();
  EXPECT_EQ(kept["versions"][version["id"].get<std::string>()], json(kTwo));
  EXPECT_EQ(kept["files"][hash('a')]["sha256"], sha256("aa").hex());
}

TEST(Assets, ThatTheAccountHasAreNotAskedForAgain) {
  AssetWorld world;
  world.send(world.open(kTwo), {{'a', "aa"}});
  const Json again = world.open(kTwo);
  EXPECT_EQ(again["buckets"], Json::array({Json::array({hash('b')})})) << "a broken upload resumed";
  world.send(again, {{'b', "bbb"}});
  const Json whole = world.open(kTwo);
  EXPECT_EQ(whole["buckets"], Json::array());
  EXPECT_EQ(world.redeem(whole)["number"], 1) << "its token is the completion token at once";
  EXPECT_EQ(world.cloud.assets()["files"][hash('a')]["uploads"], 1);
}

TEST(Assets, AreAskedForInBucketsOfABoundedSize) {
  CloudRules rules;
  rules.asset_bucket = 4;
  AssetWorld world(rules);
  EXPECT_EQ(world.open(kTwo)["buckets"],
            Json::array({Json::array({hash('a')}), Json::array({hash('b')})}));
}

TEST(Assets, TokensEndAfterAnHour) {
  AssetWorld world;
  const Json session = world.open(kTwo);
  world.cloud.advance(std::chrono::minutes(61));
  const Json late = world.send(session, {{'a', "aa"}});
  EXPECT_EQ(late["code"], 10000);
  EXPECT_EQ(late["status"], 401);

  const Json other = world.open(kTwo);
  const Json done = world.send(other, {{'a', "aa"}, {'b', "bbb"}});
  world.cloud.advance(std::chrono::minutes(61));
  EXPECT_EQ(world.redeem(done)["pointer"], "/assets/jwt");
}

TEST(Assets, TokensAreOfOneWorkerAndOneKind) {
  AssetWorld world;
  ASSERT_TRUE(world.cloud.create_worker(json(R"({"name":"other"})")));
  const Json session = world.open(kTwo);
  EXPECT_EQ(world.redeem(session)["code"], 10021) << "it takes files and creates nothing";
  const Json others = world.open(kTwo, "other");
  const Json done = world.send(others, {{'a', "aa"}, {'b', "bbb"}});
  EXPECT_EQ(world.redeem(done)["code"], 10021);
  EXPECT_EQ(world.redeem(Json{{"jwt", "made up"}})["code"], 10021);
}

TEST(Assets, AreInheritedByAPatchAndNotByACreate) {
  AssetWorld world;
  const Json first = world.redeem(world.send(world.open(kTwo), {{'a', "aa"}, {'b', "bbb"}}));
  const Json patched = world.patch("{}");
  const Json plain = world.create();
  const Json versions = world.cloud.assets()["versions"];
  EXPECT_EQ(versions[patched["id"].get<std::string>()], json(kTwo));
  EXPECT_FALSE(versions.contains(plain["id"].get<std::string>()));
  EXPECT_EQ(versions.size(), 2U) << first;
}

TEST(Assets, SurviveARestart) {
  AssetWorld world;
  const Json session = world.open(kTwo);
  world.send(session, {{'a', "aa"}});
  const auto records = world.cloud.snapshot();
  ASSERT_TRUE(world.cloud.restore(records));
  EXPECT_TRUE(world.send(session, {{'b', "bbb"}}).contains("jwt"));
}

struct WrongManifest {
  const char* name;
  const char* manifest;
  const char* pointer;
};

class AssetManifest : public testing::TestWithParam<WrongManifest> {};

TEST_P(AssetManifest, IsRefused) {
  AssetWorld world;
  const Json answer = world.open(GetParam().manifest);
  EXPECT_EQ(answer["code"], 10021) << answer;
  EXPECT_EQ(answer["pointer"], GetParam().pointer);
}

INSTANTIATE_TEST_SUITE_P(
    Wrong, AssetManifest,
    testing::Values(
        WrongManifest{"NoObject", "[]", "/manifest"},
        WrongManifest{"Path", R"({"a":{"hash":"00000000000000000000000000000000","size":1}})",
                      "/manifest/a"},
        WrongManifest{"Hash", R"({"/a":{"hash":"0000","size":1}})", "/manifest/~1a/hash"},
        WrongManifest{"Size", R"({"/a":{"hash":"00000000000000000000000000000000"}})",
                      "/manifest/~1a/size"},
        WrongManifest{"TooLarge",
                      R"({"/a":{"hash":"00000000000000000000000000000000","size":26214401}})",
                      "/manifest/~1a/size"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(Assets, OfAnUploadCountWholeOrNotAtAll) {
  AssetWorld world;
  const Json session = world.open(kTwo);
  EXPECT_EQ(world.send(session, {{'a', "aa"}, {'b', "short"}})["code"], 10021);
  EXPECT_EQ(world.send(session, {{'a', "aa"}, {'c', "ccc"}})["code"], 10021) << "not in it";
  EXPECT_EQ(world.send(session, {})["code"], 10021);
  EXPECT_EQ(world.cloud.assets()["files"], Json::object());
}

/// The same over HTTP.
class AssetCalls : public testing::Test {
 protected:
  explicit AssetCalls(CloudRules rules = {})
      : server_({.workers = {"shop"}, .rules = rules, .rate_limit = {}}) {}

  Json open() {
    httplib::Client client(server_.origin());
    client.set_bearer_token_auth(server_.token().c_str());
    const auto answer = client.Post(path("scripts/shop/assets-upload-session").c_str(),
                                    R"({"manifest":)" + kTwo + "}", "application/json");
    EXPECT_EQ(answer->status, 200) << answer->body;
    return json(answer->body)["result"];
  }
  std::string path(const std::string& below) const {
    return "/client/v4/accounts/" + server_account() + "/workers/" + below;
  }
  std::string server_account() const { return kAccount; }
  httplib::Client with_token(const Json& session) const {
    httplib::Client client(origin_);
    client.set_bearer_token_auth(session["jwt"].get<std::string>().c_str());
    return client;
  }

  static constexpr const char* kAccount = "0123456789abcdef0123456789abcdef";
  EmulatorServer server_;
  std::string origin_ = server_.origin();
};

TEST_F(AssetCalls, TakeABucketInPartsWith202AndTheLastWith201) {
  const Json session = open();
  auto client = with_token(session);
  const std::string upload = path("assets/upload?base64=true");
  const auto first = client.Post(
      upload.c_str(),
      httplib::MultipartFormDataItems{{hash('a'), "YWE=", hash('a'), "text/html; charset=utf-8"}});
  EXPECT_EQ(first->status, 202) << first->body;
  EXPECT_EQ(json(first->body)["result"], Json::object());
  const auto last = client.Post(
      upload.c_str(),
      httplib::MultipartFormDataItems{{hash('b'), "YmJi", hash('b'), "application/null"}});
  EXPECT_EQ(last->status, 201) << last->body;
  EXPECT_TRUE(json(last->body)["result"].contains("jwt"));
  const Json kept = server_.cloud()->assets();
  EXPECT_EQ(kept["files"][hash('a')]["content_type"], "text/html; charset=utf-8");
}

TEST_F(AssetCalls, NeedTheSessionsToken) {
  open();
  auto client = with_token(Json{{"jwt", server_.token()}});
  const auto answer = client.Post(path("assets/upload?base64=true").c_str(),
                                  httplib::MultipartFormDataItems{{hash('a'), "YWE=", "a", ""}});
  EXPECT_EQ(answer->status, 401);
  httplib::Client nobody(origin_);
  EXPECT_EQ(nobody.Post(path("assets/upload/" + hash('a')).c_str(), "aa", "text/plain")->status,
            401);
}

class SingleAssetCalls : public AssetCalls {
 protected:
  SingleAssetCalls() : AssetCalls(rules()) {}
  static CloudRules rules() {
    CloudRules out;
    out.asset_uploads = AssetUploads::single;
    return out;
  }
};

TEST_F(SingleAssetCalls, TakeOneFileEachAsItIs) {
  const Json session = open();
  const std::string payload = session["jwt"].get<std::string>();
  const auto first_dot = payload.find('.');
  std::string part = payload.substr(first_dot + 1, payload.rfind('.') - first_dot - 1);
  part.append((4 - part.size() % 4) % 4, '=');
  const auto claims = decode_base64(part);
  ASSERT_TRUE(claims) << part;
  EXPECT_EQ(json(*claims)["wrangler_single_asset_uploads"], true);
  auto client = with_token(session);
  EXPECT_EQ(client.Post(path("assets/upload/" + hash('a')).c_str(), "aa", "text/plain")->status,
            202);
  EXPECT_EQ(client.Post(path("assets/upload/" + hash('b')).c_str(), "bbb", "text/css")->status,
            201);
}

}  // namespace
}  // namespace rollout
