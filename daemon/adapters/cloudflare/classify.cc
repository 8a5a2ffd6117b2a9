// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/classify.h"

#include <algorithm>
#include <charconv>

#include "daemon/core/model/ensure.h"
#include "daemon/core/plan/rate_budget.h"

namespace rollout {
namespace {

/// Error codes that say "not there" whatever the status.
/// Source: 10007 Worker not found; 10071 version not found (beta endpoint).
constexpr int kWorkerNotFound = 10007;
constexpr int kVersionNotFound = 10071;

/// What a doubt means: the call may or may not have had an effect.
FailureKind doubt(const Evidence& evidence) {
  if (evidence.repeat == Repeat::harmless) return FailureKind::transient;
  switch (evidence.method) {
    case HttpMethod::get:
    case HttpMethod::del:
      return FailureKind::transient;
    case HttpMethod::post:
    case HttpMethod::patch:
      return FailureKind::unknown_outcome;
  }
  ensure_failed("an unknown method", std::source_location::current());
}

bool makes_something(const Evidence& evidence) {
  return doubt(evidence) == FailureKind::unknown_outcome;
}

/// Something came that is no answer of the API: an error page, a cut or foreign document.
FailureKind nonsense(const Evidence& evidence) {
  return evidence.method == HttpMethod::get ? FailureKind::invalid : doubt(evidence);
}

bool is_definite(int status) {
  constexpr int kDefinite[] = {400, 401, 403, 404, 413, 422, 429};
  return std::find(std::begin(kDefinite), std::end(kDefinite), status) != std::end(kDefinite);
}

/// A refusal in an envelope, 4xx.
FailureKind refusal(const Evidence& evidence) {
  if (evidence.status == 408) return doubt(evidence);
  if (evidence.status == 409 && evidence.method != HttpMethod::del) return doubt(evidence);
  if (makes_something(evidence) && !is_definite(evidence.status)) {
    return FailureKind::unknown_outcome;
  }
  if (evidence.status == 401 || evidence.status == 403) return FailureKind::unauthorized;
  if (evidence.status == 429) return FailureKind::throttled;
  if (evidence.status == 404 || evidence.code == kWorkerNotFound ||
      evidence.code == kVersionNotFound) {
    return FailureKind::not_found;
  }
  return FailureKind::refused;
}

/// 4xx without an envelope: a proxy or firewall in between has spoken.
FailureKind foreign_refusal(const Evidence& evidence) {
  if (makes_something(evidence)) return FailureKind::unknown_outcome;
  switch (evidence.status) {
    case 429:
      return FailureKind::throttled;
    case 401:
    case 403:
    case 408:
    case 409:
      return FailureKind::transient;
    default:
      return nonsense(evidence);
  }
}

std::optional<FailureKind> judge_answer(const Evidence& evidence) {
  const int family = evidence.status / 100;
  if (family == 2) {
    if (evidence.envelope && evidence.success) return std::nullopt;
    if (evidence.method == HttpMethod::del && evidence.status == 204) return std::nullopt;
    return nonsense(evidence);
  }
  if (family == 4) return evidence.envelope ? refusal(evidence) : foreign_refusal(evidence);
  if (family == 5) return doubt(evidence);
  return nonsense(evidence);
}

/// The number after `;key=` in one item of a structured field.
std::optional<std::uint64_t> parameter(std::string_view item, char key) {
  for (std::size_t at = item.find(';'); at != std::string_view::npos; at = item.find(';', at + 1)) {
    std::string_view rest = item.substr(at + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    if (rest.size() < 3 || rest[0] != key || rest[1] != '=') continue;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(rest.data() + 2, rest.data() + rest.size(), value);
    if (error != std::errc()) return std::nullopt;
    if (end != rest.data() + rest.size() && *end != ';' && *end != ' ') return std::nullopt;
    return value;
  }
  return std::nullopt;
}

/// A count of seconds that cannot overflow; whoever uses it has a much lower bound.
Millis seconds(std::uint64_t count) {
  return std::chrono::seconds(std::min<std::uint64_t>(count, 10'000'000));
}

struct Pair {
  std::uint64_t amount = 0;
  Millis time{};
};

/// The item with the least `amount` in a time, or with the least amount at all.
template <class Less>
std::optional<Pair> tightest(std::string_view text, char amount, char time, Less less) {
  std::optional<Pair> best;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto item = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const auto first = parameter(item, amount);
    const auto second = parameter(item, time);
    if (!first || !second) continue;
    const Pair pair{*first, seconds(*second)};
    if (!best || less(pair, *best)) best = pair;
  }
  return best;
}

}  // namespace

std::string_view to_string(HttpMethod method) {
  switch (method) {
    case HttpMethod::get:
      return "GET";
    case HttpMethod::post:
      return "POST";
    case HttpMethod::patch:
      return "PATCH";
    case HttpMethod::del:
      return "DELETE";
  }
  ensure_failed("an unknown method", std::source_location::current());
}

std::optional<FailureKind> classify(const Evidence& evidence) {
  switch (evidence.transport) {
    case Transport::answered:
      return judge_answer(evidence);
    case Transport::not_sent:
      return FailureKind::transient;
    case Transport::too_large:
      return nonsense(evidence);
    case Transport::broken:
    case Transport::deadline:
    case Transport::cancelled:
      return doubt(evidence);
  }
  ensure_failed("an unknown transport outcome", std::source_location::current());
}

std::optional<Millis> parse_retry_after(std::string_view text, std::optional<Instant> date) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (end == text.data() + text.size() && !text.empty()) {
    if (error == std::errc::result_out_of_range) return kLongestRetry;
    if (error == std::errc()) return clamp_retry(seconds(count));
  }
  const auto until = parse_http_date(text);
  if (!until || !date) return std::nullopt;
  return clamp_retry(*until - *date);
}

std::optional<QuotaLeft> parse_rate_limit(std::string_view text) {
  const auto best =
      tightest(text, 'r', 't', [](const Pair& a, const Pair& b) { return a.amount < b.amount; });
  if (!best) return std::nullopt;
  return QuotaLeft{best->amount, best->time};
}

std::optional<QuotaPolicy> parse_rate_policy(std::string_view text) {
  const auto best = tightest(text, 'q', 'w', [](const Pair& a, const Pair& b) {
    const auto rate = [](const Pair& pair) {
      return static_cast<double>(pair.amount) / static_cast<double>(pair.time.count() + 1);
    };
    return rate(a) < rate(b);
  });
  if (!best) return std::nullopt;
  return QuotaPolicy{best->amount, best->time};
}

}  // namespace rollout
