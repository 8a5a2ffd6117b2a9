// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/wrangler/project.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/codec/settings_json.h"

namespace rollout {
namespace {

using testing::ElementsAre;

Project read(std::string_view text, const std::optional<std::string>& environment = std::nullopt) {
  auto project = read_project(text, Syntax::jsonc, environment);
  EXPECT_TRUE(project) << (project ? "" : project.error().message);
  return project.value_or(Project{});
}

Json settings(const Project& project) {
  return settings_to_json(project.settings);
}

struct BindingCase {
  const char* name;
  const char* declared;
  const char* sent;
};

class DeclaredBindings : public testing::TestWithParam<BindingCase> {};

TEST_P(DeclaredBindings, AreSentAsWranglerSendsThem) {
  const Project project = read(GetParam().declared);
  EXPECT_EQ(settings(project)["bindings"], *parse_json(GetParam().sent));
}

constexpr BindingCase kBindings[] = {
    {"Vars", R"({"vars":{"TEXT":"a","NUMBER":1,"OBJECT":{"x":[]}}})",
     R"([{"name":"NUMBER","type":"json","json":1},{"name":"OBJECT","type":"json","json":{"x":[]}},
         {"name":"TEXT","type":"plain_text","text":"a"}])"},
    {"Kv", R"({"kv_namespaces":[{"binding":"KV","id":"0f","preview_id":"aa"}]})",
     R"([{"name":"KV","type":"kv_namespace","namespace_id":"0f"}])"},
    {"KvWithoutId", R"({"kv_namespaces":[{"binding":"KV"}]})",
     R"([{"name":"KV","type":"inherit"}])"},
    {"DurableObjects",
     R"({"durable_objects":{"bindings":[{"name":"D","class_name":"C","script_name":"other"}]}})",
     R"([{"name":"D","type":"durable_object_namespace","class_name":"C","script_name":"other"}])"},
    {"Queues",
     R"({"queues":{"producers":[{"binding":"Q","queue":"jobs","delivery_delay":5}],"consumers":[]}})",
     R"([{"name":"Q","type":"queue","queue_name":"jobs","delivery_delay":5}])"},
    {"R2", R"({"r2_buckets":[{"binding":"B","bucket_name":"b","jurisdiction":"eu"}]})",
     R"([{"name":"B","type":"r2_bucket","bucket_name":"b","jurisdiction":"eu"}])"},
    {"D1", R"({"d1_databases":[{"binding":"DB","database_name":"shop","database_id":"uuid"}]})",
     R"([{"name":"DB","type":"d1","database_id":"uuid"}])"},
    {"Service", R"({"services":[{"binding":"S","service":"auth","entrypoint":"Admin"}]})",
     R"([{"name":"S","type":"service","service":"auth","entrypoint":"Admin"}])"},
    {"DatasetIsNamedAsItsBinding", R"({"analytics_engine_datasets":[{"binding":"EVENTS"}]})",
     R"([{"name":"EVENTS","type":"analytics_engine","dataset":"EVENTS"}])"},
    {"Single", R"({"ai":{"binding":"AI"},"browser":{"binding":"BR"}})",
     R"([{"name":"AI","type":"ai"},{"name":"BR","type":"browser"}])"},
    {"Dispatch",
     R"({"dispatch_namespaces":[{"binding":"N","namespace":"prod",
         "outbound":{"service":"out","parameters":["a","b"]}}]})",
     R"([{"name":"N","type":"dispatch_namespace","namespace":"prod",
          "outbound":{"worker":{"service":"out"},"params":[{"name":"a"},{"name":"b"}]}}])"},
    {"PipelineByStream", R"({"pipelines":[{"binding":"P","stream":"s","pipeline":"p"}]})",
     R"([{"name":"P","type":"pipelines","stream":"s"}])"},
    {"Workflow", R"({"workflows":[{"binding":"W","name":"flow","class_name":"Flow"}]})",
     R"([{"name":"W","type":"workflow","workflow_name":"flow","class_name":"Flow"}])"},
    {"RateLimit",
     R"({"ratelimits":[{"name":"R","namespace_id":"1","simple":{"limit":10,"period":60}}]})",
     R"([{"name":"R","type":"ratelimit","namespace_id":"1","simple":{"limit":10,"period":60}}])"},
    {"SendEmail", R"({"send_email":[{"name":"M","destination_address":"a@example.com"}]})",
     R"([{"name":"M","type":"send_email","destination_address":"a@example.com"}])"},
    {"UnsafePassesThrough", R"({"unsafe":{"bindings":[{"name":"U","type":"hologram","x":1}]}})",
     R"([{"name":"U","type":"hologram","x":1}])"},
    {"Assets", R"({"assets":{"directory":"./public","binding":"ASSETS"}})",
     R"([{"name":"ASSETS","type":"assets"}])"},
};

