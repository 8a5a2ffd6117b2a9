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
  /// Besides `failed`: the token reads, but may not write.
  void write_refused(Tick now);
  /// A pass went well. Where writes are refused it proves nothing of them, and opens nothing.
  void succeeded();
  /// A new configuration deserves a try at once; a write that succeeded proves that all is well.
  void open();

  struct Closed {
    Tick until{};
    Failure failure;  ///< Why.
  };
  const std::optional<Closed>& closed() const { return closed_; }
  const std::optional<Tick>& writes_refused_since() const { return writes_refused_since_; }

 private:
  void close(Tick until, const Failure& failure);

  std::uint32_t in_a_row_ = 0;
  std::set<WorkerId> failing_;
  std::optional<Closed> closed_;
  std::optional<Tick> writes_refused_since_;
};

}  // namespace rollout
