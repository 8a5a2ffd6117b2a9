// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/log/repeats.h"

#include <gtest/gtest.h>

namespace rollout {
namespace {

using Told = std::optional<std::uint64_t>;

EventRecord a_record(int priority, std::string worker, std::string reason, std::string attempt) {
  return {.name = "api.unavailable",
          .message_id = {},
          .priority = priority,
          .message = "attempt " + attempt,
          .fields = {{"WORKER", std::move(worker)},
                     {"REASON", std::move(reason)},
                     {"ATTEMPT", std::move(attempt)}}};
}

EventRecord a_warning(std::string attempt = "1") {
  return a_record(4, "shop", "transient", std::move(attempt));
}

TEST(Repeats, TellsTheFirstAndThenEachPowerOfTwoWithTheNumberBetween) {
  Repeats repeats;
  std::vector<Told> told;
  for (int i = 1; i <= 16; ++i) told.push_back(repeats.count(a_warning(std::to_string(i))));
  const Told no;
  EXPECT_EQ(told, (std::vector<Told>{0, 0, no, 1, no, no, no, 3, no, no, no, no, no, no, no, 7}));
}

TEST(Repeats, CountsEachTroubleOnItsOwn) {
  Repeats repeats;
  for (int i = 0; i < 5; ++i) repeats.count(a_warning());
  EXPECT_EQ(repeats.count(a_record(4, "blog", "transient", "1")), Told(0));
  EXPECT_EQ(repeats.count(a_record(4, "shop", "throttled", "1")), Told(0));
  EXPECT_EQ(repeats.count(a_warning()), Told());
}

TEST(Repeats, BeginsAnewOnceTheWorkerGoesOn) {
  Repeats repeats;
  for (int i = 0; i < 3; ++i) repeats.count(a_warning());
  EXPECT_EQ(repeats.count(a_record(5, "blog", {}, {})), Told(0));
  EXPECT_EQ(repeats.count(a_record(7, "shop", {}, {})), Told(0));
  EXPECT_EQ(repeats.count(a_warning()), Told(1)) << "another Worker or a debug line change nothing";
  EXPECT_EQ(repeats.count(a_record(6, "shop", {}, {})), Told(0));
  EXPECT_EQ(repeats.count(a_warning()), Told(0));
  EXPECT_EQ(repeats.count(a_warning()), Told(0));
  EXPECT_EQ(repeats.count(a_warning()), Told());
}

TEST(Repeats, NeverHoldsBackTheAnswerToAReload) {
  Repeats repeats;
  EventRecord record = a_warning();
  record.name = "config.reload_failed";
  for (int i = 0; i < 7; ++i) EXPECT_EQ(repeats.count(record), Told(0));
}

TEST(Repeats, ForgetsRatherThanGrowsForEver) {
  Repeats repeats;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(repeats.count(a_record(4, "shop", std::to_string(i), "1")), Told(0));
  }
}

}  // namespace
}  // namespace rollout
