// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "daemon/core/model/failure.h"  // TRY

namespace rollout {

/// Why a directory cannot be taken as a build just now.
struct Obstacle {
  std::string code;    ///< As in `RejectedBuild`; empty: it changes while it is read, look again.
  std::string detail;  ///< What, where, why, and what to do.
  bool moving() const { return code.empty(); }
};

template <class T>
using Readable = std::expected<T, Obstacle>;

inline std::unexpected<Obstacle> moving() {
  return std::unexpected(Obstacle{});
}
inline std::unexpected<Obstacle> rejected(std::string code, std::string detail) {
  return std::unexpected(Obstacle{std::move(code), std::move(detail)});
}

}  // namespace rollout
