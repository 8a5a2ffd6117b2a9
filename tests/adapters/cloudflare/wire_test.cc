// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/cloudflare/wire_deployment.h"
#include "daemon/adapters/cloudflare/wire_envelope.h"
#include "daemon/adapters/cloudflare/wire_version.h"

namespace rollout {
namespace {

constexpr const char* kId = "0f2a5b1c-1111-4222-8333-444455556666";

/// A version with every field that a read can return.
Json a_whole_version() {
  return *parse_json(R"({
    "id": "0f2a5b1c-1111-4222-8333-444455556666", "number": 7,
    "urls": ["https://0f2a5b1c-shop.example.workers.dev"],
    "created_on": "2026-03-10T12:00:00.123456Z", "source": "wrangler", "startup_time_ms": 14,
    "migration_tag": "v2", "exports_reconciliation": {"created": ["A"]},
    "annotations": {"workers/tag": "v1.2.3", "workers/message": "Fix it", "workers/alias": "x",
                    "workers/triggered_by": "upload"},
    "assets": {"config": {"html_handling": "drop-trailing-slash", "not_found_handling": "404-page",
                          "run_worker_first": ["/api/*", "!/api/docs"]}},
    "bindings": [{"name": "B", "type": "kv_namespace", "namespace_id": "n"},
                 {"name": "A", "type": "hologram", "power": 3},
                 {"name": "C", "type": "secret_text"}],
    "cache_options": {"enabled": true}, "compatibility_date": "2026-01-01",
    "compatibility_flags": ["nodejs_compat"], "containers": [{"class_name": "K"}],
    "exports": {"default": {"kind": "worker"}}, "limits": {"cpu_ms": 50, "subrequests": 100},
    "main_module": "index.js", "placement": {"mode": "smart"}, "usage_model": "standard",
    "package_dependencies": [{"name": "hono"}], "main_script_base64": "eA==",
    "modules": [{"name": "index.js", "content_type": "application/javascript+module",
                 "content_base64": "ZXhwb3J0Cg=="}],
    "some_new_field": {"deep": [1, 2]}
  })");
}

TEST(WireVersion, ReadsEveryField) {
  const auto detail = version_detail_from_json(a_whole_version());
  ASSERT_TRUE(detail) << detail.error();
  const Version& version = detail->version;
  EXPECT_EQ(version.id.text(), kId);
  EXPECT_EQ(version.number, 7U);
  EXPECT_EQ(format_rfc3339(*version.created_on), "2026-03-10T12:00:00.123Z");
  EXPECT_EQ(version.urls, std::vector<std::string>{"https://0f2a5b1c-shop.example.workers.dev"});
  EXPECT_EQ(version.source, "wrangler");
  EXPECT_EQ(version.startup_time, Millis(14));
  EXPECT_EQ(version.annotations, (Annotations{"v1.2.3", "Fix it", "upload"}));
  EXPECT_EQ(detail->main_module, "index.js");
  EXPECT_EQ(detail->migration_tag, "v2");
  EXPECT_EQ(detail->main_script_base64, "eA==");
  EXPECT_EQ(detail->exports_reconciliation->text, R"({"created":["A"]})");
  ASSERT_EQ(detail->modules.size(), 1U);
  EXPECT_EQ(detail->modules[0].content, "export\n");
  const VersionSettings& settings = detail->settings;
  EXPECT_EQ(settings.compatibility_date, "2026-01-01");
  EXPECT_EQ(settings.usage_model, "standard");
  EXPECT_EQ(settings.limits, (Limits{50, 100}));
  ASSERT_EQ(settings.bindings.size(), 3U);
  EXPECT_EQ(settings.bindings[0].json.text, R"({"name":"A","power":3,"type":"hologram"})");
  EXPECT_EQ(settings.assets->run_worker_first,
            RunWorkerFirst(std::vector<std::string>{"/api/*", "!/api/docs"}));
  EXPECT_EQ(settings.placement->text, R"({"mode":"smart"})");
}

TEST(WireVersion, NamesTheRequiredFieldThatIsMissingOrWrong) {
  struct Case {
    const char* field;
    Json value;  ///< Null: the field is removed.
  };
  const Case cases[] = {
      {"id", nullptr},
      {"id", "latest"},
      {"id", "0f2a5b1c"},
      {"id", 5},
      {"number", nullptr},
      {"number", 0},
      {"number", "7"},
      {"number", 1.5},
      {"urls", nullptr},
      {"urls", "x"},
      {"urls", Json::array({1})},
      {"source", 1},
      {"main_module", false},
      {"modules", "x"},
      {"bindings", Json::object()},
  };
  for (const Case& c : cases) {
    Json object = a_whole_version();
    if (c.value.is_null()) {
      object.erase(c.field);
    } else {
      object[c.field] = c.value;
    }
    const auto detail = version_detail_from_json(object);
    ASSERT_FALSE(detail) << c.field << " " << c.value;
    EXPECT_NE(detail.error().find(c.field), std::string::npos) << detail.error();
  }
  EXPECT_FALSE(version_from_json(Json::array()));
}

TEST(WireVersion, AModuleMustBeWholeAndCanonicalBase64) {
  for (const char* field : {"name", "content_type", "content_base64"}) {
    Json object = a_whole_version();
    object["modules"][0].erase(field);
    const auto detail = version_detail_from_json(object);
    ASSERT_FALSE(detail);
    EXPECT_NE(detail.error().find(field), std::string::npos);
  }
  Json object = a_whole_version();
  object["modules"][0]["content_base64"] = "ZXh wb3J0";
  EXPECT_FALSE(version_detail_from_json(object));
}

TEST(WireVersion, AnUnreadableDateLeavesItUndated) {
  for (const Json& date :
       {Json("yesterday"), Json(""), Json(nullptr), Json(12), Json("2026-02-30T00:00:00Z")}) {
    Json object = a_whole_version();
    object["created_on"] = date;
    const auto version = version_from_json(object);
    ASSERT_TRUE(version) << date;
    EXPECT_FALSE(version->created_on) << date;
  }
  Json object = a_whole_version();
  object.erase("created_on");
  const auto version = version_from_json(object);
  ASSERT_TRUE(version) << "statement 3: it is kept, and the others are still judged";
  EXPECT_FALSE(version->created_on);
}

TEST(WireVersion, AbsentOrNullAnnotationsAreEmpty) {
  Json object = a_whole_version();
  object["annotations"] = nullptr;
  EXPECT_EQ(version_from_json(object)->annotations, Annotations());
  object.erase("annotations");
  EXPECT_EQ(version_from_json(object)->annotations, Annotations());
}

Bundle a_bundle() {
  Json object = a_whole_version();
  object["migrations"] = {{"new_tag", "v3"}};
  object.erase("exports");
  object["bindings"].erase(2);
  Bundle bundle;
  bundle.settings = *settings_from_json(object);
  bundle.main_module = "index.js";
  bundle.modules = {{.name = "index.js",
                     .content_type = "application/javascript+module",
                     .size = 7,
                     .sha256 = Sha256(Sha256::Raw{})}};
  bundle.assets_jwt = "jwt";
  bundle.annotations = {"v1", "hello", "never sent"};
  return bundle;
}

TEST(WireBundle, WritesEveryFieldAndReadsTheSameSettingsBack) {
  const Bundle bundle = a_bundle();
  const Json json = bundle_to_json(bundle);
  EXPECT_EQ(json["annotations"], (Json{{"workers/tag", "v1"}, {"workers/message", "hello"}}));
  EXPECT_EQ(json["assets"]["jwt"], "jwt");
  EXPECT_EQ(json["assets"]["config"]["html_handling"], "drop-trailing-slash");
  EXPECT_EQ(json["main_module"], "index.js");
  EXPECT_EQ(json["migrations"]["new_tag"], "v3");
  EXPECT_FALSE(json.contains("modules"));
  const auto read = settings_from_json(json);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, bundle.settings);
}

