// SPDX-License-Identifier: Apache-2.0
#include "daemon/adapters/cloudflare/caller.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "daemon/adapters/cloudflare/wire_envelope.h"

namespace rollout {
namespace {

/// After a 429 that does not say how long.
constexpr Millis kUnsaidRetry = std::chrono::minutes(1);
/// Text of the other side is shown up to here.
constexpr std::size_t kShownBytes = 500;

/// At most `kShownBytes`, on a character boundary.
std::string shortened(std::string text) {
  if (text.size() <= kShownBytes) return text;
  std::size_t end = kShownBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "...";
}

/// `no such version; try another`.
std::string said(const Envelope& envelope) {
  std::string out;
  for (const CloudflareError& error : envelope.errors) {
    if (error.message.empty()) continue;
    out += (out.empty() ? "" : "; ") + error.message;
  }
  return out.empty() ? "Cloudflare gave no reason" : shortened(std::move(out));
}

bool is_success(const HttpAnswer& answer) {
  return answer.transport == Transport::answered && answer.status / 100 == 2;
}

}  // namespace

Caller::Caller(HttpExchange::Options exchange, Access access, std::shared_ptr<Meter> meter,
               Secret token, Clock& clock)
    : exchange_(std::move(exchange), clock),
      access_(access),
      clock_(clock),
      meter_(std::move(meter)),
      token_(std::move(token)) {
  redactor_.add(token_);
}

Failure Caller::failure(const ApiCall& call, FailureKind kind, std::string detail) const {
  Failure out;
  out.kind = kind;
  out.during = call.during;
  out.detail = std::move(detail);
  return out;
}

std::optional<Failure> Caller::wait_for_turn(const ApiCall& call) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (stopped_) {
      return failure(call, FailureKind::transient, "not sent, because the program stops");
    }
    const Tick now = clock_.tick();
    const Millis wait = call.quota == Quota::free ? Millis(0) : meter_->delay(call.priority, now);
    if (wait > kLongestWait || (call.send_by && now + wait > *call.send_by)) {
      Failure out =
          failure(call, FailureKind::throttled,
                  fmt::format("not sent: the rate budget allows it in {}", for_people(wait)));
      out.retry_after = clamp_retry(wait);
      return out;
    }
    deadline_ = now + wait + call.timeout;
    if (wait <= Millis(0)) break;
    woken_.wait_for(lock, wait);
  }
  if (call.quota == Quota::counted) meter_->spend(clock_.tick());
  write_in_flight_ = call.method != HttpMethod::get && call.repeat == Repeat::never;
  return std::nullopt;
}

void Caller::account_for(const ApiCall& call, const HttpAnswer& answer, Tick sent) {
  const Tick now = clock_.tick();
  QuotaNews news;
  if (call.quota == Quota::counted) {
    news.policy = answer.rate_policy;
    news.left = answer.rate_limit;
  }
  if (answer.status == 429 && call.quota == Quota::counted)
    news.throttled_for = answer.retry_after.value_or(kUnsaidRetry);
  const bool answered = answer.transport == Transport::answered;
  meter_->answered(call.op, answered ? answer.status : 0, now - sent, news, now);
  const std::lock_guard lock(mutex_);
  deadline_.reset();
  write_in_flight_ = false;
}

Result<std::optional<Instant>> Caller::conclude(const ApiCall& call, HttpAnswer& answer) {
  if (answer.body_failure) {
    Failure out = std::move(*answer.body_failure);
    out.during = call.during;
    return std::unexpected(std::move(out));
  }
  Evidence evidence{.method = call.method,
                    .repeat = call.repeat,
                    .transport = answer.transport,
                    .status = answer.status};
  Envelope envelope;
  std::expected<Json, std::string> document(Json(nullptr));
  std::string detail = answer.trouble;
  if (is_success(answer) && call.read_body) {
    const auto read = call.read_body(answer.body);
    evidence.envelope = evidence.success = read.has_value();
    if (!read) detail = read.error();
  } else if (answer.transport == Transport::answered) {
    document = parse_json(answer.body);
    auto parsed = document ? read_envelope(*document)
                           : std::expected<Envelope, std::string>(
                                 std::unexpected("the answer is no JSON: " + document.error()));
    evidence.envelope = parsed.has_value();
    if (parsed) envelope = std::move(*parsed);
    evidence.success = envelope.success;
    if (!envelope.errors.empty()) evidence.code = envelope.errors.front().code;
    detail = parsed ? said(envelope) : parsed.error();
    if (evidence.envelope && !classify(evidence) && call.read) {
      if (const auto read = call.read(envelope.result); !read) {
        evidence.envelope = false;
        detail = read.error();
      }
    }
  }
  const auto kind = classify(evidence);
  if (!kind) return answer.date;
  Failure out = failure(call, *kind, std::move(detail));
  out.http_status = answer.status;
  out.cf_ray = shortened(answer.cf_ray);
  out.code = evidence.code;
  if (!envelope.errors.empty()) {
    out.documentation_url = shortened(envelope.errors.front().documentation_url);
    out.pointer = shortened(envelope.errors.front().pointer);
  }
  out.retry_after = answer.retry_after;
  if (*kind == FailureKind::throttled && !out.retry_after) out.retry_after = kUnsaidRetry;
  return std::unexpected(std::move(out));
}

Result<std::optional<Instant>> Caller::call(const ApiCall& call) {
  if (access_ == Access::read_only && call.method != HttpMethod::get) {
    meter_->kept_back(call.op);
    return std::unexpected(
        failure(call, FailureKind::local,
                fmt::format("this is a read-only client: no {} is sent", to_string(call.method))));
  }
  if (auto kept = wait_for_turn(call)) {
    const std::lock_guard lock(mutex_);
    deadline_.reset();
    return std::unexpected(std::move(*kept));
  }
  const Secret secret = token();
  const Tick sent = clock_.tick();
  HttpAnswer answer = exchange_.perform({.method = call.method,
                                         .repeat = call.repeat,
                                         .target = call.target,
                                         .deadline = sent + call.timeout,
                                         .send_by = call.send_by,
                                         .max_answer = call.max_answer,
                                         .body = call.body},
                                        secret);
  account_for(call, answer, sent);
  auto outcome = conclude(call, answer);
  if (!outcome) {
    Failure& out = outcome.error();
    for (std::string* text : {&out.detail, &out.documentation_url, &out.pointer, &out.cf_ray}) {
      *text = redactor_.redact(std::move(*text));
    }
  }
  return outcome;
}

Secret Caller::token() const {
  const std::lock_guard lock(mutex_);
  return Secret(token_.reveal());
}

void Caller::replace_token(Secret token) {
  redactor_.add(token);
  const std::lock_guard lock(mutex_);
  token_ = std::move(token);
}

void Caller::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  woken_.notify_all();
  exchange_.cancel();
}

std::optional<Tick> Caller::deadline() const {
  const std::lock_guard lock(mutex_);
  return deadline_;
}

Traffic Caller::traffic() const {
  Traffic out = meter_->traffic(clock_.tick());
  const std::lock_guard lock(mutex_);
  out.write_in_flight = write_in_flight_;
  return out;
}

}  // namespace rollout
