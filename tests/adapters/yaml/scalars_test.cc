// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/yaml/scalars.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/adapters/yaml/texts.h"
#include "daemon/adapters/yaml/tree_json.h"

namespace rollout {
namespace {

Node plain(std::string text) {
  Node node;
  node.kind = Node::Kind::text;
  node.text = std::move(text);
  return node;
}

template <class T>
std::string code(const Scalar<T>& scalar) {
  return scalar ? "fine" : std::string(to_string(scalar.error().mistake));
}

std::string code(const std::optional<Finding>& finding) {
  return finding ? std::string(to_string(finding->mistake)) : "fine";
}

TEST(Scalars, TakeOnlyTrueAndFalseForBooleans) {
  EXPECT_TRUE(parse_boolean(plain("true")).value());
  EXPECT_FALSE(parse_boolean(plain("false")).value());
  for (const char* text : {"yes", "no", "on", "off", "True", "FALSE", "1", "y", ""}) {
    EXPECT_EQ(code(parse_boolean(plain(text))), "NotBoolean") << text;
  }
}

TEST(Scalars, TakeOnlyPlainDecimalCounts) {
  EXPECT_EQ(parse_count(plain("20"), 100).value(), 20U);
  EXPECT_EQ(code(parse_count(plain("0"), 100)), "ZeroCount");
  EXPECT_EQ(code(parse_count(plain("101"), 100)), "OutOfRange");
  EXPECT_EQ(code(parse_count(plain("99999999999999999999"), 100)), "OutOfRange");
  for (const char* text : {"010", "0x10", "1_000", "+1", "-1", "1.0", "1e3", " 1", "", "٣"}) {
    EXPECT_EQ(code(parse_count(plain(text), 100)), "BadNumber") << text;
  }
}

TEST(Scalars, TakePercentagesWithTheirSign) {
  EXPECT_EQ(parse_percent(plain("25%")).value(), 25U);
  EXPECT_EQ(parse_percent(plain("100%")).value(), 100U);
  EXPECT_EQ(code(parse_percent(plain("25"))), "MissingUnit");
  EXPECT_EQ(code(parse_percent(plain("0%"))), "ZeroCount");
  for (const char* text : {"101%", "1.5%", "-1%", "%", "", "25 %", "4294967297%"}) {
    EXPECT_EQ(code(parse_percent(plain(text))), "BadPercent") << text;
  }
}

TEST(Scalars, TakeRatesWithTheirUnit) {
  EXPECT_DOUBLE_EQ(parse_rate(plain("4/s")).value(), 4);
  EXPECT_DOUBLE_EQ(parse_rate(plain("30/min")).value(), 0.5);
  EXPECT_DOUBLE_EQ(parse_rate(plain("36/h")).value(), 0.01);
  EXPECT_EQ(code(parse_rate(plain("4"))), "MissingUnit");
  EXPECT_EQ(code(parse_rate(plain("0/s"))), "ZeroCount");
  for (const char* text : {"4/day", "/s", "0.5/s", "-1/s", "99999/s", ""}) {
    EXPECT_EQ(code(parse_rate(plain(text))), "BadRate") << text;
  }
}

TEST(Scalars, TellCountsFromDurations) {
  EXPECT_EQ(std::get<Count>(parse_extent(plain("5")).value()).value, 5U);
  EXPECT_EQ(std::get<Duration>(parse_extent(plain("2y3mo")).value()),
            (Duration{.years = 2, .months = 3}));
  EXPECT_EQ(code(parse_extent(plain("0"))), "ZeroCount");
  EXPECT_EQ(code(parse_extent(plain("0s"))), "ZeroCount");
  EXPECT_EQ(code(parse_extent(plain("5m"))), "BadDuration");
}

TEST(Scalars, AskForQuotesWhereYamlSeesSomethingElse) {
  for (const char* text : {"1.10", "010", "0x1F", "0o17", "1e3", "-5", ".5", "1_000", "true", "No",
                           "ON", "y", ".inf", ".NaN", "2026"}) {
    EXPECT_EQ(code(check_quotes(plain(text))), "QuoteIt") << text;
  }
  for (const char* text : {"v1.10", "1.10-rc", "main", "0123abc", "a", "e1", "1h30min", "yes!",
                           "re:[0-9]+", "2026-11-01T00", "face"}) {
    EXPECT_EQ(code(check_quotes(plain(text))), "fine") << text;
  }
  Node quoted = plain("1.10");
  quoted.style = Node::Style::quoted;
  EXPECT_EQ(code(check_quotes(quoted)), "fine");
}

TEST(Texts, TakeOnlyLoopbackForListening) {
  for (const char* text :
       {"127.0.0.1:9747", "localhost:0", "[::1]:80", "127.9.9.9:1", "/run/a.sock", ""}) {
    EXPECT_EQ(code(check_listen(text)), "fine") << text;
  }
  for (const char* text :
       {"0.0.0.0:80", "[::]:80", "10.0.0.1:80", "127.0.0.1", "127.0.0.1:99999",
        "127.0.0.1.example.com:80", ":80", "127.evil:80", "localhost:", "[::1"}) {
    EXPECT_EQ(code(check_listen(text)), "BadListen") << text;
  }
}

TEST(Texts, TakePlainHttpOnLoopbackAlone) {
  for (const char* text :
       {"https://api.cloudflare.com/client/v4", "http://127.0.0.1:8787/client/v4",
        "http://[::1]:1/v4", "http://localhost", "https://[2001:db8::1]:443/v4"}) {
    EXPECT_EQ(code(check_url(text)), "fine") << text;
  }
  EXPECT_EQ(code(check_url("http://example.com")), "InsecureUrl");
  EXPECT_EQ(code(check_url("http://127.0.0.1.example.com")), "InsecureUrl");
  for (const char* text : {"ftp://a", "https://", "https://a/", "https://u:p@a", "https://a?b=c",
                           "https://a#b", "https://a/../b", "https://a:0x50", "https://a b", "a"}) {
    EXPECT_EQ(code(check_url(text)), "BadUrl") << text;
  }
}

TEST(Texts, KnowTheCalendar) {
  EXPECT_EQ(code(check_date("2024-02-29")), "fine");
  for (const char* text : {"2026-02-29", "2026-13-01", "2026-1-1", "26-01-01", "2026-01-01T",
                           "2026/01/01", "-026-01-01", ""}) {
    EXPECT_EQ(code(check_date(text)), "BadDate") << text;
  }
}

TEST(Texts, KeepPathsPlain) {
  EXPECT_EQ(code(check_path("/srv/builds/a b")), "fine");
  for (const char* text : {"", "srv", "/", "/srv/", "/srv//a", "/srv/./a", "/srv/../a"}) {
    EXPECT_EQ(code(check_path(text)), "BadPath") << text;
  }
  EXPECT_EQ(code(check_socket("/" + std::string(106, 'a'))), "fine");
  EXPECT_EQ(code(check_socket("/" + std::string(107, 'a'))), "BadPath");
  EXPECT_EQ(code(check_relative_path("src/index.js")), "fine");
  EXPECT_EQ(code(check_relative_path("../index.js")), "BadPath");
  EXPECT_EQ(code(check_relative_path("/index.js")), "BadPath");
}

TEST(TreeJson, ReadsOnlyClearNumbersAsNumbers) {
  const auto json = [](const char* text) {
    const Node node = plain(text);
    const SourceText source{"a.yaml", text};
    Problems problems(source);
    check_json_value(node, problems);
    return problems.empty() ? to_json_text(to_json(node)).text : "unclear";
  };
  EXPECT_EQ(json("12"), "12");
  EXPECT_EQ(json("-12"), "-12");
  EXPECT_EQ(json("0.5"), "0.5");
  EXPECT_EQ(json("true"), "true");
  EXPECT_EQ(json("hello"), "\"hello\"");
  for (const char* text : {"1.10", "010", "0x10", "1e3", "yes", "1234567890123456789012"}) {
    EXPECT_EQ(json(text), "unclear") << text;
  }
}

}  // namespace
}  // namespace rollout
