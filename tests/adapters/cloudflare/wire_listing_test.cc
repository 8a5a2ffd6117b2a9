// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/wire_listing.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace rollout {
namespace {

std::string id_of(std::uint64_t number) {
  return fmt::format("{:08x}-1111-4222-8333-444455556666", number);
}

std::string item(std::uint64_t number) {
  return fmt::format(
      R"({{"id":"{}","number":{},"urls":[],"created_on":"2026-03-10T12:00:00Z","source":"api",)"
      R"("annotations":{{"workers/tag":"t{}"}},"bindings":[{{"name":"A","type":"json",)"
      R"("json":{{"id":"x","deep":[[{{}}]]}}}}],"limits":{{"cpu_ms":1}},"startup_time_ms":3}})",
      id_of(number), number, number);
}

std::string body_of(std::string_view items, std::string_view info) {
  return fmt::format(R"({{"success":true,"errors":null,"messages":["x"],"result":[{}],)"
                     R"("result_info":{}}})",
                     items, info);
}

constexpr const char* kInfoOfOne =
    R"({"count":1,"page":1,"per_page":100,"total_count":1,"total_pages":1})";

TEST(ListingPage, KeepsWhatAVersionIsAndSkipsTheRest) {
  const auto page = read_listing_page(body_of(item(7), kInfoOfOne));
  ASSERT_TRUE(page) << page.error();
  ASSERT_EQ(page->versions.size(), 1U);
  EXPECT_EQ(page->versions[0].id.text(), id_of(7));
  EXPECT_EQ(page->versions[0].annotations.tag, "t7");
  EXPECT_EQ(page->versions[0].startup_time, Millis(3));
  EXPECT_TRUE(page->versions[0].created_on);
  EXPECT_EQ(page->info.total_count, 1U);
}

TEST(ListingPage, RefusesWhatIsNoListing) {
  const std::string good = body_of(item(7), kInfoOfOne);
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    ASSERT_FALSE(read_listing_page(std::string_view(good).substr(0, cut))) << cut;
  }
  const std::string deep(40, '[');
  const std::string shut(40, ']');
  const struct {
    const char* name;
    std::string body;
  } cases[] = {
      {"html", "<html>502</html>"},
      {"trailing text", good + "x"},
      {"a list", "[]"},
      {"no success", R"({"result":[],"result_info":{}})"},
      {"success false", R"({"success":false,"errors":[{"code":1}],"result":[],"result_info":{}})"},
      {"no result", R"({"success":true,"result_info":{}})"},
      {"null result", R"({"success":true,"result":null,"result_info":{}})"},
      {"result is an object", R"({"success":true,"result":{"items":[]},"result_info":{}})"},
      {"result of numbers", body_of("1", kInfoOfOne)},
      {"result of lists", body_of("[]", kInfoOfOne)},
      {"no info", R"({"success":true,"result":[]})"},
      {"null info", body_of("", "null")},
      {"no total", body_of("", R"({"count":0,"page":1,"per_page":100})")},
      {"negative", body_of("", R"({"count":-1,"page":1,"per_page":100,"total_count":0})")},
      {"a key twice", body_of(R"({"x":{"a":1,"a":2}})", kInfoOfOne)},
      {"result twice", R"({"success":true,"result":[],"result":[],"result_info":{}})"},
      {"deep in a skipped field", body_of(R"({"x":)" + deep + shut + "}", kInfoOfOne)},
      {"bad UTF-8", body_of("{\"x\":\"\xff\"}", kInfoOfOne)},
  };
  for (const auto& c : cases) EXPECT_FALSE(read_listing_page(c.body)) << c.name;
}

TEST(ListingPage, NamesTheVersionAndTheFieldThatIsMissing) {
  const auto page = read_listing_page(body_of(item(7) + R"(,{"id":"x"})", kInfoOfOne));
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error(), "result[1] is no version: `id` is not a UUID");
}

