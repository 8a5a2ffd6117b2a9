// SPDX-License-Identifier: Apache-2.0
#include "daemon/emulator/cloud.h"

#include <gtest/gtest.h>

#include "tests/emulator/cloud_world.h"

namespace rollout {
namespace {

std::string one_of(const Json& version) {
  const Json share = {{"version_id", version["id"]}, {"percentage", 100}};
  return Json{{"strategy", "percentage"}, {"versions", Json::array({share})}}.dump();
}

std::string split(const Json& first, const char* share, const Json& second, const char* other) {
  return R"({"strategy":"percentage","versions":[{"version_id":)" + first["id"].dump() +
         R"(,"percentage":)" + share + R"(},{"version_id":)" + second["id"].dump() +
         R"(,"percentage":)" + other + "}]}";
}

TEST(Cloud, ListsInPagesAndNothingBeyondTheEnd) {
  CloudWorld world;
  for (int i = 0; i < 5; ++i) world.create();
  EXPECT_EQ(world.numbers({}), "5 4 3 2 1 ");
  EXPECT_EQ(world.numbers({.page = 2, .per_page = 2}), "3 2 ");
  EXPECT_EQ(world.numbers({.page = 3, .per_page = 2}), "1 ");
  EXPECT_EQ(world.numbers({.page = 4, .per_page = 2}), "");
  EXPECT_EQ(world.numbers({.page = 1LL << 62, .per_page = 100}), "");
  EXPECT_EQ((*world.cloud.versions("shop", {.page = 9, .per_page = 2})).total_count, 5U);
}

TEST(Cloud, ListOrderIsASwitch) {
  CloudWorld oldest({.list_order = ListOrder::oldest});
  CloudWorld by_id({.list_order = ListOrder::by_id});
  std::map<std::string, std::string> ids;
  for (int i = 1; i <= 3; ++i) {
    oldest.create();
    ids[by_id.create()["id"]] = std::to_string(i) + " ";
  }
  EXPECT_EQ(oldest.numbers({}), "1 2 3 ");
  std::string expected;
  for (const auto& [id, number] : ids) expected += number;
  EXPECT_EQ(by_id.numbers({}), expected);
}

TEST(Cloud, FindsVersionsByIdPrefixAndLatest) {
  CloudWorld world;
  const Json first = world.create();
  const Json second = world.create();
  const std::string id = first["id"];
  EXPECT_EQ(world.get(id)["number"], 1);
  EXPECT_EQ(world.get(id.substr(0, 8))["number"], 1);
  EXPECT_EQ(world.get("latest")["number"], 2);
  EXPECT_EQ(world.get(id.substr(0, 7))["code"], 10004);
  EXPECT_EQ(world.get("notahexnumber")["code"], 10004);
  EXPECT_EQ(world.get("00000000")["code"], 10071);
  EXPECT_EQ(world.remove(second), 0);
  EXPECT_EQ(world.get("latest")["number"], 1);
}

TEST(Cloud, RefusesAPrefixOfSeveralVersions) {
  CloudWorld world;
  ASSERT_TRUE(world.cloud.seed(json(R"({"workers":[{"name":"shop","versions":[
      {"id":"aaaaaaaa-0000-4000-a000-000000000001"},
      {"id":"aaaaaaaa-0000-4000-a000-000000000002"}]}]})")));
  EXPECT_EQ(world.get("aaaaaaaa")["code"], 10004);
  EXPECT_EQ(world.get("aaaaaaaa-0000-4000-a000-000000000002")["number"], 2);
}

TEST(Cloud, DeletesByPrefixAndOnlyOnce) {
  CloudWorld world;
  const Json made = world.create();
  EXPECT_TRUE(world.cloud.delete_version("shop", made["id"].get<std::string>().substr(0, 8)));
  EXPECT_EQ(world.remove(made), 10071);
}

TEST(Cloud, RefusesToDeleteWhatIsDeployed) {
  CloudWorld world;
  const Json first = world.create();
  const Json second = world.create();
  world.deploy(split(first, "100", second, "0"));
  EXPECT_EQ(world.remove(first), 10021);
  EXPECT_EQ(world.remove(second), 10021) << "a share of 0 is deployed too";
  world.deploy(one_of(second));
  EXPECT_EQ(world.remove(first), 0) << "an older deployment does not hold it";
}

TEST(Cloud, DeletesWhatIsDeployedByASwitch) {
  CloudWorld world({.delete_deployed = DeleteDeployed::allow});
  const Json made = world.create("{}", {.deploy = true});
  EXPECT_EQ(world.remove(made), 0);
}

TEST(Cloud, FindsWorkersByNameAndId) {
  CloudWorld world;
  const auto shop = world.cloud.worker("shop");
  const std::string id = (**shop)["id"];
  EXPECT_EQ(id.size(), 32U);
  EXPECT_EQ(*world.cloud.worker(id), *shop);
  EXPECT_TRUE(world.cloud.create_version(id, Json::object(), {}));
  EXPECT_EQ(world.cloud.deployments(id).error().code, 10007) << "deployments go by name alone";
}

