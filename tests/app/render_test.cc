// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/render.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "daemon/app/text.h"
#include "tests/app/support.h"

namespace rollout {
namespace {

struct Screen {
  explicit Screen(bool terminal)
      : console({.out = out, .err = err, .in = in, .out_is_terminal = terminal}) {}
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream in;
  Console console;
};

constexpr const char* kPlan = R"({"plans":[{
  "worker":"shop-api","account":"main","mode":"enforce","generation":3,
  "read_at":"2026-03-10T12:04:10Z","id":"p-7f3a90c1",
  "serving":[{"id":"x","number":41,"tag":"1.8.2","percentage":95},
             {"id":"y","number":40,"tag":"","percentage":5}],
  "actions":[
    {"action":"adopt","id":"z","number":44,"tag":"1.9.1"},
    {"action":"close","intent":"prune","outcome":"done","tag":"","reason":"version 30 is gone"},
    {"action":"create","digest":"e44b","modules":14,"bytes":421888,"left_out":1,"tag":"1.9.0",
     "message":"hello","deploy":"immediate","reason":"no version carries build e44b07d1c2aa"},
    {"action":"prune","id":"w","number":31,"tag":"1.6.4","reason":"no rule keeps it"}],
  "ready":[{"id":"w","number":31,"tag":"1.6.4","reason":"no rule keeps it"}],
  "waiting":2,
  "versions":[
    {"number":41,"id":"x","verdict":"keep","tag":"1.8.2","reasons":[
      {"code":"rule","rule":"last","group":"all","ordinal":1,"limit":"20",
       "ends_when":"20 newer versions come into its group"},
      {"code":"in-deployment","ends_when":"it is deployed no longer"}]},
    {"number":31,"id":"w","verdict":"condemned","tag":"1.6.4","reasons":[]}],
  "stops":[],"next_change":"2026-03-11T09:00:00Z"}]})";

TEST(Render, APlanIsAsWritten) {
  const Screen screen(false);
  EXPECT_TRUE(matches_golden("plan", render_plans(Json::parse(kPlan), screen.console) + "\n"));
}

TEST(Render, AStoppedPlanSaysWhatItHoldsBack) {
  Json data = Json::parse(kPlan);
  Json& plan = data["plans"][0];
  plan["actions"] = Json::array();
  plan["stops"] = {{{"code", "ObserveMode"}, {"message", "the mode is observe"}}};
  const Screen screen(false);
  EXPECT_TRUE(matches_golden("plan-stopped", render_plans(data, screen.console) + "\n"));
}

TEST(Render, ColoursAreForTerminals) {
  const Screen terminal(true);
  EXPECT_TRUE(render_plans(Json::parse(kPlan), terminal.console).contains("\033["));
  Screen plain(true);
  plain.console.set_manner({.loudness = Console::Loudness::normal, .color = false});
  EXPECT_FALSE(render_plans(Json::parse(kPlan), plain.console).contains("\033["));
}

TEST(Render, VerdictsHaveALineAReason) {
  const Screen screen(false);
  const Json data = Json::parse(R"({"versions":[
    {"number":41,"verdict":"keep","tag":"1.8.2","created_on":"2026-03-01T09:00:00Z","reasons":[
      {"code":"rule","rule":"last","group":"all","ordinal":1,"limit":"2",
       "ends_when":"2 newer versions come into its group"},
      {"code":"in-deployment","ends_when":"it is deployed no longer"}]},
    {"number":40,"verdict":"keep","tag":"","created_on":"2026-02-01T09:00:00Z","reasons":[
      {"code":"rule","rule":"within","group":"all","limit":"30d","until":"2026-03-03T09:00:00Z"},
      {"code":"rule","rule":"tagged","group":"all","limit":"keep-*"}]},
    {"number":39,"verdict":"condemned","tag":"","created_on":"2026-01-01T09:00:00Z",
     "reasons":[]}],
    "stops":[{"code":"MaxPercent","message":"1 of 3 exceed max_percent 25 %"}]})");
  EXPECT_TRUE(matches_golden("preview", render_verdicts(data, screen.console) + "\n"));
}

TEST(Render, APlanSaysOfEachKindOfReasonWhichEndsFirst) {
  const auto rule = [](int ordinal, const char* end) {
    return Json{{"code", "rule"},     {"rule", "last"}, {"group", "all"},
                {"ordinal", ordinal}, {"limit", "3"},   {"ends_when", end}};
  };
  const Json young = {{"code", "min-age"}, {"limit", "1h"}, {"until", "2026-03-10T13:00:00Z"}};
  const Json younger = {{"code", "min-age"}, {"limit", "1h"}, {"until", "2026-03-10T14:00:00Z"}};
  const Json held = {{"code", "pinned"}, {"limit", "keep-*"}};
  const Json verdicts = {{{"number", 9}, {"reasons", {rule(1, "3 come"), younger}}},
                         {{"number", 8}, {"reasons", {rule(2, "2 come"), young}}},
                         {{"number", 7}, {"reasons", {rule(3, "one comes"), held}}}};
  EXPECT_EQ(render_first_endings(Json::parse(verdicts.dump())),
            "v7  last 3/3    until one comes\n"
            "v8  min-age 1h  until 2026-03-10T13:00:00Z");
  EXPECT_EQ(render_first_endings(Json::array()), "");
}

