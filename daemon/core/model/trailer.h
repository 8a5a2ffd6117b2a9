// SPDX-License-Identifier: Apache-2.0
// The identity trailer: the last line of a version's message, from which a host that lost its
// disk learns which builds exist. Format: `rolloutd: build=sha256:<64 hex> policy=<name>[
// unconfirmed]`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/core/model/ids.h"

namespace rollout {

enum class Confidence {
  confirmed,    ///< A marker or another completion signal declared the build finished.
  unconfirmed,  ///< It was taken because it had been quiet.
};

struct Trailer {
  BundleDigest digest;
  PolicyName policy;  ///< The tagging policy; `manual` for one-shot creates.
  Confidence confidence = Confidence::confirmed;
};

/// Strict: the trailer must be the whole last line. Anything else is none.
std::optional<Trailer> parse_trailer(std::string_view message);

std::string format_trailer(const Trailer& trailer);

/// `message`, a newline, and the trailer; only the trailer where the message is empty.
std::string with_trailer(std::string_view message, const Trailer& trailer);

}  // namespace rollout
