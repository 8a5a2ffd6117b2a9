// SPDX-License-Identifier: Apache-2.0
// `versions` against a local Versions API.
#include <nlohmann/json.hpp>

#include "daemon/core/model/exit_codes.h"
#include "daemon/core/model/trailer.h"
#include "tests/app/support.h"

namespace rollout {
namespace {

class Versions : public Shop {
 protected:
  Versions() { server_.seed(kThreeVersions); }

  std::size_t writes() { return server_.count_requests("POST") + server_.count_requests("DELETE"); }
  std::size_t versions_left() { return ctl_json({"versions", "list"})["result"].size(); }
};

TEST_F(Versions, ListShowsNumbersTagsAndWhatServes) {
  const Ran ran = ctl({"versions", "list", "--worker", "shop"});
  ASSERT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_TRUE(ran.out.starts_with("VERSION  TAG   CREATED               SERVING  ID"));
  EXPECT_LT(ran.out.find("v3"), ran.out.find("v2"));
  EXPECT_TRUE(ran.out.contains("v1.1  2026-02-01T09:00:00Z  100 %")) << ran.out;
  EXPECT_TRUE(ran.out.contains("the second"));
  EXPECT_FALSE(ran.out.contains("line two"));
  EXPECT_EQ(writes(), 0U);
}

TEST_F(Versions, ListAsJsonIsARecordedListThatPreviewReads) {
  const Json list = ctl_json({"versions", "list"});
  EXPECT_EQ(list["apiVersion"], "rolloutctl/v1");
  EXPECT_EQ(list["result"].size(), 3U);
  EXPECT_EQ(list["result"][0]["annotations"]["workers/tag"], "v1.2");
  folder_.write("list.json", list.dump());
  const Json verdicts =
      ctl_json({"policy", "preview", folder_.path("policies/small.yaml"), "--versions",
                folder_.path("list.json"), "--at", "2026-04-01T00:00:00Z"});
  ASSERT_EQ(verdicts["versions"].size(), 3U);
  EXPECT_EQ(verdicts["versions"][0]["verdict"], "keep");
  EXPECT_EQ(verdicts["versions"][1]["verdict"], "keep");
  EXPECT_EQ(verdicts["versions"][2]["verdict"], "condemned");
  EXPECT_EQ(verdicts["stops"], Json::array());
}

TEST_F(Versions, GetResolvesANumberATagAndAPrefix) {
  const std::string id = ctl_json({"versions", "list"})["result"][1]["id"];
  for (const std::string& name : {std::string("v2"), std::string("v1.1"), id.substr(0, 13), id}) {
    const Json json = ctl_json({"versions", "get", name});
    EXPECT_EQ(json["version"]["id"], id) << name;
  }
}

TEST_F(Versions, GetOfWhatIsNotThereExits1) {
  EXPECT_EQ(ctl({"versions", "get", "v9"}).exit, kExitFailed);
}

TEST_F(Versions, DeleteNeedsConsentWithoutATerminal) {
  const Ran ran = ctl({"versions", "delete", "v1"});
  EXPECT_EQ(ran.exit, kExitUsage);
  EXPECT_TRUE(ran.err.contains("delete v1 \"v1.0\" of shop")) << ran.err;
  EXPECT_TRUE(ran.err.contains("--yes"));
  EXPECT_EQ(writes(), 0U);
}

TEST_F(Versions, DeleteAsksOnATerminal) {
  EXPECT_EQ(ctl({"versions", "delete", "v1"}, Terminal::says_no).exit, kExitUsage);
  EXPECT_EQ(writes(), 0U);
  EXPECT_EQ(ctl({"versions", "delete", "v1"}, Terminal::says_yes).exit, kExitOk);
  EXPECT_EQ(versions_left(), 2U);
}

TEST_F(Versions, DeleteRefusesWhatServes) {
  const Ran ran = ctl({"versions", "delete", "v1", "v2", "--yes"});
  EXPECT_EQ(ran.exit, kExitFailed);
  EXPECT_TRUE(ran.err.contains("v2 \"v1.1\"")) << ran.err;
  EXPECT_TRUE(ran.err.contains("current deployment"));
  EXPECT_EQ(writes(), 0U);
}

// Promise 12
TEST_F(Versions, DeploymentsAreReadAgainBeforeEachDelete) {
  ASSERT_EQ(ctl({"versions", "delete", "v1", "v3", "--yes"}).exit, kExitOk);
  std::string order;
  for (const Json& request : server_.requests()) {
    if (request["path"].get<std::string>().ends_with("/deployments")) order += 'r';
    if (request["method"] == "DELETE") order += 'd';
  }
  EXPECT_EQ(order, "rrdrd");
}

TEST_F(Versions, DryRunSendsNothingButReads) {
  const Ran ran = ctl({"versions", "delete", "v1", "--dry-run"});
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_TRUE(ran.err.contains("dry run"));
  EXPECT_EQ(ctl_json({"versions", "delete", "v1", "--dry-run"})["would_delete"].size(), 1U);
  EXPECT_EQ(ctl({"versions", "create", "--worker", "shop", folder_.path("dist"), "--dry-run"}).exit,
            kExitOk);
  EXPECT_EQ(writes(), 0U);
}

class Creates : public Shop {
 protected:
  Ran create(std::vector<std::string> more, Terminal terminal = Terminal::none) const {
    more.insert(more.begin(), {"versions", "create", "--worker", "shop", folder_.path("dist")});
    return ctl(std::move(more), terminal);
  }
};

TEST_F(Creates, ThePlanStandsFirstAndConsentIsNeededWithoutATerminal) {
  const Ran ran = create({"--tag", "v1", "--deploy"});
  EXPECT_EQ(ran.exit, kExitUsage);
  EXPECT_TRUE(ran.err.contains("create a version of shop: 1 module, ")) << ran.err;
  EXPECT_TRUE(ran.err.contains("deployed at once")) << ran.err;
  EXPECT_TRUE(ran.err.contains("nothing was created: not confirmed (without a terminal: --yes)"))
      << ran.err;
  EXPECT_EQ(server_.requests().size(), 0U);
}

TEST_F(Creates, ATerminalIsAsked) {
  EXPECT_EQ(create({}, Terminal::says_no).exit, kExitUsage);
  EXPECT_EQ(server_.requests().size(), 0U);
  EXPECT_EQ(create({}, Terminal::says_yes).exit, kExitOk);
  EXPECT_EQ(server_.count_requests("POST"), 1U);
}

TEST_F(Creates, ADryRunTellsWhetherTheBuildHasAVersion) {
  const Ran fresh = create({"--dry-run"});
  EXPECT_EQ(fresh.exit, kExitOk) << fresh.err;
  EXPECT_TRUE(fresh.out.contains("no version carries this digest")) << fresh.out;
  EXPECT_TRUE(fresh.err.contains("0 writes were sent, 1 held back")) << fresh.err;
  ASSERT_EQ(create({"--tag", "v1", "--yes"}).exit, kExitOk);
  const Ran again = create({"--dry-run"});
  EXPECT_TRUE(again.out.contains("v1 \"v1\" carries this digest already")) << again.out;
  const Json json =
      ctl_json({"versions", "create", "--worker", "shop", folder_.path("dist"), "--dry-run"});
  EXPECT_EQ(json["dry_run"], true);
  EXPECT_EQ(json["existing"]["number"], 1);
  EXPECT_EQ(server_.count_requests("POST"), 1U);
}

TEST_F(Creates, ADryRunFindsAWorkerThatDoesNotExist) {
  const Ran ran =
      ctl({"versions", "create", "--worker", "nobody", folder_.path("dist"), "--dry-run"});
  EXPECT_EQ(ran.exit, kExitFailed) << ran.out;
}

TEST_F(Creates, OneWriteMakesOneVersion) {
  const Json json = ctl_json({"versions", "create", "--worker", "shop", folder_.path("dist"),
                              "--tag", "v1.4.0", "--message", "by hand", "--yes"});
  EXPECT_EQ(json["version"]["annotations"]["workers/tag"], "v1.4.0");
  EXPECT_EQ(server_.requests().size(), 2U) << "what is inherited is read first";
  EXPECT_EQ(server_.count_requests("POST"), 1U);
  const auto trailer =
      parse_trailer(json["version"]["annotations"]["workers/message"].get<std::string>());
  ASSERT_TRUE(trailer);
  EXPECT_EQ(trailer->policy, PolicyName("manual"));
  EXPECT_EQ(trailer->confidence, Confidence::confirmed);
  EXPECT_EQ(json["digest"], trailer->digest.hex());
}

TEST_F(Creates, AnAmbiguousOutcomeExits1AndIsNotRepeated) {
  server_.add_faults(R"([{"method":"POST","path":"*/versions","when":"after","drop":true}])");
  const Ran ran = ctl({"versions", "create", "--worker", "shop", folder_.path("dist"), "--yes"});
  EXPECT_EQ(ran.exit, kExitFailed);
  EXPECT_TRUE(ran.err.contains("the version may exist")) << ran.err;
  EXPECT_EQ(server_.count_requests("POST"), 1U);
}

TEST_F(Creates, ARefusedTokenExits77) {
  folder_.write("token", "wrong-token\n");
  const Ran ran = ctl({"versions", "create", "--worker", "shop", folder_.path("dist"), "--yes"});
  EXPECT_EQ(ran.exit, kExitUnauthorized) << ran.err;
  EXPECT_FALSE(ran.err.contains("wrong-token")) << "the token was shown";
}

TEST_F(Creates, AWorkerThatIsNotConfiguredUsesTheOnlyAccount) {
  const Ran ran = ctl({"versions", "create", "--worker", "nobody", folder_.path("dist"), "--yes"});
  EXPECT_EQ(ran.exit, kExitFailed) << ran.err;
  EXPECT_EQ(server_.count_requests("POST"), 1U) << ran.err << server_.requests().dump();
}

TEST_F(Creates, TwoMainModulesAreNamed) {
  folder_.write("dist/other.js", "export default {}\n");
  const Ran ran = ctl({"versions", "create", "--worker", "shop", folder_.path("dist"), "--yes"});
  EXPECT_EQ(ran.exit, kExitFailed);
  EXPECT_TRUE(ran.err.contains("index.js") && ran.err.contains("other.js")) << ran.err;
  EXPECT_EQ(server_.requests().size(), 0U);
  const Ran chosen = ctl({"versions", "create", "--worker", "shop", folder_.path("dist"), "--main",
                          "index.js", "--yes"});
  EXPECT_EQ(chosen.exit, kExitOk) << chosen.err;
}

TEST_F(Creates, ATagThatIsTooLongIsFoundHere) {
  const Ran ran = ctl({"versions", "create", "--worker", "shop", folder_.path("dist"), "--tag",
                       std::string(101, 'x')});
  EXPECT_EQ(ran.exit, kExitUsage);
  EXPECT_EQ(server_.requests().size(), 0U);
}

TEST_F(Creates, DeployServesAllTraffic) {
  ASSERT_EQ(
      ctl({"versions", "create", "--worker", "shop", folder_.path("dist"), "--deploy", "--yes"})
          .exit,
      kExitOk);
  const Ran ran = ctl({"versions", "list"});
  EXPECT_TRUE(ran.out.contains("100 %")) << ran.out;
}

TEST_F(Creates, AnUnreachableServiceExits69) {
  server_.stop();
  const Ran ran = ctl({"versions", "list"});
  EXPECT_EQ(ran.exit, kExitUnreachable) << ran.err;
}

}  // namespace
}  // namespace rollout