struct WorkerCase {
  const char* name;
  std::string body;
  int code;
};

class WorkerRefused : public testing::TestWithParam<WorkerCase> {};

TEST_P(WorkerRefused, WithItsCode) {
  CloudWorld world;
  const auto made = world.cloud.create_worker(json(GetParam().body));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, GetParam().code) << made.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, WorkerRefused,
    testing::Values(
        WorkerCase{"NoName", "{}", 10016}, WorkerCase{"BadName", R"({"name":"Shop"})", 10016},
        WorkerCase{"DashFirst", R"({"name":"-a"})", 10016},
        WorkerCase{"Taken", R"({"name":"shop"})", 10040},
        WorkerCase{"LongName", R"({"name":")" + std::string(64, 'a') + R"("})", 100132},
        WorkerCase{"LongForPreviews", R"({"name":")" + std::string(55, 'a') + R"("})", 100315},
        WorkerCase{"NineTags", R"({"name":"a","tags":["1","2","3","4","5","6","7","8","9"]})",
                   100103},
        WorkerCase{"CommaInTag", R"({"name":"a","tags":["a,b"]})", 100134},
        WorkerCase{"LongTag", R"({"name":"a","tags":[")" + std::string(1025, 't') + R"("]})",
                   100102},
        WorkerCase{"LogpushNoBool", R"({"name":"a","logpush":"yes"})", 10026}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(Cloud, ListsWorkersByTheirLastDeployment) {
  CloudWorld world;
  for (const char* name : {"blog", "mail"}) {
    ASSERT_TRUE(world.cloud.create_worker(Json{{"name", name}}));
    world.now += std::chrono::milliseconds(1500);
    ASSERT_TRUE(world.cloud.create_version(name, Json::object(), {.deploy = true}));
  }
  const auto names = [&](const WorkerOrder& order) {
    std::string text;
    const auto page = world.cloud.workers({}, order);
    for (const Document& one : page->items) text += (*one)["name"].get<std::string>() + " ";
    return text;
  };
  EXPECT_EQ(names({}), "mail blog shop ");
  EXPECT_EQ(names({.by = "name", .order = "asc"}), "blog mail shop ");
}

TEST(Cloud, DeletingAWorkerTakesEverythingOfIt) {
  CloudWorld world;
  world.create("{}", {.deploy = true});
  ASSERT_TRUE(world.cloud.delete_worker("shop"));
  EXPECT_FALSE(world.cloud.worker("shop"));
  EXPECT_EQ(world.cloud.snapshot().size(), 1U) << "the clock alone";
}

TEST(Cloud, DeployOnCreateStandsFirst) {
  CloudWorld world;
  world.create("{}", {.deploy = true});
  world.now -= std::chrono::hours(1);  // A clock that goes back must not hide it.
  const Json second = world.create("{}", {.deploy = true});
  const auto all = world.cloud.deployments("shop");
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ((*all->front())["versions"][0]["version_id"], second["id"]);
  EXPECT_EQ((*all->front())["versions"][0]["percentage"], 100);
  EXPECT_EQ((**world.cloud.worker("shop"))["deployed_on"], second["created_on"]);
}

struct ShareCase {
  const char* name;
  const char* first;
  const char* second;
  int code;  ///< 0: taken.
};

class Shares : public testing::TestWithParam<ShareCase> {};

TEST_P(Shares, AddUpTo100) {
  CloudWorld world;
  const Json first = world.create();
  const Json second = world.create();
  const Json answer = world.deploy(split(first, GetParam().first, second, GetParam().second));
  EXPECT_EQ(answer.value("code", 0), GetParam().code) << answer;
}

INSTANTIATE_TEST_SUITE_P(Splits, Shares,
                         testing::Values(ShareCase{"Halves", "50", "50", 0},
                                         ShareCase{"Zero", "100", "0", 0},
                                         ShareCase{"Thirds", "33.333", "66.667", 0},
                                         ShareCase{"NearEnough", "33.333", "66.6665", 0},
                                         ShareCase{"TooLittle", "50", "49", 10021},
                                         ShareCase{"TooMuch", "50", "50.01", 10021},
                                         ShareCase{"Negative", "-1", "101", 10021},
                                         ShareCase{"NoNumber", "\"50\"", "50", 10021}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Cloud, DeploymentsNeedOneOrTwoVersionsThatExist) {
  CloudWorld world;
  const Json made = world.create();
  EXPECT_EQ(world.deploy(R"({"strategy":"percentage","versions":[]})")["code"], 10021);
  EXPECT_EQ(world.deploy(R"({"versions":[]})")["pointer"], "/strategy");
  EXPECT_EQ(world.deploy(split(made, "50", made, "50"))["code"], 10021);
  Json gone = made;
  gone["id"] = "00000000-0000-4000-a000-000000000000";
  EXPECT_EQ(world.deploy(one_of(gone))["code"], 100146);
}

TEST(Cloud, Only100NewestVersionsCanBeDeployed) {
  CloudWorld world;
  const Json first = world.create();
  const Json second = world.create();
  for (int i = 0; i < 99; ++i) world.create();
  EXPECT_EQ(world.deploy(one_of(first))["code"], 10021);
  EXPECT_FALSE(world.deploy(one_of(second)).contains("code"));
}

TEST(Cloud, DeletesDeploymentsButNotTheCurrentOne) {
  CloudWorld world;
  const Json first = world.deploy(one_of(world.create()));
  const Json second = world.deploy(one_of(world.create()));
  const auto remove = [&](const Json& deployment) {
    const auto done = world.cloud.delete_deployment("shop", deployment["id"].get<std::string>());
    return done ? 0 : done.error().code;
  };
  EXPECT_EQ(remove(second), 10021);
  EXPECT_EQ(remove(first), 0);
  EXPECT_EQ(remove(first), 10336);
  EXPECT_EQ(world.cloud.deployment("shop", first["id"].get<std::string>()).error().code, 10336);
}

TEST(Cloud, SeedMakesThePastAndNumbersGoOn) {
  CloudWorld world;
  const auto done = world.cloud.seed(json(R"({"workers":[{"name":"old","versions":[
      {"number":4,"created_on":"2025-01-01T00:00:00Z","main_module":"a.js",
       "annotations":{"workers/tag":"v4"},"bindings":[{"name":"S","type":"secret_text"}]},
      {"number":9,"created_on":"2025-02-01T00:00:00Z","source":"wrangler"}],
    "deployments":[{"created_on":"2025-03-01T00:00:00Z","versions":[{"number":9,"percentage":100}]},
                   {"created_on":"2025-01-02T00:00:00Z","versions":[{"number":4,"percentage":100}]}]
  }]})"));
  ASSERT_TRUE(done) << done.error();
  const auto page = world.cloud.versions("old", {});
  ASSERT_EQ(page->items.size(), 2U);
  EXPECT_EQ((*page->items[0])["source"], "wrangler");
  EXPECT_EQ((*page->items[1])["created_on"], "2025-01-01T00:00:00Z");
  EXPECT_EQ((*page->items[1])["annotations"]["workers/tag"], "v4");
  const auto all = world.cloud.deployments("old");
  EXPECT_EQ((*all->front())["created_on"], "2025-03-01T00:00:00Z");
  EXPECT_EQ((**world.cloud.worker("old"))["deployed_on"], "2025-03-01T00:00:00Z");
  EXPECT_EQ((**world.cloud.create_version("old", Json::object(), {}))["number"], 10);
}

