// SPDX-License-Identifier: Apache-2.0
// Whether the watchdog bites: a lane that stands still in the middle of its work.
#include "daemon/app/account_lane.h"

#include <fmt/format.h>

#include <condition_variable>

#include "daemon/adapters/system/system_clock.h"
#include "daemon/adapters/system/system_random.h"
#include "daemon/adapters/yaml/yaml_policy_source.h"
#include "tests/app/support.h"

namespace rollout {
namespace {

/// Holds whoever tells something until it is let go.
class Trap final : public EventSink {
 public:
  void emit(const Event& /*event*/) override {
    std::unique_lock lock(mutex_);
    caught_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void wait_for_somebody() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return caught_; });
  }
  void let_go() {
    const std::scoped_lock lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool caught_ = false, open_ = false;
};

TEST(AccountLane, IsNotAliveOnceItIsStuckPastWhatItPromised) {
  const Folder folder;
  folder.write("token", "canary-token-93f1\n");
  folder.write("state/here", "");
  folder.write(
      "rolloutd.yaml",
      fmt::format("version: 1\nmode: observe\naccounts:\n  main:\n    account_id: {:0>32}\n"
                  "    token: {{ file: {} }}\n    api: http://127.0.0.1:1/client/v4\n"
                  "workers:\n  - name: shop\n    account: main\n    timeout: 10min\n",
                  "a", folder.path("token")));
  YamlPolicySource source(folder.path("rolloutd.yaml"));
  auto loaded = source.load();
  ASSERT_TRUE(loaded) << loaded.error().front().message;
  const auto config = std::make_shared<const Config>(*std::move(loaded));
  SystemClock clock;
  SystemRandom random;
  Redactor redactor;
  Trap trap;
  const AccountLane::Shared shared{.clock = clock,
                                   .random = random,
                                   .events = trap,
                                   .policies = source,
                                   .redactor = redactor,
                                   .state_dir = folder.path("state")};
  auto lane = AccountLane::open(config->accounts.front(), config, shared);
  ASSERT_TRUE(lane) << lane.error().sentence;
  (*lane)->start();
  trap.wait_for_somebody();
  const Tick now = clock.tick();
  EXPECT_TRUE((*lane)->alive(now));
  EXPECT_TRUE((*lane)->alive(now + std::chrono::minutes(20))) << "its timeout is ten minutes";
  EXPECT_FALSE((*lane)->alive(now + std::chrono::minutes(30)));
  trap.let_go();
}

}  // namespace
}  // namespace rollout
