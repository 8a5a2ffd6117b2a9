// SPDX-License-Identifier: Apache-2.0
#include "daemon/core/policy/calendar.h"

#include <gtest/gtest.h>

#include "tests/core/policy/conformance.h"
#include "tests/core/policy/random_world.h"

namespace rollout {
namespace {

using namespace std::chrono_literals;

Instant at(std::string_view text) {
  return parse_rfc3339(text).value();
}
Duration duration(std::string_view text) {
  return parse_duration(text).value();
}

const std::pair<const char*, Period> kPeriods[] = {
    {"hour", Period::hour},   {"day", Period::day},         {"week", Period::week},
    {"month", Period::month}, {"quarter", Period::quarter}, {"year", Period::year}};

TEST(Calendar, AgreesWithTheBucketRowsOfTheConformanceData) {
  const auto cases = conformance("calendar_cases.json");
  const auto& rows = cases.at("bucket_rows");
  ASSERT_EQ(rows.size(), 30U);
  for (const auto& row : rows) {
    const auto zone = Zone::find(row.at("zone").get<std::string>());
    ASSERT_TRUE(zone) << zone.error();
    const Instant time = at(row.at("time").get<std::string>());
    for (const auto& [name, period] : kPeriods) {
      EXPECT_EQ(format_bucket(period, bucket(period, time, *zone)),
                row.at("buckets").at(name).get<std::string>())
          << row.dump();
    }
  }
}

TEST(Calendar, ABucketEndsWhereTheNextBegins) {
  for (const char* name : {"UTC", "Europe/Paris", "Australia/Lord_Howe", "Pacific/Apia"}) {
    const Zone zone = Zone::find(name).value();
    for (const char* text : {"2026-03-28T23:30:00Z", "2026-10-25T00:30:00Z", "2011-12-30T09:59:59Z",
                             "2026-04-04T14:45:00Z", "2025-12-31T22:59:59Z"}) {
      for (const auto& [word, period] : kPeriods) {
        const Bucket here = bucket(period, at(text), zone);
        const Instant end = bucket_end(period, at(text), zone);
        EXPECT_GT(end, at(text));
        EXPECT_NE(bucket(period, end, zone), here) << name << " " << text << " " << word;
        EXPECT_EQ(bucket(period, end - 1ms, zone), here) << name << " " << text << " " << word;
      }
    }
  }
}

TEST(Calendar, R10EveryBucketLiesInOneCoarserBucket) {
  const std::vector<const char*> names{"UTC", "America/New_York", "Asia/Kathmandu", "Europe/Paris",
                                       "America/St_Johns"};
  Dice dice(10);
  for (int round = 0; round < 20000; ++round) {
    const Zone zone = Zone::find(dice.any(names)).value();
    const Instant one = at("2010-01-01T00:00:00Z") + std::chrono::minutes(dice.roll(10'000'000));
    const Instant other = one + std::chrono::minutes(dice.roll(5000));
    const auto same = [&](Period period) {
      return bucket(period, one, zone) == bucket(period, other, zone);
    };
    EXPECT_TRUE(!same(Period::hour) || same(Period::day));
    EXPECT_TRUE(!same(Period::day) || (same(Period::week) && same(Period::month)));
    EXPECT_TRUE(!same(Period::month) || same(Period::quarter));
    EXPECT_TRUE(!same(Period::quarter) || same(Period::year));
  }
}

TEST(Zone, IsKnownByItsIanaName) {
  EXPECT_EQ(Zone::find("Europe/Paris")->name(), "Europe/Paris");
  EXPECT_EQ(Zone::find("Europe/Paris")->offset(at("2026-07-01T00:00:00Z")), 2h);
  EXPECT_EQ(Zone().offset(at("2026-07-01T00:00:00Z")), 0h);
  for (const char* text : {"Europe/Pariss", "", "../../etc/hostname", "+01:00", "/etc/localtime"}) {
    EXPECT_EQ(Zone::find(text).error(),
              fmt::format("\"{}\" is no time zone that this host knows; write an IANA name such as "
                          "Europe/Paris",
                          text));
  }
}

TEST(WallTime, IsThatOfTheZone) {
  const auto paris = wall_time(at("2026-03-29T01:05:59Z"), Zone::find("Europe/Paris").value());
  EXPECT_EQ(paris.weekday, 6U);
  EXPECT_EQ(paris.minute, 3h + 5min);
  const auto utc = wall_time(at("1969-12-31T23:00:00Z"), {});
  EXPECT_EQ(utc.weekday, 2U);
}

TEST(Minus, AgreesWithTheMonthRowsOfTheConformanceData) {
  const auto cases = conformance("calendar_cases.json");
  const auto& rows = cases.at("month_arithmetic");
  ASSERT_EQ(rows.size(), 7U);
  for (const auto& row : rows) {
    const auto instant = at(row.at("time").get<std::string>());
    const auto length = duration(row.at("minus").get<std::string>());
    const auto zone = Zone::find(row.at("zone").get<std::string>());
    ASSERT_TRUE(zone) << zone.error();
    EXPECT_EQ(format_rfc3339(minus(instant, length, *zone)), row.at("expected").get<std::string>())
        << row.dump();
  }
}

TEST(Minus, TakesTheCalendarFirstAndTheExactPartAfterwards) {
  // The other order would give 28 February, less one month: 28 January.
  EXPECT_EQ(minus(at("2026-03-01T00:00:00Z"), duration("1mo1d")), at("2026-01-31T00:00:00Z"));
}

TEST(Minus, SaturatesBeforeYearOne) {
  const auto first = at("0001-01-01T00:00:00Z");
  EXPECT_EQ(minus(at("2026-03-01T00:00:00Z"), duration("9999y")), first);
  EXPECT_EQ(minus(at("2026-03-01T00:00:00Z"), duration("2025y3mo")), first);
  EXPECT_EQ(minus(at("2026-03-01T00:00:00Z"), duration("999999999w")), first);
  EXPECT_EQ(minus(at("2026-03-01T00:00:00Z"), duration("999999999mo")), first);
  EXPECT_EQ(minus(first, duration("1s")), first);
  EXPECT_EQ(minus(at("2026-03-01T00:00:00Z"), duration("2025y")), at("0001-03-01T00:00:00Z"));
}

TEST(FirstReaching, IsTheFirstInstantFromWhichMinusGivesTheStart) {
  const auto early = at("2000-01-01T00:00:00Z");
  for (const char* length : {"1h", "30d", "1mo", "3mo1d", "1y", "13mo5h"}) {
    for (const char* start : {"2026-01-31T12:00:00Z", "2024-02-29T23:59:59Z",
                              "2026-02-28T08:00:00Z", "2025-12-31T00:00:00Z"}) {
      const auto end = first_reaching(at(start), duration(length), early);
      ASSERT_TRUE(end);
      EXPECT_GE(minus(*end, duration(length)), at(start)) << start << " " << length;
      EXPECT_LT(minus(*end - 1ms, duration(length)), at(start)) << start << " " << length;
    }
  }
}

TEST(FirstReaching, IsAfterNowWhereAClampedMonthPutTheStartBack) {
  // A month before 29 March 00:00 is 28 February 00:00, which is before the start again.
  const auto start = at("2026-02-28T12:00:00Z");
  ASSERT_LT(minus(at("2026-03-29T00:00:00Z"), duration("1mo")), start);
  EXPECT_EQ(first_reaching(start, duration("1mo"), at("2026-03-29T00:00:00Z")),
            at("2026-03-29T12:00:00Z"));
}

TEST(FirstReaching, IsNoneBeyondTheCalendar) {
  const auto start = at("2026-01-01T00:00:00Z");
  EXPECT_FALSE(first_reaching(start, duration("9999y"), start));
  EXPECT_FALSE(first_reaching(start, duration("999999999w"), start));
}

TEST(FirstReaching, HoldsAroundTheHoursThatClocksSkipAndRepeat) {
  const Zone paris = Zone::find("Europe/Paris").value();
  for (const char* length : {"1h", "1mo", "3mo1d", "1y"}) {
    for (const char* start : {"2026-02-28T01:30:00Z", "2026-09-25T00:30:00Z",
                              "2026-03-29T01:00:00Z", "2026-02-28T23:30:00Z"}) {
      const auto end =
          first_reaching(at(start), duration(length), at("2026-01-01T00:00:00Z"), paris);
      ASSERT_TRUE(end);
      EXPECT_GE(minus(*end, duration(length), paris), at(start)) << start << " " << length;
      EXPECT_LT(minus(*end - 1ms, duration(length), paris), at(start)) << start << " " << length;
    }
  }
}

}  // namespace
}  // namespace rollout
