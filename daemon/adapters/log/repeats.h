// SPDX-License-Identifier: Apache-2.0
// Holds back what has been said often: of equal warnings and errors the 1st, 2nd, 4th, 8th ... is
// told. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "daemon/core/plan/event.h"

namespace rollout {

class Repeats {
 public:
  /// How many equal records were held back since the last one that was told; none where this one
  /// is to be held back. Two records are equal if they differ in times, counts and ids of passes at
  /// most. A notice or an info about a Worker or an account means that it goes on, and starts the
  /// count of its warnings anew.
  std::optional<std::uint64_t> count(const EventRecord& record);

 private:
  /// `account`, `worker`; then the record without what changes from one to the next.
  std::map<std::pair<std::string, std::string>, std::map<std::string, std::uint64_t>> seen_;
};

}  // namespace rollout