TEST(WireBundle, AnEmptyOneIsAnEmptyObject) {
  EXPECT_EQ(dump_json(bundle_to_json({})), "{}");
}

TEST(WireBundle, SaysWhatIsInheritedAndWhatIsMigrated) {
  Bundle bundle;
  bundle.inherited.bindings = {"KEY"};
  bundle.inherited.migrations = PendingMigrations{
      "v1",
      {{"v2", {R"({"new_sqlite_classes":["A"]})"}}, {"v3", {R"({"deleted_classes":["B"]})"}}}};
  EXPECT_EQ(dump_json(bundle_to_json(bundle)),
            R"({"bindings":[{"name":"KEY","type":"inherit"}],"migrations":{"new_tag":"v3",)"
            R"("old_tag":"v1","steps":[{"new_sqlite_classes":["A"]},{"deleted_classes":["B"]}]}})");
  bundle.inherited.migrations->old_tag.reset();
  EXPECT_FALSE(bundle_to_json(bundle)["migrations"].contains("old_tag"));
}

TEST(CheckBundle, FindsWhatWouldBeRefused) {
  EXPECT_TRUE(check_bundle(a_bundle()));
  Bundle bundle = a_bundle();
  bundle.main_module = "other.js";
  EXPECT_EQ(check_bundle(bundle).error().pointer, "/main_module");
  bundle = a_bundle();
  bundle.modules.push_back(bundle.modules[0]);
  EXPECT_EQ(check_bundle(bundle).error().pointer, "/modules");
  bundle = a_bundle();
  bundle.settings.bindings[1].json = {R"({"name":"B","type":"kv_namespace"})"};
  EXPECT_EQ(check_bundle(bundle).error().pointer, "/bindings/1/namespace_id");
  bundle = a_bundle();
  bundle.settings.exports = JsonText{"{}"};
  EXPECT_EQ(check_bundle(bundle).error().pointer, "/exports");
}

