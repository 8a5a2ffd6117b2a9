// SPDX-License-Identifier: Apache-2.0
// Whether an account may be called at all. One Worker that fails must not keep the others waiting.
#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include "daemon/core/model/ids.h"
#include "daemon/core/plan/backoff.h"

namespace rollout {

class Door {
 public:
  /// Closes for every Worker where the token is refused or the account is throttled, and after
  /// five failures in a row that are not those of one Worker among several.
  void failed(const WorkerId& worker, const Failure& failure, const Standing& standing, Tick now,
              std::size_t workers);
  void succeeded();
  /// A new configuration deserves a try at once.
  void open() { closed_until_.reset(); }

  const std::optional<Tick>& closed_until() const { return closed_until_; }

 private:
  std::uint32_t in_a_row_ = 0;
  std::set<WorkerId> failing_;
  std::optional<Tick> closed_until_;
};

}  // namespace rollout
