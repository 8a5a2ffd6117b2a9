// SPDX-License-Identifier: Apache-2.0
#include "daemon/codec/report/command_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rollout {
namespace {

const WorkerId kShop("shop-api");

std::vector<Command> every_command() {
  return {PlanCommand{kShop},
          ReconcileCommand{kShop},
          ExplainCommand{kShop, "v31"},
          PinCommand{kShop, "v31", "audit", parse_rfc3339("2026-03-10T12:00:00Z")},
          UnpinCommand{kShop, "v31"},
          SuspendCommand{kShop, "migration", std::nullopt},
          ResumeCommand{kShop},
          ApplyCommand{kShop, "p-7f3a90c1"}};
}

TEST(CommandJson, EveryCommandComesBackAsItWas) {
  for (const Command& command : every_command()) {
    const Json json = command_to_json(command);
    const auto back = command_from_json(json.at("op").get<std::string>(), json.at("args"));
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->index(), command.index());
    EXPECT_EQ(command_to_json(*back), json);
  }
}

TEST(CommandJson, APinKeepsItsReasonAndEnd) {
  const Json json = command_to_json(every_command()[3]);
  EXPECT_EQ(json["args"]["reason"], "audit");
  EXPECT_EQ(json["args"]["until"], "2026-03-10T12:00:00Z");
}

struct Refused {
  const char* op;
  const char* args;
  const char* sentence;
};

class CommandJsonRefuses : public testing::TestWithParam<Refused> {};

TEST_P(CommandJsonRefuses, WithASentence) {
  const auto command = command_from_json(GetParam().op, Json::parse(GetParam().args));
  ASSERT_FALSE(command);
  EXPECT_NE(command.error().find(GetParam().sentence), std::string::npos) << command.error();
}

INSTANTIATE_TEST_SUITE_P(
    All, CommandJsonRefuses,
    testing::Values(Refused{"promote", "{}", "unknown operation `promote`"},
                    Refused{"plan", "[]", "`args` must be an object"},
                    Refused{"plan", "{}", "`worker`"},
                    Refused{"plan", R"({"worker":""})", "`worker` is missing"},
                    Refused{"plan", R"({"worker":7})", "worker"},
                    Refused{"plan", R"({"worker":"a","force":true})", "unknown argument `force`"},
                    Refused{"pin", R"({"worker":"a","version":"v1"})", "`reason` is missing"},
                    Refused{"apply", R"({"worker":"a"})", "`plan` is missing"},
                    Refused{"explain", R"({"worker":"a"})", "`version` is missing"},
                    Refused{"suspend", R"({"worker":"a","reason":"r","until":"tomorrow"})",
                            "`until` must be"}),
    [](const testing::TestParamInfo<Refused>& one) { return std::to_string(one.index); });

}  // namespace
}  // namespace rollout
