// SPDX-License-Identifier: Apache-2.0
// `config check --online`, against a local Versions API.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "daemon/core/model/exit_codes.h"
#include "tests/app/support.h"

namespace rollout {
namespace {

class Online : public Shop {
 protected:
  Ran check() { return ctl({"config", "check", "--online"}); }
};

TEST_F(Online, EachWorkerAndBuildDirectoryIsLookedAt) {
  const Ran ran = check();
  EXPECT_EQ(ran.exit, kExitOk) << ran.err;
  EXPECT_TRUE(ran.out.contains("shop: is at account main, and the token may read it")) << ran.out;
  EXPECT_TRUE(ran.out.contains("shop: " + folder_.path("dist") + " can be read")) << ran.out;
  EXPECT_EQ(server_.requests().size(), 1U) << "nothing more is asked";
}

TEST_F(Online, NothingIsAskedWithoutTheFlag) {
  EXPECT_EQ(ctl({"config", "check"}).exit, kExitOk);
  EXPECT_EQ(server_.requests().size(), 0U);
}

TEST_F(Online, AWrongTokenExits77AndIsToldOnce) {
  folder_.write("token", "another-token-altogether\n");
  write_config("enforce", "  - { name: second, account: main }\n");
  const Ran ran = check();
  EXPECT_EQ(ran.exit, kExitUnauthorized);
  EXPECT_EQ(server_.requests().size(), 1U) << "the second Worker would meet the same";
}

TEST_F(Online, AnUnknownWorkerIsNamedAndTheOthersAreStillLookedAt) {
  write_config("enforce", "  - { name: nope, account: main }\n");
  const Ran ran = check();
  EXPECT_EQ(ran.exit, kExitFailed);
  EXPECT_TRUE(ran.err.contains("nope: no such Worker at account main")) << ran.err;
  EXPECT_TRUE(ran.out.contains("shop: is at account main")) << ran.out;
}

TEST_F(Online, AWorkerThatStandsByItsNameAndByItsIdIsFound) {
  const std::string id = (**server_.cloud()->worker("shop"))["id"];
  write_config("enforce", "  - { name: " + id + ", account: main }\n");
  const Ran ran = check();
  EXPECT_EQ(ran.exit, kExitConfig);
  EXPECT_TRUE(ran.err.contains("are the same Worker: take one of them out")) << ran.err;
}

TEST_F(Online, ABuildDirectoryThatIsMissingIsToldWithItsReason) {
  std::filesystem::remove_all(folder_.path("dist"));
  const Ran ran = check();
  EXPECT_EQ(ran.exit, kExitFailed);
  EXPECT_TRUE(ran.err.contains("cannot be read by this user: No such file")) << ran.err;
  const Json json = ctl_json({"config", "check", "--online"});
  ASSERT_EQ(json["problems"].size(), 1U);
  EXPECT_EQ(json["problems"][0]["exit"], kExitFailed);
}

}  // namespace
}  // namespace rollout
