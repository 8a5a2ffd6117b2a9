// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/request_body.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/codec/base64.h"
#include "daemon/codec/json.h"
#include "tests/adapters/cloudflare/test_api.h"

namespace rollout {
namespace {

Bundle bundle_of(const MemoryContents& contents) {
  Bundle bundle = contents.bundle();
  bundle.annotations.tag = "v1 \"quoted\"";
  return bundle;
}

std::string sent_by(CreateBody& body) {
  std::string out;
  EXPECT_TRUE(body.write([&out](std::string_view piece) {
    out += piece;
    return true;
  }));
  return out;
}

TEST(CreateBody, IsExactlyAsLongAsItSaysAndHoldsEveryByte) {
  for (const std::size_t piece : {1U, 2U, 3U, 1000U, 70'000U}) {
    MemoryContents contents(piece);
    contents.texts_ = {{"empty.txt", ""}, {"one.bin", "\xff"}, {"a \"b\"\n.js", "xy"}};
    for (int i = 0; i < 200'000; ++i) contents.texts_["big"] += static_cast<char>(i * 7);
    const Bundle bundle = bundle_of(contents);
    CreateBody body(bundle, contents);
    const std::string text = sent_by(body);
    EXPECT_EQ(text.size(), body.size());
    const auto json = parse_json(text);
    ASSERT_TRUE(json) << json.error();
    EXPECT_EQ((*json)["annotations"]["workers/tag"], "v1 \"quoted\"");
    ASSERT_EQ((*json)["modules"].size(), 4U);
    for (const Json& module : (*json)["modules"]) {
      EXPECT_EQ(decode_base64(module["content_base64"].get<std::string>()),
                contents.texts_[module["name"].get<std::string>()]);
      EXPECT_EQ(module["content_type"], "text/plain");
    }
  }
}

TEST(CreateBody, WithoutModulesIsItsHead) {
  MemoryContents contents(10);
  Bundle bundle;
  bundle.annotations.tag = "t";
  CreateBody body(bundle, contents);
  EXPECT_EQ(sent_by(body), R"({"annotations":{"workers/tag":"t"}})");
  EXPECT_EQ(body.size(), sent_by(body).size());
}

TEST(CreateBody, WithoutAnythingElseIsItsModules) {
  MemoryContents contents(10);
  contents.texts_ = {{"a", "x"}};
  Bundle bundle = bundle_of(contents);
  bundle.annotations = {};
  CreateBody body(bundle, contents);
  EXPECT_EQ(sent_by(body), R"({"modules":[{"name":"a","content_type":"text/plain",)"
                           R"("content_base64":"eA=="}]})");
}

// Promise 6: what is not what was hashed is never a complete request.
TEST(CreateBody, IsNeverCompleteWhenAModuleIsNotWhatWasHashed) {
  for (const char* how : {"fails", "shorter", "longer"}) {
    MemoryContents contents(4);
    contents.texts_ = {{"a", "first"}, {"b", "second"}};
    const Bundle bundle = bundle_of(contents);
    CreateBody body(bundle, contents);
    if (how == std::string("fails")) contents.fails_at_ = "b";
    if (how == std::string("shorter")) contents.texts_["b"] = "sec";
    if (how == std::string("longer")) contents.texts_["b"] = "second and more";
    std::string out;
    const auto written = body.write([&out](std::string_view piece) {
      out += piece;
      return true;
    });
    ASSERT_FALSE(written) << how;
    EXPECT_EQ(written.error().kind, FailureKind::invalid);
    EXPECT_LT(out.size(), body.size());
    EXPECT_FALSE(parse_json(out));
  }
}

TEST(CreateBody, NeverGathersMoreThanAPieceOrTwo) {
  MemoryContents contents(16 * 1024);
  contents.texts_ = {{"big", std::string(3'000'000, 'x')}};
  const Bundle bundle = bundle_of(contents);
  CreateBody body(bundle, contents);
  std::size_t longest = 0;
  ASSERT_TRUE(body.write([&longest](std::string_view piece) {
    longest = std::max(longest, piece.size());
    return true;
  }));
  EXPECT_LE(longest, 100U * 1024U);
}

TEST(CreateBody, StopsReadingWhenTheConnectionIsGone) {
  MemoryContents contents(64 * 1024);
  contents.texts_ = {{"big", std::string(3'000'000, 'x')}};
  const Bundle bundle = bundle_of(contents);
  CreateBody body(bundle, contents);
  int calls = 0;
  EXPECT_TRUE(body.write([&calls](std::string_view) {
    ++calls;
    return false;
  }));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace rollout
