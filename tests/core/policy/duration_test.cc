// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/duration.h"

#include <gtest/gtest.h>

namespace rollout {
namespace {

using namespace std::chrono_literals;

struct Written {
  const char* name;
  const char* text;
  Duration duration;
  const char* written;
};

class DurationText : public testing::TestWithParam<Written> {};

TEST_P(DurationText, IsReadAndWritten) {
  const auto parsed = parse_duration(GetParam().text);
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_EQ(*parsed, GetParam().duration);
  EXPECT_EQ(format_duration(*parsed), GetParam().written);
  EXPECT_EQ(parse_duration(GetParam().written), *parsed);
}

INSTANTIATE_TEST_SUITE_P(
    All, DurationText,
    testing::Values(Written{"Days", "14d", {.exact = 14 * 24h}, "14d"},
                    Written{"Weeks", "2w", {.exact = 14 * 24h}, "14d"},
                    Written{"HoursOfADay", "24h", {.exact = 24h}, "1d"},
                    Written{"HoursOverADay", "36h", {.exact = 36h}, "1d12h"},
                    Written{"HoursAndMinutes", "1h30min", {.exact = 90min}, "1h30min"},
                    Written{"Seconds", "1d1s", {.exact = 24h + 1s}, "1d1s"},
                    Written{"Months", "3mo", {.months = 3}, "3mo"},
                    Written{"ManyMonths", "18mo", {.months = 18}, "18mo"},
                    Written{"All",
                            "1y2mo3w4d5h6min7s",
                            {.years = 1, .months = 2, .exact = 25 * 24h + 5h + 6min + 7s},
                            "1y2mo25d5h6min7s"},
                    Written{"Nothing", "0s", {}, "0s"},
                    Written{"DecimalNotOctal", "010d", {.exact = 240h}, "10d"},
                    Written{"Longest", "999999999y", {.years = 999999999}, "999999999y"}),
    [](const auto& param) { return std::string(param.param.name); });

struct Wrong {
  const char* name;
  const char* text;
  const char* sentence;
};

class WrongDuration : public testing::TestWithParam<Wrong> {};

TEST_P(WrongDuration, TellsWhatToWrite) {
  const auto parsed = parse_duration(GetParam().text);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error(), GetParam().sentence);
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongDuration,
    testing::Values(
        Wrong{"Empty", "", "the duration is empty; write for example 30d, 12h or 1h30min"},
        Wrong{"BareNumber", "30", "\"30\" has no unit; write 30d, 30h or 30min"},
        Wrong{"BareRest", "1h30", "\"1h30\" has no unit; write 30d, 30h or 30min"},
        Wrong{"BareM", "5m", "\"5m\": m is ambiguous; write 5min or 5mo"},
        Wrong{"Spelled", "2days",
              "\"2days\": days is no unit; the units are y, mo, w, d, h, min and s"},
        Wrong{"UpperCase", "3D", "\"3D\": D is no unit; the units are y, mo, w, d, h, min and s"},
        Wrong{"Order", "30min1h",
              "\"30min1h\": write each unit once and the largest first, as in 1h30min"},
        Wrong{"Twice", "1d1d",
              "\"1d1d\": write each unit once and the largest first, as in 1h30min"},
        Wrong{"Negative", "-3d", "\"-3d\" is negative; a duration is a length"},
        Wrong{"Space", "1h 30min", "\"1h 30min\" has a space; write it as in 1h30min"},
        Wrong{"Fraction", "1.5h", "\"1.5h\" has a fraction; write whole numbers, as in 1h30min"},
        Wrong{"NoNumber", "d", "\"d\" is no duration; write for example 30d, 12h or 1h30min"},
        Wrong{"TooLarge", "1234567890s", "\"1234567890s\": 1234567890 is too large a number"}),
    [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace rollout
