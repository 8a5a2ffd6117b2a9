// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/problems.h"

#include <gtest/gtest.h>

namespace rollout {
namespace {

TEST(Excerpt, ShowsTheLineAndCaretsBelow) {
  std::string text(26, '\n');
  text += "        min_request: 300\nx: 1\n";
  EXPECT_EQ(excerpt(text, {.line = 27, .column = 9, .width = 11}),
            "    27 |         min_request: 300\n"
            "       |         ^^^^^^^^^^^");
}

TEST(Excerpt, CountsCharactersAndStaysOnTheLine) {
  EXPECT_EQ(excerpt("größe: ü", {.line = 1, .column = 8, .width = 50}),
            "     1 | größe: ü\n"
            "       |        ^");
  EXPECT_EQ(excerpt("ab", {.line = 1, .column = 99, .width = 1}),
            "     1 | ab\n"
            "       |   ^");
  EXPECT_EQ(excerpt("ab", {.line = 7, .column = 1, .width = 1}), "     7 | \n       | ^");
}

TEST(Excerpt, CutsALongLineAroundTheCaret) {
  const std::string text = std::string(300, ' ') + "here" + std::string(300, '.');
  const std::string shown = excerpt(text, {.line = 1, .column = 301, .width = 4});
  EXPECT_LT(shown.size(), 300U);
  EXPECT_TRUE(shown.contains("here"));
  EXPECT_TRUE(shown.ends_with("^^^^"));
}

struct Masked {
  const char* name;
  const char* line;
  const char* expect;
};

class Secrets : public testing::TestWithParam<Masked> {};

TEST_P(Secrets, DoNotShowInExcerpts) {
  EXPECT_EQ(mask_secrets(GetParam().line), GetParam().expect);
}

constexpr Masked kMasked[] = {
    {"a_token_in_place", "token: abc # mine", "token: *** # mine"},
    {"in_quotes", "api_token: \"a, b\", x: 1", "api_token: \"*, *\", x: *"},
    {"under_any_key", "oops: abcdefghijklmnopqrstuvwxyz0123456789_-AB",
     "oops: ****************************************"},
    {"in_a_list", "token: [abc, d]", "token: [***, *]"},
    {"in_braces", "token: {abc}", "token: {***}"},
    {"beside_a_mistyped_key", "tokn: abc", "tokn: ***"},
    {"the_text_of_a_binding", "{ name: A, type: plain_text, text: hello }",
     "{ name: A, type: plain_text, text: ***** }"},
    {"a_mistyped_key_of_a_secret", "{ name: A, type: secret_text, txt: hello }",
     "{ name: A, type: secret_text, txt: ***** }"},
    {"but_the_source_of_a_token_does", "token: { credential: cloudflare-token }",
     "token: { credential: cloudflare-token }"},
    {"and_an_account_id_does", "account_id: 0123456789abcdef0123456789abcdef",
     "account_id: 0123456789abcdef0123456789abcdef"},
};
INSTANTIATE_TEST_SUITE_P(All, Secrets, testing::ValuesIn(kMasked),
                         [](const auto& given) { return given.param.name; });

TEST(Problems, AreInTheOrderOfTheLines) {
  const SourceText source{"a.yaml", "x\ny\n"};
  Problems problems(source);
  problems.add({.line = 2, .column = 1}, Mistake::unknown_key, "second");
  problems.add({.line = 1, .column = 1}, Mistake::unknown_key, "first");
  problems.add({.line = 1, .column = 1}, Mistake::unknown_key, "first");
  const auto errors = problems.take();
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(describe(errors[0]), "a.yaml:1:1: first\n     1 | x\n       | ^");
}

TEST(Problems, OfAWholeFileHaveNoLine) {
  const SourceText source{"a.yaml", ""};
  Problems problems(source);
  problems.add({}, Mistake::too_large, "too large");
  EXPECT_EQ(describe(problems.take().at(0)), "a.yaml: too large");
}

}  // namespace
}  // namespace rollout
