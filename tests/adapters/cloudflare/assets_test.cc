// SPDX-License-Identifier: Apache-2.0
// The upload of assets against the emulator: what is sent, how often, and what a failure means.
#include <gtest/gtest.h>

#include <latch>
#include <nlohmann/json.hpp>
#include <thread>

#include "daemon/codec/blake3.h"
#include "daemon/codec/sha256.h"
#include "tests/adapters/cloudflare/test_api.h"
#include "tests/support/emulator_server.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;
using Texts = std::map<std::string, std::string>;

/// Files in memory.
class TextContents final : public ModuleContents {
 public:
  explicit TextContents(const Texts& texts) : texts_(texts) {}
  Result<void> read(const Module& module, const Sink& sink) override {
    const std::string& text = texts_.at(module.name);
    if (sha256(text) != module.sha256) {
      return std::unexpected(Failure{.kind = FailureKind::invalid, .detail = "it changed"});
    }
    sink(std::as_bytes(std::span(text)));
    return {};
  }

 private:
  const Texts& texts_;
};

std::string hash_of(const std::string& text) {
  AssetHash hash;
  hash.add(std::as_bytes(std::span(text)));
  return hash.finish("html");
}

/// A client of the emulator and an upload of some files.
class Assets : public testing::Test {
 protected:
  explicit Assets(CloudRules rules = {}) : server_(setup(rules)) {
    api_ = client(Access::full);
    for (int i = 0; i < 6; ++i) {
      texts_.emplace("page" + std::to_string(i) + ".html", std::string(100, char('a' + i)));
    }
    keep_set();
  }

  static EmulatorServerSetup setup(CloudRules rules) {
    rules.asset_bucket = 250;  // Two files each.
    EmulatorServerSetup out;
    out.rules = rules;
    return out;
  }
  std::unique_ptr<CloudflareApi> client(Access access) {
    CloudflareApi::Options options;
    options.account = AccountId(server_.account());
    options.api = server_.base_url();
    options.access = access;
    options.version = "0.1.0";
    auto made = CloudflareApi::make(std::move(options), Secret(server_.token()), clock_);
    ENSURE(made.has_value(), "the test's options must be good");
    return std::move(*made);
  }
  void keep_set() {
    set_ = {};
    for (const auto& [name, text] : texts_) {
      set_.files.push_back({.file = {name, "text/html; charset=utf-8", text.size(), sha256(text)},
                            .hash = hash_of(text)});
      set_.bytes += text.size();
    }
  }
  Result<std::string> upload() {
    std::vector<std::unique_ptr<ModuleContents>> readers;
    for (int i = 0; i < 3; ++i) readers.push_back(std::make_unique<TextContents>(texts_));
    AssetUpload upload{.assets = set_, .readers = readers, .progress = {}};
    upload.progress = [this](const AssetProgress& now) {
      told_.push_back(now);
      return told_.size() != interrupted_at_;
    };
    return api_->upload_assets(kShop, upload);
  }
  Result<Version> create(const std::string& token) {
    Bundle bundle;
    bundle.assets_jwt = token;
    TextContents none(texts_);
    return api_->create(kShop, bundle, none, Deploy::no);
  }
  Json kept() { return server_.cloud()->assets()["files"]; }
  std::size_t uploads() {
    std::size_t count = 0;
    for (const Json& request : server_.requests()) {
      count += request["path"].get<std::string>().contains("/assets/upload") ? 1 : 0;
    }
    return count;
  }
  std::uint64_t taken() {
    std::uint64_t count = 0;
    const Json files = kept();
    for (const Json& file : files) count += file["uploads"].get<std::uint64_t>();
    return count;
  }

  EmulatorServer server_;
  SystemClock clock_;
  Texts texts_;
  AssetSet set_;
  std::unique_ptr<CloudflareApi> api_;
  std::vector<AssetProgress> told_;
  std::size_t interrupted_at_ = 0;
};

