// SPDX-License-Identifier: Apache-2.0
// The envelope around every answer. Source: reference, "Auth and envelope".
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "daemon/codec/json.h"

namespace rollout {

struct CloudflareError {
  int code = 0;
  std::string message;
  std::string documentation_url;
  std::string pointer;  ///< `source.pointer`
};

struct Envelope {
  bool success = false;
  std::vector<CloudflareError> errors;  ///< `null` and odd entries are tolerated.
  const Json* result = nullptr;         ///< Into the document; null where absent or JSON's null.
};

/// The error is a sentence: why the document is no envelope. `messages` is never looked at.
std::expected<Envelope, std::string> read_envelope(const Json& document);

}  // namespace rollout
