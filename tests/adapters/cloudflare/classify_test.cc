// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/classify.h"

#include <gtest/gtest.h>

namespace rollout {
namespace {

using namespace std::chrono_literals;
using enum FailureKind;
using enum Transport;

enum class Body { accepted, refused, html };

/// One row: what a GET, a POST or PATCH, and a DELETE make of the same answer.
struct Case {
  const char* name;
  Transport transport;
  int status;
  Body body;
  int code;
  std::optional<FailureKind> get, make, del;
};

class Classify : public testing::TestWithParam<Case> {};

TEST_P(Classify, TurnsEvidenceIntoAKind) {
  const Case& c = GetParam();
  const auto kind = [&c](HttpMethod method) {
    return classify({.method = method,
                     .transport = c.transport,
                     .status = c.status,
                     .envelope = c.body != Body::html,
                     .success = c.body == Body::accepted,
                     .code = c.code});
  };
  EXPECT_EQ(kind(HttpMethod::get), c.get);
  EXPECT_EQ(kind(HttpMethod::post), c.make);
  EXPECT_EQ(kind(HttpMethod::patch), c.make);
  EXPECT_EQ(kind(HttpMethod::del), c.del);
}

constexpr auto kFine = std::optional<FailureKind>();
constexpr Case kCases[] = {
    {"Success", answered, 200, Body::accepted, 0, kFine, kFine, kFine},
    {"Created", answered, 201, Body::accepted, 0, kFine, kFine, kFine},
    {"SuccessSaysFalse", answered, 200, Body::refused, 10021, invalid, unknown_outcome, transient},
    {"SuccessIsHtml", answered, 200, Body::html, 0, invalid, unknown_outcome, transient},
    {"NoContent", answered, 204, Body::html, 0, invalid, unknown_outcome, kFine},
    {"Redirect", answered, 302, Body::html, 0, invalid, unknown_outcome, transient},
    {"RedirectInAnEnvelope", answered, 301, Body::refused, 0, invalid, unknown_outcome, transient},
    {"BadRequest", answered, 400, Body::refused, 10021, refused, refused, refused},
    {"BadRequestHtml", answered, 400, Body::html, 0, invalid, unknown_outcome, transient},
    {"BadToken", answered, 401, Body::refused, 10000, unauthorized, unauthorized, unauthorized},
    {"BadTokenHtml", answered, 401, Body::html, 0, transient, unknown_outcome, transient},
    {"Forbidden", answered, 403, Body::refused, 10015, unauthorized, unauthorized, unauthorized},
    {"Firewall", answered, 403, Body::html, 0, transient, unknown_outcome, transient},
    {"NotThere", answered, 404, Body::refused, 7003, not_found, not_found, not_found},
    {"NotThereHtml", answered, 404, Body::html, 0, invalid, unknown_outcome, transient},
    {"WorkerNotThere", answered, 400, Body::refused, 10007, not_found, not_found, not_found},
    {"VersionNotThere", answered, 400, Body::refused, 10071, not_found, not_found, not_found},
    {"MethodNotAllowed", answered, 405, Body::refused, 0, refused, unknown_outcome, refused},
    {"RequestTimeout", answered, 408, Body::refused, 0, transient, unknown_outcome, transient},
    {"RequestTimeoutHtml", answered, 408, Body::html, 0, transient, unknown_outcome, transient},
    {"Conflict", answered, 409, Body::refused, 10035, transient, unknown_outcome, refused},
    {"ConflictHtml", answered, 409, Body::html, 0, transient, unknown_outcome, transient},
    {"TooLarge", answered, 413, Body::refused, 10027, refused, refused, refused},
    {"TooLargeHtml", answered, 413, Body::html, 0, invalid, unknown_outcome, transient},
    {"Unprocessable", answered, 422, Body::refused, 0, refused, refused, refused},
    {"Throttled", answered, 429, Body::refused, 10429, throttled, throttled, throttled},
    {"ThrottledHtml", answered, 429, Body::html, 0, throttled, unknown_outcome, throttled},
    {"ServerError", answered, 500, Body::refused, 10013, transient, unknown_outcome, transient},
    {"ServerErrorSaysNotThere", answered, 500, Body::refused, 10007, transient, unknown_outcome,
     transient},
    {"ServerErrorSaysSuccess", answered, 500, Body::accepted, 0, transient, unknown_outcome,
     transient},
    {"BadGatewayHtml", answered, 502, Body::html, 0, transient, unknown_outcome, transient},
    {"Unavailable", answered, 503, Body::refused, 0, transient, unknown_outcome, transient},
    {"GatewayTimeout", answered, 504, Body::html, 0, transient, unknown_outcome, transient},
    {"NoSuchStatus", answered, 99, Body::accepted, 0, invalid, unknown_outcome, transient},
    {"NeverSent", not_sent, 0, Body::html, 0, transient, transient, transient},
    {"Reset", broken, 0, Body::html, 0, transient, unknown_outcome, transient},
    {"CutBehindA200", broken, 200, Body::html, 0, transient, unknown_outcome, transient},
    {"TimedOut", deadline, 0, Body::html, 0, transient, unknown_outcome, transient},
    {"Cancelled", cancelled, 0, Body::html, 0, transient, unknown_outcome, transient},
    {"TooMuch", too_large, 200, Body::html, 0, invalid, unknown_outcome, transient},
};

INSTANTIATE_TEST_SUITE_P(Table, Classify, testing::ValuesIn(kCases),
                         [](const auto& param) { return std::string(param.param.name); });

// Promise 19: Retry-After as seconds or as a date, clamped to one second and one hour.
TEST(RetryAfter, IsReadAsSecondsOrAsADate) {
  const auto date = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  struct Row {
    const char* text;
    std::optional<Millis> with_date, without_date;
  };
  constexpr auto kNone = std::optional<Millis>();
  const Row rows[] = {
      {"17", 17s, 17s},
      {"0", 1s, 1s},
      {"3600", 1h, 1h},
      {"99999", 1h, 1h},
      {"99999999999999999999999", 1h, 1h},
      {"Sun, 06 Nov 1994 08:50:37 GMT", 60s, kNone},
      {"Sun, 06 Nov 1994 08:00:00 GMT", 1s, kNone},
      {"Tue, 08 Nov 1994 08:49:37 GMT", 1h, kNone},
      {"", kNone, kNone},
      {"-3", kNone, kNone},
      {"1.5", kNone, kNone},
      {"soon", kNone, kNone},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(parse_retry_after(row.text, date), row.with_date) << row.text;
    EXPECT_EQ(parse_retry_after(row.text, std::nullopt), row.without_date) << row.text;
  }
}

TEST(RateLimitHeader, IsReadAndTheScarcestItemCounts) {
  const auto one = parse_rate_limit(R"("default";r=1199;t=300)");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->remaining, 1199U);
  EXPECT_EQ(one->reset, 300s);
  const auto two = parse_rate_limit(R"("default"; r=50; t=30, "burst";r=7;t=1)");
  ASSERT_TRUE(two);
  EXPECT_EQ(two->remaining, 7U);
  EXPECT_EQ(two->reset, 1s);
  for (const char* bad : {"", "default", R"("d";r=5)", R"("d";t=5)", R"("d";r=x;t=5)",
                          R"("d";r=-1;t=5)", R"("d";r=5a;t=5)", ",,,;;;==", ";r="}) {
    EXPECT_FALSE(parse_rate_limit(bad)) << bad;
  }
}

TEST(RatePolicyHeader, IsReadAndTheSlowestItemCounts) {
  const auto policy = parse_rate_policy(R"("burst";q=100;w=1, "default";q=1200;w=300)");
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->quota, 1200U);
  EXPECT_EQ(policy->window, 300s);
  EXPECT_FALSE(parse_rate_policy(R"("burst";q=100)"));
}

}  // namespace
}  // namespace rollout