INSTANTIATE_TEST_SUITE_P(All, DeclaredBindings, testing::ValuesIn(kBindings),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(Project, TakesWhatAVersionHas) {
  const Project project = read(R"({
    "name": "shop", "main": "src/index.ts",
    "compatibility_date": "2026-11-01", "compatibility_flags": ["nodejs_compat"],
    "limits": {"cpu_ms": 50}, "placement": {"mode": "smart"},
    "cache": {"enabled": true},
    "assets": {"directory": "./public", "not_found_handling": "404-page",
               "run_worker_first": ["/api/*"]},
    "containers": [{"class_name": "Box", "image": "./Dockerfile"}],
    "observability": {"enabled": true}, "routes": ["example.com/*"], "tail_consumers": []
  })");
  EXPECT_EQ(project.name, "shop");
  EXPECT_EQ(project.main, "src/index.ts");
  EXPECT_EQ(project.assets_directory, "./public");
  const Json wanted = {
      {"compatibility_date", "2026-11-01"},
      {"compatibility_flags", {"nodejs_compat"}},
      {"limits", {{"cpu_ms", 50}}},
      {"placement", {{"mode", "smart"}}},
      {"cache_options", {{"enabled", true}}},
      {"assets",
       {{"config", {{"not_found_handling", "404-page"}, {"run_worker_first", {"/api/*"}}}}}},
      {"containers", Json::array({{{"class_name", "Box"}}})}};
  EXPECT_EQ(wanted, settings(project));
  EXPECT_THAT(project.ignored, ElementsAre("observability", "routes"));
  EXPECT_EQ(project.lines.at("compatibility_date"), 3);
  EXPECT_EQ(project.lines.at("cache_options"), 5);
}

TEST(Project, PlacementInAllItsForms) {
  const auto sent = [](const char* placement) {
    return settings(read(std::string(R"({"placement":)") + placement + "}"))
        .value("placement", Json());
  };
  EXPECT_EQ(Json(nullptr), sent(R"({"mode":"off"})"));
  EXPECT_EQ((Json{{"mode", "smart"}, {"hint", "weur"}}), sent(R"({"mode":"smart","hint":"weur"})"));
  EXPECT_EQ((Json{{"mode", "targeted"}, {"region", "aws:eu-west-1"}}),
            sent(R"({"region":"aws:eu-west-1"})"));
  EXPECT_EQ((Json{{"mode", "targeted"}, {"host", "db.example.com:5432"}}),
            sent(R"({"mode":"targeted","host":"db.example.com:5432"})"));
}

constexpr const char* kEnvironments = R"({
  "name": "shop", "main": "index.js", "compatibility_date": "2026-01-01",
  "vars": {"TOP": "x"}, "limits": {"cpu_ms": 10}, "observability": {"enabled": true},
  "env": {
    "staging": {"vars": {"LOW": "y"}, "limits": {"cpu_ms": 99}},
    "named": {"name": "other"}
  }
})";

TEST(Project, AnEnvironmentInheritsAllButBindings) {
  const Project project = read(kEnvironments, "staging");
  EXPECT_EQ(project.name, "shop-staging");
  EXPECT_EQ(project.main, "index.js");
  EXPECT_EQ(project.settings.compatibility_date, "2026-01-01");
  EXPECT_EQ(project.settings.limits->cpu_ms, 99);
  ASSERT_EQ(project.settings.bindings.size(), 1U);
  EXPECT_EQ(project.settings.bindings[0].name, "LOW");
  EXPECT_EQ(project.lines.at("bindings/LOW"), 5);
  EXPECT_EQ(project.lines.at("limits"), 5);
  EXPECT_EQ(project.lines.at("compatibility_date"), 2);
  EXPECT_THAT(project.ignored, ElementsAre("observability"));
}

TEST(Project, AnEnvironmentMayHaveItsOwnName) {
  EXPECT_EQ(read(kEnvironments, "named").name, "other");
  EXPECT_EQ(read(kEnvironments).name, "shop");
}

TEST(Project, MigrationsAreKeptInOrder) {
  const Project project = read(R"({"migrations":[
    {"tag":"v1","new_sqlite_classes":["A"]}, {"tag":"v2","renamed_classes":[{"from":"A","to":"B"}]}]})");
  ASSERT_EQ(project.migrations.size(), 2U);
  EXPECT_EQ(project.migrations[1].tag, "v2");
  EXPECT_EQ(project.migrations[1].change.text, R"({"renamed_classes":[{"from":"A","to":"B"}]})");
}