TEST_F(Assets, AreSentInTheirBucketsAndRedeemedByACreate) {
  const auto token = upload();
  ASSERT_TRUE(token) << token.error().sentence();
  EXPECT_EQ(uploads(), 3U);
  EXPECT_EQ(taken(), 6U);
  const Json files = kept();
  for (const Asset& asset : set_.files) {
    EXPECT_EQ(files[asset.hash]["sha256"], asset.file.sha256.hex());
    EXPECT_EQ(files[asset.hash]["content_type"], "text/html; charset=utf-8");
  }
  const auto version = create(*token);
  ASSERT_TRUE(version) << version.error().sentence();
  const Json manifest = server_.cloud()->assets()["versions"][version->id.text()];
  EXPECT_EQ(manifest.size(), 6U);
  EXPECT_EQ(manifest["/page0.html"], Json({{"hash", set_.files[0].hash}, {"size", 100}}));
  EXPECT_EQ(told_.front().files, 0U);
  EXPECT_EQ(told_.back().files, 6U);
  EXPECT_EQ(told_.back().bytes, 600U);
}

TEST_F(Assets, ThatCloudflareHasAreNotSentAgain) {
  ASSERT_TRUE(upload());
  texts_["page0.html"] = std::string(100, 'z');
  keep_set();
  told_.clear();
  ASSERT_TRUE(upload());
  EXPECT_EQ(uploads(), 4U);
  EXPECT_EQ(taken(), 7U);
  EXPECT_EQ(told_.front().files, 5U) << "they count as done";
  ASSERT_TRUE(upload());
  EXPECT_EQ(uploads(), 4U) << "the session's token is the completion token";
}

TEST_F(Assets, OfOneContentAreSentOnce) {
  for (auto& [name, text] : texts_) text = "the same";
  keep_set();
  ASSERT_TRUE(upload());
  EXPECT_EQ(taken(), 1U);
  EXPECT_EQ(told_.back().of_files, 1U);
}

TEST_F(Assets, AreResumedByANewSessionThatAsksForWhatIsMissing) {
  server_.add_faults(R"([{"path":"*/assets/upload","when":"after","drop":true},
                         {"path":"*/assets/upload","status":502,"body":"<html>"}])");
  const auto token = upload();
  ASSERT_TRUE(token) << token.error().sentence();
  EXPECT_TRUE(create(*token));
  EXPECT_EQ(taken(), 6U) << "each file's bytes are taken once, its answer lost or not";
}

TEST_F(Assets, WhoseSessionHasExpiredGetANewOne) {
  server_.add_faults(R"([{"path":"*/assets/upload","status":401,"body":
      "{\"success\":false,\"errors\":[{\"code\":10000,\"message\":\"expired\"}],\"messages\":[]}"}])");
  const auto token = upload();
  ASSERT_TRUE(token) << token.error().sentence();
  EXPECT_EQ(taken(), 6U);
}

TEST_F(Assets, ThatAreRefusedAreNotTriedAgain) {
  server_.add_faults(R"([{"path":"*/assets-upload-session","status":400,"body":
      "{\"success\":false,\"errors\":[{\"code\":10021,\"message\":\"no\"}],\"messages\":[]}"}])");
  const auto token = upload();
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, FailureKind::refused);
  EXPECT_EQ(token.error().during, "upload assets of shop");
  EXPECT_EQ(uploads(), 0U);
}

TEST_F(Assets, ThatChangedAreNotSentWhole) {
  texts_["page3.html"] = std::string(100, '!');
  const auto token = upload();
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, FailureKind::invalid);
  EXPECT_FALSE(kept().contains(set_.files[3].hash));
}

TEST_F(Assets, AreKeptBackByAReadOnlyClient) {
  api_ = client(Access::read_only);
  const auto token = upload();
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, FailureKind::local);
  EXPECT_TRUE(server_.requests().empty());
  EXPECT_EQ(api_->traffic().blocked_writes.at("assets"), 1U);
}

