// SPDX-License-Identifier: Apache-2.0
// Takes secrets out of texts that leave the process. `Secret` keeps them from getting in by
// mistake; this is the second net, for text that came from elsewhere, an answer of a server for
// instance.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "daemon/core/model/secret.h"

namespace rollout {

/// Any thread may call.
class Redactor {
 public:
  /// From now on `secret` is shown nowhere. Secrets stay registered until the end: a token that was
  /// replaced may still be in a text that is on its way.
  void add(const Secret& secret);

  /// `text` with every registered secret replaced by `[redacted]`.
  std::string redact(std::string text) const;

 private:
  mutable std::mutex mutex_;
  std::vector<Secret> secrets_;
};

}  // namespace rollout
