// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/system/trigger_queue.h"

#include <gtest/gtest.h>

#include <thread>

#include "daemon/adapters/system/system_clock.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;

const Tick kPast{};
const Tick kNever{std::chrono::hours(24 * 365 * 200)};
const WorkerId kShop("shop-api");

Request a_request(std::vector<int>& exits) {
  return {.command = ResumeCommand{kShop}, .actor = "anna", .answer = [&exits](Answer answer) {
            exits.push_back(answer.exit);
          }};
}

std::shared_ptr<const Config> a_config(std::uint64_t generation) {
  Config config;
  config.generation = generation;
  return std::make_shared<const Config>(std::move(config));
}

TEST(TriggerQueue, ReturnsEmptyHandedAtItsDeadline) {
  TriggerQueue queue;
  SystemClock clock;
  const Tick deadline = clock.tick() + 20ms;
  const Wake wake = queue.wait_until(deadline);
  EXPECT_GE(clock.tick(), deadline);
  EXPECT_TRUE(wake.dirty.empty());
  EXPECT_FALSE(wake.all_dirty || wake.configuration_broken || wake.stop);
  EXPECT_EQ(wake.config, nullptr);
}

TEST(TriggerQueue, SaysWhetherAPersonsWordWaits) {
  TriggerQueue queue;
  std::vector<int> exits;
  EXPECT_FALSE(queue.word_waits());
  queue.mark_all();
  EXPECT_FALSE(queue.word_waits()) << "a hint is no word";
  queue.request(a_request(exits));
  EXPECT_TRUE(queue.word_waits() && queue.work_waits());
  for (Request& request : queue.wait_until(kPast).requests) request.answer({});
  EXPECT_FALSE(queue.word_waits());
  queue.publish(a_config(2));
  EXPECT_TRUE(queue.word_waits());
  queue.wait_until(kPast);
  queue.reload_failed();
  queue.wait_until(kPast);
  EXPECT_TRUE(queue.word_waits()) << "until a reload succeeds";
  EXPECT_FALSE(queue.work_waits());
}

TEST(TriggerQueue, DoesNotWaitForADeadlineThatHasPassed) {
  TriggerQueue queue;
  EXPECT_FALSE(queue.wait_until(kPast).stop);
  EXPECT_FALSE(queue.wait_until(Tick(Millis(-5))).stop);
}

TEST(TriggerQueue, GathersHintsIntoOneWake) {
  TriggerQueue queue;
  queue.mark(kShop);
  queue.mark(WorkerId("blog"));
  queue.mark(kShop);
  queue.mark_all();
  const Wake wake = queue.wait_until(kNever);
  EXPECT_EQ(wake.dirty, (std::set<WorkerId>{WorkerId("blog"), kShop}));
  EXPECT_TRUE(wake.all_dirty);
  const Wake next = queue.wait_until(kPast);
  EXPECT_TRUE(next.dirty.empty());
  EXPECT_FALSE(next.all_dirty);
}

TEST(TriggerQueue, WakesALaneThatSleeps) {
  TriggerQueue queue;
  std::jthread bell([&queue] { queue.mark(kShop); });
  EXPECT_EQ(queue.wait_until(kNever).dirty.size(), 1U);
}

TEST(TriggerQueue, HandsOverTheNewestConfiguration) {
  TriggerQueue queue;
  queue.publish(a_config(2));
  queue.publish(a_config(3));
  EXPECT_EQ(queue.wait_until(kNever).config->generation, 3U);
  EXPECT_EQ(queue.wait_until(kPast).config, nullptr);
}

// Promise 17: whoever wakes for another reason must still know that the reload failed.
TEST(TriggerQueue, SaysInEveryWakeThatTheConfigurationIsBroken) {
  TriggerQueue queue;
  queue.reload_failed();
  EXPECT_TRUE(queue.wait_until(kNever).configuration_broken);
  EXPECT_TRUE(queue.wait_until(kPast).configuration_broken);
  queue.publish(std::make_shared<const Config>());
  EXPECT_FALSE(queue.wait_until(kNever).configuration_broken);
  EXPECT_FALSE(queue.wait_until(kPast).configuration_broken);
}

TEST(TriggerQueue, GoesOnStoppingForEver) {
  TriggerQueue queue;
  EXPECT_FALSE(queue.stopping());
  queue.stop();
  EXPECT_TRUE(queue.stopping());
  EXPECT_TRUE(queue.wait_until(kNever).stop);
  EXPECT_TRUE(queue.wait_until(kNever).stop);
  EXPECT_TRUE(queue.stopping());
}

TEST(TriggerQueue, AnswersEveryRequestExactlyOnce) {
  std::vector<int> exits;
  {
    TriggerQueue queue;
    queue.request(a_request(exits));
    Wake wake = queue.wait_until(kNever);
    ASSERT_EQ(wake.requests.size(), 1U);
    EXPECT_EQ(wake.requests.front().actor, "anna");
    wake.requests.front().answer({.exit = 0, .body = Done{"resumed"}});

    queue.request(a_request(exits));
    queue.stop();
    EXPECT_EQ(exits, (std::vector<int>{0}));
    queue.request(a_request(exits));
    EXPECT_EQ(exits, (std::vector<int>{0, 69})) << "after a stop nobody will take it";
  }
  EXPECT_EQ(exits, (std::vector<int>{0, 69, 69})) << "what nobody took is turned away at the end";
}

TEST(TriggerQueue, TakesHintsFromManyThreads) {
  TriggerQueue queue;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&queue, i] {
        for (int n = 0; n < 100; ++n) queue.mark(WorkerId(std::to_string(i * 100 + n)));
      });
    }
    std::set<WorkerId> seen;
    while (seen.size() < 400) seen.merge(queue.wait_until(kNever).dirty);
    EXPECT_EQ(seen.size(), 400U);
  }
}

}  // namespace
}  // namespace rollout
