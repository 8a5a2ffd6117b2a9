// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/newcomers.h"

#include "daemon/core/model/exit_codes.h"
#include "tests/engine/lane_fixture.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;

const WorkerId kShop{"shop"};
const WorkerId kId{"0123456789abcdef0123456789abcdef"};

/// The same Worker stands in the configuration by its name, and then by its id.
class NewcomersTest : public LaneTest {
 protected:
  NewcomersTest() {
    has_versions(3);
    cloud.names = {{kId, "shop"}};
  }
  /// In observe mode nothing goes before the Worker is renamed.
  void observe() { config->mode = Mode::observe; }
  std::shared_ptr<Config> renamed(const WorkerId& to) const {
    auto other = std::make_shared<Config>(*config);
    other->mode = Mode::enforce;
    other->workers[0].id = to;
    return other;
  }
  void reload(std::shared_ptr<const Config> other) {
    Wake wake;
    wake.config = std::move(other);
    triggers.wakes.push_back(std::move(wake));
  }
};

// Promise 21: the pins of a Worker that is renamed stand under its other name.
TEST_F(NewcomersTest, AreHeldFromTheStartWhereTheyMayBeAnotherWorker) {
  config->workers[0].build.reset();
  observe();
  EXPECT_EQ(ask(PinCommand{kShop, "v1", "audit", std::nullopt}).exit, 0);
  config = renamed(kId);
  run(4);
  EXPECT_EQ(count("remove"), 0);
  const Memory memory = *journal.recall(kId);
  EXPECT_TRUE(memory.prune_held);
  EXPECT_TRUE(memory.prune_held_because.starts_with(
      "nothing is known of 0123456789abcdef0123456789abcdef, and the journal knows shop"))
      << memory.prune_held_because;
  ASSERT_FALSE(story.all<PruneRefused>().empty());
  EXPECT_EQ(story.all<PruneRefused>()[0].detail, memory.prune_held_because);
  run(1);
  EXPECT_EQ(said(ask(ResumeCommand{kId})), kId.text() + " is resumed");
  run(2);
  EXPECT_EQ(count("remove"), 2) << "held once, and not again";
}

TEST_F(NewcomersTest, AreHeldFromAReloadToo) {
  config->workers[0].build.reset();
  observe();
  EXPECT_EQ(ask(PinCommand{kShop, "v1", "audit", std::nullopt}).exit, 0);
  triggers.before_wait = [&](int left) {
    if (left == 4) reload(renamed(kId));
  };
  run(6);
  EXPECT_EQ(count("remove"), 0);
  EXPECT_TRUE(journal.recall(kId)->prune_held);
}

TEST_F(NewcomersTest, AreHeldThoughACommandComesFirst) {
  config->workers[0].build.reset();
  observe();
  run(1);
  config = renamed(kId);
  EXPECT_EQ(ask(PinCommand{kId, "v2", "audit", std::nullopt}).exit, 0);
  run(2);
  EXPECT_EQ(count("remove"), 0);
}

TEST_F(NewcomersTest, AreNotLookedAfterWhileTheHoldCannotBeWritten) {
  config->workers[0].build.reset();
  observe();
  run(1);
  config = renamed(kId);
  journal.keeps_nothing = true;
  EXPECT_EQ(ask(PinCommand{kId, "v2", "audit", std::nullopt}).exit, kExitFailed);
  triggers.before_wait = [&](int left) {
    if (left == 1) journal.keeps_nothing = false;
  };
  run(3);
  EXPECT_FALSE(story.all<JournalDegraded>().empty());
  EXPECT_EQ(count("remove"), 0);
  EXPECT_TRUE(journal.recall(kId)->prune_held);
}

TEST_F(NewcomersTest, AreSuspendedWhereTheOtherWas) {
  disk.shows.builds = {a_build(500)};
  EXPECT_EQ(ask(SuspendCommand{kShop, "freeze", std::nullopt}).exit, 0);
  config = renamed(kId);
  run(20);
  EXPECT_EQ(count("create") + count("remove"), 0);
  const Memory memory = *journal.recall(kId);
  ASSERT_TRUE(memory.suspension);
  EXPECT_EQ(memory.suspension->reason, "freeze");
  EXPECT_TRUE(memory.prune_held_because.ends_with("; it is suspended as shop was: freeze"))
      << memory.prune_held_because;
  EXPECT_EQ(ask(ResumeCommand{kId}).exit, 0);
  run(10);
  EXPECT_EQ(count("create"), 1);
}

// Promise 21: a create that was sent under the other name may still take effect.
TEST_F(NewcomersTest, MakeNothingBeforeWhatWasSentUnderTheOtherNameHasSettled) {
  disk.shows.builds = {a_build(500)};
  cloud.next("create", {Fault::When::before, FailureKind::unknown_outcome});
  run(1);
  ASSERT_EQ(count("create"), 1);
  config = renamed(kId);
  run(2);
  const Tick start = clock.tick();  // Another start: the wait begins anew.
  std::optional<Tick> made;
  triggers.before_wait = [&](int) {
    if (!made && count("create") == 2) made = clock.tick();
  };
  run(20);
  ASSERT_TRUE(made);
  EXPECT_GT(*made - start, 5min) << "the longest create, T_max and L";
  EXPECT_FALSE(journal.recall(kId)->newcomer);
}

TEST_F(NewcomersTest, FindWhatWasSentUnderTheOtherName) {
  disk.shows.builds = {a_build(500)};
  cloud.next("create", {Fault::When::after, FailureKind::unknown_outcome});
  run(1);
  ASSERT_EQ(count("create"), 1);
  const std::vector<Version> late = cloud.versions;
  cloud.versions.erase(cloud.versions.begin());
  config = renamed(kId);
  run(3);
  cloud.versions = late;
  run(20);
  EXPECT_EQ(count("create"), 1);
}

TEST_F(NewcomersTest, AreFreeWhereTheJournalKnowsNoOther) {
  run(1);
  config->workers.push_back(config->workers[0]);
  config->workers[1].id = WorkerId("blog");
  run(2);
  EXPECT_FALSE(journal.recall(WorkerId("blog"))->prune_held);
}

}  // namespace
}  // namespace rollout