TEST(WireDeployment, ReadsEveryField) {
  const Json json = *parse_json(R"({"deployments": [{
    "id": "d1", "source": "api", "strategy": "percentage", "author_email": "a@example.com",
    "created_on": "2026-03-10T12:00:00Z", "new": 1,
    "annotations": {"workers/message": "Roll back", "workers/triggered_by": "rollback"},
    "versions": [{"version_id": "0f2a5b1c-1111-4222-8333-444455556666", "percentage": 99.5},
                 {"version_id": "1f2a5b1c-1111-4222-8333-444455556666", "percentage": 0.5}]}]})");
  const auto history = deployments_from_json(json);
  ASSERT_TRUE(history) << history.error();
  ASSERT_EQ(history->size(), 1U);
  const Deployment& deployment = history->front();
  EXPECT_EQ(deployment.id.text(), "d1");
  EXPECT_EQ(deployment.author_email, "a@example.com");
  EXPECT_EQ(deployment.annotations.triggered_by, "rollback");
  ASSERT_EQ(deployment.versions.size(), 2U);
  EXPECT_EQ(deployment.versions[1].percentage, 0.5);
  EXPECT_TRUE(deployments_from_json(*parse_json(R"({"deployments":[]})"))->empty());
}

// Promise 14: the first is in force, so a list in another order tells nothing.
TEST(WireDeployment, RefusesAListWhoseFirstIsNotTheNewest) {
  const char* const kOne = R"({"id":"d","source":"api","strategy":"percentage",
    "versions":[{"version_id":"0f2a5b1c-1111-4222-8333-444455556666","percentage":100}]})";
  const auto list = [&](const std::vector<std::string>& days) {
    Json json = {{"deployments", Json::array()}};
    for (const std::string& day : days) {
      Json one = *parse_json(kOne);
      one["created_on"] = "2026-03-" + day + "T12:00:00Z";
      json["deployments"].push_back(std::move(one));
    }
    return deployments_from_json(json);
  };
  EXPECT_TRUE(list({"12", "11", "10"}));
  EXPECT_TRUE(list({"12", "12"}));
  ASSERT_FALSE(list({"10", "11"}));
  EXPECT_EQ(list({"12", "10", "13"}).error(),
            "deployments[2] is newer than the first, which is to be the current one");
}

