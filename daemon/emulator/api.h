// SPDX-License-Identifier: Apache-2.0
// Turns requests under /client/v4 into calls on the `Cloud` and its answers into envelopes.
#pragma once

#include <expected>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "daemon/emulator/cloud.h"
#include "daemon/emulator/exchange.h"
#include "daemon/emulator/rate_limit.h"

namespace rollout {

/// Who may call. Without a `token` any bearer token is good; one must be sent all the same.
struct ApiAccess {
  std::string account = "0123456789abcdef0123456789abcdef";
  std::optional<std::string> token;
  std::optional<std::string> read_token;  ///< May only read.
};

/// Stores what changed in the cloud; the error is a sentence.
using StoreChanges = std::function<std::expected<void, std::string>(Cloud&)>;

/// Any thread may call. `mutex` guards `cloud` and `limit`.
class Api {
 public:
  Api(Cloud& cloud, RateLimit& limit, std::mutex& mutex, ApiAccess access, StoreChanges store);

  ApiAnswer answer(const ApiRequest& request);
  const ApiAccess& access() const { return access_; }

 private:
  /// Without a word of the rate limit, which counts the calls of the account's tokens.
  ApiAnswer answer_upload(const ApiRequest& request, std::string_view path);

  Cloud& cloud_;
  RateLimit& limit_;
  std::mutex& mutex_;
  ApiAccess access_;
  StoreChanges store_;
};

/// The largest body that is taken: 64 MiB of code grow to 86 MiB in base64.
inline constexpr std::size_t kMaxBody = std::size_t{100} << 20;

/// An envelope with one error, as the API sends it.
ApiAnswer error_answer(const ApiError& error);

}  // namespace rollout