TEST(ListingPage, RefusesAnObjectWithoutEnd) {
  std::string keys;
  for (int i = 0; i < 2000; ++i) keys += fmt::format("{}\"k{}\":1", i == 0 ? "" : ",", i);
  EXPECT_FALSE(read_listing_page(body_of("{" + keys + "}", kInfoOfOne)));
}

/// A page of the versions `from` down to `to`, as the API counts it.
ListingPage a_page(std::uint64_t page, std::uint64_t from, std::uint64_t to, std::uint64_t total) {
  ListingPage out;
  for (std::uint64_t number = from; number >= to && number > 0; --number) {
    out.versions.push_back(
        {*VersionId::parse(id_of(number)), number, std::nullopt, {}, "", std::nullopt, {}});
  }
  out.info = {.count = out.versions.size(), .page = page, .per_page = 100, .total_count = total};
  return out;
}

TEST(ListingPages, AnEmptyListIsOnePage) {
  ListingPages pages;
  EXPECT_EQ(pages.next(), 1U);
  ASSERT_TRUE(pages.add(a_page(1, 0, 1, 0)));
  EXPECT_FALSE(pages.next());
  EXPECT_TRUE(pages.finish().empty());
}

TEST(ListingPages, StopsAtAWholeMultipleOfThePageSize) {
  ListingPages pages;
  ASSERT_TRUE(pages.add(a_page(1, 200, 101, 200)));
  EXPECT_EQ(pages.next(), 2U);
  ASSERT_TRUE(pages.add(a_page(2, 100, 1, 200)));
  EXPECT_FALSE(pages.next());
  const auto versions = pages.finish();
  ASSERT_EQ(versions.size(), 200U);
  EXPECT_EQ(versions.front().number, 200U);
  EXPECT_EQ(versions.back().number, 1U);
}

TEST(ListingPages, SortsByNumberWhateverTheOrder) {
  ListingPage page = a_page(1, 3, 1, 3);
  std::swap(page.versions[0], page.versions[2]);
  ListingPages pages;
  ASSERT_TRUE(pages.add(std::move(page)));
  EXPECT_EQ(pages.finish().front().number, 3U);
}

// Promise 14: nothing is concluded from a short or inconsistent read.
TEST(ListingPages, FindsATornList) {
  const auto second = [](ListingPage page) {
    ListingPages pages;
    EXPECT_TRUE(pages.add(a_page(1, 150, 51, 150)));
    return pages.add(std::move(page));
  };
  EXPECT_TRUE(second(a_page(2, 50, 1, 150)));
  EXPECT_FALSE(second(a_page(2, 50, 2, 149))) << "one was deleted meanwhile";
  EXPECT_FALSE(second(a_page(2, 51, 1, 151))) << "one was made meanwhile";
  EXPECT_FALSE(second(a_page(2, 51, 2, 150))) << "the pages shifted: 51 stands twice";
  EXPECT_FALSE(second(a_page(1, 50, 1, 150))) << "another page than the one asked for";
  EXPECT_FALSE(second(a_page(2, 50, 10, 150))) << "a short page";
  EXPECT_FALSE(second(a_page(2, 0, 1, 150))) << "an empty page before the end";
  ListingPage lying = a_page(2, 50, 1, 150);
  lying.info.count = 49;
  EXPECT_FALSE(second(lying));
  ListingPage small = a_page(2, 50, 1, 150);
  small.info.per_page = 50;
  EXPECT_FALSE(second(small));
  ListingPage twin = a_page(2, 50, 1, 150);
  twin.versions[0].number = 150;
  EXPECT_FALSE(second(twin)) << "two versions with one number";
}

TEST(ListingPages, NeverGoesOnWithoutEnd) {
  ListingPages pages;
  EXPECT_FALSE(pages.add(a_page(1, 100, 1, 5'000'000'000)));
}

}  // namespace
}  // namespace rollout
