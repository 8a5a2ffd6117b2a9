// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "daemon/emulator/version_body.h"
#include "tests/emulator/cloud_world.h"

namespace rollout {
namespace {

constexpr const char* kModule =
    R"({"name":"index.js","content_type":"application/javascript+module","content_base64":"aGk="})";

struct BodyCase {
  const char* name;
  std::string body;
  int code;
  const char* pointer;
};

class VersionRefused : public testing::TestWithParam<BodyCase> {};

TEST_P(VersionRefused, WithCodeAndPointer) {
  CloudWorld world;
  const Json answer = world.create(GetParam().body);
  EXPECT_EQ(answer.value("code", 0), GetParam().code) << answer;
  EXPECT_EQ(answer.value("pointer", "none"), GetParam().pointer);
  EXPECT_EQ(world.numbers({}), "");
  EXPECT_EQ(world.create()["number"], 1) << "a refused create takes no number";
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, VersionRefused,
    testing::Values(
        BodyCase{"NoObject", "[]", 10026, ""},
        BodyCase{"TagTooLong",
                 R"({"annotations":{"workers/tag":")" + std::string(101, 't') + R"("}})", 10021,
                 "/annotations/workers~1tag"},
        BodyCase{"AnnotationNoString", R"({"annotations":{"workers/tag":5}})", 10021,
                 "/annotations"},
        BodyCase{"MainModuleMissing",
                 R"({"main_module":"b.js","modules":[)" + std::string(kModule) + "]}", 10021,
                 "/main_module"},
        BodyCase{"MainModuleWithoutModules", R"({"main_module":"b.js"})", 10021, "/main_module"},
        BodyCase{"ModuleTwice", R"({"modules":[)" + std::string(kModule) + "," + kModule + "]}",
                 10021, "/modules/1/name"},
        BodyCase{"ModuleWithoutType", R"({"modules":[{"name":"a","content_base64":""}]})", 10021,
                 "/modules/0/content_type"},
        BodyCase{"ModuleNoBase64",
                 R"({"modules":[{"name":"a","content_type":"text/plain","content_base64":"%"}]})",
                 10021, "/modules/0/content_base64"},
        BodyCase{"BindingWithoutName", R"({"bindings":[{"type":"ai"}]})", 10052,
                 "/bindings/0/name"},
        BodyCase{"BindingWithoutType", R"({"bindings":[{"name":"A"}]})", 10021, "/bindings/0/type"},
        BodyCase{"BindingTwice",
                 R"({"bindings":[{"name":"A","type":"ai"},{"name":"A","type":"browser"}]})", 10021,
                 "/bindings/1/name"},
        BodyCase{"BindingIncomplete", R"({"bindings":[{"name":"A","type":"kv_namespace"}]})", 10021,
                 "/bindings/0/namespace_id"},
        BodyCase{"SecretWithoutText", R"({"bindings":[{"name":"A","type":"secret_text"}]})", 10021,
                 "/bindings/0/text"},
        BodyCase{"InheritNothing", R"({"bindings":[{"name":"A","type":"inherit"}]})", 10057,
                 "/bindings/0"},
        BodyCase{"DateNoDate", R"({"compatibility_date":"2026-02-30"})", 10021,
                 "/compatibility_date"},
        BodyCase{"FlagsNoStrings", R"({"compatibility_flags":[1]})", 10021, "/compatibility_flags"},
        BodyCase{"UnknownUsageModel", R"({"usage_model":"free"})", 10021, "/usage_model"},
        BodyCase{"ExportsAndMigrations", R"({"exports":{},"migrations":{}})", 10021, "/migrations"},
        BodyCase{"LimitsNoObject", R"({"limits":5})", 10021, "/limits"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(VersionRules, CodeAbove64MiBIsTooLarge) {
  CloudWorld world;
  const std::string base64(((std::size_t{64} << 20) + 2) / 3 * 4 + 4, 'A');
  const Json body = {{"modules", Json::array({Json{{"name", "a"},
                                                   {"content_type", "application/octet-stream"},
                                                   {"content_base64", base64}}})}};
  const auto answer = world.cloud.create_version("shop", body, {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, 10027);
  EXPECT_EQ(answer.error().status, 413);
}

TEST(VersionRules, ShowsEveryFieldThatCanBeRead) {
  CloudWorld world;
  const Json given = json(R"({
      "annotations":{"workers/tag":"v1","workers/message":"m","workers/triggered_by":"me"},
      "assets":{"config":{"html_handling":"none","run_worker_first":["/a"]}},
      "cache_options":{"enabled":true}, "compatibility_date":"2026-01-01",
      "compatibility_flags":["nodejs_compat"], "containers":[{"class_name":"C"}],
      "limits":{"cpu_ms":50}, "migrations":{"new_tag":"t"}, "placement":{"mode":"smart"},
      "package_dependencies":[{"name":"p"}], "usage_model":"bundled", "id":"mine", "number":77})");
  const auto made = world.cloud.create_version("shop", given, {.source = "wrangler"});
  ASSERT_TRUE(made);
  Json shown = **made;
  const std::string id = shown["id"];
  EXPECT_EQ(shown, world.get(id)) << "create and get show the same";
  EXPECT_EQ(shown["urls"],
            Json::array({"https://" + id.substr(0, 8) + "-shop.emulator.workers.dev"}));
  for (const char* own : {"id", "urls"}) shown.erase(own);
  EXPECT_EQ(shown, json(R"({
      "annotations":{"workers/tag":"v1","workers/message":"m",
                     "workers/triggered_by":"version_upload"},
      "assets":{"config":{"html_handling":"none","run_worker_first":["/a"]}}, "bindings":[],
      "cache_options":{"enabled":true}, "compatibility_date":"2026-01-01",
      "compatibility_flags":["nodejs_compat"], "containers":[{"class_name":"C"}],
      "created_on":"2026-03-01T00:00:00Z", "limits":{"cpu_ms":50}, "number":1,
      "package_dependencies":[{"name":"p"}], "placement":{"mode":"smart"}, "source":"wrangler",
      "usage_model":"bundled"})"));
}

TEST(VersionRules, ModulesAreShownOnlyWhereTheyAreAskedFor) {
  CloudWorld world;
  const Json made =
      world.create(R"({"main_module":"index.js","modules":[)" + std::string(kModule) + "]}");
  EXPECT_FALSE(made.contains("modules"));
  EXPECT_FALSE(world.get("latest").contains("modules"));
  const auto whole = world.cloud.version_with_modules("shop", "latest");
  EXPECT_EQ((**whole)["modules"], Json::array({json(kModule)}));
}

TEST(VersionRules, BindingsAreSortedAndSecretsStayBehind) {
  CloudWorld world;
  const Json made = world.create(R"({"bindings":[
      {"name":"S","type":"secret_text","text":"hush"},
      {"name":"K","type":"secret_key","format":"raw","algorithm":{},"usages":[],
       "key_base64":"hush","key_jwk":{}},
      {"name":"A","type":"plain_text","text":"seen"}]})");
  EXPECT_EQ(made["bindings"], json(R"([
      {"name":"A","type":"plain_text","text":"seen"},
      {"name":"K","type":"secret_key","format":"raw","algorithm":{},"usages":[]},
      {"name":"S","type":"secret_text"}])"));
  for (const CloudRecord& record : world.cloud.snapshot()) {
    EXPECT_EQ(record.text.find("hush"), std::string::npos) << record.key;
  }
}

TEST(VersionRules, NumbersAreNeverUsedTwice) {
  CloudWorld world;
  world.create();
  const Json second = world.create();
  EXPECT_EQ(world.remove(second), 0);
  EXPECT_EQ(world.create()["number"], 3);
}

struct CutCase {
  const char* name;
  std::string text;
  std::size_t bytes;
};

class MessageCut : public testing::TestWithParam<CutCase> {};

TEST_P(MessageCut, At1000BytesBeforeAWholeCharacter) {
  CloudWorld world;
  const Json body = {{"annotations", {{"workers/message", GetParam().text}}}};
  const auto made = world.cloud.create_version("shop", body, {});
  const std::string kept = (**made)["annotations"]["workers/message"];
  EXPECT_EQ(kept, GetParam().text.substr(0, GetParam().bytes));
}

INSTANTIATE_TEST_SUITE_P(Messages, MessageCut,
                         testing::Values(CutCase{"Short", "hello", 5},
                                         CutCase{"Exact", std::string(1000, 'a'), 1000},
                                         CutCase{"Long", std::string(1001, 'a'), 1000},
                                         CutCase{"TwoBytes", std::string(999, 'a') + "é!", 999},
                                         CutCase{"Fits", std::string(998, 'a') + "é!", 1000},
                                         CutCase{"FourBytes", std::string(997, 'a') + "😀", 997}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(VersionRules, UnknownAnnotationsAreKeptOrDroppedByASwitch) {
  constexpr const char* kBody = R"({"annotations":{"workers/commit_sha":"abc"}})";
  CloudWorld keeps;
  EXPECT_EQ(keeps.create(kBody)["annotations"]["workers/commit_sha"], "abc");
  CloudWorld drops({.unknown_annotations = UnknownAnnotations::drop});
  EXPECT_FALSE(drops.create(kBody)["annotations"].contains("workers/commit_sha"));
}

TEST(VersionRules, InheritTakesTheBindingOfAnEarlierVersion) {
  CloudWorld world;
  const Json first = world.create(R"({"bindings":[{"name":"A","type":"plain_text","text":"1"}]})");
  world.create(R"({"bindings":[{"name":"A","type":"plain_text","text":"2"}]})");
  const Json body = {{"bindings", json(R"([{"name":"A","type":"inherit"},
      {"name":"B","type":"inherit","old_name":"A"},
      {"name":"C","type":"inherit","old_name":"A"}])")}};
  Json with_id = body;
  with_id["bindings"][2]["version_id"] = first["id"];
  const Json made = world.create(with_id.dump());
  EXPECT_EQ(made["bindings"], json(R"([{"name":"A","type":"plain_text","text":"2"},
      {"name":"B","type":"plain_text","text":"2"},{"name":"C","type":"plain_text","text":"1"}])"));
}

TEST(VersionRules, UnresolvedInheritIsDroppedByASwitch) {
  CloudWorld world({.unresolved_inherit = UnresolvedInherit::drop});
  EXPECT_EQ(world.create(R"({"bindings":[{"name":"A","type":"inherit"}]})")["bindings"],
            Json::array());
}

TEST(VersionRules, ClassesNeedADeployedMigrationByASwitch) {
  constexpr const char* kBinds =
      R"({"bindings":[{"name":"D","type":"durable_object_namespace","class_name":"Room"}]})";
  CloudWorld off;
  EXPECT_EQ(off.create(kBinds)["number"], 1);

  CloudWorld on({.class_rule = ClassRule::on});
  constexpr const char* kMigrates = R"({"migrations":{"new_tag":"v1","new_classes":["Room"]}})";
  EXPECT_EQ(on.create(kBinds)["code"], 10061);
  const Json uploaded = on.create(kMigrates);
  EXPECT_EQ(on.create(kBinds)["code"], 10061) << "the migration is not deployed yet";
  Json shares = {{"version_id", uploaded["id"]}, {"percentage", 100}};
  on.deploy(Json{{"strategy", "percentage"}, {"versions", Json::array({shares})}}.dump());
  const Json made = on.create(kBinds);
  EXPECT_EQ(made["number"], 2);
  EXPECT_EQ(made["migration_tag"], "v1");
  EXPECT_EQ(on.get(uploaded["id"])["migration_tag"], "v1");
  EXPECT_FALSE(on.get(uploaded["id"]).contains("migrations"));
}

TEST(PatchLatest, InheritsWhatIsLeftOutAndMergesTheRest) {
  CloudWorld world;
  const Json first = world.create(
      R"({"main_module":"index.js","compatibility_date":"2026-01-01","limits":{"cpu_ms":9},
          "annotations":{"workers/tag":"v1","workers/message":"m"},
          "bindings":[{"name":"A","type":"plain_text","text":"1"}],"modules":[)" +
      std::string(kModule) + "]}");
  const Json patched = world.patch(
      R"({"limits":{"subrequests":5},"compatibility_date":null,
          "annotations":{"workers/tag":"v2"}})");
  EXPECT_EQ(patched["number"], 2);
  EXPECT_NE(patched["id"], first["id"]);
  EXPECT_EQ(patched["limits"], json(R"({"cpu_ms":9,"subrequests":5})"));
  EXPECT_FALSE(patched.contains("compatibility_date"));
  EXPECT_EQ(patched["annotations"]["workers/tag"], "v2");
  EXPECT_EQ(patched["annotations"]["workers/message"], "m");
  EXPECT_EQ(patched["bindings"], first["bindings"]);
  EXPECT_EQ((**world.cloud.version_with_modules("shop", "latest"))["modules"][0]["name"],
            "index.js");
}

TEST(PatchLatest, EnvSetsAndDeletesBindingsByName) {
  CloudWorld world;
  world.create(R"({"bindings":[{"name":"A","type":"secret_text","text":"s"},
                               {"name":"B","type":"plain_text","text":"1"}]})");
  const Json patched = world.patch(
      R"({"env":{"B":null,"C":{"type":"secret_text","text":"s"},
          "D":{"type":"plain_text","text":"2"}}})");
  EXPECT_EQ(patched["bindings"], json(R"([{"name":"A","type":"secret_text"},
      {"name":"C","type":"secret_text"},{"name":"D","type":"plain_text","text":"2"}])"));
  EXPECT_EQ(world.patch(R"({"env":{"E":{"type":"secret_text"}}})")["code"], 10021);
}

TEST(PatchLatest, NeedsAVersion) {
  CloudWorld world;
  EXPECT_EQ(world.patch("{}")["code"], 10222);
}

}  // namespace
}  // namespace rollout