TEST(Project, OnlyDurableObjectsOfTheExportsAreSent) {
  const Project project = read(R"({"exports":{
    "Box": {"type":"durable-object","storage":"sqlite"}, "Admin": {"type":"worker"}}})");
  EXPECT_EQ((Json{{"Box", {{"type", "durable-object"}, {"storage", "sqlite"}}}}),
            settings(project)["exports"]);
}

TEST(Project, RulesHaveTheTypesOfModules) {
  const Project project = read(R"({"no_bundle":true,"rules":[
    {"type":"Text","globs":["**/*.md"],"fallthrough":true}, {"type":"ESModule","globs":["**/*.js"]}]})");
  EXPECT_TRUE(project.no_bundle);
  ASSERT_EQ(project.rules.size(), 2U);
  EXPECT_EQ(project.rules[0].content_type, "text/plain");
  EXPECT_THAT(project.rules[1].globs, ElementsAre("**/*.js"));
}

TEST(Project, RequiredSecretsAreNamed) {
  EXPECT_THAT(read(R"({"secrets":{"required":["KEY"]},"keep_vars":true})").required_secrets,
              ElementsAre("KEY"));
}

struct Refused {
  const char* name;
  const char* text;
  int line;
  const char* part;
  const char* environment = nullptr;
};

class RefusedProject : public testing::TestWithParam<Refused> {};

TEST_P(RefusedProject, SaysWhatAndWhere) {
  const Refused& refused = GetParam();
  const auto project = read_project(refused.text, Syntax::jsonc,
                                    refused.environment == nullptr
                                        ? std::nullopt
                                        : std::optional<std::string>(refused.environment));
  ASSERT_FALSE(project);
  EXPECT_EQ(project.error().line, refused.line) << project.error().message;
  EXPECT_TRUE(project.error().message.contains(refused.part)) << project.error().message;
}

constexpr Refused kRefused[] = {
    {"NoObject", "[]", 1, "object"},
    {"UnknownEnvironment", kEnvironments, 4, "`named`, `staging`", "prod"},
    {"Site", "{\n\"site\":{\"bucket\":\"x\"}}", 2, "`assets`"},
    {"Pages", R"({"pages_build_output_dir":"dist"})", 1, "Pages"},
    {"Blobs", R"({"text_blobs":{"A":"a.txt"}})", 1, "module"},
    {"UnsafeMetadata", R"({"unsafe":{"metadata":{"x":1}}})", 1, "metadata"},
    {"DateIsANumber", "{\n\"compatibility_date\":2026}", 2, "compatibility_date"},
    {"FlagsAreAString", "{\n\"compatibility_flags\":\"a\"}", 2, "compatibility_flags"},
    {"LimitIsText", "{\n\"limits\":{\"cpu_ms\":\"1\"}}", 2, "cpu_ms"},
    {"BindingWithoutName",
     "{\"kv_namespaces\":[{\"binding\":\"A\",\"id\":\"0\"},\n{\"id\":\"1\"}]}", 2, "`binding`"},
    {"BindingWithoutField", "{\n\"services\":[{\"binding\":\"A\"}]}", 2, "`service`"},
    {"BindingsAreText", "{\n\"kv_namespaces\":\"x\"}", 2, "list"},
    {"TwoOfOneName", "{\"vars\":{\"A\":\"x\"},\n\"ai\":{\"binding\":\"A\"}}", 2, "`A`"},
    {"MigrationWithoutTag", "{\"migrations\":[{\"tag\":\"v1\"},\n{\"new_classes\":[\"A\"]}]}", 2,
     "`tag`"},
    {"RuleOfUnknownType", R"({"rules":[{"type":"Poem","globs":[]}]})", 1, "`Poem`"},
    {"FlagIsText", "{\n\"no_bundle\":\"yes\"}", 2, "no_bundle"},
};

INSTANTIATE_TEST_SUITE_P(All, RefusedProject, testing::ValuesIn(kRefused),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(Project, TomlIsReadAsWell) {
  const auto project =
      read_project("name = \"shop\"\n[[services]]\nbinding = \"S\"\n", Syntax::toml, std::nullopt);
  ASSERT_FALSE(project);
  EXPECT_EQ(project.error().line, 2);
  EXPECT_TRUE(project.error().message.contains("`S`")) << project.error().message;
}

}  // namespace
}  // namespace rollout
