// SPDX-License-Identifier: Apache-2.0
// One call of the API from start to end: budget, token, exchange, envelope, meaning.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

#include "daemon/adapters/cloudflare/exchange.h"
#include "daemon/adapters/cloudflare/meter.h"
#include "daemon/adapters/cloudflare/wire_version.h"
#include "daemon/codec/redactor.h"

namespace rollout {

enum class Access { read_only, full };

/// Whether a call counts in what the account may send.
enum class Quota { counted, free };

struct ApiCall {
  std::string_view op;  ///< As in `Traffic`.
  Priority priority = Priority::list;
  HttpMethod method = HttpMethod::get;
  Repeat repeat = Repeat::never;
  Quota quota = Quota::counted;
  std::string target;
  std::string during;  ///< `list versions of shop-api`
  Millis timeout{};
  std::uint64_t max_answer = 0;
  std::optional<Tick> send_by;
  const HttpBody* body = nullptr;

  /// Takes the `result` of a success (null where there is none). What it cannot read makes a read
  /// `invalid` and a write `unknown_outcome`.
  std::function<Wire<void>(const Json* result)> read;
  /// In the place of `read`: takes the whole body of a 2xx, unparsed.
  std::function<Wire<void>(std::string_view body)> read_body;
};

class Caller {
 public:
  Caller(HttpExchange::Options exchange, Access access, std::shared_ptr<Meter> meter, Secret token,
         Clock& clock);

  /// From one thread. The answer's `Date`, or the failure, which never holds the token.
  Result<std::optional<Instant>> call(const ApiCall& call);

  // From any thread.
  void replace_token(Secret token);
  void stop();
  std::optional<Tick> deadline() const;
  Traffic traffic() const;

  /// No request waits longer than this for its turn; it is `throttled` instead.
  static constexpr Millis kLongestWait = std::chrono::minutes(1);

 private:
  std::optional<Failure> wait_for_turn(const ApiCall& call);
  Result<std::optional<Instant>> conclude(const ApiCall& call, HttpAnswer& answer);
  void account_for(const ApiCall& call, const HttpAnswer& answer, Tick sent);
  Failure failure(const ApiCall& call, FailureKind kind, std::string detail) const;
  Secret token() const;

  HttpExchange exchange_;
  Access access_;
  Clock& clock_;
  Redactor redactor_;
  std::shared_ptr<Meter> meter_;

  mutable std::mutex mutex_;  // Everything below.
  std::condition_variable woken_;
  Secret token_;
  bool stopped_ = false;
  std::optional<Tick> deadline_;
  bool write_in_flight_ = false;
};

}  // namespace rollout
