// SPDX-License-Identifier: Apache-2.0
// One HTTP exchange at a time, with the guards that the library lacks (reliability.md, "Inputs and
// exposure"). Knows nothing of the API but its token.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "daemon/adapters/cloudflare/classify.h"
#include "daemon/adapters/cloudflare/origin.h"
#include "daemon/adapters/cloudflare/request_body.h"
#include "daemon/core/model/secret.h"
#include "daemon/ports/clock.h"

namespace rollout {

/// A body of a known size that is handed out once.
struct HttpBody {
  std::string content_type;
  std::uint64_t size = 0;
  std::function<Result<void>(const BodySink&)> write;
};

HttpBody text_body(std::string content_type, std::string text);

struct HttpCall {
  HttpMethod method = HttpMethod::get;
  Repeat repeat = Repeat::never;
  std::string target;  ///< Path and query, encoded.
  Tick deadline{};     ///< Of the whole call.
  /// The request must not leave later than this; what is not connected, or has not
  /// shaken hands (TLS), in time is not sent.
  std::optional<Tick> send_by;
  std::uint64_t max_answer = 0;
  const HttpBody* body = nullptr;
};

struct HttpAnswer {
  Transport transport = Transport::not_sent;
  std::string trouble;  ///< A sentence, where it is not `answered`.
  /// The body could not be read as it was promised; the request was broken off before its end.
  std::optional<Failure> body_failure;
  int status = 0;
  std::string body;
  std::string cf_ray;
  std::optional<Instant> date;
  std::optional<Millis> retry_after;
  std::optional<QuotaLeft> rate_limit;
  std::optional<QuotaPolicy> rate_policy;
};

/// Connections are kept for GET, and for what may be repeated, and not beyond a few seconds of
/// idleness; every other call gets a fresh one. No redirects, no compression, no repeats, TLS
/// always verified.
class HttpExchange {
 public:
  struct Options {
    Origin origin;
    std::optional<Proxy> proxy;  ///< Not used to reach loopback.
    std::string ca_file;         ///< Empty: the system's store.
    std::string user_agent;
  };

  /// The clock must outlive it. SIGPIPE is ignored from here on, in the whole process.
  HttpExchange(Options options, Clock& clock);
  ~HttpExchange();

  /// From one thread.
  HttpAnswer perform(const HttpCall& call, const Secret& token);

  /// From any thread: ends the call in flight, but for a write whose body has begun.
  void cancel();

 private:
  class Session;
  std::unique_ptr<Session> session_;
};

}  // namespace rollout