TEST(WireDeployment, NamesTheFieldThatIsMissingOrWrong) {
  const Json whole = *parse_json(R"({
    "id": "d1", "source": "api", "strategy": "percentage", "created_on": "2026-03-10T12:00:00Z",
    "versions": [{"version_id": "0f2a5b1c-1111-4222-8333-444455556666", "percentage": 0}]})");
  ASSERT_TRUE(deployment_from_json(whole));
  for (const char* field : {"id", "source", "strategy", "created_on", "versions"}) {
    Json object = whole;
    object.erase(field);
    const auto deployment = deployment_from_json(object);
    ASSERT_FALSE(deployment) << field;
    EXPECT_NE(deployment.error().find(field), std::string::npos);
  }
  for (const char* field : {"version_id", "percentage"}) {
    Json object = whole;
    object["versions"][0].erase(field);
    EXPECT_NE(deployment_from_json(object).error().find(field), std::string::npos);
  }
  Json object = whole;
  object["versions"][0]["percentage"] = 101;
  EXPECT_FALSE(deployment_from_json(object));
  object["versions"] = Json::array();
  EXPECT_FALSE(deployment_from_json(object)) << "a deployment of nothing is no deployment";
  EXPECT_FALSE(deployments_from_json(Json::array()));
  EXPECT_FALSE(deployments_from_json(*parse_json(R"({"items":[]})")));
  EXPECT_FALSE(deployments_from_json(*parse_json(R"({"deployments":[7]})")));
}

TEST(WireDeployment, WritesSharesAndMessage) {
  const std::vector<Share> shares = {{*VersionId::parse(kId), 100}};
  EXPECT_EQ(
      dump_json(deployment_to_json(shares, "go")),
      R"({"annotations":{"workers/message":"go"},"strategy":"percentage",)"
      R"("versions":[{"percentage":100.0,"version_id":"0f2a5b1c-1111-4222-8333-444455556666"}]})");
  EXPECT_FALSE(deployment_to_json(shares, "").contains("annotations"));
}

TEST(WireWorker, NeedsBothNames) {
  EXPECT_EQ(worker_from_json(Json{{"id", "i"}, {"name", "n"}})->name, "n");
  EXPECT_FALSE(worker_from_json(Json{{"id", "i"}}));
  EXPECT_FALSE(worker_from_json(Json{{"name", "n"}}));
  EXPECT_FALSE(worker_from_json(Json("x")));
}

TEST(WireEnvelope, ToleratesNullErrorsAndTextMessages) {
  const Json document = *parse_json(
      R"({"success":true,"errors":null,"messages":["hi",{"code":1}],"result":{"id":"x"}})");
  const auto envelope = read_envelope(document);
  ASSERT_TRUE(envelope);
  EXPECT_TRUE(envelope->success);
  EXPECT_TRUE(envelope->errors.empty());
  ASSERT_NE(envelope->result, nullptr);
  EXPECT_EQ((*envelope->result)["id"], "x");
}

TEST(WireEnvelope, CarriesAllOfAnError) {
  const Json document = *parse_json(R"({"success":false,"result":null,"errors":[
    {"code":10021,"message":"no","documentation_url":"https://example.com/d",
     "source":{"pointer":"/bindings/0"},"meta":{}}, "just text", 7,
    {"code":"10021","message":5}]})");
  const auto envelope = read_envelope(document);
  ASSERT_TRUE(envelope);
  EXPECT_EQ(envelope->result, nullptr);
  ASSERT_EQ(envelope->errors.size(), 4U);
  EXPECT_EQ(envelope->errors[0].code, 10021);
  EXPECT_EQ(envelope->errors[0].message, "no");
  EXPECT_EQ(envelope->errors[0].documentation_url, "https://example.com/d");
  EXPECT_EQ(envelope->errors[0].pointer, "/bindings/0");
  EXPECT_EQ(envelope->errors[1].message, "just text");
  EXPECT_EQ(envelope->errors[3].code, 0);
}

TEST(WireEnvelope, IsNotJustAnyJson) {
  for (const char* text : {"[]", "{}", "null", R"({"success":"yes"})", R"({"result":[]})"}) {
    EXPECT_FALSE(read_envelope(*parse_json(text))) << text;
  }
}

}  // namespace
}  // namespace rollout