TEST(Cloud, SeedIsTakenWholeOrNotAtAll) {
  CloudWorld world;
  const auto done = world.cloud.seed(json(
      R"({"workers":[{"name":"good"},{"name":"bad","versions":[{"number":1},{"number":1}]}]})"));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error(), "Worker `bad`: version 1 exists already");
  EXPECT_FALSE(world.cloud.worker("good"));
}

TEST(Cloud, ClockRunsAheadOfItsSource) {
  CloudWorld world;
  world.cloud.advance(std::chrono::hours(36));
  EXPECT_EQ(world.create()["created_on"], "2026-03-02T12:00:00Z");
  world.cloud.reset();
  EXPECT_EQ(world.cloud.now(), world.now);
  EXPECT_FALSE(world.cloud.worker("shop"));
}

TEST(Cloud, ChangesGiveTheSameCloudAsASnapshot) {
  CloudWorld world({.class_rule = ClassRule::on});
  std::map<std::string, std::string> stored;
  const auto store = [&] {
    for (const CloudRecord& record : world.cloud.changes()) {
      stored.erase(record.key);
      if (!record.text.empty()) stored.emplace(record.key, record.text);
    }
    world.cloud.changes_stored();
  };
  store();
  const Json first =
      world.create(R"({"migrations":{"new_tag":"t","new_classes":["C"]}})", {.deploy = true});
  store();
  const Json second = world.create(R"({"modules":[{"name":"a","content_type":"text/plain",
      "content_base64":""}]})");
  world.deploy(split(first, "50", second, "50"));
  store();
  world.remove(world.create());
  world.cloud.advance(std::chrono::hours(1));
  store();

  std::vector<CloudRecord> records;
  for (const auto& [key, text] : stored) records.push_back({key, text});
  CloudWorld again({.class_rule = ClassRule::on});
  ASSERT_TRUE(again.cloud.restore(records));
  const auto texts = [](const Cloud& cloud) {
    std::string all;
    for (const CloudRecord& record : cloud.snapshot()) all += record.key + record.text + "\n";
    return all;
  };
  EXPECT_EQ(texts(again.cloud), texts(world.cloud));
  EXPECT_EQ(again.create()["number"], 4);
  EXPECT_EQ(again.get(first["id"])["migration_tag"], "t");
}

TEST(Cloud, RestoreNamesTheRecordThatIsWrong) {
  CloudWorld world;
  const auto done = world.cloud.restore({{"worker/1", R"({"document":{}})"}});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error(), "the record `worker/1` cannot be read");
  EXPECT_TRUE(world.cloud.worker("shop")) << "what was there stays";
}

}  // namespace
}  // namespace rollout
