// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/codec/base64.h"
#include "daemon/codec/json.h"
#include "daemon/codec/settings_json.h"
#include "daemon/codec/sha256.h"

namespace rollout {
namespace {

TEST(ParseJson, RefusesADuplicateKey) {
  const auto parsed = parse_json(R"({"a":1,"b":{"c":1,"c":2}})");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error(), "the same key stands twice in one object");
}

TEST(ParseJson, RefusesDeepNesting) {
  EXPECT_TRUE(parse_json(std::string(32, '[') + std::string(32, ']')));
  EXPECT_FALSE(parse_json(std::string(33, '[') + std::string(33, ']')));
  EXPECT_FALSE(parse_json(std::string(1000000, '[')));
}

TEST(ParseJson, SaysWhereItIsBrokenAndNeverRepeatsTheInput) {
  const auto parsed = parse_json(R"({"token": s3cret})");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().find("s3cret"), std::string::npos);
  EXPECT_NE(parsed.error().find("byte"), std::string::npos);
}

TEST(ParseJson, RefusesTrailingTextCommentsAndBadUtf8) {
  EXPECT_FALSE(parse_json("{} {}"));
  EXPECT_FALSE(parse_json("// c\n{}"));
  EXPECT_FALSE(parse_json("\"\xff\""));
  EXPECT_FALSE(parse_json(""));
}

TEST(ParseJson, KeepsNestedValuesWhereTheyStand) {
  const auto parsed = parse_json(R"({"a":[{"b":[1,2]},{"c":null}],"d":"e"})");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(dump_json(*parsed), R"({"a":[{"b":[1,2]},{"c":null}],"d":"e"})");
}

TEST(ParseJsonc, AllowsCommentsAndTrailingCommas) {
  const auto parsed = parse_jsonc(
      "{ // a comment, with a comma,\n\"a\": [1, 2,], /* ,} */\n"
      "\"b\": \",}\", }");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(dump_json(*parsed), R"({"a":[1,2],"b":",}"})");
}

TEST(DumpJson, ReplacesInvalidUtf8) {
  EXPECT_EQ(dump_json(Json("a\xff")), "\"a\xEF\xBF\xBD\"");
}

TEST(JsonMembers, AreCheckedByType) {
  const Json object = *parse_json(R"({"n":1.5,"s":"x","big":18446744073709551615,"z":null})");
  EXPECT_FALSE(integer_member(object, "n"));
  EXPECT_FALSE(integer_member(object, "big"));
  EXPECT_FALSE(string_member(object, "n"));
  EXPECT_EQ(*string_member(object, "s"), "x");
  EXPECT_EQ(*string_member(object, "z"), std::nullopt);
  EXPECT_EQ(*string_member(object, "absent"), std::nullopt);
}

TEST(Sha256, IsTheStandardsHash) {
  EXPECT_EQ(sha256("abc").hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Base64, IsTheSameInPiecesOfAnySize) {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) bytes += static_cast<char>(i * 7);
  for (std::size_t length : {0U, 1U, 2U, 3U, 4U, 999U, 1000U}) {
    const std::string whole = bytes.substr(0, length);
    for (std::size_t step : {1U, 2U, 3U, 5U, 64U, 1000U}) {
      Base64Encoder encoder;
      std::string text;
      for (std::size_t at = 0; at < whole.size(); at += step) {
        encoder.add(std::as_bytes(std::span(whole).subspan(at, std::min(step, whole.size() - at))),
                    text);
      }
      encoder.finish(text);
      EXPECT_EQ(text, encode_base64(whole));
      EXPECT_EQ(text.size(), base64_size(whole.size()));
      EXPECT_EQ(decode_base64(text), whole);
    }
  }
}

TEST(Base64, IsStrict) {
  for (const char* text : {"a", "YQ=", "YQ", "YR==", "Y Q=", "YQ==\n", "!!!!", "=YQ="}) {
    EXPECT_FALSE(decode_base64(text)) << text;
  }
}

TEST(Settings, SurviveBothWays) {
  const Json object = *parse_json(
      R"({"assets":{"config":{"html_handling":"none","run_worker_first":["/api/*"]}},)"
      R"("bindings":[{"name":"A","text":"x","type":"plain_text"},{"name":"B","new":1,"type":"new"}],)"
      R"("compatibility_date":"2026-01-01","compatibility_flags":["nodejs_compat"],)"
      R"("limits":{"cpu_ms":50},"migrations":{"new_tag":"v1"},"placement":{"mode":"smart"}})");
  const auto settings = settings_from_json(object);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings_to_json(*settings), object);
}

TEST(Settings, NameTheFieldThatIsWrong) {
  const auto error_of = [](const char* text) {
    const auto settings = settings_from_json(*parse_json(text));
    return settings ? "" : settings.error().pointer;
  };
  EXPECT_EQ(error_of(R"({"bindings":[{"name":"A"}]})"), "/bindings/0/type");
  EXPECT_EQ(error_of(R"({"bindings":[{"name":"A","type":"x"},{"name":"A","type":"y"}]})"),
            "/bindings");
  EXPECT_EQ(error_of(R"({"limits":{"cpu_ms":"50"}})"), "/limits/cpu_ms");
  EXPECT_EQ(error_of(R"({"compatibility_flags":[1]})"), "/compatibility_flags/0");
}

}  // namespace
}  // namespace rollout