TEST_F(Assets, EndAtOnceWhenTheProgramStops) {
  server_.add_faults(R"([{"path":"*/assets/upload","delay":"60s","times":9}])");
  std::jthread stopper;
  const auto first = [this, &stopper](const AssetProgress&) {
    if (!stopper.joinable()) stopper = std::jthread([this] { api_->stop(); });
    return true;
  };
  std::vector<std::unique_ptr<ModuleContents>> readers;
  readers.push_back(std::make_unique<TextContents>(texts_));
  AssetUpload upload{.assets = set_, .readers = readers, .progress = first};
  const Tick begun = clock_.tick();
  const auto token = api_->upload_assets(kShop, upload);
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, FailureKind::transient);
  EXPECT_LT(clock_.tick() - begun, 50s) << "it did not wait for the answer";
  EXPECT_EQ(api_->deadline(), std::nullopt);
}

TEST_F(Assets, WaitWhereTheCallerHasSomethingElseToDo) {
  texts_["more.html"] = "more";
  texts_["last.html"] = std::string(200, '?');  // Four buckets: one more than go at once.
  keep_set();
  interrupted_at_ = 1;
  EXPECT_EQ(upload().error().kind, FailureKind::transient);
  EXPECT_EQ(uploads(), 0U);
  told_.clear();
  interrupted_at_ = 2;
  server_.add_faults(R"([{"path":"*/assets/upload","delay":"4s","times":3}])");
  EXPECT_EQ(upload().error().kind, FailureKind::transient);
  EXPECT_GE(taken(), 3U) << "what is on its way is not cut off";
  EXPECT_LT(taken(), 8U);
  interrupted_at_ = 0;
  EXPECT_TRUE(upload());
  EXPECT_EQ(taken(), 8U);
}

TEST_F(Assets, LeaveNoTokenInAFailure) {
  const auto token = upload();
  ASSERT_TRUE(token);
  server_.add_faults(R"([{"path":"*/versions","status":400,"body":
      "{\"success\":false,\"errors\":[{\"code\":10021,\"message\":\"bad )" +
                     *token + R"(\"}],\"messages\":[]}"}])");
  const auto version = create(*token);
  ASSERT_FALSE(version);
  EXPECT_FALSE(version.error().sentence().contains(*token));
}

class SingleAssets : public Assets {
 protected:
  SingleAssets() : Assets(rules()) {}
  static CloudRules rules() {
    CloudRules out;
    out.asset_uploads = AssetUploads::single;
    return out;
  }
};

TEST_F(SingleAssets, AreSentOneByOneAsTheyAre) {
  set_.files[1].file.content_type.clear();
  const auto token = upload();
  ASSERT_TRUE(token) << token.error().sentence();
  EXPECT_EQ(uploads(), 6U);
  EXPECT_EQ(taken(), 6U);
  const Json files = kept();
  EXPECT_EQ(files[set_.files[0].hash]["sha256"], set_.files[0].file.sha256.hex());
  EXPECT_EQ(files[set_.files[1].hash]["content_type"], "application/null");
  EXPECT_TRUE(create(*token));
}

TEST_F(SingleAssets, MayBeEmpty) {
  texts_ = {{"page.html", ""}, {"other.html", "x"}};
  keep_set();
  const auto token = upload();
  ASSERT_TRUE(token) << token.error().sentence();
  EXPECT_EQ(uploads(), 2U);
  EXPECT_EQ(server_.requests().size(), 3U) << "one session is enough";
  EXPECT_EQ(taken(), 2U);
}

TEST(UploadSession, WithoutItsTokenOrWithAnOddOneIsNoAnswer) {
  for (const char* text :
       {R"({})", R"({"jwt":"a b"})", R"({"jwt":"a\r\nb"})", R"({"jwt":"a","buckets":{}})",
        R"({"jwt":"a","buckets":["x"]})", R"({"jwt":"a","buckets":[[1]]})"}) {
    EXPECT_FALSE(session_from_json(*parse_json(text))) << text;
  }
  const auto bare = session_from_json(*parse_json(R"({"jwt":"a"})"));
  ASSERT_TRUE(bare);
  EXPECT_TRUE(bare->buckets.empty());
  EXPECT_EQ(bare->mode, UploadMode::bulk);
}

}  // namespace
}  // namespace rollout
