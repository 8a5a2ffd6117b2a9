// SPDX-License-Identifier: Apache-2.0
// What the emulator was asked, without secrets.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "daemon/codec/json.h"
#include "daemon/emulator/exchange.h"

namespace rollout {

/// The newest 10,000 requests.
class RequestLog {
 public:
  /// `status` is 0 where the connection was closed without an answer.
  void add(const ApiRequest& request, int status);
  void clear() { entries_.clear(); }
  /// Oldest first: `{method, path, query, status, body}`.
  Json entries() const;

 private:
  std::deque<std::shared_ptr<const Json>> entries_;
};

/// A body for the log: JSON without secret values; `{size, sha256}` where it is larger than 64 KiB
/// or no JSON; null where there is none.
Json body_for_log(const ApiRequest& request);

}  // namespace rollout
