// SPDX-License-Identifier: Apache-2.0
// What keeps the daemon from starting, each with its exit code and a sentence.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/sqlite/checks.h"
#include "daemon/core/model/exit_codes.h"
#include "tests/process/site.h"

namespace rollout {
namespace {

// Fault matrix 51.
TEST(Start, OfASecondInstanceOnOneStateDirectoryIsRefused) {
  const Site site;
  site.configure();
  const auto first = site.start();
  const Ended second = run(site.daemon_words());
  EXPECT_EQ(second.exit, kExitStateInUse) << second.err;
  EXPECT_TRUE(second.err.contains(site.path("state"))) << second.err;
  site.build("one");
  site.mark();
  first->await("version.created");  // No harm done.
  EXPECT_EQ(first->stop(), 0);
}

// Fault matrix 50.
TEST(Start, OnAStateOfANewerVersionIsRefused) {
  const Site site;
  site.configure();
  EXPECT_EQ(site.start()->stop(), 0);
  const std::string journal = site.path("state/main.journal");
  {
    const auto database = *Database::open(journal);
    std::string identity;
    ASSERT_TRUE(database->each("SELECT identity FROM journal", {},
                               [&](const SqlRow& row) { identity = row.text(0); }));
    ASSERT_TRUE(database->script("PRAGMA user_version = 999"));
    ASSERT_TRUE(
        database->run("UPDATE journal SET checksum = ?", {head_checksum(identity, "", 999)}));
  }
  const Ended refused = run(site.daemon_words());
  EXPECT_EQ(refused.exit, kExitStateTooNew) << refused.err;
  EXPECT_TRUE(refused.err.contains("newer")) << refused.err;
}

TEST(Start, WithAnInvalidConfigurationIsRefusedWithAllErrorsAtOnce) {
  const Site site;
  site.configure({.mode = "enforced", .extra = "    retentoin: two\n"});
  const Ended refused = run(site.daemon_words());
  EXPECT_EQ(refused.exit, kExitConfig) << refused.err;
  EXPECT_TRUE(refused.err.contains("rolloutd.yaml:2:7: ")) << refused.err;
  EXPECT_TRUE(refused.err.contains("rolloutd.yaml:18:5: ")) << refused.err;
  EXPECT_TRUE(site.requests().empty());
}

TEST(Start, WithoutItsTokenIsRefused) {
  const Site site;
  site.configure();
  std::filesystem::remove(site.path("token"));
  const Ended refused = run(site.daemon_words());
  EXPECT_EQ(refused.exit, kExitConfig) << refused.err;
  EXPECT_EQ(refused.err, "read the token of account main: `token: { file: " + site.path("token") +
                             " }`: No such file or directory; write the token into it\n");
}

TEST(Start, WithAWrongCommandLineSaysTheUsage) {
  for (const char* program : {ROLLOUTD_PROGRAM, ROLLOUTCTL_PROGRAM, ROLLOUT_EMULATOR}) {
    const Ended refused = run({program, "--no-such-option"});
    EXPECT_EQ(refused.exit, kExitUsage) << program;
    EXPECT_FALSE(refused.err.empty()) << program;
  }
  EXPECT_EQ(run({ROLLOUTCTL_PROGRAM, "no-such-command"}).exit, kExitUsage);
}

TEST(Start, WithoutADaemonRolloutctlSaysThatItIsUnreachable) {
  const Site site;
  site.configure();
  const Ended status = site.ctl({"status"});
  EXPECT_EQ(status.exit, kExitUnreachable) << status.err;
  EXPECT_EQ(status.err, "ask the daemon: no daemon answers at " + site.path("control.sock") +
                            "; start it (systemctl start rolloutd), or name its socket "
                            "(--socket)\n");
}

}  // namespace
}  // namespace rollout