TEST(Render, AKeptVersionIsExplained) {
  const Screen screen(false);
  const Json data = Json::parse(R"({"worker":"shop","generation":2,"grace":"1d",
    "version":{"number":31,"annotations":{"workers/tag":"1.6.4"}},
    "verdict":{"number":31,"tag":"1.6.4","verdict":"keep","reasons":[
      {"code":"rule","rule":"last","group":"releases","ordinal":14,"limit":"20",
       "ends_when":"7 newer versions come into its group"},
      {"code":"rule","rule":"daily","group":"releases","ordinal":3,"limit":"14",
       "bucket":"2026-11-02"},
      {"code":"rule","rule":"within","group":"all","limit":"14d","until":"2026-03-24T09:00:00Z"},
      {"code":"pinned"}]},
    "pin":{"actor":"anna","reason":"audit"},"stops":[],
    "ledger":[{"at":"2026-03-01T09:00:00Z","event":"version.pinned","detail":"pinned v31",
               "actor":"anna","number":31,"generation":2}]})");
  EXPECT_TRUE(matches_golden("explain-kept", render_explanation(data, screen.console) + "\n"));
}

TEST(Render, ACondemnedVersionSaysForHowLong) {
  const Screen screen(false);
  const Json data = Json::parse(R"({"worker":"shop","generation":2,"grace":"1d",
    "condemned_for_ms":11040000,
    "verdict":{"number":31,"tag":"","verdict":"condemned","reasons":[]},
    "formerly":{"policy":"standard","reasons":[
      {"code":"rule","rule":"last","group":"all","ordinal":3,"limit":"50"}]},
    "stops":[{"code":"Suspended","message":"the Worker is suspended"}],"ledger":[]})");
  EXPECT_TRUE(matches_golden("explain-condemned", render_explanation(data, screen.console) + "\n"));
}

TEST(Render, ADeletedVersionHasItsHistory) {
  const Screen screen(false);
  const Json data = Json::parse(R"({"worker":"shop","generation":2,"grace":"","stops":[],
    "ledger":[{"at":"2026-05-30T03:00:12Z","event":"prune.deleted","number":31,"tag":"1.6.4",
               "generation":2,"detail":"version 31 \"1.6.4\" deleted: no rule keeps it"},
              {"at":"2026-05-29T03:00:12Z","event":"prune.marked","number":31,"tag":"1.6.4",
               "generation":1,"detail":"version 31 is no longer kept"}]})");
  EXPECT_TRUE(matches_golden("explain-deleted", render_explanation(data, screen.console) + "\n"));
}

TEST(Render, ATagHasItsBudgetsAndItsFacts) {
  const Screen screen(false);
  const Json data = Json::parse(R"({"policy":"release","digest":"e44b","rule":1,"rules":2,
    "tag":"v1.9.0","message":"Add a cart\nrolloutd: build=sha256:e44b policy=release",
    "budgets":{"tag":{"bytes":6,"limit":100},
               "message":{"bytes":54,"limit":1000,"trailer":43,"cut_from":1200}},
    "notes":["the repository belongs to another user"],
    "facts":{"git.branch":{"value":"main","where":"git HEAD of /srv/shop/","used":["when"]},
             "git.subject":{"value":"Add\u001b[31m a cart\nand a checkout with many words in it",
                            "where":"git HEAD of /srv/shop/","used":["tag","message"]},
             "git.tag":{"looked_for":"the build's marker","used":["message"]},
             "host.name":{"value":"build-1","where":"the configuration"}}})");
  EXPECT_TRUE(matches_golden("tag", render_tag(data, screen.console) + "\n"));
}

TEST(Text, ColumnsCountCharactersNotBytes) {
  EXPECT_EQ(align({{"é", "b"}, {"xyz", "c"}}), "é    b\nxyz  c");
}

TEST(Text, Bytes) {
  EXPECT_EQ(bytes_for_people(0), "0 B");
  EXPECT_EQ(bytes_for_people(1536), "1.5 KiB");
  EXPECT_EQ(bytes_for_people(421888), "412 KiB");
  EXPECT_EQ(bytes_for_people(64ULL << 20U), "64.0 MiB");
}

TEST(Console, ProgressIsForTerminalsAndGoesBeforeTheNextLine) {
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream in;
  Console console({.out = out, .err = err, .in = in, .err_is_terminal = true});
  console.progress("half");
  console.say("done");
  EXPECT_EQ(err.str(), "\r\033[Khalf\r\033[Kdone\n");
  EXPECT_EQ(out.str(), "");
}

TEST(Console, QuietSaysErrorsOnly) {
  Screen screen(false);
  screen.console.set_manner({.loudness = Console::Loudness::quiet, .color = true});
  screen.console.say("talk");
  screen.console.detail("more");
  screen.console.error("wrong");
  screen.console.progress("half");
  EXPECT_EQ(screen.err.str(), "wrong\n");
}

}  // namespace
}  // namespace rollout
