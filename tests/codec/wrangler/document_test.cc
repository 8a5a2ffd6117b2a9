// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/wrangler/document.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rollout {
namespace {

TEST(Document, JsonKnowsTheLineOfEachMember) {
  Lines lines;
  const auto parsed = parse_document(R"({
  // a comment with "quotes": {
  "name": "shop", /* two
  lines */ "vars": {
    "A/B~C": "x", "D": [1,
      {"e\"f": 2},
    ],
  },
  "last": "//no comment",
})",
                                     Syntax::jsonc, lines);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(line_of(lines, "/name"), 3);
  EXPECT_EQ(line_of(lines, "/vars"), 4);
  EXPECT_EQ(line_of(lines, "/vars/A~1B~0C"), 5);
  EXPECT_EQ(line_of(lines, "/vars/D/0"), 5);
  EXPECT_EQ(line_of(lines, "/vars/D/1/e\"f"), 6);
  EXPECT_EQ(line_of(lines, "/last"), 9);
}

TEST(Document, TomlGivesTheSameTreeAndItsLines) {
  Lines lines;
  const auto parsed = parse_document(R"(# a comment
name = "shop"
compatibility_date = 2026-11-01
[vars]
A = "x"
B = 1.5
[[kv_namespaces]]
binding = "KV"
id = "0f"
[[kv_namespaces]]
binding = "KV2"
[env.staging]
workers_dev = true
)",
                                     Syntax::toml, lines);
  ASSERT_TRUE(parsed) << parsed.error().message;
  const Json wanted = {{"name", "shop"},
                       {"compatibility_date", "2026-11-01"},
                       {"vars", {{"A", "x"}, {"B", 1.5}}},
                       {"kv_namespaces", {{{"binding", "KV"}, {"id", "0f"}}, {{"binding", "KV2"}}}},
                       {"env", {{"staging", {{"workers_dev", true}}}}}};
  EXPECT_EQ(*parsed, wanted);
  EXPECT_EQ(line_of(lines, "/vars/B"), 6);
  EXPECT_EQ(line_of(lines, "/kv_namespaces/1"), 10);
  EXPECT_EQ(line_of(lines, "/env/staging/workers_dev"), 13);
}

TEST(Document, ALineIsThatOfTheNearestMember) {
  const Lines lines = {{"/a", 3}, {"/a/b", 5}};
  EXPECT_EQ(line_of(lines, "/a/b/c/d"), 5);
  EXPECT_EQ(line_of(lines, "/a/x"), 3);
  EXPECT_EQ(line_of(lines, "/z"), 1);
}

TEST(Document, AByteOrderMarkIsSkipped) {
  Lines lines;
  EXPECT_TRUE(parse_document("\xEF\xBB\xBF{\"a\":1}", Syntax::jsonc, lines));
  EXPECT_TRUE(lines.contains("/a"));
}

struct Broken {
  const char* text;
  Syntax syntax;
  int line;
};

class BrokenDocument : public testing::TestWithParam<Broken> {};

TEST_P(BrokenDocument, IsAnErrorWithItsLine) {
  Lines lines;
  const auto parsed = parse_document(GetParam().text, GetParam().syntax, lines);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().line, GetParam().line) << parsed.error().message;
  EXPECT_FALSE(parsed.error().message.empty());
}

INSTANTIATE_TEST_SUITE_P(All, BrokenDocument,
                         testing::Values(Broken{"a = 1\nb = = 2\n", Syntax::toml, 2},
                                         Broken{"a = 1\na = 2\n", Syntax::toml, 2},
                                         Broken{"{", Syntax::jsonc, 1},
                                         Broken{"{\n \"a\": 1,\n \"a\": 2\n}", Syntax::jsonc, 3},
                                         Broken{"{\n \"a\": 1,\n b: 2\n}", Syntax::jsonc, 3}));

TEST(Document, DeepTomlIsRefused) {
  Lines lines;
  const std::string deep = "a = " + std::string(60, '[') + std::string(60, ']');
  EXPECT_FALSE(parse_document(deep, Syntax::toml, lines));
}

}  // namespace
}  // namespace rollout
