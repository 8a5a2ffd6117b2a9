// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "daemon/core/model/instant.h"

namespace rollout {

/// How long the rest of an upload takes, if it goes on as it went since `begin`.
class AssetPace {
 public:
  void begin(std::uint64_t bytes, Tick now) {
    begun_with_ = bytes;
    begun_at_ = now;
  }

  /// None as long as nothing was sent, and where nothing is left.
  std::optional<Millis> left(std::uint64_t bytes, std::uint64_t of_bytes, Tick now) const {
    if (bytes <= begun_with_ || bytes >= of_bytes) return std::nullopt;
    const double rest =
        static_cast<double>(of_bytes - bytes) / static_cast<double>(bytes - begun_with_);
    return Millis(static_cast<Millis::rep>(rest * static_cast<double>((now - begun_at_).count())));
  }

 private:
  std::uint64_t begun_with_ = 0;
  Tick begun_at_{};
};

}  // namespace rollout
