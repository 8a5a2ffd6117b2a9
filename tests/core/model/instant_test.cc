// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/model/instant.h"

#include <gtest/gtest.h>

namespace rollout {
namespace {

using namespace std::chrono_literals;

TEST(Rfc3339, IsReadWithAnyZoneAndFraction) {
  const auto noon = parse_rfc3339("2026-03-10T12:00:00Z");
  ASSERT_TRUE(noon);
  EXPECT_EQ(parse_rfc3339("2026-03-10T13:30:00+01:30"), noon);
  EXPECT_EQ(parse_rfc3339("2026-03-10T12:00:00.123456Z"), *noon + 123ms);
  EXPECT_EQ(parse_rfc3339("2026-03-10T12:00:00.123456789Z"), *noon + 123ms);
  EXPECT_EQ(format_rfc3339(*noon + 7ms), "2026-03-10T12:00:00.007Z");
  EXPECT_EQ(format_rfc3339(*noon), "2026-03-10T12:00:00Z");
}

TEST(Rfc3339, RefusesEverythingElse) {
  for (const char* text :
       {"", "2026-03-10", "2026-03-10 12:00:00Z", "2026-03-10T12:00:00", "2026-02-30T12:00:00Z",
        "2026-03-10T25:00:00Z", "2026-3-10T12:00:00Z", "2026-03-10T12:00:00.Z",
        "2026-03-10T12:00:00Zx", "null", "2026-03-10T12:00:000.1+01:00", "2026-03-10T12:00:00+1:00",
        "2026-03-10T12:00:00.1-\1", "2026-03-10T12:00:00+001:00"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(HttpDate, IsReadBackAsItWasWritten) {
  const auto date = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  ASSERT_TRUE(date);
  EXPECT_EQ(format_http_date(*date), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_FALSE(parse_http_date("yesterday"));
}

TEST(ForPeople, ShowsTheTwoLargestUnits) {
  EXPECT_EQ(for_people(3 * 24h + 4h + 5min), "3 d 4 h");
  EXPECT_EQ(for_people(5min + 2s), "5 min 2 s");
  EXPECT_EQ(for_people(24h), "1 d");
  EXPECT_EQ(for_people(420ms), "420 ms");
  EXPECT_EQ(for_people(1s), "1 s");
}

}  // namespace
}  // namespace rollout
