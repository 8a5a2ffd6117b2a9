// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "daemon/core/model/exit_codes.h"
#include "tests/process/site.h"

namespace rollout {
namespace {

TEST(StatusWatch, ShowsEveryChangeUntilTheDaemonIsGone) {
  const Site site;
  site.configure();
  const auto daemon = site.start();
  const auto watch = site.start_ctl({"status", "--watch"});
  watch->read_until([&] { return watch->out().contains("Stalled"); });  // There is no build yet.
  EXPECT_EQ(site.ctl({"suspend", "shop", "--reason", "holidays"}).exit, 0);
  watch->read_until([&] { return watch->out().contains("Suspended"); });
  EXPECT_EQ(daemon->stop(), 0);
  EXPECT_EQ(watch->wait(), kExitUnreachable);
  EXPECT_TRUE(watch->err().contains("no daemon answers at ")) << watch->err();
}

TEST(StatusWatch, EndsWithTheConditionThatIsWaitedFor) {
  const Site site;
  site.configure();
  const auto daemon = site.start();
  const auto watch = site.start_ctl({"status", "--watch", "--fail-on", "Suspended"});
  watch->read_until([&] { return watch->out().contains("shop"); });
  EXPECT_EQ(site.ctl({"suspend", "shop", "--reason", "holidays"}).exit, 0);
  EXPECT_EQ(watch->wait(), kExitFailed);
}

}  // namespace
}  // namespace rollout
