// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "daemon/core/model/instant.h"

namespace rollout {

/// How long the rest of an upload takes, if it goes on as it went since it was first asked.
class AssetPace {
 public:
  /// None as long as nothing was sent, and where nothing is left.
  std::optional<Millis> left(std::uint64_t bytes, std::uint64_t of_bytes, Tick now) {
    if (!begun_) begun_ = {bytes, now};
    if (bytes <= begun_->bytes || bytes >= of_bytes) return std::nullopt;
    const double rest =
        static_cast<double>(of_bytes - bytes) / static_cast<double>(bytes - begun_->bytes);
    return Millis(static_cast<Millis::rep>(rest * static_cast<double>((now - begun_->at).count())));
  }

 private:
  struct Begun {
    std::uint64_t bytes = 0;
    Tick at{};
  };
  std::optional<Begun> begun_;
};

}  // namespace rollout
