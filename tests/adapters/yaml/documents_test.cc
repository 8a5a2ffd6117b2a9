// SPDX-License-Identifier: Apache-2.0
// What is committed for people and editors is what the tables say. UPDATE_GOLDEN=1 writes it.
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "daemon/adapters/yaml/check.h"
#include "daemon/adapters/yaml/mistakes.h"
#include "daemon/adapters/yaml/reader.h"
#include "daemon/adapters/yaml/schema.h"
#include "daemon/adapters/yaml/types.h"
#include "daemon/codec/json.h"
#include "daemon/core/plan/plan.h"
#include "daemon/core/policy/facts.h"
#include "daemon/core/policy/retention.h"
#include "tests/adapters/yaml/support.h"

namespace rollout {
namespace {

void compare(const std::string& path, const std::string& expect) {
  if (updates_golden()) write_text(source_path(path), expect);
  EXPECT_EQ(read_text(source_path(path)), expect) << path;
}

TEST(Schemas, AreThoseOfTheTables) {
  compare("policies/rolloutd.schema.json", json_schema(rolloutd_table()));
  compare("policies/retention.schema.json", json_schema(retention_table()));
  compare("policies/tagging.schema.json", json_schema(tagging_table()));
}

TEST(Schemas, RefuseUnknownKeysAndNameWhatIsRequired) {
  const auto schema = parse_json(json_schema(rolloutd_table()));
  ASSERT_TRUE(schema);
  EXPECT_EQ(schema->at("additionalProperties"), false);
  EXPECT_EQ(schema->at("required"), Json::array({"version"}));
  const Json& worker = schema->at("properties").at("workers").at("items");
  EXPECT_EQ(worker.at("additionalProperties"), false);
  EXPECT_EQ(worker.at("required"), Json::array({"name", "account"}));
  EXPECT_EQ(worker.at("properties").at("deploy").at("enum"), Json::array({"none", "immediate"}));
}

/// The text between `<!-- NAME -->` and `<!-- end -->` becomes `content`.
std::string with_section(std::string text, const std::string& name, const std::string& content) {
  const std::string begin = "<!-- " + name + " -->\n";
  const std::size_t from = text.find(begin);
  const std::size_t to = from == std::string::npos ? from : text.find("<!-- end -->", from);
  EXPECT_NE(to, std::string::npos) << name;
  if (to == std::string::npos) return text;
  return text.replace(from + begin.size(), to - from - begin.size(), content);
}

TEST(KeyReference, IsThatOfTheTables) {
  std::string text = read_text(source_path("policies/README.md"));
  text = with_section(std::move(text), "keys of rolloutd.yaml", key_reference(rolloutd_table()));
  text = with_section(std::move(text), "keys of retention", key_reference(retention_table()));
  text = with_section(std::move(text), "keys of tagging", key_reference(tagging_table()));
  text = with_section(std::move(text), "facts", fact_reference());
  text = with_section(std::move(text), "errors", mistake_reference());
  compare("policies/README.md", text);
}

TEST(KeyReference, ListsTheReasonsAndStopsOfCore) {
  const std::string text = read_text(source_path("policies/README.md"));
  for (int i = 0; i <= static_cast<int>(ReasonCode::refused); ++i) {
    const std::string code(to_string(static_cast<ReasonCode>(i)));
    EXPECT_TRUE(text.contains("\n| `" + code + "` |")) << code;
  }
  for (int i = 0; i <= static_cast<int>(StopCode::PruneHeld); ++i) {
    const std::string code(to_string(static_cast<StopCode>(i)));
    EXPECT_TRUE(text.contains("\n| `" + code + "` |")) << code;
  }
}

void for_each_key(const Table& table, const std::function<void(const Table&, const Key&)>& visit) {
  for (const Key& key : table.keys) {
    visit(table, key);
    if (key.child != nullptr) for_each_key(*key.child, visit);
  }
}

void for_each_key(const std::function<void(const Table&, const Key&)>& visit) {
  for_each_key(rolloutd_table(), visit);
  for_each_key(conf_d_table(), visit);
  for_each_key(retention_table(), visit);
  for_each_key(tagging_table(), visit);
}

TEST(Tables, SayOneSentenceOfEachKey) {
  for_each_key([](const Table& table, const Key& key) {
    const std::string where = std::string(table.title) + "." + std::string(key.name);
    EXPECT_TRUE(key.sentence.ends_with('.')) << where;
    EXPECT_EQ(table.find(key.name), &key) << where << " stands twice";
  });
}

TEST(Tables, HaveDefaultsThatTheyWouldTake) {
  for_each_key([](const Table& table, const Key& key) {
    if (key.fallback.empty()) return;
    Node node;
    node.kind = Node::Kind::text;
    node.text = key.fallback;
    const auto finding = check_text(key, node);
    EXPECT_FALSE(finding) << table.title << "." << key.name << ": " << finding->message;
    EXPECT_EQ(key.need, Need::optional) << key.name;
  });
}

TEST(Tables, AreWhatTheCheckerKnows) {
  // A key of every table is taken where it stands and refused one level off.
  const SourceText source{"a.yaml", "version: 1\nmode: observe\ninterval: 5min\n"};
  Problems problems(source);
  const auto root = read_yaml(source, problems);
  ASSERT_TRUE(root);
  check_document(*root, rolloutd_table(), problems);
  const auto errors = problems.take();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].code, "UnknownKey");
}

TEST(Tables, KnowTheFactsOfCore) {
  for (const FactRow& row : fact_rows()) {
    const std::string name(row.name == "info.*" ? "info.ci.run" : row.name);
    EXPECT_TRUE(fact_source(name)) << name;
  }
}

TEST(Mistakes, HaveOneCodeEach) {
  std::set<std::string_view> codes;
  for (const MistakeRow& row : mistake_rows()) {
    EXPECT_TRUE(codes.insert(row.code).second) << row.code;
    EXPECT_EQ(to_string(row.mistake), row.code);
  }
}

}  // namespace
}  // namespace rollout
