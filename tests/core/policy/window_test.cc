// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/window.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace rollout {
namespace {

bool open(std::string_view window, std::string_view time, const char* zone = "UTC") {
  return Window::parse(window).value().is_open(parse_rfc3339(time).value(),
                                               Zone::find(zone).value());
}

TEST(Window, IsOpenFromItsFirstMinuteToTheLast) {  // 10 March 2026 is a Tuesday.
  EXPECT_FALSE(open("Mon-Thu 09:00-16:00", "2026-03-10T08:59:59Z"));
  EXPECT_TRUE(open("Mon-Thu 09:00-16:00", "2026-03-10T09:00:00Z"));
  EXPECT_TRUE(open("Mon-Thu 09:00-16:00", "2026-03-10T15:59:59.999Z"));
  EXPECT_FALSE(open("Mon-Thu 09:00-16:00", "2026-03-10T16:00:00Z"));
  EXPECT_FALSE(open("Mon-Thu 09:00-16:00", "2026-03-13T12:00:00Z"));
  EXPECT_TRUE(open("Tue,Fri-Sun 00:00-24:00", "2026-03-10T23:59:59Z"));
  EXPECT_FALSE(open("Fri-Mon 00:00-24:00", "2026-03-10T12:00:00Z"));
  EXPECT_TRUE(open("Fri-Mon 00:00-24:00", "2026-03-09T12:00:00Z"));
  EXPECT_TRUE(open("09:00-16:00", "2026-03-14T12:00:00Z"));
}

TEST(Window, BelongsToTheDayOnWhichItBegins) {
  EXPECT_TRUE(open("Tue 22:00-04:00", "2026-03-10T22:00:00Z"));
  EXPECT_TRUE(open("Tue 22:00-04:00", "2026-03-11T03:59:59Z"));
  EXPECT_FALSE(open("Tue 22:00-04:00", "2026-03-11T04:00:00Z"));
  EXPECT_FALSE(open("Tue 22:00-04:00", "2026-03-10T03:00:00Z"));
}

TEST(Window, IsInTheZonesTime) {
  EXPECT_FALSE(open("Tue 09:00-16:00", "2026-03-10T15:30:00Z", "Europe/Paris"));
  EXPECT_TRUE(open("Tue 09:00-16:00", "2026-03-10T08:30:00Z", "Europe/Paris"));
  EXPECT_TRUE(open("Tue 00:00-01:00", "2026-03-09T23:30:00Z", "Europe/Paris"));
}

TEST(Window, TellsWhatIsWrong) {
  const auto tell = [](std::string_view text, std::string_view why) {
    EXPECT_EQ(Window::parse(text).error(),
              fmt::format("\"{}\" is no window: {}; write for example \"Mon-Thu 09:00-16:00\"",
                          text, why));
  };
  for (const char* text : {"Mo 09:00-16:00", "Mon- 09:00-16:00", "Mon-Thu, 09:00-16:00",
                           "monday 09:00-16:00", " 09:00-16:00"}) {
    tell(text, "days are Mon, Tue, Wed, Thu, Fri, Sat and Sun");
  }
  for (const char* text : {"", "Mon", "Mon 9:00-16:00", "Mon 09:00", "Mon 09:00-24:01",
                           "Mon 09:60-16:00", "24:00-03:00", "Mon  09:00-16:00"}) {
    tell(text, "hours are 00:00 to 24:00, with a - between");
  }
  tell("Mon 09:00-09:00", "it ends where it begins");
}

TEST(WallTime, IsWrittenAsAWindowNamesIt) {
  EXPECT_EQ(format_wall_time({1, std::chrono::minutes(18 * 60 + 5)}), "Tue 18:05");
}

}  // namespace
}  // namespace rollout
