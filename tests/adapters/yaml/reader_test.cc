// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/reader.h"

#include <gtest/gtest.h>

#include "daemon/adapters/yaml/nearest.h"

namespace rollout {
namespace {

struct Read {
  std::optional<Node> root;
  std::vector<ConfigError> errors;
};

Read read(const std::string& text) {
  const SourceText source{"a.yaml", text};
  Problems problems(source);
  Read out{read_yaml(source, problems), {}};
  out.errors = problems.take();
  return out;
}

std::string code_of(const std::string& text) {
  const Read out = read(text);
  return out.errors.size() == 1 ? out.errors[0].code : std::to_string(out.errors.size());
}

TEST(Reader, KeepsScalarsAsTheyAreWritten) {
  const Read out = read("a: 010\nb: yes\nc: \"1.10\"\nd: |\n  x\ne: ~\n");
  ASSERT_TRUE(out.root);
  EXPECT_EQ(out.root->find("a")->value.text, "010");
  EXPECT_EQ(out.root->find("b")->value.text, "yes");
  EXPECT_EQ(out.root->find("c")->value.style, Node::Style::quoted);
  EXPECT_EQ(out.root->find("d")->value.text, "x\n");
  EXPECT_EQ(out.root->find("e")->value.kind, Node::Kind::none);
  EXPECT_EQ(out.root->find("f"), nullptr);
}

TEST(Reader, CountsLinesAndCharacters) {
  const Read out = read("a:\r\n  - {é: \"ü\", b: c}\r\n");
  ASSERT_TRUE(out.root);
  const Node& item = out.root->find("a")->value.items.at(0);
  EXPECT_EQ(item.place, (Place{2, 5, 1}));
  EXPECT_EQ(item.find("é")->value.place, (Place{2, 9, 3}));
  EXPECT_EQ(item.find("b")->place, (Place{2, 14, 1}));
}

TEST(Reader, ResolvesAnAliasToACopyOfItsAnchor) {
  const Read out = read("a: &x { k: [1, 2] }\nb: *x\n");
  ASSERT_TRUE(out.root);
  EXPECT_EQ(out.errors.size(), 0U);
  EXPECT_EQ(out.root->find("b")->value.find("k")->value.items.size(), 2U);
}

TEST(Reader, KeepsTheFirstOfTwoValuesOfOneKey) {
  const Read out = read("a: 1\na: [2, {b: 3}]\nc: 4\n");
  ASSERT_TRUE(out.root);
  EXPECT_EQ(out.root->find("a")->value.text, "1");
  EXPECT_EQ(out.root->find("c")->value.text, "4");
  EXPECT_EQ(out.errors.at(0).code, "DuplicateKey");
}

TEST(Reader, RefusesAliasesThatMultiply) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string name = "a" + std::to_string(i);
    const std::string alias = "*a" + std::to_string(i - 1);
    bomb += name + ": &" + name + " [" + alias;
    for (int j = 0; j < 9; ++j) bomb += ", " + alias;
    bomb += "]\n";
  }
  EXPECT_EQ(code_of(bomb), "TooManyNodes");
}

TEST(Reader, RefusesDepthHoweverItIsReached) {
  const std::string deep(kYamlDepth + 1, '[');
  EXPECT_EQ(code_of("a: " + deep + std::string(kYamlDepth + 1, ']') + "\n"), "TooDeep");
  EXPECT_EQ(read(std::string(kYamlDepth, '[') + std::string(kYamlDepth, ']')).errors.size(), 0U);
  // Twenty levels, entered again below twenty others.
  const std::string half(20, '['), closed(20, ']');
  EXPECT_EQ(code_of("a: &x " + half + closed + "\nb: " + half + "*x" + closed + "\n"), "TooDeep");
}

TEST(Reader, SurvivesBracketsWithoutEnd) {
  EXPECT_FALSE(read(std::string(kYamlBytes, '[')).root);
  EXPECT_FALSE(read(std::string(kYamlBytes, '{')).root);
  std::string dashes;
  for (int i = 0; i < 10000; ++i) dashes += "- ";
  EXPECT_FALSE(read(dashes).root);
}

TEST(Reader, RefusesBytesThatAreNoText) {
  EXPECT_EQ(code_of("a: \xC3\x28\n"), "NotUtf8");
  EXPECT_EQ(code_of("a: \xED\xA0\x80\n"), "NotUtf8");  // A surrogate.
  EXPECT_EQ(code_of(std::string("a: \0b\n", 6)), "ControlCharacter");
  EXPECT_EQ(code_of("a: \x1B[31m\n"), "ControlCharacter");
  EXPECT_EQ(code_of("a: \xC2\x9B\n"), "ControlCharacter");  // U+009B begins terminal commands too.
  const Read out = read("a: 1\nb: \xFF\n");
  EXPECT_EQ(out.errors.at(0).line, 2U);
  EXPECT_EQ(out.errors.at(0).column, 4U);
}

// An excerpt goes to terminals and into JSON.
TEST(Reader, ShowsNoControlCharacterAndNoBrokenByte) {
  EXPECT_TRUE(read("a: \x1B[31m\xFF\n")
                  .errors.at(0)
                  .excerpt.starts_with("     1 | a: \xEF\xBF\xBD[31m\xEF\xBF\xBD\n"));
  EXPECT_TRUE(read("a: \xC2\x9Bm\xC3(\n")
                  .errors.at(0)
                  .excerpt.starts_with("     1 | a: \xEF\xBF\xBDm\xEF\xBF\xBD(\n"));
}

TEST(Reader, RefusesWhatIsTooLarge) {
  EXPECT_EQ(code_of("# " + std::string(kYamlBytes, 'x') + "\n"), "TooLarge");
}

TEST(Nearest, FindsOneSlipAndNoMore) {
  const std::vector<std::string> known = {"interval", "timeout", "name"};
  EXPECT_EQ(nearest("intreval", known), "interval");
  EXPECT_EQ(nearest("nmae", known), "name");
  EXPECT_EQ(nearest("timeouts", known), "timeout");
  EXPECT_EQ(nearest("retention", known), std::nullopt);
  EXPECT_EQ(nearest("", known), std::nullopt);
  EXPECT_EQ(nearest(std::string(100000, 'n'), known), std::nullopt);
}

}  // namespace
}  // namespace rollout
