// SPDX-License-Identifier: Apache-2.0
// The one place that says what an answer, or the lack of one, means. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/core/model/failure.h"

namespace rollout {

enum class HttpMethod { get, post, patch, del };
std::string_view to_string(HttpMethod method);

/// Whether the same call may be made again though it may have had its effect.
enum class Repeat { never, harmless };

/// How far a call came.
enum class Transport {
  answered,   ///< An answer that is complete by HTTP's own rules.
  not_sent,   ///< It ended before the request could take effect: DNS, connect, TLS, no body yet.
  broken,     ///< Reset, closed or cut short after that.
  deadline,   ///< The call's time was over.
  cancelled,  ///< Somebody asked for an end.
  too_large,  ///< The answer passed its limit.
};

/// What is known of a finished call.
struct Evidence {
  HttpMethod method = HttpMethod::get;
  Repeat repeat = Repeat::never;  ///< Of a POST or PATCH; the others may be repeated.
  Transport transport = Transport::answered;
  int status = 0;
  bool envelope = false;  ///< The body is one whole JSON envelope.
  bool success = false;   ///< ... that says `success: true`.
  int code = 0;           ///< ... with this first error code.
};

/// None: it succeeded. A write is a definite failure only where Cloudflare itself says so in an
/// envelope; everything else may have happened. A DELETE may be repeated, so its doubt is
/// `transient`.
std::optional<FailureKind> classify(const Evidence& evidence);

/// `Retry-After` in seconds, or as a date against the answer's own `Date`; within 1 s to 1 h.
/// None where it cannot be read.
std::optional<Millis> parse_retry_after(std::string_view text, std::optional<Instant> date);

/// `"default";r=42;t=7`: of several items the one with the least left.
struct QuotaLeft {
  std::uint64_t remaining = 0;
  Millis reset{};
};
std::optional<QuotaLeft> parse_rate_limit(std::string_view text);

/// `"burst";q=1200;w=300`: of several items the slowest.
struct QuotaPolicy {
  std::uint64_t quota = 0;
  Millis window{};
};
std::optional<QuotaPolicy> parse_rate_policy(std::string_view text);

}  // namespace rollout
